import Testing

@testable import Simulator

@Suite("Timestamps (Discord docs, Reference › ISO8601 Date/Time)")
struct UnixTimeTests {
    @Test("known moments are written as Discord writes them and read back", arguments: [
        (Int64(0), "1970-01-01T00:00:00.000000+00:00"), (951_782_399_999, "2000-02-28T23:59:59.999000+00:00"),
        (951_782_400_000, "2000-02-29T00:00:00.000000+00:00"), (1_420_070_400_000, "2015-01-01T00:00:00.000000+00:00"),
        (1_735_689_599_050, "2024-12-31T23:59:59.050000+00:00"), (4_107_542_400_000, "2100-03-01T00:00:00.000000+00:00"),
    ])
    func knownMoments(milliseconds: Int64, text: String) {
        #expect(UnixTime(milliseconds: milliseconds).iso8601 == text)
        #expect(UnixTime(iso8601: text)?.milliseconds == milliseconds)
    }

    @Test("other spellings of one moment", arguments: [
        "2024-05-01T12:30:00Z", "2024-05-01T14:30:00+02:00", "2024-05-01T07:00:00.000-05:30", "2024-05-01T12:30:00.0+0000",
    ])
    func spellings(text: String) {
        #expect(UnixTime(iso8601: text)?.iso8601 == "2024-05-01T12:30:00.000000+00:00")
    }

    @Test("what is no timestamp", arguments: ["", "yesterday", "2024-05-01", "2024-13-01T00:00:00Z", "2024-05-01T25:00:00Z", "2024-05-01T12:30:00"])
    func invalid(text: String) {
        #expect(UnixTime(iso8601: text) == nil)
    }
}
