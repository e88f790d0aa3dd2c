/// Sec-WebSocket-Key and the Sec-WebSocket-Accept that answers it (RFC 6455 §1.3, §4.2.2).
struct HandshakeKey: Equatable {
    /// 16 bytes in base 64.
    let text: String

    init(using randomness: inout some RandomNumberGenerator) {
        text = Base64.encode((0..<16).map { _ in UInt8(truncatingIfNeeded: randomness.next() as UInt64) })
    }

    /// - Returns: `nil` if `text` is not the base 64 of 16 bytes.
    init?(_ text: String) {
        guard Base64.decode(text)?.count == 16 else { return nil }
        self.text = text
    }

    var accept: String {
        Base64.encode(SHA1.digest((text + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
    }
}
