/// Bytes that wait to be sent: appended at the end, consumed at the front.
///
/// A read index moves over the storage instead of the bytes moving to the front, so consuming costs nothing and appending
/// allocates nothing once the storage has grown to the traffic. An emptied queue gives storage beyond `keptCapacity` back.
package struct ByteQueue {
    private var storage: [UInt8] = []
    private var start = 0

    /// Bytes of storage that an empty queue keeps: enough for ordinary messages, little enough for a thousand idle connections.
    private static var keptCapacity: Int { 16 * 1024 }

    package init() {}

    package var isEmpty: Bool { start == storage.count }

    /// Bytes that wait.
    package var count: Int { storage.count - start }

    /// Copies `bytes` to the end.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        // Worth moving what waits only when it is the smaller part, so that each byte is moved at most once on average.
        if start > 0, start >= storage.count - start {
            storage.removeSubrange(..<start)
            start = 0
        }
        storage.append(contentsOf: bytes)
    }

    /// Lends the waiting bytes, first to last.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        storage.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    /// Drops the first `count` bytes, of which there must be as many.
    package mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= self.count, "more bytes consumed than there are")
        start += count
        if start == storage.count { removeAll() }
    }

    /// Drops everything.
    package mutating func removeAll() {
        start = 0
        storage.removeAll(keepingCapacity: storage.capacity <= Self.keptCapacity)
    }
}
