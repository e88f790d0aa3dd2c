/// How long the simulator's clocks run. Discord's own values by default; tests shorten them.
package struct Pace: Sendable {
    /// `heartbeat_interval` of HELLO; a connection silent for twice as long is closed.
    package var heartbeatInterval: Duration = .milliseconds(41_250)
    /// The window in which one identify key may be used once.
    package var identifyWindow: Duration = .seconds(5)
    /// The window of the 120 commands.
    package var commandWindow: Duration = .seconds(60)
    /// The pause between two full member requests for one guild.
    package var memberRequestWindow: Duration = .seconds(30)
    /// How long a session without connection can be resumed.
    package var sessionLifetime: Duration = .seconds(120)
    /// The time in which an interaction must be answered first.
    package var interactionDeadline: Duration = .seconds(3)
    /// The time an interaction token stays valid.
    package var interactionLifetime: Duration = .seconds(900)
    /// `session_start_limit.reset_after` at the start.
    package var sessionStartReset: Duration = .seconds(86_400)

    package init() {}
}
