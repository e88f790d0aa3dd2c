/// One `permessage-deflate` element of a client's Sec-WebSocket-Extensions (RFC 7692 §7.1). The default offers everything that can be
/// offered without asking the server for anything.
package struct DeflateOffer: Equatable, Sendable {
    /// What the client says of its own window.
    package enum ClientWindow: Equatable, Sendable {
        /// The server cannot limit it.
        case unlimited
        /// `client_max_window_bits` without a value: the server may limit it.
        case limitable
        /// The client will use at most this, 8–15, and the server may limit it further.
        case bits(Int)
    }

    /// Asks the server to forget its window after each message.
    package var serverForgetsContext: Bool
    /// Announces that the client forgets its window; also the hint that it can.
    package var clientForgetsContext: Bool
    /// Asks the server to use at most this window, 8–15.
    package var serverWindowBits: Int?
    package var clientWindow: ClientWindow

    package init(
        serverForgetsContext: Bool = false, clientForgetsContext: Bool = false, serverWindowBits: Int? = nil,
        clientWindow: ClientWindow = .limitable
    ) {
        self.serverForgetsContext = serverForgetsContext
        self.clientForgetsContext = clientForgetsContext
        self.serverWindowBits = serverWindowBits
        self.clientWindow = clientWindow
    }
}
