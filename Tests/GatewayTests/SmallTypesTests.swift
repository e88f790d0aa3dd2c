import Discord
import Gateway
import Testing

@Suite("Event sets") struct EventSetTests {
    @Test("each event is a member of its own", arguments: EventName.allCases) func member(event: EventName) {
        var set = EventSet([event])
        #expect(EventName.allCases.filter(set.contains) == [event])
        set.remove(event)
        #expect(set == EventSet())
        set = .all
        set.remove(event)
        #expect(EventName.allCases.filter { !set.contains($0) } == [event])
    }
}

@Suite("Times for people") struct UTCTimeTests {
    @Test("against known moments", arguments: [
        (0, "1970-01-01 00:00:00 UTC"), (951_782_400, "2000-02-29 00:00:00 UTC"), (1_786_025_289, "2026-08-06 14:08:09 UTC"),
        (4_107_542_399, "2100-02-28 23:59:59 UTC"), (4_107_542_400, "2100-03-01 00:00:00 UTC"), (-1, "1969-12-31 23:59:59 UTC"),
    ] as [(Int64, String)])
    func known(seconds: Int64, text: String) { #expect(UTCTime(unixSeconds: seconds).description == text) }
}
