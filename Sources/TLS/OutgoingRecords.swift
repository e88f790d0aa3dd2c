/// Encrypted bytes on their way from OpenSSL to the stream below. One per context: it is filled and emptied within one call.
struct OutgoingRecords {
    private var storage: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(capacity: Int) {
        storage = .allocate(byteCount: capacity, alignment: 16)
    }

    func deallocate() { storage.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[..<count]) }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if count + bytes.count > storage.count { grow(toHold: count + bytes.count) }
        storage.baseAddress!.advanced(by: count).copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
        count += bytes.count
    }

    mutating func removeAll() { count = 0 }

    private mutating func grow(toHold needed: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(needed, storage.count * 2), alignment: 16)
        larger.copyMemory(from: bytes)
        storage.deallocate()
        storage = larger
    }
}
