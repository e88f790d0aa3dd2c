/// Where the closing handshake stands (RFC 6455 §7.1).
package enum ConnectionState: Equatable, Sendable {
    case open
    /// We sent Close first. What still arrives is parsed only to find the peer's Close.
    case closingByUs(sent: CloseFrame)
    /// The peer sent Close first and our echo is still pending.
    case closingByPeer(received: CloseFrame)
    /// Both Close frames have gone over the wire, in either order.
    case closed(sent: CloseFrame, received: CloseFrame)
    /// The peer broke the protocol, or the stream ended without the closing handshake (`error` is then `nil`).
    case failed(WebSocketError?)

    /// The code to report to the application (RFC 6455 §7.1.5): the peer's, 1005 when its Close had none, 1006 when it sent none.
    /// `nil` while the connection is open or the peer's Close is still awaited.
    package var closeCode: CloseCode? {
        switch self {
        case .open, .closingByUs: nil
        case .closingByPeer(let received), .closed(_, let received): received.code ?? .noStatusReceived
        case .failed: .abnormalClosure
        }
    }
}
