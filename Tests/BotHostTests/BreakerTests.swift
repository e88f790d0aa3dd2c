import Configuration
import Testing

@testable import BotHost

@Suite("Suspending packs that keep exceeding their limits")
struct BreakerTests {
    let begin = ContinuousClock.now

    private func breaker() -> Breaker {
        var limits = LimitSettings()
        (limits.offences, limits.suspendSeconds, limits.suspendMaximumSeconds) = (3, 10, 50)
        return Breaker(limits)
    }

    @Test("the third offence within a minute suspends, the third in a longer time does not")
    func window() {
        var breaker = breaker()
        #expect(breaker.offence(at: begin) == nil)
        #expect(breaker.offence(at: begin + .seconds(30)) == nil)
        #expect(breaker.offence(at: begin + .seconds(60)) == nil, "the first is a minute old")
        #expect(breaker.offence(at: begin + .seconds(61)) == .seconds(10))
    }

    @Test("soon after a suspension one offence is enough for the next, which lasts twice as long, up to the longest; who behaves begins anew")
    func probation() {
        var breaker = breaker()
        var now = begin
        func offence() -> Duration? {
            defer { now += .seconds(100) }
            return breaker.offence(at: now)
        }
        for _ in 1...2 { #expect(breaker.offence(at: now) == nil) }
        #expect([offence(), offence(), offence(), offence(), offence()] == [10, 20, 40, 50, 50].map { .seconds($0) })
        now += .seconds(600)
        for _ in 1...2 { #expect(breaker.offence(at: now) == nil) }
        #expect(offence() == .seconds(10))
    }
}

@Suite("Log lines of a pack")
struct LineBudgetTests {
    @Test("so many a second, so many a minute; the answer says when there is room again")
    func windows() {
        var limits = LimitSettings()
        (limits.logLinesPerSecond, limits.logLinesPerMinute) = (2, 3)
        var budget = LineBudget(limits)
        let begin = ContinuousClock.now
        #expect(budget.admit(at: begin) == .written)
        #expect(budget.admit(at: begin) == .written)
        #expect(budget.admit(at: begin) == .suppressed(until: begin + .seconds(1)))
        #expect(budget.admit(at: begin + .seconds(1)) == .written)
        #expect(budget.admit(at: begin + .seconds(2)) == .suppressed(until: begin + .seconds(60)))
        #expect(budget.admit(at: begin + .seconds(60)) == .written)
    }
}
