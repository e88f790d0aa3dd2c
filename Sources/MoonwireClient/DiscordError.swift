/// Why something did not work: what happened, where, and what to do about it.
public struct DiscordError: Error, Equatable, Sendable {
    /// The cause, for code that must tell causes apart.
    public let kind: Kind
    /// What happened, as a sentence without its full stop.
    public let what: String
    /// Where: a route such as `POST /channels/41771983423143937/messages`, a host, a shard, or the part of the client that was called.
    public let place: String
    /// What to do about it.
    public let remedy: String
    /// The HTTP status, when Discord answered a request.
    public let status: Int?
    /// Discord's own error code (Discord docs, Opcodes and Status Codes › JSON), when the answer named one.
    public let code: Int?
    /// How long to wait before asking again can help, when that is known.
    public let retryAfter: Duration?

    init(
        _ kind: Kind, _ what: String, at place: String, remedy: String, status: Int? = nil, code: Int? = nil, retryAfter: Duration? = nil
    ) {
        self.kind = kind
        self.what = what
        self.place = place
        self.remedy = remedy
        self.status = status
        self.code = code
        self.retryAfter = retryAfter
    }

    /// The cause of an error. More may be added.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        /// The cause in a word or two, such as `token refused`.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// A setting cannot be used: a token that is none, a URL that is none, a CA file that cannot be read.
        public static let configuration = Kind("configuration")
        /// Discord does not accept the token.
        public static let tokenRefused = Kind("token refused")
        /// Discord does not grant an intent.
        public static let intentsRefused = Kind("intents refused")
        /// Discord allows no further login until a time.
        public static let loginsSpent = Kind("logins spent")
        /// Discord refused a login or a request for another reason.
        public static let refused = Kind("refused")
        /// Discord limits the rate, and waiting for it is longer than the deadline.
        public static let rateLimited = Kind("rate limited")
        /// No answer: the name, the connection, its certificate or the transfer failed.
        public static let unreachable = Kind("unreachable")
        /// No answer in time.
        public static let timedOut = Kind("timed out")
        /// What was asked for is against a limit, and was not sent.
        public static let invalidRequest = Kind("invalid request")
        /// The client is not connected.
        public static let notConnected = Kind("not connected")
        /// The client is connected already.
        public static let alreadyConnected = Kind("already connected")
        /// The task was cancelled, or the client disconnected meanwhile.
        public static let cancelled = Kind("cancelled")
        /// The operating system refused a thread or a descriptor.
        public static let system = Kind("system")
    }
}

extension DiscordError: CustomStringConvertible {
    /// All of it on one line.
    public var description: String {
        let numbers = [status.map { "HTTP \($0)" }, code.map { "code \($0)" }].compactMap { $0 }
        return "\(place): \(what)\(numbers.isEmpty ? "" : " (\(numbers.joined(separator: ", ")))"); \(remedy)"
    }
}
