import Discord

/// The life of one shard's gateway session, without a socket, a clock or a random number: heartbeats, IDENTIFY, RESUME, reconnects.
///
/// The driver reports facts (``Input``) and performs the actions that are appended to the array it passes in, in order. It reports facts
/// that arise while it performs actions only after it has performed them all.
///
/// Copying is forbidden because a stale copy would resume with a stale sequence.
package struct GatewaySession: ~Copyable {
    /// Where the session stands.
    package enum Phase: Equatable, Sendable {
        /// Not started.
        case idle
        /// A connection is being opened, to log in like this.
        case connecting(Login)
        /// The connection is open; HELLO has not come.
        case awaitingHello(Login)
        /// HELLO came; the identify queue was asked whether IDENTIFY may be sent.
        case waitingForPermit
        /// IDENTIFY was sent.
        case identifying
        /// RESUME was sent; missed events are being replayed.
        case resuming
        /// Online.
        case ready
        /// No connection until then.
        case backingOff(until: ContinuousClock.Instant)
        /// The close frame of a requested farewell was sent.
        case leaving
        /// Left on request.
        case stopped
        /// Gave up; a person has to act.
        case failed
    }

    /// How a connection becomes a session.
    package enum Login: Equatable, Sendable {
        /// A new session; needs a permit.
        case identify
        /// The session of the resume point.
        case resume
    }

    package internal(set) var phase = Phase.idle
    /// Time from the last acknowledged heartbeat to its acknowledgement.
    package internal(set) var latency: Duration?

    let timing: Timing

    /// The session to resume: id and URL of its READY.
    var identity: (sessionID: String, url: String)?
    /// The last `s` of the session; `noSequence` before the first.
    var lastSequence = noSequence
    static let noSequence: Int64 = -1

    /// Between IDENTIFY or RESUME and the end of the connection; outside of it a dispatch is none of ours.
    var isLoggedIn = false
    /// An acknowledgement arrived since the last heartbeat of the regular schedule.
    var isAcknowledged = false
    var heartbeat: Heartbeat?

    /// The regular schedule of one connection.
    struct Heartbeat {
        var interval: Duration
        /// The last regular beat; HELLO before the first.
        var last: ContinuousClock.Instant
        var next: ContinuousClock.Instant
        /// Requested beats sent since then.
        var answers = 0
    }

    /// When the beats that were not yet acknowledged were sent. Acknowledgements carry no id, so they are paired in order.
    var unacknowledgedBeats: [ContinuousClock.Instant] = []
    static let unacknowledgedBeatLimit = 8

    /// When the shard came online, while it is online.
    var readySince: ContinuousClock.Instant?
    /// Connections lost or never made since the shard was last steady.
    var setbacks = 0
    /// INVALID_SESSIONs since the shard was last steady.
    var invalidations = 0
    /// A close code that allows one RESUME but not a second for the same code.
    var suspectCode: GatewayCloseCode?
    /// IDENTIFYs sent since the shard was last steady.
    var identifies = 0
    /// Consecutive failures, by what failed.
    var failedDials = 0
    var failedResumes = 0
    var refusedIdentifies = 0

    /// A session at rest. `resumePoint` is what an earlier process saved; with it the first login is a RESUME.
    package init(timing: Timing = Timing(), resumePoint: ResumePoint? = nil) {
        self.timing = timing
        if let resumePoint {
            identity = (resumePoint.sessionID, resumePoint.url)
            lastSequence = resumePoint.sequence
        }
    }

    /// What a RESUME would send now, or `nil` while there is no session.
    package var resumePoint: ResumePoint? {
        guard let identity, lastSequence != Self.noSequence else { return nil }
        return ResumePoint(sessionID: identity.sessionID, url: identity.url, sequence: lastSequence)
    }

    /// Records a DISPATCH and says whether it is new. `false` means that it was delivered before (a replay may overlap with what had
    /// arrived) or that it does not belong to a session; it must not be delivered.
    ///
    /// This is all that the session costs per event.
    @inline(__always)
    package mutating func dispatched(sequence: Int64) -> Bool {
        guard isLoggedIn, sequence > lastSequence else { return false }
        lastSequence = sequence
        return true
    }

    /// Takes one fact and appends what has to be done.
    ///
    /// - Parameters:
    ///   - now: the time of the fact; never earlier than that of the fact before.
    ///   - chance: a fresh random number, at least 0 and below 1.
    package mutating func handle(_ input: Input, at now: ContinuousClock.Instant, chance: Double, into actions: inout [Action]) {
        switch input {
        case .started: started(into: &actions)
        case .identifyPermitted: identifyPermitted(at: now, into: &actions)
        case .connected: connected(at: now, into: &actions)
        case .connectionFailed: connectionFailed(at: now, chance, into: &actions)
        case .hello(let interval): helloReceived(interval, at: now, chance, into: &actions)
        case .heartbeatRequested: heartbeatRequested(at: now, into: &actions)
        case .heartbeatAcknowledged: heartbeatAcknowledged(at: now)
        case .ready(let sessionID, let url): readyReceived(sessionID, url, at: now, into: &actions)
        case .resumed: resumedReceived(at: now, into: &actions)
        case .reconnectRequested: reconnectRequested(at: now, chance, into: &actions)
        case .sessionInvalidated(let resumable): sessionInvalidated(resumable, at: now, chance, into: &actions)
        case .connectionClosed(let code): connectionClosed(code, at: now, chance, into: &actions)
        case .streamBroken: streamBroken(at: now, chance, into: &actions)
        case .timerFired(.heartbeat): heartbeatDue(at: now, chance, into: &actions)
        case .timerFired(.deadline): deadlinePassed(at: now, chance, into: &actions)
        case .timerFired(.reconnect): pauseEnded(into: &actions)
        case .leaveRequested(let keepingSession): leaveRequested(keepingSession, into: &actions)
        }
    }
}
