package import Discord

extension GatewaySession {
    /// What the driver has to do, in the order given.
    package enum Action: Equatable, Sendable {
        /// Open a connection; report `connected` or `connectionFailed`.
        case connect(Endpoint)
        /// Say goodbye with this close code and forget the connection (or the attempt to open one): nothing of it is reported any more.
        case abandon(GatewayCloseCode)
        /// Close the connection with this close code and report `connectionClosed` when it has ended.
        case close(GatewayCloseCode)

        /// Ask the identify queue for a permit; report `identifyPermitted`, which is answered by `sendIdentify` at once.
        case requestIdentifyPermit
        /// The permit is not needed any more; `identifyPermitted` must not be reported.
        case withdrawPermitRequest

        /// Send op 1 ahead of everything else that waits.
        case sendHeartbeat(sequence: Int64?)
        /// Send op 2. It uses up one session start of the day.
        case sendIdentify
        /// Send op 6.
        case sendResume(ResumePoint)

        /// Set the timer, replacing one of the same kind.
        case setTimer(Timer, at: ContinuousClock.Instant)
        /// Cancel the timer, if it is set.
        case cancelTimer(Timer)

        /// The shard is online: commands may be sent. After a resume the presence is still there, after an identify the one in IDENTIFY is.
        case announceReady(resumed: Bool)
        /// A session has begun, or is left for a later process: keep this for its RESUME. In between `resumePoint` tells how far the session is.
        case saveResumePoint(ResumePoint)
        /// The session is gone: what was kept is worthless.
        case forgetResumePoint

        /// Nothing will be done any more, as asked by `leaveRequested`.
        case stop
        /// Nothing will be done any more; a person has to act.
        case fail(Failure)
    }

    /// Where a connection goes.
    package enum Endpoint: Equatable, Sendable {
        /// The URL of GET /gateway/bot.
        case gateway
        /// `resume_gateway_url` of the session.
        case resume(url: String)
    }

    /// Why a session cannot go on.
    package enum Failure: Error, Equatable, Sendable {
        /// The server closed with a code after which Discord forbids to reconnect.
        case closed(FatalClose)
        /// The server answered this many IDENTIFYs in a row with INVALID_SESSION.
        case identifyRefused(times: Int)
    }
}
