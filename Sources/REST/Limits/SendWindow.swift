/// At most `limit` sends in any `period`, and who sent them.
struct SendWindow {
    let limit: Int
    let period: Duration
    /// Those of the last period, oldest first from `first` on.
    private var sends: [(time: ContinuousClock.Instant, origin: Origin)] = []
    private var first = 0

    init(limit: Int, period: Duration) {
        self.limit = max(1, limit)
        self.period = period
    }

    private var count: Int { sends.count - first }

    /// When the oldest send leaves the window, so that there is room for another.
    var nextRoom: ContinuousClock.Instant? { count == 0 ? nil : sends[first].time + period }

    /// The earliest time at which one more may be sent; `nil` means at once.
    func opens(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard count >= limit else { return nil }
        let opening = sends[sends.count - limit].time + period
        return opening > now ? opening : nil
    }

    /// What there is to share.
    var shares: Shares { Shares(limit: limit, count: count) }

    /// Plain numbers, so that asking holds no copy of the window.
    struct Shares {
        fileprivate let limit: Int
        fileprivate let count: Int

        /// Whether an origin has not had three quarters of what the others leave of the window.
        func remain(for origin: Origin) -> Bool {
            origin.recentSends < RateLimits.share(of: limit - (count - origin.recentSends))
        }
    }

    mutating func record(_ origin: Origin, at now: ContinuousClock.Instant) {
        sends.append((now, origin))
        origin.recentSends += 1
    }

    /// Forgets sends that are a period back.
    mutating func expire(at now: ContinuousClock.Instant) {
        while first < sends.count, sends[first].time + period <= now {
            sends[first].origin.recentSends -= 1
            first += 1
        }
        // Moves what is left only when as many are gone.
        if first > sends.count / 2 {
            sends.removeFirst(first)
            first = 0
        }
    }
}
