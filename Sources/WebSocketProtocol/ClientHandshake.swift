/// The client's side of the opening handshake (RFC 6455 §4.1): send `request`, then feed the response to `next`.
package struct ClientHandshake: ~Copyable {
    /// The bytes to send.
    package let request: [UInt8]
    private let asked: HandshakeRequest
    private let key: HandshakeKey
    private var reader = HTTPResponseReader()

    /// - Throws: `.invalidField` or `.invalidSubprotocol` if the request cannot be written.
    package init(_ request: HandshakeRequest) throws(HandshakeError) {
        var randomness = SystemRandomNumberGenerator()
        try self.init(request, randomness: &randomness)
    }

    /// For tests: `randomness` decides the key.
    package init(_ request: HandshakeRequest, randomness: inout some RandomNumberGenerator) throws(HandshakeError) {
        asked = request
        key = HandshakeKey(using: &randomness)
        self.request = try request.encoded(key: key.text)
    }

    /// Reads the response from the front of `input`, cut anywhere. Bytes after the head stay in `input`: they are the first frames.
    /// - Returns: The agreement once the server has accepted, `nil` while more bytes are needed.
    /// - Throws: What is wrong with the response; `.refused` for another status than 101, once as much of its body as is worth showing has
    ///   arrived. No redirect is followed. The connection must then be aborted (§4.1).
    package mutating func next(_ input: inout UnsafeRawBufferPointer) throws(HandshakeError) -> HandshakeAgreement? {
        guard let head = try reader.next(&input, isExpected: { $0 == 101 }) else { return nil }
        guard head.contains("websocket", in: "Upgrade") else { throw .upgradeMissing }
        guard head.contains("upgrade", in: "Connection") else { throw .connectionMissing }
        guard let accept = try head.single("Sec-WebSocket-Accept") else { throw .acceptMissing }
        guard accept == key.accept else { throw .acceptMismatch }
        return HandshakeAgreement(subprotocol: try subprotocol(in: head), deflate: try deflate(in: head), head: head)
    }

    /// The error to report when the stream has ended, or the handshake's deadline has passed, before `next` gave an answer.
    package func interrupted() -> HandshakeError {
        reader.interrupted()
    }

    private func subprotocol(in head: HTTPHead) throws(HandshakeError) -> String? {
        guard let chosen = try head.single("Sec-WebSocket-Protocol") else { return nil }
        guard asked.subprotocols.contains(chosen) else { throw .unrequestedSubprotocol(chosen) }
        return chosen
    }

    private func deflate(in head: HTTPHead) throws(HandshakeError) -> DeflateParameters? {
        var agreed: DeflateParameters?
        for text in head.elements("Sec-WebSocket-Extensions") {
            guard let element = ExtensionElement(text), element.name == DeflateNegotiation.name, !asked.deflateOffers.isEmpty,
                agreed == nil
            else { throw .unrequestedExtension(text) }
            guard let parameters = DeflateNegotiation.parameters(accepted: element, of: asked.deflateOffers)
            else { throw .invalidExtensionParameters(text) }
            agreed = parameters
        }
        return agreed
    }
}
