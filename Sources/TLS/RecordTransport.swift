import COpenSSL

/// What OpenSSL reads its records from and writes them to: the end of a custom BIO that lives in memory.
///
/// `input` points into the chunk that the stream below is delivering, so a record is copied once, from the reactor's read
/// buffer into OpenSSL's. It is a plain struct behind a raw pointer because the BIO's callbacks run once or twice per record
/// and must not touch reference counts.
struct RecordTransport {
    private(set) var input = UnsafeRawBufferPointer(start: nil, count: 0)
    private let output: UnsafeMutablePointer<OutgoingRecords>

    init(output: UnsafeMutablePointer<OutgoingRecords>) {
        self.output = output
    }

    /// Lends `bytes` to OpenSSL until the next call of this method.
    mutating func lend(_ bytes: UnsafeRawBufferPointer) { input = bytes }

    /// A BIO method whose BIOs carry a pointer to a `RecordTransport` as their data.
    static func makeMethod() -> OpaquePointer? {
        guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "moonwire") else { return nil }
        BIO_meth_set_create(method) { bio in
            BIO_set_init(bio, 1)
            return 1
        }
        BIO_meth_set_read_ex(method) { bio, bytes, capacity, count in
            moonwire_bio_clear_retry(bio)
            let transport = BIO_get_data(bio).assumingMemoryBound(to: RecordTransport.self)
            count!.pointee = transport.pointee.read(into: UnsafeMutableRawBufferPointer(start: bytes, count: capacity))
            guard count!.pointee > 0 else {
                moonwire_bio_set_retry_read(bio)
                return 0
            }
            return 1
        }
        BIO_meth_set_write_ex(method) { bio, bytes, count, written in
            moonwire_bio_clear_retry(bio)
            let transport = BIO_get_data(bio).assumingMemoryBound(to: RecordTransport.self)
            transport.pointee.output.pointee.append(UnsafeRawBufferPointer(start: bytes, count: count))
            written!.pointee = count
            return 1
        }
        // "Flush" is the one control OpenSSL needs answered; what is written is already where it has to be.
        BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
        return method
    }

    private mutating func read(into target: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(target.count, input.count)
        guard count > 0 else { return 0 }
        target.baseAddress!.copyMemory(from: input.baseAddress!, byteCount: count)
        input = UnsafeRawBufferPointer(rebasing: input[count...])
        return count
    }
}
