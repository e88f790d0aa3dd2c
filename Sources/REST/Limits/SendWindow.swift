/// At most `limit` sends in any `period`: a ring of the last `limit` send times.
struct SendWindow {
    let period: Duration
    private var sent: [ContinuousClock.Instant?]
    private var oldest = 0

    init(limit: Int, period: Duration) {
        self.period = period
        sent = Array(repeating: nil, count: max(1, limit))
    }

    /// The earliest time at which one more may be sent; `nil` means at once.
    func opens(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard let first = sent[oldest] else { return nil }
        let opening = first + period
        return opening > now ? opening : nil
    }

    mutating func record(at now: ContinuousClock.Instant) {
        sent[oldest] = now
        oldest = (oldest + 1) % sent.count
    }
}
