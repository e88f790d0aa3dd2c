/// What GET /gateway/bot answered (Discord docs, Gateway › Get Gateway Bot).
package struct GatewayBotInfo: Equatable, Sendable {
    /// Where to connect, without query.
    package var url: String
    /// The number of shards that Discord recommends.
    package var shards: Int
    /// `session_start_limit`: IDENTIFYs allowed in a window, those left in it, and the time until it begins anew.
    package var total: Int
    package var remaining: Int
    package var resetAfter: Duration
    /// IDENTIFYs allowed in 5 seconds.
    package var maxConcurrency: Int

    /// A number that cannot be meant becomes the nearest that can: what a server sends must not overflow anything later.
    package init(url: String, shards: Int, total: Int, remaining: Int, resetAfter: Duration, maxConcurrency: Int) {
        self.url = url
        self.shards = min(max(shards, 1), 100_000)
        self.total = min(max(total, 0), 1 << 30)
        self.remaining = min(max(remaining, 0), 1 << 30)
        self.resetAfter = min(max(resetAfter, .zero), .seconds(7 * 86_400))
        self.maxConcurrency = min(max(maxConcurrency, 1), 100_000)
    }

    /// Why GET /gateway/bot gave no answer.
    package enum Failure: Error, Equatable, Sendable {
        /// Discord refused the token (401): asking again would be refused again, and count as an invalid request.
        case unauthorized
        /// Anything else, in words; worth another try later.
        case unavailable(String)
    }

    /// Asks GET /gateway/bot and calls back once, on the reactor thread.
    package typealias Source = (@escaping (Result<GatewayBotInfo, Failure>) -> Void) -> Void
}
