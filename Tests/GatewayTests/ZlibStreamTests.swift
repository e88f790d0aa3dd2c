import CZlib
import Gateway
import Testing

/// Feeds messages and collects the payloads.
private func payloads(_ messages: [[UInt8]], _ stream: ZlibStream) throws(DecompressionError) -> [[UInt8]] {
    var result: [[UInt8]] = []
    for message in messages {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: message.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: message)
        var input = UnsafeRawBufferPointer(copy)
        while let payload = try stream.next(&input) { result.append(Array(payload)) }
        #expect(input.isEmpty)
    }
    return result
}

private func stream(limit: Int = 1 << 20) -> ZlibStream { ZlibStream(into: InflateBuffer(), limit: limit) }

@Suite("zlib-stream (Discord docs, Gateway › Transport Compression; digest 4.2)") struct ZlibStreamTests {
    @Test("one message, one payload; one context for the connection") func whole() throws {
        let sender = ZlibSender()
        #expect(try payloads(samplePayloads.map { sender.message($0) }, stream()) == samplePayloads)
    }

    @Test("messages may be cut anywhere, also inside the flush mark", arguments: [1, 2, 3, 5, 7, 64])
    func cut(size: Int) throws {
        let sender = ZlibSender()
        let bytes = samplePayloads.flatMap { sender.message($0) }
        let pieces = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
        #expect(try payloads(pieces, stream()) == samplePayloads)
    }

    @Test("a stream cut in two at every byte boundary") func cutEverywhere() throws {
        let sender = ZlibSender()
        let small = samplePayloads.filter { $0.count < 1000 }
        let bytes = small.flatMap { sender.message($0) }
        for boundary in 0...bytes.count {
            #expect(try payloads([Array(bytes[..<boundary]), Array(bytes[boundary...])], stream()) == small)
        }
    }

    @Test("several payloads in one message are several payloads (13.2 no. 15)") func together() throws {
        let sender = ZlibSender()
        #expect(try payloads([samplePayloads.flatMap { sender.message($0) }], stream()) == samplePayloads)
    }

    @Test("the flush mark inside of stored data ends no payload early, wherever the message is cut") func storedMark() throws {
        let sender = ZlibSender(level: 0)
        #expect(try payloads(samplePayloads.map { sender.message($0) }, stream()) == samplePayloads)
        let bytes = ZlibSender(level: 0).message(samplePayloads[3])
        for boundary in 0..<bytes.count {
            #expect(try payloads([Array(bytes[..<boundary]), Array(bytes[boundary...])], stream()) == [samplePayloads[3]])
        }
    }

    @Test("two connections share the buffer, each in the middle of a payload") func shared() throws {
        let buffer = InflateBuffer()
        let streams = (0..<2).map { _ in ZlibStream(into: buffer, limit: 1 << 20) }
        let senders = (0..<2).map { _ in ZlibSender() }
        var results: [[[UInt8]]] = [[], []]
        for payload in samplePayloads {
            let messages = senders.map { $0.message(payload) }
            for offset in 0..<messages[0].count {
                for index in 0..<2 { results[index] += try payloads([[messages[index][offset]]], streams[index]) }
            }
        }
        #expect(results[0] == samplePayloads)
        #expect(results[1] == samplePayloads)
    }

    @Test("a stream that hibernates after each message reads the same, and a half payload keeps it awake") func hibernates() throws {
        let archive = try WindowArchive()
        let sender = ZlibSender()
        let stream = stream()
        stream.hibernate(in: archive)
        #expect(!stream.isHibernating, "there is nothing to give up yet")
        for _ in 1...3 {
            for payload in samplePayloads {
                let message = sender.message(payload)
                #expect(try payloads([Array(message.prefix(3))], stream).isEmpty)
                stream.hibernate(in: archive)
                #expect(!stream.isHibernating)
                #expect(try payloads([Array(message.dropFirst(3))], stream) == [payload])
                stream.hibernate(in: archive)
                stream.hibernate(in: archive)
                #expect(stream.isHibernating)
            }
        }
    }

    @Test("a payload that fills the buffer exactly is complete", arguments: [16 << 10, 32 << 10, 64 << 10, 1 << 20])
    func exactlyFull(size: Int) throws {
        let sender = ZlibSender()
        let whole = [[UInt8](repeating: 7, count: size), samplePayloads[0]]
        #expect(try payloads(whole.map { sender.message($0) }, stream()) == whole)
    }

    @Test("a payload of the limit passes, one byte more does not") func limit() throws {
        let payload = [UInt8](repeating: 65, count: 100_000)
        #expect(try payloads([ZlibSender().message(payload)], stream(limit: 100_000)) == [payload])
        #expect(throws: DecompressionError.tooLarge(limit: 99_999)) {
            try payloads([ZlibSender().message(payload)], stream(limit: 99_999))
        }
    }

    @Test("a bomb is refused at the limit, not after it was inflated (13.2 no. 16)") func bomb() throws {
        let bytes = ZlibSender(level: 9).message([UInt8](repeating: 0, count: 32 << 20))
        #expect(throws: DecompressionError.tooLarge(limit: 1 << 20)) { try payloads([bytes], stream(limit: 1 << 20)) }
    }

    @Test("a flipped bit is found or changes the payload; it never crashes or emits early (13.2 no. 16)") func corrupt() throws {
        let sender = ZlibSender()
        let bytes = samplePayloads[0...1].flatMap { sender.message($0) }
        var failures = 0
        for bit in 0..<(bytes.count * 8) {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << (bit % 8)
            do throws(DecompressionError) { _ = try payloads([damaged], stream()) } catch { failures += 1 }
        }
        #expect(failures > bytes.count)
        #expect(throws: DecompressionError.corrupt("no zlib header")) { try payloads([[0x12, 0x34, 0x56]], stream()) }
    }

    @Test("the sender must not end the stream") func ended() throws {
        #expect(throws: DecompressionError.ended) {
            try payloads([ZlibSender().message(samplePayloads[0], flush: Z_FINISH)], stream())
        }
    }
}

@Suite("Payload compression (digest 4.1)") struct ZlibPayloadTests {
    private func inflate(_ message: [UInt8], _ inflater: ZlibPayload) throws(DecompressionError) -> [UInt8] {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: message.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: message)
        return Array(try inflater.payload(of: UnsafeRawBufferPointer(copy)))
    }

    @Test("each message is a stream of its own, and a damaged one does not hurt the next") func independent() throws {
        let inflater = try ZlibPayload(into: InflateBuffer(), limit: 1 << 20)
        for payload in samplePayloads {
            let message = ZlibSender().message(payload, flush: Z_FINISH)
            #expect(throws: DecompressionError.self) { try inflate(Array(message.dropLast()), inflater) }
            #expect(try inflate(message, inflater) == payload)
        }
    }

    @Test("the limit holds") func limit() throws {
        let inflater = try ZlibPayload(into: InflateBuffer(), limit: 1000)
        let message = ZlibSender().message([UInt8](repeating: 1, count: 1001), flush: Z_FINISH)
        #expect(throws: DecompressionError.tooLarge(limit: 1000)) { try inflate(message, inflater) }
    }
}
