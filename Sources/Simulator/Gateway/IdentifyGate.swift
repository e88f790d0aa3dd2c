/// Lets one IDENTIFY per key through in each window and counts the day's budget (Discord docs, Gateway › Session Start Limit).
struct IdentifyGate {
    enum Verdict: Equatable {
        case granted
        /// The key `shard_id % max_concurrency` was used within the window.
        case tooSoon
        /// The budget of session starts is spent.
        case exhausted
    }

    let maxConcurrency: Int
    let window: Duration
    let total: Int
    private(set) var remaining: Int
    private var lastUse: [Int: ContinuousClock.Instant] = [:]

    init(maxConcurrency: Int, window: Duration, total: Int) {
        self.maxConcurrency = max(1, maxConcurrency)
        self.window = window
        self.total = total
        remaining = total
    }

    mutating func admit(shard: Int, at now: ContinuousClock.Instant) -> Verdict {
        let key = shard % maxConcurrency
        if let last = lastUse[key], last + window > now { return .tooSoon }
        guard remaining > 0 else { return .exhausted }
        remaining -= 1
        lastUse[key] = now
        return .granted
    }
}
