/// How a client connects. Every field has the value that serves a bot at Discord.
public struct ClientConfiguration: Sendable {
    /// The base of every REST route, with the API version. Plain `http://` only if it is written so.
    public var apiURL = "https://discord.com/api/v10"
    /// Where to connect instead of the URL that GET /gateway/bot answers. Plain `ws://` only if it is written so.
    public var gatewayURL: String?
    /// A PEM file of certificates that are trusted besides the system's. Certificates are always verified.
    public var caFile: String?
    /// Which shards this process runs.
    public var shards = Shards.automatic
    /// An existing folder that remembers logins and sessions, so that a process that starts anew goes on where the last one stopped and
    /// cannot spend more logins than Discord allows. Holds no token. While another process runs the same shards of the bot from it, `connect`
    /// waits for that one to end. `nil` keeps them in memory, where a crash loop can spend them all.
    public var stateDirectory: String?
    /// Bytes of events that may wait for handlers. While a megabyte waits, the gateway is left unread for up to two seconds, so that a burst
    /// waits at Discord. What comes after that fills this queue: beyond half of it `presenceUpdate` and `typingStart` are dropped, beyond it every
    /// event; each is counted, and told once a minute.
    public var queueBytes = 64 << 20
    /// Takes what a person may want to read, from threads of the client. Unless told otherwise, warnings and errors are written to
    /// standard error.
    public var notify: @Sendable (Notice) -> Void = { if $0.level >= .warning { StandardError.write("\($0.level): \($0.text)\n") } }

    /// The configuration for Discord itself.
    public init() {}

    /// Which shards of a bot run in this process (Discord docs, Gateway › Sharding).
    public enum Shards: Equatable, Sendable {
        /// As many as Discord recommends, all of them here.
        case automatic
        /// So many, all of them here; at least 1.
        case count(Int)
        /// A part of `of` shards, the others of which run elsewhere.
        case range(ClosedRange<Int>, of: Int)
    }
}
