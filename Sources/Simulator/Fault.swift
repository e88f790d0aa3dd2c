/// A misfortune on the gateway that a test orders.
package enum Fault: Sendable, Equatable {
    /// The TCP connection ends without close frame and without close_notify.
    case cut
    /// The TCP connection is reset.
    case reset
    /// Half of the next dispatch is sent in an unfinished fragment, then the connection is cut.
    case tear
    /// A close frame.
    case close(code: UInt16, reason: String)
    /// Opcode 7, RECONNECT.
    case reconnect
    /// Opcode 9, INVALID_SESSION. With `false` the session is forgotten too.
    case invalidSession(resumable: Bool)
    /// Opcode 1, a heartbeat asked for.
    case requestHeartbeat
    /// The next dispatch arrives as bytes that cannot be decompressed. Nothing without transport compression.
    case corrupt
    /// All sessions without connection are forgotten: a RESUME gets INVALID_SESSION `false`.
    case forgetSessions
    /// This text as one whole payload.
    case payload(String)
}
