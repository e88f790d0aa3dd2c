/// The total waits of one WebSocket connection: each bounds everything that its step does, however busy the peer keeps us meanwhile.
package struct ConnectionDeadlines: Equatable, Sendable {
    /// Name lookup and TCP, over all addresses together.
    package var connect: Duration = .seconds(20)
    /// The proxy's answer to CONNECT, which includes its own lookup and connection.
    package var proxy: Duration = .seconds(20)
    /// The TLS handshake.
    package var tls: Duration = .seconds(15)
    /// The answer to the opening handshake.
    package var upgrade: Duration = .seconds(15)
    /// From the first Close frame to the end of the stream.
    package var close: Duration = .seconds(5)

    package init() {}
}
