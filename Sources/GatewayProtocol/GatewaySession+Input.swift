package import Discord

extension GatewaySession {
    /// A fact that the driver reports. DISPATCH payloads are reported through ``GatewaySession/dispatched(sequence:)`` instead.
    ///
    /// Facts of a connection that the session abandoned must not be reported any more. A fact that cannot be true in the present
    /// phase (HELLO twice, RESUMED while identifying) is ignored: the docs promise no order, and a peer's fault must not stop us.
    package enum Input: Equatable, Sendable {
        /// The shard was asked to go online.
        case started
        /// The identify queue granted what `requestIdentifyPermit` asked for.
        case identifyPermitted
        /// The WebSocket opening handshake succeeded.
        case connected
        /// The connection that `connect` asked for never opened: resolve, connect, TLS or upgrade failed or took too long.
        case connectionFailed
        /// op 10 with its `heartbeat_interval`.
        case hello(heartbeatInterval: Duration)
        /// op 1 from the server.
        case heartbeatRequested
        /// op 11.
        case heartbeatAcknowledged
        /// The READY dispatch. Its sequence has been reported by `dispatched` just before.
        case ready(sessionID: String, resumeURL: String)
        /// The RESUMED dispatch: everything missed has been replayed.
        case resumed
        /// op 7.
        case reconnectRequested
        /// op 9 with its `d`.
        case sessionInvalidated(resumable: Bool)
        /// The connection ended with this close code, or without any (TCP or TLS lost).
        case connectionClosed(GatewayCloseCode?)
        /// The stream cannot be read any further: corrupt compression, broken framing, a payload that is no payload or too large.
        case streamBroken
        /// A timer set by `setTimer` came due.
        case timerFired(Timer)
        /// The shard was asked to go offline: for good, or for a process that will RESUME the session soon.
        case leaveRequested(keepingSession: Bool)
    }

    /// The timers of a session; at most one of each kind is set.
    package enum Timer: Equatable, Hashable, Sendable, CaseIterable {
        /// The next regular heartbeat.
        case heartbeat
        /// The total wait for HELLO, READY or RESUMED.
        case deadline
        /// The pause before the next connection.
        case reconnect
    }
}
