extension GatewaySession {
    /// The waits of a session. Discord documents none of them; each default says why it is what it is.
    package struct Timing: Equatable, Sendable {
        /// From the opened connection to HELLO. It is the first thing a healthy gateway sends; discord.js waits 60 s.
        package var helloDeadline: Duration = .seconds(30)
        /// From IDENTIFY to READY. During an outage Discord may keep the socket open and issue the session late, and each new
        /// attempt costs a session start, so this is patient. Heartbeats find a dead connection much earlier.
        package var readyDeadline: Duration = .seconds(120)
        /// From RESUME to RESUMED, with the whole replay between them.
        package var resumedDeadline: Duration = .seconds(90)
        /// A shard that has been online this long has recovered: earlier setbacks no longer lengthen its pauses.
        package var steadyAfter: Duration = .seconds(60)
        /// Ceiling of the first pause before reconnecting; doubles with each setback. The pause is drawn from zero to the ceiling
        /// ("full jitter") so that shards that fell together do not come back together.
        package var backoffBase: Duration = .seconds(1)
        /// Where doubling ends.
        package var backoffCap: Duration = .seconds(60)
        /// The shortest and the longest pause after INVALID_SESSION.
        package var invalidSessionPause = Duration.seconds(1)...Duration.seconds(5)
        /// Where the pauses between refused IDENTIFYs stop growing.
        package var refusalCap: Duration = .seconds(300)
        /// So many IDENTIFYs in a row answered with INVALID_SESSION end the attempt: each costs one of the day's session starts.
        package var refusalLimit = 10
        /// So many RESUMEs in a row without RESUMED end the session.
        package var resumeLimit = 3

        package init() {}
    }
}
