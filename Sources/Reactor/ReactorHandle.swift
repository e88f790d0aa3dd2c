import Synchronization

/// The door through which other threads reach a reactor. Outlives it safely.
package final class ReactorHandle: Sendable {
    /// What another thread wants done on the loop.
    enum Job: Sendable {
        case plain(@Sendable () -> Void)
        case onReactor(@Sendable (Reactor) -> Void)
    }

    private struct Mailbox {
        var jobs: [Job] = []
        var stopped = false
    }

    let wakeup: Wakeup
    private let mailbox = Mutex(Mailbox())
    /// The thread that runs the loop, or created it and has not run it yet.
    private let thread: Atomic<UInt>

    init() throws(IOFailure) {
        wakeup = try Wakeup()
        thread = Atomic(Thread.currentIdentity)
    }

    /// Runs `job` on the loop's thread, in a later part of this turn or in the next, in the order of posting.
    ///
    /// Callable from any thread, the loop's own included.
    /// - Returns: `false` if `stop` was called before: then `job` never runs.
    @discardableResult
    package func post(_ job: @escaping @Sendable () -> Void) -> Bool {
        append(.plain(job))
    }

    /// As `post(_:)`, with the reactor itself given to `job`, which a closure for another thread cannot capture.
    @discardableResult
    package func post(_ job: @escaping @Sendable (Reactor) -> Void) -> Bool {
        append(.onReactor(job))
    }

    /// Ends `run` after the jobs posted before this call. Idempotent, callable from any thread.
    package func stop() {
        let wasFirst = mailbox.withLock { mailbox in
            defer { mailbox.stopped = true }
            return mailbox.jobs.isEmpty && !mailbox.stopped
        }
        if wasFirst { wakeup.signal() }
    }

    /// Whether the calling thread is the loop's.
    package var isCurrent: Bool {
        thread.load(ordering: .relaxed) == Thread.currentIdentity
    }

    /// Makes the calling thread the loop's.
    func adoptCurrentThread() {
        thread.store(Thread.currentIdentity, ordering: .relaxed)
    }

    /// Exchanges the posted jobs for the empty `jobs`, whose storage is filled next. `true` when the loop is to end after them.
    func take(into jobs: inout [Job]) -> Bool {
        mailbox.withLock { mailbox in
            swap(&mailbox.jobs, &jobs)
            return mailbox.stopped
        }
    }

    private func append(_ job: Job) -> Bool {
        let (accepted, wasEmpty) = mailbox.withLock { mailbox in
            guard !mailbox.stopped else { return (false, false) }
            mailbox.jobs.append(job)
            return (true, mailbox.jobs.count == 1)
        }
        // Only the first job needs a system call: until the loop takes it, the loop is awake or about to be.
        if wasEmpty { wakeup.signal() }
        return accepted
    }
}
