/// Lets shards IDENTIFY in an order and at a pace that Discord accepts (docs, Gateway › Sharding › Max Concurrency): one per
/// 5 seconds and key `shard % max_concurrency`, lower shards first, and never more than `session_start_limit` leaves.
///
/// Pure: every call is told the time. RESUMEs do not pass through it.
package struct IdentifyQueue: Sendable {
    package enum Decision: Equatable, Sendable {
        /// This shard may IDENTIFY now; it has been counted.
        case identify(shard: Int)
        /// Shards wait; ask again at this instant.
        case wait(until: ContinuousClock.Instant)
        /// Shards wait, but the day's budget is spent until this instant.
        case exhausted(until: ContinuousClock.Instant)
        /// No shard waits.
        case idle
    }

    package init(maxConcurrency: Int, remaining: Int, resetAt: ContinuousClock.Instant, total: Int, interval: Duration = .milliseconds(5250)) {}

    /// New numbers of GET /gateway/bot.
    package mutating func update(maxConcurrency: Int, remaining: Int, resetAt: ContinuousClock.Instant, total: Int) {}

    package mutating func enqueue(shard: Int) {}
    /// The shard no longer wants to IDENTIFY.
    package mutating func cancel(shard: Int) {}
    package mutating func next(at now: ContinuousClock.Instant) -> Decision { .idle }
}
