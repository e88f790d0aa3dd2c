/// What the opening handshake settled.
package struct HandshakeAgreement: Equatable, Sendable {
    /// One of the requested subprotocols, or `nil`.
    package let subprotocol: String?
    /// permessage-deflate, or `nil` when messages go uncompressed.
    package let deflate: DeflateParameters?
    /// The server's whole head, for cookies and the like.
    package let head: HTTPHead
}
