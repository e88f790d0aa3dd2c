internal import Configuration
internal import Reactor

/// Notices a pack's thread that does not come back. The limits end every run between two steps of Lua; a single step that a script has made
/// enormous, such as moving a table with chosen keys, ends by itself or not at all. A plain value: the caller knows the time.
struct StallWatch {
    private let patience: Duration
    private var askedAt: ContinuousClock.Instant?

    enum Step: Equatable {
        /// The thread is to be asked for a sign of life.
        case ask
        /// It has been asked and may still answer.
        case wait
        /// It has not answered for longer than any run within the limits may take.
        case stalled
    }

    /// - Parameter patience: beside ten times what one run may take.
    init(_ limits: LimitSettings, patience: Duration) {
        self.patience = patience + .milliseconds(10 * limits.cpuStopMilliseconds)
    }

    mutating func step(at now: ContinuousClock.Instant) -> Step {
        guard let askedAt else {
            askedAt = now
            return .ask
        }
        return now - askedAt < patience ? .wait : .stalled
    }

    mutating func answered() { askedAt = nil }
}
