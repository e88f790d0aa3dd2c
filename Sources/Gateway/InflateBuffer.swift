/// Where payloads are inflated to: one buffer for all connections of a reactor, since only one payload is looked at at a time.
///
/// Grows to the largest payload in sight, and gives memory beyond `keptCapacity` back when the next payload begins.
package final class InflateBuffer {
    /// Enough for all but a few payloads; those are GUILD_CREATEs of large guilds and come in bursts when a shard starts.
    static let keptCapacity = 1 << 20
    private static let firstCapacity = 16 << 10

    /// The bytes of the payload so far.
    private(set) var count = 0
    private(set) var capacity: Int
    private var base: UnsafeMutableRawPointer

    package init() {
        capacity = Self.firstCapacity
        base = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { base.deallocate() }

    /// The payload; valid until the buffer is used again.
    var payload: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// Begins a new payload.
    func begin() {
        count = 0
        if capacity > Self.keptCapacity { reallocate(Self.firstCapacity) }
    }

    /// Books bytes written into the room.
    func advance(_ byteCount: Int) {
        count += byteCount
        assert(count <= capacity)
    }

    /// Free space after the payload: at least one byte, at most one byte beyond `limit`, so that exceeding it can be told from reaching it.
    /// - Throws: `tooLarge` when the payload already exceeds `limit`.
    func room(limit: Int) throws(DecompressionError) -> UnsafeMutableRawBufferPointer {
        guard count <= limit else { throw .tooLarge(limit: limit) }
        if count == capacity { reallocate(min(capacity * 2, limit + 1)) }
        return UnsafeMutableRawBufferPointer(start: base + count, count: min(capacity, limit + 1) - count)
    }

    /// Takes over the payload of another buffer.
    func take(_ other: InflateBuffer) {
        if capacity < other.count { reallocate(other.count * 2) }
        base.copyMemory(from: other.base, byteCount: other.count)
        count = other.count
        other.count = 0
    }

    private func reallocate(_ newCapacity: Int) {
        let new = UnsafeMutableRawPointer.allocate(byteCount: newCapacity, alignment: 16)
        new.copyMemory(from: base, byteCount: count)
        base.deallocate()
        base = new
        capacity = newCapacity
    }
}

@available(*, unavailable) extension InflateBuffer: Sendable {}
