package import WebSocketProtocol

/// How an open WebSocket connection ended.
package enum ConnectionClosure: Equatable, Sendable {
    /// The peer sent a Close frame; the code is `nil` when it named none.
    case closed(CloseCode?, reason: String)
    /// The stream ended, or the peer stayed silent in the closing handshake: the text says which.
    case lost(String)
    /// The peer broke the protocol.
    case violated(WebSocketError)
}

extension ConnectionClosure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .closed(nil, _): "closed without a code"
        case .closed(let code?, ""): "closed with \(code)"
        case .closed(let code?, let reason): "closed with \(code): \(PeerText(reason))"
        case .lost(let reason): "connection lost: \(reason)"
        case .violated(let error): "protocol error: \(error)"
        }
    }
}
