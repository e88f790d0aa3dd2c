internal import Configuration
internal import Discord
internal import GatewayProtocol
internal import LuaEngine
internal import Logging
internal import REST
internal import Reactor

/// One loading of a pack: its Lua state and everything the pack registered in it. Closing it ends all of that at once.
///
/// Confined to its script thread.
final class PackGeneration: LuaHost {
    /// How far the generation is.
    enum Phase: Equatable {
        /// The main chunk has not returned yet.
        case loading
        case serving
        /// Another generation serves; runs that wait may still finish.
        case draining
        case closed
    }

    let number: Int
    let folder: PackFolder
    let logger: Logger
    let services: any HostServices
    let reactor: Reactor
    var phase = Phase.loading
    var handlers = [[LuaReference]](repeating: [], count: EventName.count)
    var timers = TimerTable()
    /// What each waiting run is, for error messages.
    var waiting: [LuaRun: String] = [:]
    /// Methods and properties that `bot.lua` declared, until they are defined.
    var members: [(prototype: Prototype, name: String, value: LuaReference, isProperty: Bool)] = []
    /// Called when a handler was added after the main chunk.
    var subscriptionsChanged: () -> Void = {}
    /// Tells the pack that the main chunk returned (`nil`) or failed.
    private var loaded: ((LuaFailure?) -> Void)?
    /// Runs when nothing waits any more; set while draining.
    private var drained: (() -> Void)?
    private(set) var botModule: LuaReference?
    private var setReady: LuaReference?
    private(set) var state: LuaState!
    var nonces = NonceSource()

    /// - Throws: `LuaFailure` when no state could be made; the pack's own code has not run then.
    init(number: Int, folder: PackFolder, limits: LuaLimits, logger: Logger, services: any HostServices, reactor: Reactor) throws(LuaFailure) {
        self.number = number
        self.folder = folder
        self.logger = logger
        self.services = services
        self.reactor = reactor
        state = try LuaState(limits: limits, host: self)
        try defineModule()
    }

    // MARK: Loading

    private func defineModule() throws(LuaFailure) {
        for prototype in Prototype.allCases { try state.definePrototype(prototype.id, name: prototype.name) }
        for rule in Prototype.rules { try state.defineRule(rule.parent, key: rule.key, is: rule.child.id) }
        let result = PackageResources.bot_lua.withUnsafeBytes { source in
            state.run(source: source, chunk: "[bot]") { arguments in
                for function in HostFunction.allCases {
                    arguments.append(function.name)
                    arguments.append(function: function.rawValue)
                }
                arguments.append("null")
                arguments.appendNull()
            }
        }
        guard case .finished = result, let returned = state.returned else {
            if case .failed(let failure) = result { throw failure }
            preconditionFailure("bot.lua does not wait")
        }
        botModule = returned.reference(1)
        setReady = returned.reference(2)
        for member in members {
            if member.isProperty {
                try state.defineProperty(member.name, of: member.prototype.id, .value(member.value))
            } else {
                try state.defineMethod(member.name, of: member.prototype.id, .value(member.value))
            }
        }
        members = []
    }

    /// Runs the main chunk. `loaded` is called once, at once or when the chunk, having waited, returns or fails.
    func load(ready: ReadyPayload?, loaded: @escaping (LuaFailure?) -> Void) {
        self.loaded = loaded
        if let ready { set(ready: ready) }
        let chunk: PackFolder.Chunk
        do { chunk = try folder.mainChunk() } catch {
            finishLoading(LuaFailure(kind: .error, message: error.description))
            return
        }
        settle(chunk.source.withUnsafeBytes { state.run(source: $0, chunk: chunk.name) }, as: Self.mainChunk)
    }

    private static let mainChunk = "main chunk"

    private func finishLoading(_ failure: LuaFailure?) {
        guard let loaded = loaded.take() else { return }
        if failure == nil { phase = .serving }
        loaded(failure)
    }

