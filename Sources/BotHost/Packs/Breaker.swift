internal import Configuration

/// Decides when a pack that keeps exceeding its limits is suspended, and for how long. A plain value: the caller knows the time.
struct Breaker {
    private let offencesAllowed: Int
    private let first: Duration
    private let longest: Duration
    private var offences: [ContinuousClock.Instant] = []
    private var last: (length: Duration, end: ContinuousClock.Instant)?

    init(_ limits: LimitSettings) {
        offencesAllowed = limits.offences
        first = .seconds(limits.suspendSeconds)
        longest = .seconds(max(limits.suspendSeconds, limits.suspendMaximumSeconds))
    }

    /// Notes that a run was ended for exceeding a limit. Answers for how long the pack is to be suspended from `now`, if it is.
    ///
    /// For ten minutes after a suspension one offence is enough for the next, which lasts twice as long, up to the longest: a pack that means to
    /// take the processor from the others gets it for one run at a time.
    mutating func offence(at now: ContinuousClock.Instant) -> Duration? {
        offences.removeAll { now - $0 >= Self.window }
        offences.append(now)
        let before = last.flatMap { now - $0.end < Self.probation ? $0.length : nil }
        guard before != nil || offences.count >= offencesAllowed else { return nil }
        offences = []
        let length = before.map { min(longest, $0 * 2) } ?? first
        last = (length, now + length)
        return length
    }

    /// Offences count together within this time.
    static let window = Duration.seconds(60)
    /// How long a pack has to behave after a suspension to begin anew.
    static let probation = Duration.seconds(600)
}
