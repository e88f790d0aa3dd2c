import CZstd
import Gateway

private let limit = 1 << 16

/// The first byte chooses how the stream is cut.
func fuzzZlibStream(_ bytes: UnsafeRawBufferPointer) {
    guard let choice = bytes.first else { return }
    let input = Array(bytes.dropFirst())
    let whole = zlibStream(input, messageSize: .max)
    let cut = zlibStream(input, messageSize: 1), cutOtherwise = zlibStream(input, messageSize: Int(choice) + 2)
    let hibernating = zlibStream(input, messageSize: 1, hibernating: true)
    // With a smaller window than Discord's, zlib refuses a distance beyond it only where a call of inflate does not see that far.
    guard input.first == 0x78 else { return }
    promise(cut == whole, "single bytes and one message differ: \(cut) and \(whole)")
    promise(cutOtherwise == whole, "many messages and one differ: \(cutOtherwise) and \(whole)")
    promise(hibernating == whole, "a stream that hibernates differs: \(hibernating) and \(whole)")

    guard input.count > 2 else { return }
    var header = RawInflater(windowBits: 0)
    guard case .bytes = header.inflate(Array(input[..<2])), input[1] & 0x20 == 0 else {
        promise(whole == Payloads(hasFailed: true), "a stream without a proper header was accepted")
        return
    }
    // Without the checksum at the end, which never comes.
    var inflater = RawInflater(windowBits: 15)
    let all = whole.payloads.flatMap { $0 }
    switch inflater.inflate(Array(input[2...])) {
    case .bytes(let bytes):
        promise(!whole.hasFailed || bytes.count > limit, "a stream that zlib reads was refused")
        promise(bytes.starts(with: all), "zlib reads other payloads")
    case .corrupt(let bytes), .ended(let bytes):
        promise(whole.hasFailed, "a stream that zlib refuses was accepted")
        promise(bytes.starts(with: all), "zlib reads other payloads")
    }
}

private struct Payloads: Equatable, CustomStringConvertible {
    var payloads: [[UInt8]] = []
    var hasFailed = false
    var description: String { "payloads of \(payloads.map(\.count)) bytes\(hasFailed ? " and a fault" : "")" }
}

private func zlibStream(_ bytes: [UInt8], messageSize: Int, hibernating: Bool = false) -> Payloads {
    let stream = ZlibStream(into: InflateBuffer(), limit: limit)
    var result = Payloads()
    do {
        let archive = hibernating ? try WindowArchive() : nil
        var rest = bytes[...]
        while !rest.isEmpty {
            let message = Array(rest.prefix(messageSize))
            rest = rest.dropFirst(message.count)
            try message.withUnsafeBytes { bytes in
                var input = bytes
                while let payload = try stream.next(&input) {
                    promise(!payload.isEmpty && payload.count <= limit, "a payload beyond the limit")
                    result.payloads.append(Array(payload))
                }
                promise(input.isEmpty, "nil before the message was used up")
            }
            if let archive { stream.hibernate(in: archive) }
        }
    } catch {
        result.hasFailed = true
    }
    return result
}

/// The first byte chooses how the stream is cut into messages.
func fuzzZstdStream(_ bytes: UnsafeRawBufferPointer) {
    guard let choice = bytes.first else { return }
    let input = Array(bytes.dropFirst())
    let expected = zstd(input)
    for messageSize in [Int.max, 1, Int(choice) + 2] {
        let found = zstdStream(input, messageSize: messageSize)
        // The limit holds for one message, so a cut may pass where the whole does not.
        if let found, let expected { promise(expected.count > 4 * limit ? found.starts(with: expected) : found == expected, "libzstd reads other bytes") }
        if expected == nil { promise(found == nil, "a stream that libzstd refuses was accepted") }
        if let expected, expected.count <= limit { promise(found != nil, "a stream that libzstd reads was refused") }
    }
}

/// All payloads together; `nil` after a fault.
private func zstdStream(_ bytes: [UInt8], messageSize: Int) -> [UInt8]? {
    do {
        let stream = try ZstdStream(into: InflateBuffer(), limit: limit)
        var result: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let message = Array(rest.prefix(messageSize))
            rest = rest.dropFirst(message.count)
            try message.withUnsafeBytes { bytes in
                let payload = try stream.payload(of: bytes)
                promise(payload.count <= limit, "a payload beyond the limit")
                result += payload
            }
        }
        return result
    } catch {
        return nil
    }
}

/// libzstd used in the plainest way, byte by byte, to compare with; `nil` after a fault.
private func zstd(_ bytes: [UInt8]) -> [UInt8]? {
    guard let context = ZSTD_createDStream() else { broken("no memory") }
    defer { ZSTD_freeDStream(context) }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())
    for byte in bytes {
        var written = 0
        var left = 1
        repeat {
            let code = withUnsafeBytes(of: byte) { source in
                chunk.withUnsafeMutableBytes { target in
                    var input = ZSTD_inBuffer(src: source.baseAddress, size: left, pos: 0)
                    var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                    defer { (written, left) = (output.pos, left - input.pos) }
                    return ZSTD_decompressStream(context, &output, &input)
                }
            }
            guard ZSTD_isError(code) == 0 else { return nil }
            result += chunk[..<written]
            // A bomb: how much more there is does not matter.
            if result.count > 4 * limit { return result }
        } while left > 0 || written == chunk.count
    }
    return result
}

/// One compressed message, between two sound ones.
func fuzzZlibPayload(_ bytes: UnsafeRawBufferPointer) {
    let sound: [UInt8] = [0x78, 0x9C, 0x4B, 0x04, 0x00, 0x00, 0x62, 0x00, 0x62]
    do {
        let inflater = try ZlibPayload(into: InflateBuffer(), limit: limit)
        func payload(_ message: [UInt8]) -> [UInt8]? {
            message.withUnsafeBytes { bytes in ifReadable { Array(try inflater.payload(of: bytes)) } }
        }
        promise(payload(sound) == [UInt8(ascii: "a")])
        let found = payload(Array(bytes))
        promise(payload(sound) == [UInt8(ascii: "a")], "a message spoils the next")
        var reference = RawInflater(windowBits: 0)
        switch reference.inflate(Array(bytes)) {
        case .ended(let bytes): promise(found == bytes || bytes.count > limit, "zlib reads another payload")
        case .bytes, .corrupt: promise(found == nil, "a message that zlib refuses was accepted")
        }
    } catch {
        broken("\(error)")
    }
}
