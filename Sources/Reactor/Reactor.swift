/// An event loop on one thread: readiness of descriptors, timers, and jobs posted by other threads.
///
/// Each turn takes its share of all three, so that none of them starves the others, and reads the clock once. With nothing to
/// do the loop blocks in the kernel without end. Everything but `handle` is called on the loop's thread: the one that created
/// the reactor until `run`, then the one that called `run`.
package final class Reactor {
    /// The door for other threads.
    package let handle: ReactorHandle

    /// 64 KiB that readiness handlers share for reading: what lies in it is valid until the handler returns.
    package let readBuffer: UnsafeMutableRawBufferPointer

    /// Looks names up without blocking this loop.
    package internal(set) lazy var resolver = NameResolver(handle: handle)

    private struct Watch {
        var generation: UInt32 = 0
        var interest: Readiness = []
        /// `nil` while the descriptor is not registered.
        var handler: (any ReadinessHandler)?
    }

    private let clock = ContinuousClock()
    private let poller: any Poller
    private var timers = TimerHeap()
    /// Indexed by descriptor: the kernel gives the lowest free number, so the table stays as small as the number of open ones.
    private var watches: [Watch] = []
    private var nextTurnActions: [() -> Void] = []
    /// The time of this turn; `nil` while the loop does not run.
    private var turnTime: ContinuousClock.Instant?

    /// - Throws: the failure of the call that found no descriptor or memory left.
    package convenience init(poller kind: PollerKind = .platformDefault) throws(IOFailure) {
        try self.init(poller: kind.makePoller())
    }

    init(poller: any Poller) throws(IOFailure) {
        self.poller = poller
        handle = try ReactorHandle()
        readBuffer = .allocate(byteCount: 64 * 1024, alignment: 64)
        _ = try register(handle.wakeup.descriptor, for: .readable, handler: handle.wakeup)
    }

    deinit {
        readBuffer.deallocate()
    }

    /// The time at which this turn began; every timer and deadline is measured by it. Outside `run`, the present time.
    package var now: ContinuousClock.Instant { turnTime ?? clock.now }

    /// Traps unless the calling thread is the loop's.
    package func assertCurrent() {
        precondition(handle.isCurrent, "a reactor was touched off its own thread")
    }

    // MARK: Running

    /// Makes the calling thread the loop's, and returns after `handle.stop()`.
    ///
    /// On return every timer and registration is gone and what they held is released; a reactor runs once.
    package func run() {
        handle.adoptCurrentThread()
        var events: [PollEvent] = []
        var jobs: [ReactorHandle.Job] = []
        turnTime = clock.now
        var stopped = false
        while !stopped {
            do throws(IOFailure) {
                try poller.wait(milliseconds: waitMilliseconds(), into: &events)
            } catch {
                // Waiting on our own descriptors fails only when the process is out of kernel memory or corrupt.
                fatalError("the event loop cannot wait: \(error)")
            }
            turnTime = clock.now
            for event in events { dispatch(event) }
            runDueTimers()
            runNextTurnActions()
            stopped = runJobs(&jobs)
        }
        turnTime = nil
        releaseEverything()
    }

    /// Runs `action` after the present callback has returned, before the loop waits again, or in the next turn at the latest.
    package func nextTurn(_ action: @escaping () -> Void) {
        assertCurrent()
        nextTurnActions.append(action)
    }

    // MARK: Timers

    /// Runs `action` once, in the first turn at or after `deadline` that begins after this call; due timers run in the order of
    /// their deadlines.
    @discardableResult
    package func schedule(at deadline: ContinuousClock.Instant, _ action: @escaping () -> Void) -> TimerToken {
        assertCurrent()
        return timers.insert(at: deadline, action)
    }

    /// Runs `action` once, `delay` after `now`.
    @discardableResult
    package func schedule(after delay: Duration, _ action: @escaping () -> Void) -> TimerToken {
        schedule(at: now + delay, action)
    }

    /// Moves a waiting timer to another deadline without allocating.
    /// - Returns: `false` if the timer has fired or was cancelled.
    @discardableResult
    package func reschedule(_ token: TimerToken, at deadline: ContinuousClock.Instant) -> Bool {
        assertCurrent()
        return timers.move(token, to: deadline)
    }

    /// Makes sure that the timer does not fire any more. Idempotent; nothing happens if it has fired.
    package func cancel(_ token: TimerToken) {
        assertCurrent()
        let action = timers.remove(token)
        // The action ends here, outside the access to the heap: what it captured may cancel timers when it goes.
        _ = consume action
    }

    /// Timers that wait: for leak tests and status outputs.
    package var timerCount: Int { timers.count }

    // MARK: Descriptors

    /// Reports readiness of `descriptor` to `handler`, which is kept alive until `unregister`.
    ///
    /// An empty `readiness` still reports `.failed`, except with kqueue, which then watches for nothing. A registration left behind for the same number by an owner that closed its
    /// descriptor is replaced.
    /// - Throws: `EPERM` for a regular file, which epoll cannot watch; `ENOSPC` or `ENOMEM` when the kernel has no room.
    package func register(_ descriptor: CInt, for readiness: Readiness, handler: any ReadinessHandler) throws(IOFailure) -> Registration {
        assertCurrent()
        let index = Int(descriptor)
        while watches.count <= index { watches.append(Watch()) }
        let registration = Registration(descriptor: descriptor, generation: watches[index].generation &+ 1)
        try poller.add(registration, for: readiness)
        let previous = watches[index].handler
        watches[index] = Watch(generation: registration.generation, interest: readiness, handler: handler)
        _ = consume previous
        return registration
    }

    /// Changes what `registration` is told of. Free of system calls when nothing changes; ignored if it has ended.
    package func update(_ registration: Registration, for readiness: Readiness) {
        assertCurrent()
        guard isCurrent(registration) else { return }
        let index = Int(registration.descriptor)
        let old = watches[index].interest
        guard old != readiness else { return }
        watches[index].interest = readiness
        do throws(IOFailure) {
            try poller.update(registration, from: old, to: readiness)
        } catch {
            // Changing a known watch needs no new room in the kernel: only a descriptor closed under its owner gets here.
            preconditionFailure("descriptor \(registration.descriptor) was closed while registered: \(error)")
        }
    }

    /// Ends the registration: its handler is not called again, not even for an event already fetched from the kernel.
    ///
    /// Call it before closing the descriptor. Idempotent.
    package func unregister(_ registration: Registration) {
        assertCurrent()
        guard isCurrent(registration) else { return }
        let index = Int(registration.descriptor)
        poller.remove(registration, watching: watches[index].interest)
        watches[index].interest = []
        let handler = watches[index].handler.take()
        // The handler ends here, outside the access to the table: it may unregister others when it goes.
        _ = consume handler
    }

    // MARK: A turn's parts

    private func isCurrent(_ registration: Registration) -> Bool {
        let index = Int(registration.descriptor)
        return index < watches.count && watches[index].generation == registration.generation && watches[index].handler != nil
    }

    private func waitMilliseconds() -> CInt {
        guard nextTurnActions.isEmpty else { return 0 }
        guard let deadline = timers.nextDeadline else { return -1 }
        let left = deadline - clock.now
        guard left > .zero else { return 0 }
        guard left < .milliseconds(CInt.max) else { return .max }
        // Rounded up: waking before the deadline would only mean to wait again.
        let (seconds, attoseconds) = left.components
        return CInt(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    private func dispatch(_ event: PollEvent) {
        guard isCurrent(event.registration) else { return }
        watches[Int(event.registration.descriptor)].handler?.ready(event.readiness)
    }

    private func runDueTimers() {
        guard let now = turnTime else { return }
        // Those scheduled from here on wait for the next turn: a timer that schedules another one for now must not hold this one.
        let order = timers.nextOrder
        while let action = timers.popDue(at: now, scheduledBefore: order) { action() }
    }

    private func runNextTurnActions() {
        guard !nextTurnActions.isEmpty else { return }
        var actions: [() -> Void] = []
        swap(&actions, &nextTurnActions)
        for action in actions { action() }
    }

    private func runJobs(_ jobs: inout [ReactorHandle.Job]) -> Bool {
        let stopped = handle.take(into: &jobs)
        for job in jobs {
            switch job {
            case .plain(let body): body()
            case .onReactor(let body): body(self)
            }
        }
        // A burst is not paid for ever after.
        jobs.removeAll(keepingCapacity: jobs.count <= 1024)
        return stopped
    }

    private func releaseEverything() {
        var timers = TimerHeap()
        swap(&timers, &self.timers)
        var actions: [() -> Void] = []
        swap(&actions, &nextTurnActions)
        // Generations go on, so that registrations from before name nothing.
        let handlers = watches.map(\.handler)
        for index in watches.indices {
            watches[index].handler = nil
        }
        _ = consume handlers
    }
}

@available(*, unavailable)
extension Reactor: Sendable {}
