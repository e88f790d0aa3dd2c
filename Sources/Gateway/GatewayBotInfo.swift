import JSON

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

    /// Reads the answer's body; `nil` when it is something else.
    package init?(response: [UInt8]) {
        // What is no JSON does not come from Discord.
        guard let value = try? JSONValue(parsing: response), let url = value["url"]?.stringValue else { return nil }
        let limit = value["session_start_limit"]
        func number(_ value: JSONValue?, or standard: Int64) -> Int { Int(clamping: value?.integerValue ?? standard) }
        self.init(
            url: url, shards: number(value["shards"], or: 1), total: number(limit?["total"], or: 1000),
            remaining: number(limit?["remaining"], or: 1000), resetAfter: .milliseconds(limit?["reset_after"]?.integerValue ?? 0),
            maxConcurrency: number(limit?["max_concurrency"], or: 1))
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
