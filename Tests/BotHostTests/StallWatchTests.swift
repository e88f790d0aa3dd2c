import Configuration
import Testing

@testable import BotHost

@Suite("A pack's thread that does not come back")
struct StallWatchTests {
    @Test("is asked, given a minute and ten of the longest runs, and taken for lost then; an answer begins anew")
    func stall() {
        var limits = LimitSettings()
        limits.cpuStopMilliseconds = 2000
        var watch = StallWatch(limits, patience: .seconds(60))
        let begin = ContinuousClock.now
        #expect(watch.step(at: begin) == .ask)
        watch.answered()
        #expect(watch.step(at: begin + .seconds(60)) == .ask)
        #expect(watch.step(at: begin + .seconds(139)) == .wait)
        #expect(watch.step(at: begin + .seconds(140)) == .stalled)
    }
}