    /// Makes `bot.user` the user of READY.
    func set(ready: ReadyPayload) {
        guard let setReady else { return }
        settle(ready.bytes.withUnsafeBytes { bytes in
            state.call(setReady) { $0.append(LuaPayload(bytes, encoding: ready.encoding.lua)) }
        }, as: "ready")
    }

    // MARK: Runs

    /// Calls every handler of `event` with the decoded payload, which they share.
    func dispatch(_ event: EventName, _ payload: LuaPayload) {
        guard phase == .serving else { return }
        let listeners = handlers[Int(event.rawValue)]
        guard !listeners.isEmpty else { return }
        var payload = payload
        payload.prototype = Prototype(of: event)?.id ?? .none
        payload.profile = event.rawValue
        do throws(LuaFailure) {
            try state.withEvent(payload) { decoded in
                for handler in listeners where phase == .serving {
                    settle(state.call(handler, with: decoded), as: event.luaName)
                }
            }
        } catch {
            report(error, in: event.luaName)
        }
    }

    /// Calls a function without arguments.
    func call(_ function: LuaReference, as label: String) {
        settle(state.call(function), as: label)
    }

    /// Hands an answer to the run that waits for it.
    func answer(_ waiter: Waiter, with reply: HostReply) {
        let run = waiter.run
        guard let label = waiting.removeValue(forKey: run) else { return }
        switch reply {
        case .failed(let error):
            settle(state.resume(run, raising: error), as: label)
        case .response(let response):
            settle(response.body.withUnsafeBytes { bytes in
                state.resume(run) { results in
                    if !bytes.isEmpty { results.append(LuaPayload(bytes, prototype: waiter.prototype?.id ?? .none)) }
                }
            }, as: label)
        case .members(let chunks, let encoding):
            settle(state.resume(run) { results in
                for chunk in chunks { chunk.withUnsafeBytes { results.append(LuaPayload($0, encoding: encoding.lua)) } }
            }, as: label)
        }
    }

    /// Lets a run go on whose host function returns nothing.
    func wake(_ run: LuaRun) {
        guard let label = waiting.removeValue(forKey: run) else { return }
        settle(state.resume(run), as: label)
    }

    private func settle(_ result: LuaResult, as label: String) {
        switch result {
        case .finished:
            if label == Self.mainChunk { finishLoading(nil) }
        case .waiting(let run):
            waiting[run] = label
        case .failed(let failure):
            if label == Self.mainChunk { finishLoading(failure) } else { report(failure, in: label) }
        case .stale:
            break
        }
        if waiting.isEmpty, let drained = drained.take() { drained() }
    }

    private func report(_ failure: LuaFailure, in label: String) {
        if failure.kind == .cancelled && phase == .draining { return }
        logger.error("\(ScriptReport.text(of: failure, in: label))")
    }

    // MARK: The end

    /// Takes no further events; `done` runs once the waiting runs have ended.
    func drain(_ done: @escaping () -> Void) {
        guard phase == .serving || phase == .loading else { return }
        phase = .draining
        timers.removeAll(reactor)
        handlers = []
        if waiting.isEmpty { done() } else { drained = done }
    }

    /// Cancels what still waits and frees the state. Idempotent.
    func close() {
        guard phase != .closed else { return }
        phase = .draining
        drained = nil
        loaded = nil
        timers.removeAll(reactor)
        for run in state.waitingRuns { _ = state.cancel(run) }
        waiting = [:]
        handlers = []
        (botModule, setReady) = (nil, nil)
        phase = .closed
        state.close()
    }
}

@available(*, unavailable)
extension PackGeneration: Sendable {}

/// READY's `d`, kept for generations that load later.
struct ReadyPayload: Sendable {
    let bytes: [UInt8]
    let encoding: PayloadEncoding
}

extension PayloadEncoding {
    var lua: LuaPayload.Encoding {
        switch self {
        case .json: .json
        case .etf: .etf
        }
    }
}
