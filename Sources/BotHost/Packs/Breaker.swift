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
    /// A suspension that begins within ten minutes of the end of the one before lasts twice as long, up to the longest.
    mutating func offence(at now: ContinuousClock.Instant) -> Duration? {
        offences.removeAll { now - $0 >= Self.window }
        offences.append(now)
        guard offences.count >= offencesAllowed else { return nil }
        offences = []
        var length = first
        if let last, now - last.end < Self.probation { length = min(longest, last.length * 2) }
        last = (length, now + length)
        return length
    }

    /// Offences count together within this time.
    static let window = Duration.seconds(60)
    /// How long a pack has to behave after a suspension to begin anew.
    static let probation = Duration.seconds(600)
}
