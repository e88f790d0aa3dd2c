internal import Discord
internal import GatewayProtocol
internal import JSON
internal import REST
internal import Reactor
internal import Synchronization

/// One life of a client online, from `connect` to `disconnect`: the loop's thread and that of the handlers, as others see them.
final class ClientConnection: Sendable {
    /// How `connect` ends: `nil` when the bot is online.
    let ready = Latch<DiscordError?>()
    /// How the connection ends for good: `nil` when it was asked to.
    let closed = Latch<DiscordError?>()
    private let online = Atomic(0)

    let token: BotToken
    let configuration: ClientConfiguration
    let registry: HandlerRegistry
    private let state = Mutex(State())
    private let requests = Atomic(0)

    private struct State {
        var door = Door.opening
        /// Questions that the loop has not answered, by number: what to tell who asks when it never will.
        var unanswered: [Int: @Sendable () -> Void] = [:]
    }

    /// The way to the loop.
    private enum Door {
        case opening
        case open(ReactorHandle, LoopBound<LoopHolder>)
        /// The client left before the loop ran, or the loop has ended.
        case closed
    }

    /// Keeps the loop as long as its thread runs it: its end touches what belongs to that thread.
    private final class LoopHolder {
        var loop: ClientLoop?
    }

    init(token: BotToken, configuration: ClientConfiguration, registry: HandlerRegistry) {
        self.token = token
        self.configuration = configuration
        self.registry = registry
    }

    // MARK: Threads

    /// Starts the threads, which log in; `ready` tells how that went.
    func open(_ intents: Discord.Intents, presence: Presence?) {
        start("handlers") { [self] in
            let reactor = try Reactor()
            let handlers = HandlerThread(reactor.handle, registry: registry, configuration: configuration)
            start("gateway") { [self] in
                defer { handlers.stop() }
                try serve(intents, presence, handlers)
            }
            reactor.run()
        }
    }

    /// Starts a thread; what goes wrong before the loop runs ends the connection.
    private func start(_ name: String, _ body: @escaping @Sendable () throws -> Void) {
        do {
            _ = try Thread.start(name: name, stackSize: 8 << 20) { [self] in
                do { try body() } catch { ended(error as? DiscordError ?? (error as? IOFailure).map { DiscordError($0) }) }
            }
        } catch {
            ended(DiscordError(error))
        }
    }

    private func serve(_ intents: Discord.Intents, _ presence: Presence?, _ handlers: HandlerThread) throws {
        let reactor = try Reactor()
        let holder = LoopHolder()
        holder.loop = try ClientLoop(self, handlers: handlers, intents: intents, presence: presence, on: reactor)
        let entry = Door.open(reactor.handle, LoopBound(holder, on: reactor))
        let isWanted = state.withLock { state in
            guard case .opening = state.door else { return false }
            state.door = entry
            return true
        }
        guard isWanted else { return ended(nil) }
        holder.loop?.start()
        reactor.run()
        holder.loop = nil
    }

    /// Whether any shard is online.
    var isOnline: Bool { online.load(ordering: .relaxed) > 0 }

    func set(online shards: Int) { online.store(shards, ordering: .relaxed) }

    /// Tells everyone who waits that the connection is over.
    func ended(_ error: DiscordError?) {
        set(online: 0)
        let unanswered = state.withLock { state in
            defer { state = State(door: .closed) }
            return state.unanswered
        }
        for tell in unanswered.values { tell() }
        ready.fulfil(error ?? .cancelled("connect"))
        closed.fulfil(error)
    }

    /// Runs `body` on the loop's thread. `false` when it does not run any more, or not yet.
    @discardableResult
    func perform(_ body: @escaping @Sendable (ClientLoop) -> Void) -> Bool {
        state.withLock { Self.post(body, through: $0.door) }
    }

    private static func post(_ body: @escaping @Sendable (ClientLoop) -> Void, through door: Door) -> Bool {
        guard case .open(let handle, let loop) = door else { return false }
        return handle.post { if let loop = loop.value.loop { body(loop) } }
    }

    /// Leaves for good; `closed` tells when it is done.
    func leave() {
        state.withLock { state in
            if case .opening = state.door { state.door = .closed }
        }
        perform { $0.leave(nil) }
    }

    // MARK: Requests

    func sendMessage(_ message: Payload, to channel: Snowflake) async throws(DiscordError) -> Message {
        let call = "sendMessage"
        guard !message.keys.isEmpty else {
            throw DiscordError(.invalidRequest, "the message is no JSON object with members", at: call, remedy: "give it content, embeds or the like")
        }
        let answer = try await ask(call) { (loop, number, answer: Latch<Result<Payload, DiscordError>>) in
            loop.perform(.createMessage(in: channel.id, message.value.serialized), number) { answer.fulfil($0) }
        }
        guard let sent = Message(answer, self) else {
            throw DiscordError(.refused, "the answer is no message", at: call, remedy: "check that apiURL is Discord's")
        }
        return sent
    }

    func requestMembers(_ request: MemberRequest) async throws(DiscordError) -> [Payload] {
        try await ask("requestGuildMembers") { (loop, number, answer: Latch<Result<[Payload], DiscordError>>) in
            loop.requestMembers(request, number) { answer.fulfil($0) }
        }
    }

    /// Asks something of the loop and waits for the answer, or withdraws the question when the task is cancelled.
    private func ask<Answer: Sendable>(
        _ call: String, _ question: @escaping @Sendable (ClientLoop, _ number: Int, Latch<Result<Answer, DiscordError>>) -> Void
    ) async throws(DiscordError) -> Answer {
        let answer = Latch<Result<Answer, DiscordError>>()
        let number = requests.wrappingAdd(1, ordering: .relaxed).newValue
        let isAsked = state.withLock { state in
            guard Self.post({ question($0, number, answer) }, through: state.door) else { return false }
            state.unanswered[number] = { answer.fulfil(.failure(.notConnected(call))) }
            return true
        }
        guard isAsked else { throw .notConnected(call) }
        defer { state.withLock { $0.unanswered[number] = nil } }
        guard let result = await answer.value() else {
            perform { $0.withdraw(number) }
            throw .cancelled(call)
        }
        return try result.get()
    }
}
