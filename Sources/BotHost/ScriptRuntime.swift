internal import Discord
internal import Gateway
internal import GatewayProtocol
internal import LuaEngine
internal import Logging
internal import Reactor

/// The packs of one script thread: hands them events and answers, in order. Confined to that thread.
final class ScriptRuntime {
    let reactor: Reactor
    let inbox: EventInbox
    let services: any HostServices
    let limits: LuaLimits
    let logger: Logger
    private(set) var packs: [Pack] = []
    private(set) var ready: ReadyPayload?
    private var generations: [Int: PackGeneration] = [:]
    private var lastGeneration = 0
    private var buffer: [UInt8] = []
    private var published: Set<EventName>?
    private var isCollecting = false

    init(reactor: Reactor, inbox: EventInbox, services: any HostServices, limits: LuaLimits, logger: Logger) {
        self.reactor = reactor
        self.inbox = inbox
        self.services = services
        self.limits = limits
        self.logger = logger
    }

    // MARK: Packs

    /// Loads the packs one after another; `done` gets the first failure, after all were tried.
    func load(_ folders: [PackFolder], done: @escaping (LuaFailure?) -> Void) {
        packs = folders.map { Pack(folder: $0, runtime: self) }
        var left = packs.count
        var firstFailure: LuaFailure?
        guard left > 0 else { return done(nil) }
        for pack in packs {
            pack.load { failure in
                firstFailure = firstFailure ?? failure
                left -= 1
                if left == 0 { done(firstFailure) }
            }
        }
    }

    /// Reloads the pack with this root, or all packs.
    func reload(root: String? = nil) {
        for pack in packs where root == nil || pack.folder.watched == root { pack.load { _ in } }
    }

    func nextGeneration() -> Int {
        lastGeneration += 1
        return lastGeneration
    }

    func register(_ generation: PackGeneration) { generations[generation.number] = generation }
    func forget(_ generation: PackGeneration) { generations[generation.number] = nil }

    /// Tells the reactor thread which events are wanted, when that changed.
    func publishSubscriptions() {
        let events = packs.reduce(into: Set<EventName>()) { $0.formUnion($1.events) }
        guard events != published else { return }
        published = events
        services.subscribe(to: events)
    }

    // MARK: Events and answers

    /// Hands over every event that waits in the inbox.
    func drainInbox() {
        inbox.take(into: &buffer)
        EventInbox.forEach(in: buffer) { event in
            let payload = LuaPayload(event.payload, encoding: event.encoding == .json ? .json : .etf)
            for pack in packs { pack.serving?.dispatch(event.name, payload) }
        }
        collectWhenIdle()
    }

    /// Hands an answer to whoever waits for it; nobody does when the generation or the run has ended.
    func answer(_ waiter: Waiter, with reply: HostReply) {
        generations[waiter.generation]?.answer(waiter, with: reply)
        collectWhenIdle()
    }

    /// Makes `bot.user` known to every generation, now and later.
    func set(ready: ReadyPayload) {
        self.ready = ready
        for pack in packs { for generation in pack.generations { generation.set(ready: ready) } }
    }

    /// Runs of handlers that wait for something.
    var waitingCount: Int { packs.reduce(0) { $0 + $1.generations.reduce(0) { $0 + $1.waiting.count } } }

    func close() {
        for pack in packs { pack.close() }
        packs = []
    }

    // MARK: Idle time

    /// Garbage is collected in steps between events, not in the middle of one.
    private func collectWhenIdle() {
        guard !isCollecting else { return }
        isCollecting = true
        reactor.nextTurn { [weak self] in
            guard let self else { return }
            isCollecting = false
            var isDone = true
            for generation in packs.flatMap(\.generations) where generation.phase != .closed && generation.state.idleStep() == .unfinished {
                isDone = false
            }
            if !isDone { collectWhenIdle() }
        }
    }
}

@available(*, unavailable)
extension ScriptRuntime: Sendable {}
