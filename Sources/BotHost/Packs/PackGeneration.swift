internal import Configuration
internal import Discord
internal import GatewayProtocol
internal import LuaEngine
internal import Logging
internal import Reactor

/// One loading of a pack: its Lua state and everything the pack registered in it. Closing it ends all of that at once.
///
/// Confined to the pack's thread. Runs start and go on only from the loop, never inside a call of a script: what a call sets off in another run
/// happens in a later turn.
final class PackGeneration: LuaHost {
    /// How far the generation is.
    enum Phase: Equatable {
        /// The main chunk has not returned yet.
        case loading
        case serving
        /// The pack exceeded its limits too often: no event, timer or task reaches it until it serves again.
        case suspended
        /// Another generation serves, or none; runs that wait may still finish.
        case draining
        case closed
    }

    let number: Int
    let folder: PackFolder
    let limits: LimitSettings
    let log: PackLog
    let services: any HostServices
    let mailbox: ScriptMailbox
    let reactor: Reactor
    var phase = Phase.loading
    var handlers = [[LuaReference]](repeating: [], count: EventName.count)
    var handlerCount = 0
    var timers = TimerTable()
    /// What each waiting run is for.
    var waiting: [LuaRun: RunRole] = [:]
    /// What wakes those that wait for a time.
    var alarms: [LuaRun: Alarm] = [:]
    var tasks = TaskTable()
    /// Runs that `bot.wait_for` an event.
    var expected: [EventName: [Expectation]] = [:]
    /// Events that a run has waited for; they stay subscribed, so that the next wait misses nothing.
    var awaited: Set<EventName> = []
    var requests = RequestAccount()
    var unloadHooks: [LuaReference] = []
    var pendingPresence: Presence?
    var flood = LineFlood()
    /// Events that passed the pack by while it was suspended.
    var missedEvents = 0
    /// Methods and properties that the `bot` module declared, until they are defined.
    var members: [(prototype: Prototype, name: String, value: LuaReference, isProperty: Bool)] = []
    /// Called when the pack listens to another event after the main chunk.
    var subscriptionsChanged: () -> Void = {}
    /// Called when a run was ended for exceeding a limit, with a line that says which.
    var offended: (String) -> Void = { _ in }
    /// Gives what the generation before this one carries over under a name.
    var inherited: (String) -> [UInt8]? = { _ in nil }
    /// Tells the pack that the main chunk returned (`nil`) or failed.
    private var loaded: ((LuaFailure?) -> Void)?
    /// Runs when nothing waits any more; set while draining.
    private var drained: (() -> Void)?
    private(set) var module = BotModule()
    private(set) var state: LuaState!
    /// Modules of a single-file pack that were read.
    var files: Set<String> = []
    var nonces = NonceSource()
    private var share: ThreadShare

    /// - Throws: `LuaFailure` when no state could be made; the pack's own code has not run then.
    init(_ folder: PackFolder, in runtime: ScriptRuntime, log: PackLog) throws(LuaFailure) {
        number = runtime.nextGeneration()
        limits = runtime.limits
        services = runtime.services
        mailbox = runtime.mailbox
        reactor = runtime.reactor
        self.folder = folder
        self.log = log
        share = ThreadShare(limits)
        state = try LuaState(limits: LuaLimits(limits), host: self)
        module = try BotModule(self)
    }

    // MARK: Loading

    /// Runs the main chunk. `loaded` is called once, at once or when the chunk, having waited, returns or fails.
    func load(ready: ReadyPayload?, loaded: @escaping (LuaFailure?) -> Void) {
        self.loaded = loaded
        if let ready { set(ready: ready) }
        let chunk: PackFolder.Chunk
        do { chunk = try folder.mainChunk(limit: limits.sourceKilobytes << 10) } catch {
            finishLoading(LuaFailure(kind: .error, message: error.description))
            return
        }
        settle(chunk.source.withUnsafeBytes { state.run(source: $0, chunk: chunk.name) }, as: .mainChunk)
    }

    private func finishLoading(_ failure: LuaFailure?) {
        guard let loaded = loaded.take() else { return }
        if failure == nil { phase = .serving }
        loaded(failure)
    }

    /// Makes `bot.user` the user of READY.
    func set(ready: ReadyPayload) {
        guard let setReady = module.setReady else { return }
        settle(ready.bytes.withUnsafeBytes { bytes in
            state.call(setReady) { $0.append(LuaPayload(bytes, encoding: ready.encoding.lua, prototype: Prototype.event.id)) }
        }, as: .ready)
    }

    // MARK: Runs

    /// Calls a function without arguments.
    func call(_ function: LuaReference, as role: RunRole) {
        settle(state.call(function), as: role)
    }

