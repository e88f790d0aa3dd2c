internal import Reactor

/// What wakes a run that waits for a time.
struct Alarm {
    let token: TimerToken
    let due: ContinuousClock.Instant
    /// It ends the wait for an event.
    let isTimeout: Bool
}
