import Discord
import GatewayProtocol

/// Plays facts into a session and hands back the actions, with times in seconds since the start.
final class Rehearsal {
    typealias Session = GatewaySession
    private var session: GatewaySession
    let start: ContinuousClock.Instant

    init(timing: Session.Timing = .init(), resumePoint: ResumePoint? = nil) {
        session = GatewaySession(timing: timing, resumePoint: resumePoint)
        start = ContinuousClock.now
    }

    var phase: Session.Phase { session.phase }
    var latency: Duration? { session.latency }
    var resumePoint: ResumePoint? { session.resumePoint }
    func dispatched(sequence: Int64) -> Bool { session.dispatched(sequence: sequence) }

    func at(_ seconds: Double) -> ContinuousClock.Instant { start + .milliseconds(Int64((seconds * 1000).rounded())) }

    /// The actions that `input` causes.
    func after(_ input: Session.Input, _ seconds: Double = 0, chance: Double = 0.5) -> [Session.Action] {
        var actions: [Session.Action] = []
        session.handle(input, at: at(seconds), chance: chance, into: &actions)
        return actions
    }

    /// When the session wants to reconnect, in seconds after `seconds`.
    func pause(after seconds: Double) -> Double? {
        guard case .backingOff(let until) = phase else { return nil }
        return (until - at(seconds)) / .seconds(1)
    }

    /// Goes online with a new session: HELLO with an interval of 40 s at `seconds`, READY with sequence 1.
    func goOnline(_ seconds: Double = 0, chance: Double = 0.5) {
        if phase == .idle { _ = after(.started, seconds) }
        if case .backingOff = phase { _ = after(.timerFired(.reconnect), seconds) }
        _ = after(.connected, seconds)
        _ = after(.hello(heartbeatInterval: .seconds(40)), seconds, chance: chance)
        if phase == .waitingForPermit { _ = after(.identifyPermitted, seconds) }
        if phase == .resuming {
            _ = after(.resumed, seconds)
        } else {
            _ = session.dispatched(sequence: 1)
            _ = after(.ready(sessionID: "abc", resumeURL: "wss://resume.example"), seconds)
        }
    }

    /// Goes as far as the login that follows a pause: IDENTIFY or RESUME was sent.
    func logIn(_ seconds: Double) {
        _ = after(.timerFired(.reconnect), seconds)
        _ = after(.connected, seconds)
        _ = after(.hello(heartbeatInterval: .seconds(40)), seconds)
        if phase == .waitingForPermit { _ = after(.identifyPermitted, seconds) }
    }
}

extension ResumePoint {
    static func at(_ sequence: Int64) -> ResumePoint {
        ResumePoint(sessionID: "abc", url: "wss://resume.example", sequence: sequence)
    }
}

extension GatewayCloseCode: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: UInt16) { self.init(rawValue: value) }
}
