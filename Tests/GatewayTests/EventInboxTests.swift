import Discord
import Gateway
import GatewayProtocol
import Testing

@Suite("The inbox of events") struct EventInboxTests {
    private func append(_ inbox: EventInbox, _ event: EventName, _ count: Int, shard: Int = 0, sequence: Int64 = 1, encoding: PayloadEncoding = .json) -> EventInbox.Outcome {
        [UInt8](repeating: 7, count: count).withUnsafeBytes {
            inbox.append(event, shard: ShardID(index: shard, of: 8), sequence: sequence, encoding: encoding, payload: $0)
        }
    }

    @Test("only the first event of a batch wakes the consumer") func wake() {
        let inbox = EventInbox(capacity: 4096)
        var buffer: [UInt8] = []
        #expect(append(inbox, .messageCreate, 10) == .queued(wake: true))
        #expect(append(inbox, .messageCreate, 10) == .queued(wake: false))
        inbox.take(into: &buffer)
        #expect(append(inbox, .messageCreate, 10) == .queued(wake: true))
    }

    @Test("events come out as they went in, in order") func order() {
        let inbox = EventInbox(capacity: 4096)
        _ = append(inbox, .messageCreate, 10, shard: 7, sequence: 1 << 40)
        _ = append(inbox, .webhooksUpdate, 0, shard: 2, sequence: 3, encoding: .etf)
        _ = append(inbox, .ready, 5)
        var buffer: [UInt8] = [1, 2, 3]
        inbox.take(into: &buffer)
        var seen: [String] = []
        EventInbox.forEach(in: buffer) { seen.append("\($0.name) \($0.shard) \($0.sequence) \($0.encoding) \($0.payload.count { $0 == 7 })") }
        #expect(seen == ["MESSAGE_CREATE 7 1099511627776 json 10", "WEBHOOKS_UPDATE 2 3 etf 0", "READY 0 1 json 5"])
        inbox.take(into: &buffer)
        #expect(buffer.isEmpty)
    }

    @Test("presence and typing are shed at half the capacity, others at the whole, and each is counted", arguments: [EventName.presenceUpdate, .typingStart])
    func shedding(first: EventName) {
        let inbox = EventInbox(capacity: 1000)
        _ = append(inbox, .messageCreate, 500)
        #expect(append(inbox, first, 10) == .shed)
        #expect(append(inbox, .messageCreate, 300) == .queued(wake: false))
        #expect(append(inbox, .messageCreate, 300) == .shed)
        #expect(append(inbox, first, 10) == .shed)
        let counts = inbox.shedCounts
        #expect(counts[Int(first.rawValue)] == 2 && counts[Int(EventName.messageCreate.rawValue)] == 1 && counts.reduce(0, +) == 3)
        var told = [Int](repeating: 0, count: EventName.count)
        #expect(inbox.listShed(since: &told) == "2 × \(first), 1 × MESSAGE_CREATE")
        #expect(inbox.listShed(since: &told) == nil)
    }

    @Test("an event larger than the capacity passes an empty inbox") func hugeEvent() {
        #expect(append(EventInbox(capacity: 1000), .guildCreate, 5000) == .queued(wake: true))
    }
}
