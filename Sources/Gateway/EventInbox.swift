package import Discord
package import GatewayProtocol
import Synchronization

/// The bounded road of events from the reactor thread to the thread that handles them: bytes, not objects.
///
/// One producer appends events, one consumer takes all of them at once by swapping buffers, so that once warm neither side
/// allocates. Beyond half the capacity PRESENCE_UPDATE and TYPING_START are shed; beyond the capacity every event is. Each shed
/// event is counted by name.
package final class EventInbox: Sendable {
    /// One event as the consumer sees it.
    package struct Event {
        package let name: EventName
        /// The shard's index.
        package let shard: Int
        package let sequence: Int64
        package let encoding: PayloadEncoding
        /// Begins with the value of `d`; valid during the call that hands it over.
        package let payload: UnsafeRawBufferPointer
    }

    /// What stands before each payload in the buffer.
    private struct Header {
        let sequence: Int64
        let length: Int
        let shard: UInt32
        let event: UInt8
        let isETF: Bool
    }

    private struct State: ~Copyable {
        var buffer: [UInt8] = []
        var shed = [Int](repeating: 0, count: EventName.count)
    }

    private let state = Mutex(State())
    /// Bytes that may wait.
    let capacity: Int

    package init(capacity: Int) {
        self.capacity = capacity
    }

    package enum Outcome: Equatable {
        /// `wake` is true when the inbox was empty: only then the consumer has to be told.
        case queued(wake: Bool)
        case shed
    }

    /// Appends one event. The payload begins with the value of `d`, as `GatewayDelegate` says.
    package func append(_ event: EventName, shard: ShardID, sequence: Int64, encoding: PayloadEncoding, payload: UnsafeRawBufferPointer) -> Outcome {
        let header = Header(
            sequence: sequence, length: payload.count, shard: UInt32(shard.index), event: event.rawValue, isETF: encoding == .etf)
        return state.withLock { state in
            let size = MemoryLayout<Header>.size + payload.count
            let used = state.buffer.count
            // An event larger than the whole capacity still passes an empty inbox: a guild must not be lost for its size.
            guard used == 0 || used + size <= (Self.isShedFirst(event) ? capacity / 2 : capacity) else {
                state.shed[Int(event.rawValue)] += 1
                return .shed
            }
            withUnsafeBytes(of: header) { state.buffer.append(contentsOf: $0) }
            state.buffer.append(contentsOf: payload)
            return .queued(wake: used == 0)
        }
    }

    /// The two that come most and are missed least.
    private static func isShedFirst(_ event: EventName) -> Bool { event == .presenceUpdate || event == .typingStart }

    /// Bytes that wait now.
    package var waitingBytes: Int { state.withLock { $0.buffer.count } }

    /// Hands over everything that waits and leaves the storage of `buffer`, emptied, for what comes next.
    package func take(into buffer: inout [UInt8]) {
        // A buffer that one huge guild blew up is not kept for the bot's life.
        if buffer.capacity > Self.keptCapacity { buffer = [] } else { buffer.removeAll(keepingCapacity: true) }
        state.withLock { swap(&$0.buffer, &buffer) }
    }

    /// The event at `offset` of a buffer that `take` filled, with `offset` moved behind it; `nil` at the end. The payload lies in `buffer`.
    package static func event(in buffer: UnsafeRawBufferPointer, at offset: inout Int) -> Event? {
        let size = MemoryLayout<Header>.size
        while offset < buffer.count {
            let header = buffer.loadUnaligned(fromByteOffset: offset, as: Header.self)
            let payload = UnsafeRawBufferPointer(rebasing: buffer[offset + size..<offset + size + header.length])
            offset += size + header.length
            // Only `append` writes here, so the number is that of an event.
            guard let name = EventName(rawValue: header.event) else { continue }
            return Event(
                name: name, shard: Int(header.shard), sequence: header.sequence, encoding: header.isETF ? .etf : .json, payload: payload)
        }
        return nil
    }

    /// Calls `body` with every event of a buffer that `take` filled, in order.
    package static func forEach(in buffer: [UInt8], _ body: (Event) -> Void) {
        buffer.withUnsafeBytes { bytes in
            var offset = 0
            while let event = event(in: bytes, at: &offset) { body(event) }
        }
    }

    /// Events shed since the inbox was made, by `EventName.rawValue`.
    package var shedCounts: [Int] { state.withLock { $0.shed } }

    /// What was shed since `told` was the count, most first, for a log: `12 × PRESENCE_UPDATE, 3 × TYPING_START`; `nil` when nothing was.
    package func listShed(since told: inout [Int]) -> String? {
        let counts = shedCounts
        let shed = zip(EventName.allCases, zip(counts, told).map { $0 - $1 }).filter { $0.1 > 0 }.sorted { $0.1 > $1.1 }
        told = counts
        return shed.isEmpty ? nil : shed.map { "\($1) × \($0)" }.joined(separator: ", ")
    }

    private static let keptCapacity = 4 << 20
}
