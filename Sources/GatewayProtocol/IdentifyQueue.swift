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

    /// `session_start_limit` of GET /gateway/bot, its `reset_after` turned into an instant.
    package struct Budget: Equatable, Sendable {
        package var total: Int
        package var remaining: Int
        package var resetAt: ContinuousClock.Instant
        package var maxConcurrency: Int

        package init(total: Int, remaining: Int, resetAt: ContinuousClock.Instant, maxConcurrency: Int) {
            self.total = total
            self.remaining = remaining
            self.resetAt = resetAt
            self.maxConcurrency = maxConcurrency
        }
    }

    /// What is left, counted down by what was granted here.
    package private(set) var budget: Budget

    /// Discord's 5 seconds and a margin, since they are counted where the payload arrives.
    package static let defaultInterval = Duration.milliseconds(5250)
    private static let day = Duration.seconds(86_400)

    private let interval: Duration
    /// Shards that wait, ascending: the order in which Discord wants its buckets started.
    private var waiting: [Int] = []
    private var lastGrants: [Int: ContinuousClock.Instant] = [:]
    /// Counts for keys without a grant of their own: the last one made under another `max_concurrency`.
    private var lastGrantBefore: ContinuousClock.Instant?

    package init(budget: Budget, interval: Duration = defaultInterval) {
        self.budget = budget
        self.interval = interval
    }

    /// Takes new numbers of GET /gateway/bot.
    package mutating func update(_ budget: Budget) {
        if budget.maxConcurrency != self.budget.maxConcurrency {
            lastGrantBefore = lastGrants.values.max() ?? lastGrantBefore
            lastGrants = [:]
        }
        self.budget = budget
    }

    /// Shards waiting.
    package var count: Int { waiting.count }

    /// Lets `shard` wait for its turn. A shard waits once, however often it is put in.
    package mutating func enqueue(shard: Int) {
        let place = waiting.firstIndex { $0 >= shard } ?? waiting.endIndex
        if place == waiting.endIndex || waiting[place] != shard { waiting.insert(shard, at: place) }
    }

    /// The shard no longer wants to IDENTIFY.
    package mutating func cancel(shard: Int) { waiting.removeAll { $0 == shard } }

    /// Another process has used the key of a turn that was granted just now: the shard waits again, until the key is free.
    package mutating func postpone(shard: Int, until free: ContinuousClock.Instant) {
        lastGrants[shard % max(budget.maxConcurrency, 1)] = free - interval
        budget.remaining += 1
        enqueue(shard: shard)
    }

    /// Grants the next turn, or tells when to ask again.
    package mutating func next(at now: ContinuousClock.Instant) -> Decision {
        guard !waiting.isEmpty else { return .idle }
        if budget.resetAt <= now {
            budget.remaining = budget.total
            budget.resetAt = now + IdentifyQueue.day
        }
        guard budget.remaining > 0 else { return .exhausted(until: budget.resetAt) }
        var earliest: ContinuousClock.Instant?
        for (place, shard) in waiting.enumerated() {
            let key = shard % max(budget.maxConcurrency, 1)
            if let last = lastGrants[key] ?? lastGrantBefore, last + interval > now {
                earliest = min(earliest ?? last + interval, last + interval)
                continue
            }
            waiting.remove(at: place)
            lastGrants[key] = now
            budget.remaining -= 1
            return .identify(shard: shard)
        }
        return earliest.map { .wait(until: $0) } ?? .idle
    }
}
