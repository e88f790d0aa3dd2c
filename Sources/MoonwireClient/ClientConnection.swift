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
    private let door = Mutex(Door.opening)
    private let requests = Atomic(0)

    /// The way to the loop.
    private enum Door {
        case opening
        case open(ReactorHandle, LoopBound<LoopHolder>)
        /// The client left before the loop ran.
        case abandoned
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
        let isWanted = door.withLock { door in
            if case .abandoned = door { return false }
            door = entry
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
        ready.fulfil(error ?? .cancelled("connect"))
        closed.fulfil(error)
    }

    /// Runs `body` on the loop's thread. `false` when it does not run any more, or not yet.
    @discardableResult
    func perform(_ body: @escaping @Sendable (ClientLoop) -> Void) -> Bool {
        door.withLock { door in
            guard case .open(let handle, let loop) = door else { return false }
            return handle.post { if let loop = loop.value.loop { body(loop) } }
        }
    }

    /// Leaves for good; `closed` tells when it is done.
    func leave() {
        let isOpen = door.withLock { door in
            if case .opening = door { door = .abandoned }
            if case .open = door { return true }
            return false
        }
        if isOpen { perform { $0.leave(nil) } }
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
        guard perform({ question($0, number, answer) }) else { throw .notConnected(call) }
        guard let result = await answer.value() else {
            perform { $0.withdraw(number) }
            throw .cancelled(call)
        }
        return try result.get()
    }
}
