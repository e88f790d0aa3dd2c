internal import Discord
internal import GatewayProtocol
internal import Synchronization

/// A Discord bot's connection: the gateway's events come in through handlers, messages and commands go out through calls.
///
///     let client = try DiscordClient(token: token)
///     client.onMessageCreate { message in
///         if message.content == "!ping" { try await message.reply("pong") }
///     }
///     try await client.connect()
///     try await client.waitUntilDisconnected()
///
/// A client owns two threads while it is connected: one for the network, which no handler can hold up, and one on which handlers begin.
/// Lost connections are resumed without a gap, rate limits are waited for, and certificates are always verified. Keep the client as long
/// as it shall be online; a handler that captures it keeps it too.
public final class DiscordClient: Sendable {
    private let token: BotToken
    private let configuration: ClientConfiguration
    private let registry = HandlerRegistry()
    private let state = Mutex(State())

    private struct State {
        var intents: Discord.Intents?
        var presence: Presence?
        var connection: ClientConnection?
    }

    /// A client that is not connected yet.
    ///
    /// - Parameter token: the bot token, without the word `Bot`. It is never logged and in no error.
    /// - Throws: `.configuration` when the text cannot be a bot token.
    public init(token: String, configuration: ClientConfiguration = ClientConfiguration()) throws(DiscordError) {
        do throws(BotToken.Fault) { self.token = try BotToken(token) } catch { throw DiscordError(error) }
        self.configuration = configuration
    }

    deinit { state.withLock { $0.connection }?.leave() }

    // MARK: Connecting

    /// Says what Discord shall tell the bot of, from the next `connect` on. Without this call it is what the handlers need.
    public func setIntents(_ intents: Intents) { state.withLock { $0.intents = intents.intents } }

    /// Logs in, and returns when the first shard is online. From then on lost connections come back by themselves.
    ///
    /// - Throws: why the bot cannot go online: a token or an intent that Discord refuses, a host that cannot be reached, no login left
    ///   today, `.alreadyConnected`; `.cancelled` when the task was cancelled or `disconnect` called meanwhile. The client is then
    ///   disconnected, and may connect again.
    public func connect() async throws(DiscordError) {
        let connection = ClientConnection(token: token, configuration: configuration, registry: registry)
        let start = state.withLock { state -> (intents: Discord.Intents, presence: Presence?)? in
            guard state.connection?.closed.isFulfilled ?? true else { return nil }
            state.connection = connection
            return (state.intents ?? Discord.Intents(for: registry.events), state.presence)
        }
        guard let start else {
            throw DiscordError(.alreadyConnected, "the client is connected already", at: "connect", remedy: "call disconnect first")
        }
        connection.open(start.intents, presence: start.presence)
        let outcome = await connection.ready.value()
        if case .some(nil) = outcome { return }
        connection.leave()
        throw (outcome ?? nil) ?? .cancelled("connect")
    }

    /// Whether at least one shard is online. `false` while a lost connection is being resumed.
    public var isConnected: Bool { connection?.isOnline ?? false }

    /// Goes offline: takes no further events, lets requests under way finish for up to five seconds, and closes the gateway with 1000.
    /// Returns when that is done, at once if the client is not connected. The handlers stay for another `connect`.
    public func disconnect() async {
        guard let connection else { return }
        connection.leave()
        _ = await connection.closed.value()
    }

    /// Waits until the client has disconnected; returns at once if it is not connected.
    ///
    /// - Throws: why, if nobody asked for it and reconnecting cannot help, such as a token that was reset; `.cancelled` when the task
    ///   was cancelled, which leaves the client connected.
    public func waitUntilDisconnected() async throws(DiscordError) {
        guard let connection else { return }
        guard let outcome = await connection.closed.value() else { throw .cancelled("waitUntilDisconnected") }
        if let error = outcome { throw error }
    }

    private var connection: ClientConnection? { state.withLock { $0.connection } }

    // MARK: Handlers

