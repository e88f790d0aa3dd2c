/// One call of Discord's HTTP API, before anything is sent.
package struct RESTRequest: Sendable {
    package var method: HTTPMethod
    package var route: Route
    /// Names and values as they are; they are percent-encoded when sent. Repeat a name for an array.
    package var query: [(name: String, value: String)] = []
    package var body: RESTBody = .none
    /// Shown in the guild's audit log (`X-Audit-Log-Reason`): 1 to 512 characters, encoded when sent.
    package var reason: String?
    /// Whether the bot's token is sent. Webhook and interaction endpoints carry their own token in the path.
    package var authorized = true
    package var lane: Lane = .ordinary
    /// Who asks: requests of different origins share the limits fairly, and none can keep another waiting. 0 is the host itself.
    package var origin = 0
    package var replay: Replay
    /// The longest time from `perform` to the answer, waiting for rate limits and retries included;
    /// `nil` is the configuration's `deadline`.
    package var deadline: Duration?

    package init(_ method: HTTPMethod, _ route: Route, body: RESTBody = .none, reason: String? = nil) {
        self.method = method
        self.route = route
        self.body = body
        self.reason = reason
        replay = method == .post ? .unlessWritten : .always
    }

    /// Which limits a request is under.
    package enum Lane: Sendable, Hashable {
        /// The global limit, its 429s, and the pause after too many invalid requests.
        case ordinary
        /// Interaction callbacks and follow-ups: exempt from the global limit (Discord, "Global Rate Limit"), so they overtake.
        case interaction
    }

    /// When a request that got no usable answer may be sent again.
    package enum Replay: Sendable, Hashable {
        /// Twice has the effect of once: GET, PUT, PATCH, DELETE, and Create Message with an enforced nonce.
        case always
        /// Only if the failure came before the request was written; otherwise it could take effect twice.
        case unlessWritten
    }
}
