/// Why an opening handshake (RFC 6455 §4) or a proxy's CONNECT did not lead to a connection.
package enum HandshakeError: Error, Equatable, Sendable {
    // Ours: what the caller asked for cannot be sent.
    /// A header field that is not well formed, or that the handshake writes itself.
    case invalidField(name: String)
    /// Not a token, or named twice (§4.1).
    case invalidSubprotocol(String)

    // The peer's.
    case head(HTTPHeadError)
    /// The first line is not HTTP/1.1's status or request line; what it was.
    case malformedStartLine(String)
    /// The server answered with another status than was needed (101, or 2xx from a proxy). No redirect is followed.
    case refused(HTTPRefusal)
    /// The stream ended, or the deadline passed, inside the head.
    case endedInHead
    /// No `Upgrade: websocket` (§4.2.2).
    case upgradeMissing
    /// No `Connection: Upgrade` (§4.2.2).
    case connectionMissing
    case acceptMissing
    /// Sec-WebSocket-Accept does not match our key: the server did not understand the request.
    case acceptMismatch
    /// More than one Sec-WebSocket-Accept, -Key, -Version, -Protocol (in a response) or Host field.
    case repeatedField(String)
    /// A subprotocol that was not asked for.
    case unrequestedSubprotocol(String)
    /// An extension that was not offered, or offered once and accepted twice.
    case unrequestedExtension(String)
    /// permessage-deflate with parameters that RFC 7692 §7.1 or our offer does not allow.
    case invalidExtensionParameters(String)

    // A client's, seen by our server role (§4.2.1).
    case methodNotGet(String)
    case hostMissing
    /// Missing, or not 16 bytes of base 64.
    case invalidKey
    /// Another version than 13.
    case unsupportedVersion(String)
}
