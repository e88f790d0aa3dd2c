/// A client's well-formed request for a WebSocket (RFC 6455 §4.2.1), as the server sees it.
package struct UpgradeRequest: Equatable, Sendable {
    /// Path and query, as sent.
    package let target: String
    package let host: String
    package let origin: String?
    /// In the client's order of preference.
    package let subprotocols: [String]
    /// The permessage-deflate offers that follow RFC 7692, in the client's order of preference.
    package let deflateOffers: [DeflateOffer]
    package let head: HTTPHead
    let key: HandshakeKey

    /// The bytes that accept the upgrade (§4.2.2).
    /// - Parameters:
    ///   - subprotocol: One of `subprotocols`, or `nil` for none.
    ///   - deflate: Parameters that fit one of `deflateOffers`; `nil` declines compression.
    ///   - fields: Further fields, each well formed.
    package func acceptance(
        subprotocol: String? = nil, deflate: DeflateParameters? = nil, fields: [HeaderField] = []
    ) throws(HandshakeError) -> [UInt8] {
        for field in fields where !field.isWellFormed { throw .invalidField(name: field.name) }
        var all = [
            HeaderField("Upgrade", "websocket"), HeaderField("Connection", "Upgrade"),
            HeaderField("Sec-WebSocket-Accept", key.accept),
        ]
        if let subprotocol {
            guard subprotocols.contains(subprotocol) else { throw .unrequestedSubprotocol(subprotocol) }
            all.append(HeaderField("Sec-WebSocket-Protocol", subprotocol))
        }
        if let deflate { all.append(HeaderField("Sec-WebSocket-Extensions", DeflateNegotiation.text(deflate))) }
        return HTTPHead(startLine: "HTTP/1.1 101 Switching Protocols", fields: all + fields).encoded
    }

    /// What the server agrees to when it takes the client's first offer as it stands; `nil` if there is none.
    package var preferredDeflate: DeflateParameters? {
        deflateOffers.first.map(DeflateNegotiation.parameters(accepting:))
    }
}
