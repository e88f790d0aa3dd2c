/// What a client asks for in its opening handshake.
package struct HandshakeRequest: Sendable {
    package var url: WebSocketURL
    /// In the order of preference; each a token (RFC 6455 §4.1).
    package var subprotocols: [String] = []
    /// The Origin field; browsers must send it, others may.
    package var origin: String?
    /// In the order of preference; empty offers no compression.
    package var deflateOffers: [DeflateOffer] = []
    /// Further fields, such as User-Agent. Those that the handshake itself writes are refused.
    package var fields: [HeaderField] = []

    package init(url: WebSocketURL) {
        self.url = url
    }

    private static let reserved: Set = [
        "host", "upgrade", "connection", "sec-websocket-key", "sec-websocket-version", "sec-websocket-protocol",
        "sec-websocket-extensions", "sec-websocket-accept", "origin", "content-length", "transfer-encoding",
    ]

    /// The bytes of the request (RFC 6455 §4.1).
    func encoded(key: String) throws(HandshakeError) -> [UInt8] {
        for field in fields where !field.isWellFormed || Self.reserved.contains(field.name.lowercased()) {
            throw .invalidField(name: field.name)
        }
        for (index, name) in subprotocols.enumerated()
        where !ExtensionElement.isToken(name) || subprotocols[..<index].contains(name) {
            throw .invalidSubprotocol(name)
        }
        var all = [
            HeaderField("Host", url.authority), HeaderField("Upgrade", "websocket"), HeaderField("Connection", "Upgrade"),
            HeaderField("Sec-WebSocket-Key", key), HeaderField("Sec-WebSocket-Version", "13"),
        ]
        if let origin {
            let field = HeaderField("Origin", origin)
            guard field.isWellFormed else { throw .invalidField(name: "Origin") }
            all.append(field)
        }
        if !subprotocols.isEmpty { all.append(HeaderField("Sec-WebSocket-Protocol", subprotocols.joined(separator: ", "))) }
        if !deflateOffers.isEmpty {
            all.append(HeaderField("Sec-WebSocket-Extensions", deflateOffers.map(DeflateNegotiation.text).joined(separator: ", ")))
        }
        return HTTPHead(startLine: "GET \(url.target) HTTP/1.1", fields: all + fields).encoded
    }
}
