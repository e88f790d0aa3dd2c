internal import Configuration

/// Notices a pack that takes the processor for long with many runs, none of which is long enough to be stopped.
///
/// Counts the CPU time of the pack's runs in one turn of the loop, as the engine samples it. Turns are short unless a pack makes them long: events
/// are handed over in slices, and so are timers and tasks.
struct ThreadShare {
    private let limit: Int64
    /// The count at the last look.
    private(set) var seen: Int64 = 0
    private var used: Int64 = 0
    private var turn: ContinuousClock.Instant?

    init(_ limits: LimitSettings) {
        limit = Int64(limits.cpuStopMilliseconds) * 1_000_000
    }

    /// A run was stopped: that is an offence by itself, and what it used does not count twice.
    mutating func forgive(_ time: Int64) {
        seen = time
        used = 0
    }

    /// Takes the engine's count of nanoseconds after a run. Answers with milliseconds when the pack has used more in this turn than one run may,
    /// the inaccuracy of the count included.
    mutating func note(_ time: Int64, at now: ContinuousClock.Instant) -> Int64? {
        if turn != now { (turn, used) = (now, 0) }
        used += time - seen
        seen = time
        guard used > limit + limit / 4 + 40_000_000 else { return nil }
        defer { used = 0 }
        return used / 1_000_000
    }
}
