import GatewayProtocol
import Testing

@Suite("Gateway › Sharding › Max Concurrency")
struct IdentifyQueueTests {
    static let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { Self.start + .seconds(seconds) }

    private func queue(_ maxConcurrency: Int, remaining: Int = 1000) -> IdentifyQueue {
        IdentifyQueue(budget: .init(total: 1000, remaining: remaining, resetAt: at(86_400), maxConcurrency: maxConcurrency))
    }

    /// The shards that may IDENTIFY at `now`.
    private func drain(_ queue: inout IdentifyQueue, at now: ContinuousClock.Instant) -> [Int] {
        var shards: [Int] = []
        while case .identify(let shard) = queue.next(at: now) { shards.append(shard) }
        return shards
    }

    @Test("one shard per 5 seconds and key, buckets in order, whatever the order of asking")
    func buckets() {
        var queue = queue(16)
        for shard in (0..<40).reversed() { queue.enqueue(shard: shard) }
        #expect(drain(&queue, at: at(0)) == Array(0..<16))
        #expect(queue.next(at: at(1)) == .wait(until: at(5.25)))
        #expect(drain(&queue, at: at(5.25)) == Array(16..<32))
        #expect(drain(&queue, at: at(10.5)) == Array(32..<40))
        #expect(queue.next(at: at(10.5)) == .idle)
        #expect(queue.budget.remaining == 960)
    }

    @Test("keys are independent: a free one need not wait for a taken one")
    func keys() {
        var queue = queue(2)
        queue.enqueue(shard: 0)
        #expect(drain(&queue, at: at(0)) == [0])
        for shard in [2, 1] { queue.enqueue(shard: shard) }
        #expect(drain(&queue, at: at(1)) == [1])
        #expect(queue.next(at: at(1)) == .wait(until: at(5.25)))
    }

    @Test("over any run no key identifies twice in 5 seconds", arguments: [1, 2, 16])
    func pace(maxConcurrency: Int) {
        var queue = queue(maxConcurrency)
        var grants: [(shard: Int, time: Double)] = []
        for tenth in 0..<600 {
            let now = Double(tenth) / 10
            queue.enqueue(shard: tenth % 37)
            grants += drain(&queue, at: at(now)).map { ($0, now) }
        }
        for key in 0..<maxConcurrency {
            let times = grants.filter { $0.shard % maxConcurrency == key }.map(\.time)
            #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= 5 })
        }
        #expect(grants.count >= 10 * maxConcurrency)
    }

    @Test("a shard waits once and can leave")
    func once() {
        var queue = queue(1)
        for shard in [3, 3, 1] { queue.enqueue(shard: shard) }
        #expect(queue.count == 2)
        queue.cancel(shard: 1)
        queue.cancel(shard: 7)
        #expect(drain(&queue, at: at(0)) == [3])
        #expect(queue.next(at: at(0)) == .idle)
    }

    @Test("when the day's budget is spent it says until when, and goes on then with the whole of it")
    func exhausted() {
        var queue = queue(1, remaining: 1)
        for shard in 0..<3 { queue.enqueue(shard: shard) }
        #expect(drain(&queue, at: at(0)) == [0])
        #expect(queue.next(at: at(10)) == .exhausted(until: at(86_400)))
        #expect(drain(&queue, at: at(86_400)) == [1])
        #expect(queue.budget.remaining == 999)
        #expect(queue.budget.resetAt == at(2 * 86_400))
    }

    @Test("new numbers count at once; a new max_concurrency forgets no grant")
    func update() {
        var queue = queue(1, remaining: 0)
        queue.enqueue(shard: 0)
        #expect(queue.next(at: at(0)) == .exhausted(until: at(86_400)))
        queue.update(.init(total: 1000, remaining: 5, resetAt: at(100), maxConcurrency: 1))
        #expect(drain(&queue, at: at(0)) == [0])
        queue.update(.init(total: 1000, remaining: 5, resetAt: at(100), maxConcurrency: 4))
        for shard in 1..<5 { queue.enqueue(shard: shard) }
        #expect(queue.next(at: at(1)) == .wait(until: at(5.25)))
        #expect(drain(&queue, at: at(5.25)) == [1, 2, 3, 4])
    }

    @Test("a max_concurrency of nothing is taken as 1")
    func zero() {
        var queue = queue(0)
        queue.enqueue(shard: 4)
        #expect(drain(&queue, at: at(0)) == [4])
    }
}
