/// What a client does after the gateway closed a connection.
package enum CloseDisposition: Equatable, Sendable {
    /// The session is alive: reconnect to its resume URL and RESUME.
    case resume
    /// As `resume`, but wait at least this long first.
    case resumeAfter(Duration)
    /// RESUME once; when the same close comes again, the session is gone: IDENTIFY, with a long back-off.
    case resumeOnce
    /// The session is gone: reconnect to the gateway URL and IDENTIFY.
    case identify
    /// Reconnecting would end the same way.
    case fatal(FatalClose)
}
