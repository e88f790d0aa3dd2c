extension RateLimiter {
    /// What the owner should tell a person.
    package enum Notice: Sendable, Equatable {
        /// Global 429: everything but interactions waits so long.
        case globalLimit(Duration)
        /// The proxy before Discord refuses our address: everything waits so long.
        case blockedByEdge(Duration)
        /// So many invalid requests in ten minutes; said once when the warning mark is passed.
        case invalidRequests(Int)
        /// So many invalid requests: everything but interactions waits so long.
        case pausedForInvalidRequests(Int, Duration)
        /// So many invalid requests of this origin: its own but interactions wait so long.
        case pausedOrigin(Int, invalidRequests: Int, Duration)
        /// The proxy before Discord refuses what this origin asks for: its own but interactions wait so long.
        case edgePausedOrigin(Int, Duration)
        /// 401 with the bot's token.
        case tokenRefused
    }
}

extension RateLimiter.Notice: CustomStringConvertible {
    /// One line with the remedy.
    package var description: String {
        switch self {
        case .globalLimit(let wait):
            "Discord's global rate limit is reached: all requests but interactions wait \(wait.inSeconds)"
        case .blockedByEdge(let wait):
            "the proxy before Discord refuses this address: all requests wait \(wait.inSeconds); look for other programs on this address that call Discord"
        case .invalidRequests(let count):
            "\(count) requests were refused (401, 403, 429) in the last ten minutes; Discord bans an address at 10,000: find the handler that causes them"
        case .pausedForInvalidRequests(let count, let wait):
            "\(count) requests were refused (401, 403, 429) in the last ten minutes: all but interactions wait \(wait.inSeconds), so that Discord does not ban this address"
        case .pausedOrigin(let origin, let count, let wait):
            "\(count) requests of one asker (\(origin)) were refused (401, 403, 429) in the last ten minutes: its own but interactions wait \(wait.inSeconds), so that those of others need not"
        case .edgePausedOrigin(let origin, let wait):
            "the proxy before Discord refused three requests of one asker (\(origin)) in a row: its own but interactions wait \(wait.inSeconds)"
        case .tokenRefused:
            "Discord refused the bot token (401): no more requests are sent with it"
        }
    }
}

extension Duration {
    /// `0.05 s`, `1.5 s`, `300 s`: at most three decimals.
    var inSeconds: String {
        let milliseconds = Int((self / .milliseconds(1)).rounded(.up))
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        guard rest > 0 else { return "\(seconds) s" }
        var digits = String(1000 + rest).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(seconds).\(digits) s"
    }
}
