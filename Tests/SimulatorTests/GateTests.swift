import Discord
import JSON
import Testing

@testable import Simulator

@Suite("Counting: identify gate, command budget, request buckets, replay buffer")
struct GateTests {
    private let start = ContinuousClock.now

    @Test("one IDENTIFY for each key and window, until the budget is spent")
    func identifyGate() {
        var gate = IdentifyGate(maxConcurrency: 2, window: .seconds(5), total: 4)
        #expect(gate.admit(shard: 0, at: start) == .granted)
        #expect(gate.admit(shard: 1, at: start) == .granted)
        #expect(gate.admit(shard: 2, at: start + .seconds(4)) == .tooSoon)
        #expect(gate.admit(shard: 2, at: start + .seconds(5)) == .granted)
        #expect(gate.admit(shard: 3, at: start + .seconds(5)) == .granted)
        #expect(gate.remaining == 0)
        #expect(gate.admit(shard: 0, at: start + .seconds(60)) == .exhausted)
    }

    @Test("120 commands in any 60 s, not in calendar minutes")
    func commandBudget() {
        var budget = CommandBudget(window: .seconds(60))
        let fits = (0..<120).map { budget.spend(at: start + .milliseconds($0 * 250)) }
        #expect(!fits.contains(false))
        let oneTooMany = budget.spend(at: start + .seconds(59))
        #expect(!oneTooMany)
        // The first four have left the window.
        let fitsAgain = budget.spend(at: start + .milliseconds(60_750))
        #expect(fitsAgain)
    }

    @Test("a bucket opens anew when its window is over")
    func bucket() {
        var limiter = RateLimiter()
        let allowance = RESTLimits.Allowance(2, per: .seconds(5))
        #expect(limiter.spend("a", allowance, at: start).remaining == 1)
        #expect(limiter.spend("a", allowance, at: start + .seconds(1)).remaining == 0)
        let exceeded = limiter.spend("a", allowance, at: start + .seconds(2))
        #expect(exceeded.isExceeded)
        #expect(exceeded.resetAfter == .seconds(3))
        let other = limiter.spend("b", allowance, at: start + .seconds(2))
        #expect(!other.isExceeded)
        #expect(limiter.spend("a", allowance, at: start + .seconds(5)).remaining == 1)
    }

    @Test("the replay buffer keeps the newest and knows when too much is gone", arguments: [
        (0, nil), (4, nil), (5, 5), (9, 1), (10, 0),
    ] as [(Int, Int?)])
    func replay(after: Int, count: Int?) {
        var buffer = ReplayBuffer(capacity: 5)
        let dispatch = RenderedDispatch(Dispatch(event: .resumed, data: nil, audience: .direct))
        for sequence in 1...10 { buffer.append(.init(sequence: sequence, dispatch: dispatch, input: nil)) }
        #expect(buffer.entries(after: after)?.count == count)
        if let count, count > 0 { #expect(buffer.entries(after: after)?.first?.sequence == after + 1) }
    }
}
