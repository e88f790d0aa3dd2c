/// Why an answer means "not now", and for how long.
package struct RateLimitRefusal: Sendable, Equatable {
    package var reach: Reach
    /// As the answer said; `nil` if it said nothing usable.
    package var retryAfter: Duration?
    /// Whether the answer counts towards the limit of invalid requests.
    package var countsAsInvalid = true

    /// What must wait.
    package enum Reach: Sendable, Equatable {
        /// The bucket of the request.
        case bucket
        /// This method and route on this resource only: a shared limit, or a hidden one beside a bucket that has requests left.
        case operation
        /// Every request with the global limit.
        case global
        /// Everything: the answer is not Discord's but the proxy's before it, about our address.
        case edge
    }

    /// Classifies an answer; `nil` for one that refuses nothing.
    ///
    /// A 403 that is not JSON comes from the proxy too, but may be about this request's content: one such answer holds nothing
    /// back (`RateLimiter` counts them).
    package init?(status: Int, headers: RateLimitHeaders, fault: DiscordFault?) {
        guard status == 429 else { return nil }
        retryAfter = [headers.retryAfter, fault?.retryAfter].compactMap { $0 }.max()
        if fault == nil, headers.scope == nil, headers.bucket == nil {
            reach = .edge
        } else if headers.isGlobal || headers.scope == .global || fault?.isGlobal == true {
            reach = .global
        } else if headers.scope == .shared {
            reach = .operation
            countsAsInvalid = false
        } else if let remaining = headers.remaining, remaining > 0 {
            reach = .operation
        } else {
            reach = .bucket
        }
    }
}
