/// Buckets of requests in fixed windows, as `X-RateLimit-*` describe them (Discord docs, Rate Limits).
struct RateLimiter {
    /// The state of a bucket after a request.
    struct State: Equatable {
        let limit: Int
        let remaining: Int
        let resetAfter: Duration
        /// The request was one too many.
        let isExceeded: Bool
    }

    private var buckets: [String: (opened: ContinuousClock.Instant, used: Int)] = [:]

    /// Counts a request against the bucket called `key`.
    mutating func spend(_ key: String, _ allowance: RESTLimits.Allowance, at now: ContinuousClock.Instant) -> State {
        var bucket = buckets[key] ?? (now, 0)
        if bucket.opened + allowance.window <= now { bucket = (now, 0) }
        let isExceeded = bucket.used >= allowance.requests
        if !isExceeded { bucket.used += 1 }
        buckets[key] = bucket
        return State(
            limit: allowance.requests, remaining: max(0, allowance.requests - bucket.used),
            resetAfter: bucket.opened + allowance.window - now, isExceeded: isExceeded)
    }
}