    /// Calls `handler` with the payload of every such event.
    ///
    /// Handlers begin in the order of the events, all on one thread; one that awaits something lets the next begin. What a handler
    /// throws is told to `ClientConfiguration.notify`. A handler added while the client is connected gets events from then on, if the
    /// intents bring them.
    public func on(_ event: Event, _ handler: @escaping @Sendable (Payload) async throws -> Void) {
        add(event) { payload, _, _ in try await handler(payload) }
    }

    /// Calls `handler` whenever a new session begins, on each shard. A session that goes on is told by the event `resumed` instead.
    public func onReady(_ handler: @escaping @Sendable (Ready) async throws -> Void) {
        add(.ready) { payload, shard, _ in
            if let ready = Ready(payload, shard: shard) { try await handler(ready) }
        }
    }

    /// Calls `handler` with every new message, the bot's own included.
    public func onMessageCreate(_ handler: @escaping @Sendable (Message) async throws -> Void) {
        add(.messageCreate) { payload, _, connection in
            if let message = Message(payload, connection) { try await handler(message) }
        }
    }

    private func add(_ event: Event, _ handler: @escaping HandlerRegistry.Handler) {
        registry.add(event.name, handler)
        connection?.perform { $0.subscribe() }
    }

    // MARK: Calls

    /// Sends a text of at most 2000 characters to a channel. Returns the message as Discord has it.
    ///
    /// Waits for rate limits. Sent once, even if the connection breaks on the way.
    /// - Throws: why it was not sent; `.notConnected` before `connect`.
    @discardableResult
    public func sendMessage(_ content: String, to channel: Snowflake) async throws(DiscordError) -> Message {
        try await sendMessage(["content": Payload(stringLiteral: content)], to: channel)
    }

    /// Sends a message with whatever Discord allows in one, such as embeds (Discord docs, Message › Create Message), to a channel.
    ///
    /// - Throws: as `sendMessage(_:to:)` with a text.
    @discardableResult
    public func sendMessage(_ message: Payload, to channel: Snowflake) async throws(DiscordError) -> Message {
        guard let connection else { throw .notConnected("sendMessage") }
        return try await connection.sendMessage(message, to: channel)
    }

    /// Shows `text` as the bot's status; empty for none. Sent as soon as Discord's limits allow, only the newest of several, and kept for
    /// later sessions. May be called before `connect`.
    ///
    /// - Throws: `.invalidRequest` for more than 128 characters.
    public func updatePresence(_ text: String, _ status: PresenceStatus = .online) throws(DiscordError) {
        let presence: Presence
        do throws(Activity.Fault) { presence = Presence(status: status.status, activities: text.isEmpty ? [] : [try .custom(text)]) } catch {
            throw DiscordError(.invalidRequest, "\(error)", at: "updatePresence", remedy: "shorten the text")
        }
        state.withLock { state in
            state.presence = presence
            _ = state.connection?.perform { $0.update(presence) }
        }
    }

    /// Asks for members of a guild, and returns their member objects when all have come.
    ///
    /// All of them needs the intent `guildMembers`, and is asked at most once in 30 seconds for one guild.
    /// - Parameters:
    ///   - query: what names must begin with; empty for any.
    ///   - limit: most members, 1 to 100; `nil` for all, or for 100 with a query.
    ///   - users: ask for these instead, at most 100.
    ///   - presences: include what they are doing; needs the intent `guildPresences`.
    /// - Throws: `.invalidRequest` against these limits, `.timedOut` when Discord does not answer, `.notConnected` before `connect`.
    public func requestGuildMembers(
        _ guild: Snowflake, query: String = "", limit: Int? = nil, users: [Snowflake] = [], presences: Bool = false
    ) async throws(DiscordError) -> [Payload] {
        let selection: MemberRequest.Selection =
            if !users.isEmpty { .users(users.map(\.id)) } else if query.isEmpty, limit == nil { .all } else { .query(prefix: query, limit: limit ?? 100) }
        let request: MemberRequest
        do throws(CommandError) { request = try MemberRequest(guild: guild.id, selection: selection, presences: presences) } catch {
            throw DiscordError(error, at: "requestGuildMembers")
        }
        guard let connection else { throw .notConnected("requestGuildMembers") }
        return try await connection.requestMembers(request)
    }
}
