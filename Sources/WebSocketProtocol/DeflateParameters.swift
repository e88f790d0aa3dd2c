/// What both ends agreed on for permessage-deflate (RFC 7692 §7.1).
package struct DeflateParameters: Equatable, Sendable {
    /// The server forgets its window after each message (§7.1.1.1).
    package var serverForgetsContext: Bool
    /// The client forgets its window after each message (§7.1.1.2).
    package var clientForgetsContext: Bool
    /// Base-2 logarithm of the largest window the server compresses with, 8–15 (§7.1.2.1).
    package var serverWindowBits: Int
    /// Base-2 logarithm of the largest window the client compresses with, 8–15 (§7.1.2.2).
    package var clientWindowBits: Int

    package init(
        serverForgetsContext: Bool = false, clientForgetsContext: Bool = false, serverWindowBits: Int = 15, clientWindowBits: Int = 15
    ) {
        precondition((8...15).contains(serverWindowBits) && (8...15).contains(clientWindowBits))
        self.serverForgetsContext = serverForgetsContext
        self.clientForgetsContext = clientForgetsContext
        self.serverWindowBits = serverWindowBits
        self.clientWindowBits = clientWindowBits
    }

    /// Whether messages sent by `role` may refer to earlier ones.
    package func keepsContext(sending role: Role) -> Bool {
        role == .client ? !clientForgetsContext : !serverForgetsContext
    }

    /// Window bits of messages sent by `role`.
    package func windowBits(sending role: Role) -> Int {
        role == .client ? clientWindowBits : serverWindowBits
    }
}
