import Discord

/// Counts a connection's commands in a sliding window (Discord docs, Gateway › Rate Limiting).
struct CommandBudget {
    let window: Duration
    private var times: [ContinuousClock.Instant] = []

    init(window: Duration) { self.window = window }

    /// Counts one command; `false` when it is one too many.
    mutating func spend(at now: ContinuousClock.Instant) -> Bool {
        times.removeAll { $0 + window <= now }
        times.append(now)
        return times.count <= Limits.gatewayCommands
    }
}
