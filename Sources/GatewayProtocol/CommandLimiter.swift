/// Orders one connection's outgoing commands and holds them back so that no limit of Discord is crossed (docs, Gateway ›
/// Rate Limiting). Pure: every call is told the time.
///
/// The driver calls `enqueue`, then `next` until it returns something else than `.send`, and again at the instant it names.
package struct CommandLimiter: Sendable {
    package enum Decision: Equatable, Sendable {
        /// Send it now; it has been counted.
        case send(GatewayCommand)
        /// Something waits that may go at this instant, not before.
        case wait(until: ContinuousClock.Instant)
        /// Nothing waits.
        case idle
    }

    /// - Parameter heartbeatInterval: from HELLO; decides how much of the budget is kept for heartbeats.
    package init(queueLimit: Int = 1000) {}

    /// Commands waiting.
    package var count: Int { 0 }

    /// A new connection: its budget is whole, its commands are dropped except those in the queue for the session to come.
    package mutating func connectionOpened(heartbeatInterval: Duration) {}

    /// Takes a command in. A presence update replaces the one that waits.
    /// - Throws: what `GatewayCommand.encoded` throws, or `.queueFull`. Heartbeat, IDENTIFY and RESUME always fit.
    package mutating func enqueue(_ command: GatewayCommand) throws(CommandError) {}

    /// What to do now.
    package mutating func next(at now: ContinuousClock.Instant) -> Decision { .idle }

    /// RATE_LIMITED arrived: full member requests for that guild wait as long as it says.
    package mutating func rateLimited(_ event: RateLimited, at now: ContinuousClock.Instant) {}
}
