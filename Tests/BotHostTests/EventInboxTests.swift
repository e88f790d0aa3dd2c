import Discord
import Testing

@testable import BotHost

@Suite("The inbox of a script thread")
struct EventInboxTests {
    private func append(_ inbox: EventInbox, _ event: EventName, _ count: Int, sheddable: Bool = false) -> EventInbox.Outcome {
        let record = EventInbox.Record(shard: 0, event: UInt16(event.rawValue), encoding: 0, sequence: 1, length: count)
        return [UInt8](repeating: 7, count: count).withUnsafeBytes { inbox.append(record, isSheddable: sheddable, payload: $0) }
    }

    @Test("only the first event of a batch wakes the consumer")
    func wake() {
        let inbox = EventInbox(capacity: 4096)
        guard case .queued(wake: true) = append(inbox, .messageCreate, 10) else { return #expect(Bool(false)) }
        guard case .queued(wake: false) = append(inbox, .messageCreate, 10) else { return #expect(Bool(false)) }
        var buffer: [UInt8] = []
        inbox.take(into: &buffer)
        #expect(buffer.count == 2 * (MemoryLayout<EventInbox.Record>.size + 10))
        guard case .queued(wake: true) = append(inbox, .messageCreate, 10) else { return #expect(Bool(false)) }
    }

    @Test("presence and typing are shed at half the capacity, others at the whole, and each is counted")
    func shedding() {
        let inbox = EventInbox(capacity: 1000)
        _ = append(inbox, .messageCreate, 500)
        guard case .shed = append(inbox, .presenceUpdate, 10, sheddable: true) else { return #expect(Bool(false)) }
        guard case .queued = append(inbox, .messageCreate, 300) else { return #expect(Bool(false)) }
        guard case .shed = append(inbox, .messageCreate, 300) else { return #expect(Bool(false)) }
        #expect(inbox.takeShedCounts() == [UInt16(EventName.presenceUpdate.rawValue): 1, UInt16(EventName.messageCreate.rawValue): 1])
        #expect(inbox.takeShedCounts().isEmpty)
    }

    @Test("an event larger than the capacity passes an empty inbox")
    func hugeEvent() {
        let inbox = EventInbox(capacity: 1000)
        guard case .queued = append(inbox, .guildCreate, 5000) else { return #expect(Bool(false)) }
    }
}
