/// The rate-limit headers of one answer (Discord, "Rate Limits", header format).
///
/// `X-RateLimit-Reset` is left out: it is a wall-clock time, and `X-RateLimit-Reset-After` says the same without clock skew.
package struct RateLimitHeaders: Sendable, Equatable {
    /// Requests allowed in the bucket's window.
    package var limit: Int?
    /// Requests left in it.
    package var remaining: Int?
    /// Time until the window ends.
    package var resetAfter: Duration?
    /// The bucket's opaque name, without the major parameter.
    package var bucket: String?
    /// Present and true only on a 429 of the global limit.
    package var isGlobal = false
    /// Present only on a 429.
    package var scope: Scope?
    /// `Retry-After`, present only on a 429; seconds form (RFC 9110 §10.2.3).
    package var retryAfter: Duration?

    package init() {}

    /// Whose limit a 429 is about.
    package enum Scope: String, Sendable {
        /// This bot, this bucket.
        case user
        /// This bot, all buckets.
        case global
        /// The resource, counted over all bots; not counted as an invalid request.
        case shared
    }

    /// Takes over one header field if it is one of these; a value that does not parse is as absent.
    package mutating func absorb(name: some StringProtocol, value: some StringProtocol) {
        switch name.lowercased() {
        case "x-ratelimit-limit": limit = Int(value)
        case "x-ratelimit-remaining": remaining = Int(value)
        case "x-ratelimit-reset-after": resetAfter = Self.seconds(value)
        case "x-ratelimit-bucket": bucket = value.isEmpty ? nil : String(value)
        case "x-ratelimit-global": isGlobal = value.lowercased() == "true"
        case "x-ratelimit-scope": scope = Scope(rawValue: String(value))
        case "retry-after": retryAfter = Self.seconds(value)
        default: break
        }
    }

    /// A non-negative decimal number of seconds, at most 30 days; `nil` for anything else.
    static func seconds(_ text: some StringProtocol) -> Duration? {
        guard let seconds = Double(text) else { return nil }
        return duration(seconds: seconds)
    }

    static func duration(seconds: Double) -> Duration? {
        guard seconds.isFinite, seconds >= 0 else { return nil }
        return .seconds(min(seconds, 30 * 86_400))
    }
}
