internal import Configuration
internal import Discord
internal import Gateway
internal import GatewayProtocol
internal import LuaEngine
internal import Logging
internal import Reactor

/// A pack on its thread: hands it events and answers, in order. Confined to that thread.
final class ScriptRuntime {
    let reactor: Reactor
    let inbox: EventInbox
    let services: any HostServices
    let limits: LimitSettings
    let logger: Logger
    private(set) lazy var pack = Pack(folder: firstFolder, runtime: self)
    private(set) lazy var mailbox = ScriptMailbox(self)
    private(set) var ready: ReadyPayload?
    private let firstFolder: PackFolder
    private var generations: [Int: PackGeneration] = [:]
    /// The number of the newest generation.
    private(set) var generationNumber = 0
    private var buffer: [UInt8] = []
    /// Where the next record of `buffer` begins.
    private var offset = 0
    /// Waits until `buffer` has been handed over.
    private var handled: [() -> Void] = []
    /// Waits until what is in the inbox has been.
    private var handledNext: [() -> Void] = []
    private let clock = ContinuousClock()
    private var published: Set<EventName>?
    private var isCollecting = false

    init(_ folder: PackFolder, reactor: Reactor, inbox: EventInbox, services: any HostServices, limits: LimitSettings, logger: Logger) {
        firstFolder = folder
        self.reactor = reactor
        self.inbox = inbox
        self.services = services
        self.limits = limits
        self.logger = logger
    }

    // MARK: The pack

    func nextGeneration() -> Int {
        generationNumber += 1
        return generationNumber
    }

    /// Generations that are not closed: for leak tests.
    var generationCount: Int { generations.count }

    func register(_ generation: PackGeneration) { generations[generation.number] = generation }
    func forget(_ generation: PackGeneration) { generations[generation.number] = nil }

    /// Tells the reactor thread which events are wanted, when that changed.
    func publishSubscriptions() {
        let events = pack.events
        guard events != published else { return }
        published = events
        services.subscribe(to: events)
    }

    // MARK: Events and answers

    /// Hands over events that wait in the inbox, for at most one slice; the rest follows in the next turn.
    func drainInbox() {
        let wasInterrupted = offset < buffer.count
        if !wasInterrupted { take() }
        handOver()
        // The wake-up for what came in while a slice was left over has been used up by then.
        if offset == buffer.count && wasInterrupted {
            take()
            handOver()
        }
        if offset < buffer.count { reactor.nextTurn { [weak self] in self?.drainInbox() } }
        collectWhenIdle()
    }

    /// Runs `body` once every event that is in the inbox or was taken from it by now has been handed over, however many come meanwhile.
    func onceHandled(_ body: @escaping () -> Void) {
        if inbox.waitingBytes > 0 {
            // They are taken together, next.
            handledNext.append(body)
        } else if offset < buffer.count {
            handled.append(body)
        } else {
            body()
        }
    }

    /// Whether every event that came was handed over.
    private var hasNoEvents: Bool { offset == buffer.count && inbox.waitingBytes == 0 }

    /// Whether nothing is left to do until `end` unless something happens: no event waits for the handlers, and no handler for what is sure to come.
    func isIdle(until end: ContinuousClock.Instant, countingTimeouts: Bool) -> Bool {
        hasNoEvents && !pack.generations.contains { $0.isBusy(until: end, countingTimeouts: countingTimeouts) }
    }

    /// Whether a run goes on by itself, and not only when the next event comes.
    var isWorking: Bool { pack.generations.contains { $0.isWorking } }

    private func take() {
        inbox.take(into: &buffer)
        offset = 0
        swap(&handled, &handledNext)
    }

    private func handOver() {
        let end = clock.now + Self.slice
        offset = buffer.withUnsafeBytes { bytes in
            var offset = offset
            while offset < bytes.count {
                for _ in 0..<16 {
                    guard let event = EventInbox.event(in: bytes, at: &offset) else { break }
                    dispatch(event)
                }
                if clock.now >= end { break }
            }
            return offset
        }
        guard offset == buffer.count, !handled.isEmpty else { return }
        var bodies: [() -> Void] = []
        swap(&bodies, &handled)
        for body in bodies { body() }
    }

    /// How long events, or what is ready, may keep the thread before the other and answers have their turn. A run is never interrupted for it.
    static let slice = Duration.milliseconds(20)

    private func dispatch(_ event: EventInbox.Event) {
        pack.dispatch(event.name, LuaPayload(event.payload, encoding: event.encoding == .json ? .json : .etf))
    }

    /// Hands an answer to whoever waits for it; nobody does when the generation or the run has ended.
    func answer(_ waiter: Waiter, with reply: HostReply) {
        generations[waiter.question.generation]?.answer(waiter, with: reply)
        collectWhenIdle()
    }

    /// Makes `bot.user` known to every generation, now and later.
    func set(ready: ReadyPayload) {
        self.ready = ready
        for generation in pack.generations { generation.set(ready: ready) }
    }

    /// Runs of handlers that wait for something.
    var waitingCount: Int { pack.generations.reduce(0) { $0 + $1.waiting.count } }

    func close() { pack.close() }

    // MARK: Idle time

    /// Garbage is collected in steps between events, not in the middle of one.
    private func collectWhenIdle() {
        guard !isCollecting else { return }
        isCollecting = true
        reactor.nextTurn { [weak self] in
            guard let self else { return }
            isCollecting = false
            var isDone = true
            for generation in pack.generations where generation.phase != .closed && generation.state.idleStep() == .unfinished {
                isDone = false
            }
            if !isDone { collectWhenIdle() }
        }
    }
}

@available(*, unavailable)
extension ScriptRuntime: Sendable {}
