import CZstd
import Gateway
import Testing

private func payloads(_ messages: [[UInt8]], limit: Int = 1 << 20) throws(DecompressionError) -> [[UInt8]] {
    let stream = try ZstdStream(into: InflateBuffer(), limit: limit)
    var result: [[UInt8]] = []
    for message in messages {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: message.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: message)
        result.append(Array(try stream.payload(of: UnsafeRawBufferPointer(copy))))
    }
    return result
}

@Suite("zstd-stream (Discord docs, Gateway › Transport Compression; digest 4.3)") struct ZstdStreamTests {
    @Test("each message is exactly one payload; the frame never ends") func whole() throws {
        let sender = ZstdSender()
        #expect(try payloads(samplePayloads.map { sender.message($0) }) == samplePayloads)
    }

    @Test("a message that ends its frame is followed by a new frame") func framesEnd() throws {
        let sender = ZstdSender()
        #expect(try payloads(samplePayloads.map { sender.message($0, end: ZSTD_e_end) }) == samplePayloads)
    }

    @Test("output that fills the buffer exactly is still drained", arguments: [16 << 10, 32 << 10, (32 << 10) + 1])
    func drained(size: Int) throws {
        let payload = [UInt8](repeating: 7, count: size)
        #expect(try payloads([ZstdSender().message(payload)]) == [payload])
    }

    @Test("a stream cut at every byte boundary yields the same bytes in all") func cutEverywhere() throws {
        let sender = ZstdSender()
        let small = samplePayloads.filter { $0.count < 1000 }
        let bytes = small.flatMap { sender.message($0) }
        for boundary in 0...bytes.count {
            let parts = try payloads([Array(bytes[..<boundary]), Array(bytes[boundary...])])
            #expect(parts.flatMap { $0 } == small.flatMap { $0 })
        }
    }

    @Test("the limit holds for a payload and against a bomb") func limit() throws {
        let payload = [UInt8](repeating: 65, count: 100_000)
        #expect(try payloads([ZstdSender().message(payload)], limit: 100_000) == [payload])
        #expect(throws: DecompressionError.tooLarge(limit: 99_999)) {
            try payloads([ZstdSender().message(payload)], limit: 99_999)
        }
    }

    @Test("frames in zstd's old formats are refused, whether libzstd reads them or not", arguments: 0x22...0x27 as ClosedRange<UInt8>)
    func oldFormat(version: UInt8) {
        // What follows the magic number is a frame of format 0.5, empty so far.
        let frame: [UInt8] = [version, 0xB5, 0x2F, 0xFD, 0, 0x58, 0x54, 0, 0, 0x10]
        for message in [frame, ZstdSender().message([1, 2, 3], end: ZSTD_e_end) + frame] {
            #expect(throws: DecompressionError.corrupt("a frame in an old format")) { try payloads([message]) }
        }
    }

    @Test("bytes that are no zstd are refused") func corrupt() {
        #expect(throws: DecompressionError.self) { try payloads([Array("no zstd at all".utf8)]) }
    }
}
