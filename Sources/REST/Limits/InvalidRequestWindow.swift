/// The number of invalid requests (401, 403, unshared 429) in the last ten minutes, in steps of ten seconds.
///
/// Discord bans the address after 10,000 of them in ten minutes ("Invalid Request Limit").
struct InvalidRequestWindow {
    static let period: Duration = .seconds(600)
    private static let step: Duration = .seconds(10)

    /// Counts per step, newest last; a step is kept until it lies wholly outside the period.
    private var steps: [(start: ContinuousClock.Instant, count: Int)] = []
    private(set) var count = 0

    mutating func record(at now: ContinuousClock.Instant) {
        expire(at: now)
        if let last = steps.last, now < last.start + Self.step {
            steps[steps.count - 1].count += 1
        } else {
            steps.append((now, 1))
        }
        count += 1
    }

    /// Forgets what is older than the period.
    mutating func expire(at now: ContinuousClock.Instant) {
        while let first = steps.first, now >= first.start + Self.step + Self.period {
            count -= first.count
            steps.removeFirst()
        }
    }

    /// When the count falls below `limit` if nothing is added.
    func falls(below limit: Int) -> ContinuousClock.Instant? {
        var left = count
        for step in steps where left >= limit {
            left -= step.count
            if left < limit { return step.start + Self.step + Self.period }
        }
        return nil
    }
}
