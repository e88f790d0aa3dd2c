package import WebSocketProtocol

/// What a `WebSocketConnection` tells its owner, on the reactor thread. The owner may send, close and abort from within each call.
package protocol WebSocketConnectionDelegate: AnyObject {
    /// The opening handshake succeeded.
    func connectionOpened(_ connection: WebSocketConnection, _ agreement: HandshakeAgreement)

    /// The connection did not open. The last call.
    func connectionFailed(_ connection: WebSocketConnection, _ failure: ConnectionFailure)

    /// A whole message; valid only during the call. Text is valid UTF-8.
    func connection(_ connection: WebSocketConnection, received kind: MessageKind, _ message: UnsafeRawBufferPointer)

    /// The connection was open and is not any more. The last call; it may come before the stream below has ended.
    func connectionClosed(_ connection: WebSocketConnection, _ closure: ConnectionClosure)
}
