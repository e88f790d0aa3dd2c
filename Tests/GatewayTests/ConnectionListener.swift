import Gateway
import WebSocketProtocol

/// Records what a WebSocket connection tells, and keeps it.
final class ConnectionListener: WebSocketConnectionDelegate {
    var connection: WebSocketConnection?
    var agreement: HandshakeAgreement?
    var failure: ConnectionFailure?
    var closure: ConnectionClosure?
    var messages: [(kind: MessageKind, bytes: [UInt8])] = []
    var onOpen: (WebSocketConnection) -> Void = { _ in }
    var onMessage: (WebSocketConnection) -> Void = { _ in }
    var onEnd: () -> Void = {}

    /// The messages as text.
    var texts: [String] { messages.map { String(decoding: $0.bytes, as: UTF8.self) } }

    func connectionOpened(_ connection: WebSocketConnection, _ agreement: HandshakeAgreement) {
        self.agreement = agreement
        onOpen(connection)
    }

    func connectionFailed(_ connection: WebSocketConnection, _ failure: ConnectionFailure) {
        self.failure = failure
        end()
    }

    func connection(_ connection: WebSocketConnection, received kind: MessageKind, _ message: UnsafeRawBufferPointer) {
        messages.append((kind, Array(message)))
        onMessage(connection)
    }

    func connectionClosed(_ connection: WebSocketConnection, _ closure: ConnectionClosure) {
        self.closure = closure
        end()
    }

    /// What a test hung up here may hold the listener.
    private func end() {
        let onEnd = onEnd
        (self.onOpen, self.onMessage, self.onEnd) = ({ _ in }, { _ in }, {})
        onEnd()
    }
}

extension WebSocketConnection {
    /// Sends what the test vouches for: text that is valid, on a connection that is open.
    func send(_ kind: MessageKind, _ bytes: [UInt8]) { bytes.withUnsafeBytes { try? send(kind, $0) } }
    func send(_ text: String) { send(.text, Array(text.utf8)) }
}
