/// What the driver owes the byte stream beneath, asked after the pending frames have been written (RFC 6455 §7.1.1).
package enum TransportDuty: Equatable, Sendable {
    /// Keep the stream open. After our own Close a deadline must run: when it passes, abort the stream.
    case keepOpen
    /// The closing handshake is complete and the server ends the stream first: wait for its end, at most until the close deadline,
    /// then abort.
    case awaitPeerEnd
    /// End the stream now: `finish`, then abort at the close deadline if the peer does not end its direction.
    case end
}
