internal import Synchronization

/// The bounded road of events from the reactor thread to a script thread: bytes, not objects.
///
/// One producer appends records, one consumer takes all of them at once by swapping buffers, so that once warm neither side
/// allocates. Beyond half the capacity PRESENCE_UPDATE and TYPING_START are shed; beyond the capacity every event is. Each shed event is counted by name.
package final class EventInbox: Sendable {
    /// What stands before each payload.
    struct Record {
        var shard: UInt32
        var event: UInt16
        var encoding: UInt8
        var sequence: Int64
        var length: Int
    }

    private struct State: ~Copyable {
        var buffer: [UInt8] = []
        var shed: [UInt16: UInt64] = [:]
    }

    private let state = Mutex(State())
    /// Bytes that may wait.
    let capacity: Int

    package init(capacity: Int) {
        self.capacity = capacity
    }

    enum Outcome { case queued(wake: Bool), shed }

    /// Appends one event. `wake` is true when the inbox was empty: only then the consumer has to be told.
    func append(_ record: Record, isSheddable: Bool, payload: UnsafeRawBufferPointer) -> Outcome {
        state.withLock { state in
            let size = MemoryLayout<Record>.size + payload.count
            let used = state.buffer.count
            // An event larger than the whole capacity still passes an empty inbox: a guild must not be lost for its size.
            guard used == 0 || used + size <= (isSheddable ? capacity / 2 : capacity) else {
                state.shed[record.event, default: 0] += 1
                return .shed
            }
            withUnsafeBytes(of: record) { state.buffer.append(contentsOf: $0) }
            state.buffer.append(contentsOf: payload)
            return .queued(wake: used == 0)
        }
    }

    /// Bytes that wait now.
    var waitingBytes: Int { state.withLock { $0.buffer.count } }

    /// Hands over everything that waits and leaves the storage of `buffer`, emptied, for what comes next.
    func take(into buffer: inout [UInt8]) {
        // A buffer that one huge guild blew up is not kept for the bot's life.
        if buffer.capacity > Self.keptCapacity { buffer = [] } else { buffer.removeAll(keepingCapacity: true) }
        state.withLock { swap(&$0.buffer, &buffer) }
    }

    /// The events shed since the last call, by event id.
    func takeShedCounts() -> [UInt16: UInt64] {
        state.withLock { state in
            defer { state.shed = [:] }
            return state.shed
        }
    }

    private static let keptCapacity = 4 << 20
}
