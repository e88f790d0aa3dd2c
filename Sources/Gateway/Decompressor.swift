import WebSocketProtocol

/// How one connection's messages become payloads.
enum Decompressor {
    case none
    case zlib(ZlibStream)
    case zstd(ZstdStream)
    case payload(ZlibPayload)

    /// A fresh context, as each connection needs one.
    init(_ compression: TransportCompression, into buffer: InflateBuffer, limit: Int) throws(DecompressionError) {
        switch compression {
        case .none: self = .none
        case .zlibStream: self = .zlib(ZlibStream(into: buffer, limit: limit))
        case .zstdStream: self = .zstd(try ZstdStream(into: buffer, limit: limit))
        case .payload: self = .payload(try ZlibPayload(into: buffer, limit: limit))
        }
    }

    /// Takes bytes from the front of `message` and returns the next payload in them; `nil` when the message is used up.
    /// The payload is valid until the next call for any connection.
    /// - Throws: the connection is of no use any more.
    func next(_ message: inout UnsafeRawBufferPointer, kind: MessageKind) throws(DecompressionError) -> UnsafeRawBufferPointer? {
        if case .zlib(let stream) = self { return try stream.next(&message) }
        guard !message.isEmpty else { return nil }
        let whole = message
        message = UnsafeRawBufferPointer(rebasing: message[message.count...])
        switch self {
        case .none, .zlib:
            return whole
        case .zstd(let stream):
            let payload = try stream.payload(of: whole)
            return payload.isEmpty ? nil : payload
        case .payload(let inflater):
            // Only some messages are compressed: those in binary frames that begin like a zlib stream (RFC 1950).
            return kind == .binary && whole[0] == 0x78 ? try inflater.payload(of: whole) : whole
        }
    }

    /// Gives up memory until the next message, between two payloads.
    func hibernate(in archive: WindowArchive) {
        if case .zlib(let stream) = self { stream.hibernate(in: archive) }
    }
}