    /// Takes a run that waits, to let it go on; `nil` when it has ended or gone on already.
    func take(_ run: LuaRun) -> RunRole? {
        if !alarms.isEmpty, let alarm = alarms.removeValue(forKey: run) { reactor.cancel(alarm.token) }
        return waiting.removeValue(forKey: run)
    }

    /// Lets a run go on whose host function returns nothing. `false` when it does not wait any more.
    @discardableResult
    func wake(_ run: LuaRun) -> Bool {
        guard let role = take(run) else { return false }
        settle(state.resume(run), as: role)
        return true
    }

    /// Ends a run that waits. A request of its that has not gone out yet never does.
    func cancel(_ run: LuaRun) {
        guard let role = take(run) else { return }
        withdraw(run)
        settle(state.cancel(run), as: role)
    }

    func settle(_ result: LuaResult, as role: RunRole) {
        switch result {
        case .finished:
            switch role {
            case .mainChunk: finishLoading(nil)
            case .task(let key): tasks.forget(key)
            default: break
            }
        case .waiting(let run):
            waiting[run] = role
            if case .task(let key) = role { tasks.note(key, waitsAs: run) }
        case .failed(let failure):
            fail(failure, role)
        case .stale:
            break
        }
        noteShare()
        if drained != nil, waiting.isEmpty, let drained = drained.take() { drained() }
    }

    /// The engine samples its clock now and then, so mostly nothing has changed.
    private func noteShare() {
        let time = state.cpuTime
        guard time != share.seen, let held = share.note(time, at: reactor.now) else { return }
        offended("its runs held its thread for \(held) ms in one go")
    }

    func fail(_ failure: LuaFailure, _ role: RunRole) {
        switch role {
        case .mainChunk where loaded != nil: return finishLoading(failure)
        case .task(let key): finishTask(key, failure)
        default: report(failure, in: role)
        }
        guard failure.kind.isOffence else { return }
        share.forgive(state.cpuTime)
        offended(ScriptReport.headline(of: failure, in: role))
    }

    func report(_ failure: LuaFailure, in role: RunRole) {
        // Whoever cancels says so once for all runs.
        guard failure.kind != .cancelled else { return }
        let text = ScriptReport.text(of: failure, in: role)
        // A pack gets to exceed its limits a few times only, and why it did must not drown in the lines that did it.
        if failure.kind.isOffence && phase != .suspended { log.host.error("\(PackLog.bounded(text))") } else { log.write(.error, text) }
    }

    // MARK: The end

    /// Takes no further events and runs what `bot.on_unload` left; `done` runs once the waiting runs have ended.
    func drain(_ done: @escaping () -> Void) {
        guard phase != .draining && phase != .closed else { return }
        let isLoaded = phase != .loading
        phase = .draining
        timers.removeAll(reactor)
        handlers = [[LuaReference]](repeating: [], count: EventName.count)
        if isLoaded { for hook in unloadHooks.reversed() { call(hook, as: .unload) } }
        unloadHooks = []
        if waiting.isEmpty { done() } else { drained = done }
    }

    /// Cancels what waits; timers and events pass until `serveAgain`.
    func suspend() {
        guard phase == .serving else { return }
        phase = .suspended
        missedEvents = 0
        cancelAll()
        expected = [:]
    }

    func serveAgain() {
        guard phase == .suspended else { return }
        phase = .serving
        fireHeldTimers()
    }

    /// Cancels what still waits and frees the state. Idempotent.
    func close() {
        guard phase != .closed else { return }
        phase = .draining
        drained = nil
        loaded = nil
        timers.removeAll(reactor)
        flushPresence()
        cancelAll()
        phase = .closed
        handlers = []
        unloadHooks = []
        module = BotModule()
        tasks = TaskTable()
        for alarm in alarms.values { reactor.cancel(alarm.token) }
        alarms = [:]
        waiting = [:]
        expected = [:]
        state.close()
    }

    /// Cancels every run that waits now. When cleaning up takes longer than two runs may, the rest ends without it.
    private func cancelAll() {
        let clock = ContinuousClock()
        let end = clock.now + .milliseconds(2 * limits.cpuStopMilliseconds)
        while let run = waiting.first?.key {
            if clock.now < end {
                cancel(run)
            } else if let role = take(run) {
                withdraw(run)
                state.drop(run)
                if case .task(let key) = role { finishTask(key, LuaFailure(kind: .cancelled, message: "cancelled")) }
            }
        }
        tasks.removeAll()
    }
}

@available(*, unavailable)
extension PackGeneration: Sendable {}

extension LuaFailure.Kind {
    /// Whether the run was ended for using more than it may.
    var isOffence: Bool {
        switch self {
        case .cpu, .memory, .coroutines, .limit, .unavailable: true
        case .syntax, .error, .cancelled: false
        }
    }
}
