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
