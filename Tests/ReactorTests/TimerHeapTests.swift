import TestSupport
import Testing
@testable import Reactor

@Suite("Timer heap") struct TimerHeapTests {
    private let start = ContinuousClock.now

    private func drain(_ heap: inout TimerHeap, at time: ContinuousClock.Instant) {
        while let action = heap.popDue(at: time) { action() }
    }

    @Test("timers come out by deadline, and equal ones as they were scheduled") func order() {
        var heap = TimerHeap()
        let fired = Box<[String]>([])
        for (name, offset) in [("d", 3), ("a", 1), ("b", 2), ("c", 2), ("e", 3)] {
            _ = heap.insert(at: start + .seconds(offset)) { fired.value.append(name) }
        }
        drain(&heap, at: start + .seconds(2))
        #expect(fired.value == ["a", "b", "c"])
        #expect(heap.nextDeadline == start + .seconds(3))
        drain(&heap, at: start + .seconds(3))
        #expect(fired.value == ["a", "b", "c", "d", "e"])
        #expect(heap.nextDeadline == nil)
    }

    @Test("nothing is due before its deadline") func notEarly() {
        var heap = TimerHeap()
        _ = heap.insert(at: start + .nanoseconds(1)) {}
        #expect(heap.popDue(at: start) == nil)
        #expect(heap.popDue(at: start + .nanoseconds(1)) != nil)
    }

    @Test("a token names nothing after its timer fired or was removed, even when the slot is used again") func staleTokens() {
        var heap = TimerHeap()
        let fired = heap.insert(at: start) {}
        #expect(heap.popDue(at: start) != nil)
        let removed = heap.insert(at: start) {}
        #expect(heap.remove(removed) != nil)
        let present = heap.insert(at: start) {}
        for stale in [fired, removed] {
            #expect(heap.remove(stale) == nil)
            #expect(heap.move(stale, to: start) == false)
        }
        #expect(heap.count == 1)
        #expect(heap.remove(present) != nil)
    }

    @Test("a moved timer fires at its new deadline, after those that were there first") func moving() {
        var heap = TimerHeap()
        let fired = Box<[Int]>([])
        let first = heap.insert(at: start) { fired.value.append(1) }
        _ = heap.insert(at: start + .seconds(1)) { fired.value.append(2) }
        _ = heap.insert(at: start + .seconds(2)) { fired.value.append(3) }
        let last = heap.insert(at: start + .seconds(9)) { fired.value.append(4) }
        #expect(heap.move(first, to: start + .seconds(2)) == true)
        #expect(heap.move(last, to: start) == true)
        drain(&heap, at: start + .seconds(2))
        #expect(fired.value == [4, 2, 3, 1])
    }

    @Test("any mix of insertions, removals and moves agrees with a sorted list", arguments: [1, 2, 3, 4, 5])
    func againstModel(seed: UInt64) {
        var random = SplitMix64(state: seed)
        var heap = TimerHeap()
        let fired = Box<[Int]>([])
        var model: [(id: Int, offset: Int, order: Int, token: TimerToken)] = []
        var order = 0
        for step in 0..<3000 {
            order += 1
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let offset = Int.random(in: 0..<200, using: &random)
                let token = heap.insert(at: start + .milliseconds(offset)) { fired.value.append(step) }
                model.append((step, offset, order, token))
            case 5..<7 where !model.isEmpty:
                let victim = model.remove(at: Int.random(in: model.indices, using: &random))
                #expect(heap.remove(victim.token) != nil)
            case 7..<9 where !model.isEmpty:
                let index = Int.random(in: model.indices, using: &random)
                model[index].offset = Int.random(in: 0..<200, using: &random)
                model[index].order = order
                #expect(heap.move(model[index].token, to: start + .milliseconds(model[index].offset)) == true)
            default:
                let limit = Int.random(in: 0..<40, using: &random)
                fired.value = []
                drain(&heap, at: start + .milliseconds(limit))
                let due = model.filter { $0.offset <= limit }.sorted { ($0.offset, $0.order) < ($1.offset, $1.order) }
                #expect(fired.value == due.map(\.id))
                model.removeAll { $0.offset <= limit }
            }
            #expect(heap.count == model.count)
            #expect(heap.nextDeadline == model.map(\.offset).min().map { start + .milliseconds($0) })
        }
    }
}
