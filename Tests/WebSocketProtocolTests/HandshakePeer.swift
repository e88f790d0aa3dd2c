import WebSocketProtocol

/// The key of RFC 6455 §1.3 and what a server must answer to it.
enum HandshakePeer {
    static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    /// Gives out the bytes of "the sample nonce", so that a client's key is the RFC's.
    struct SampleNonce: RandomNumberGenerator {
        private var bytes = Array("the sample nonce".utf8)[...]

        mutating func next() -> UInt64 { UInt64(bytes.removeFirst()) }
    }

    static func client(_ change: (inout HandshakeRequest) -> Void = { _ in }) throws -> ClientHandshake {
        var request = HandshakeRequest(url: try WebSocketURL("ws://server.example.com/chat"))
        change(&request)
        var nonce = SampleNonce()
        return try ClientHandshake(request, randomness: &nonce)
    }

    /// A response from its lines; the standard fields unless `fields` are given whole.
    static func response(_ status: String = "HTTP/1.1 101 Switching Protocols", fields: [String]? = nil, adding: [String] = []) -> [UInt8] {
        let standard = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: \(accept)"]
        return Array(([status] + (fields ?? standard) + adding + ["", ""]).joined(separator: "\r\n").utf8)
    }
}

/// How a handshake took the bytes it was fed.
enum HandshakeOutcome<Value> {
    case done(Value, rest: [UInt8])
    case failed(HandshakeError)
    case waiting(HandshakeError)

    var error: HandshakeError? {
        if case .failed(let error) = self { error } else { nil }
    }

    var value: Value? {
        if case .done(let value, _) = self { value } else { nil }
    }
}

extension HandshakeOutcome {
    /// Feeds `bytes` in chunks to a handshake's `next`.
    fileprivate init(
        feeding bytes: [UInt8], chunk: Int, to next: (inout UnsafeRawBufferPointer) throws(HandshakeError) -> Value?,
        interrupted: () -> HandshakeError
    ) {
        var start = 0
        while start < bytes.count {
            let end = start + min(chunk, bytes.count - start)
            let outcome = Array(bytes[start..<end]).withUnsafeBytes { piece -> HandshakeOutcome? in
                var input = piece
                do throws(HandshakeError) {
                    return try next(&input).map { .done($0, rest: Array(input) + bytes[end...]) }
                } catch {
                    return .failed(error)
                }
            }
            if let outcome {
                self = outcome
                return
            }
            start = end
        }
        self = .waiting(interrupted())
    }
}

extension ClientHandshake {
    mutating func receive(_ bytes: [UInt8], chunk: Int = .max) -> HandshakeOutcome<HandshakeAgreement> {
        HandshakeOutcome(feeding: bytes, chunk: chunk) { input throws(HandshakeError) in try next(&input) } interrupted: { interrupted() }
    }
}

extension ServerHandshake {
    mutating func receive(_ bytes: [UInt8], chunk: Int = .max) -> HandshakeOutcome<UpgradeRequest> {
        HandshakeOutcome(feeding: bytes, chunk: chunk) { input throws(HandshakeError) in try next(&input) } interrupted: { .endedInHead }
    }
}
