import Reactor
import Testing

@Suite("Moments of the wall clock")
struct UTCTimestampTests {
    @Test("against known moments, in ISO 8601 and for people", arguments: [
        (0, "1970-01-01T00:00:00.000Z", "1970-01-01 00:00:00 UTC"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z", "2000-02-29 00:00:00 UTC"),
        (1_786_025_289_007, "2026-08-06T14:08:09.007Z", "2026-08-06 14:08:09 UTC"),
        (1_798_761_599_999, "2026-12-31T23:59:59.999Z", "2026-12-31 23:59:59 UTC"),
        (4_107_542_399_000, "2100-02-28T23:59:59.000Z", "2100-02-28 23:59:59 UTC"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z", "2100-03-01 00:00:00 UTC"),
        (-1, "1969-12-31T23:59:59.999Z", "1969-12-31 23:59:59 UTC"),
    ] as [(Int64, String, String)])
    func known(milliseconds: Int64, iso: String, sentence: String) {
        let moment = UTCTimestamp(milliseconds: milliseconds)
        #expect(moment.description == iso)
        #expect(moment.sentence == sentence)
        #expect(iso.contains("T\(moment.timeOfDay)Z"))
    }
}
