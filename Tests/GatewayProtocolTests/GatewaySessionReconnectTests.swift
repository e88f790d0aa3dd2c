import Discord
import GatewayProtocol
import Testing

@Suite("Gateway lifecycle: losing and regaining a connection (digest 1.8–1.13, 2.2)") struct GatewaySessionReconnectTests {
    // Close codes (2.2)

    @Test("closed without a code, or with one that allows it: RESUME", arguments: [nil, 4000, 4001, 4002, 1006, 1011, 1012, 1013] as [GatewayCloseCode?])
    func resumes(code: GatewayCloseCode?) {
        let r = Rehearsal()
        r.goOnline()
        #expect(
            r.after(.connectionClosed(code), 10, chance: 0.5) == [
                .cancelTimer(.heartbeat), .setTimer(.reconnect, at: r.at(10.5)),
            ])
        #expect(r.after(.timerFired(.reconnect), 10.5) == [.connect(.resume(url: "wss://resume.example"))])
    }

    @Test("codes that end the session: IDENTIFY at the gateway URL (13.2 no. 10)", arguments: [4003, 4005, 4007, 4009] as [GatewayCloseCode])
    func identifies(code: GatewayCloseCode) {
        let r = Rehearsal()
        r.goOnline()
        #expect(r.after(.connectionClosed(code), 10).contains(.forgetResumePoint))
        #expect(r.resumePoint == nil)
        #expect(r.after(.timerFired(.reconnect), 11) == [.connect(.gateway)])
        _ = r.after(.connected, 11)
        #expect(r.after(.hello(heartbeatInterval: .seconds(40)), 11).contains(.requestIdentifyPermit))
    }

    @Test("codes after which Discord forbids to reconnect (13.2 no. 9)", arguments: [
        (4004, .authenticationFailed), (4010, .invalidShard), (4011, .shardingRequired), (4012, .invalidAPIVersion),
        (4013, .invalidIntents), (4014, .disallowedIntents),
    ] as [(GatewayCloseCode, FatalClose)])
    func fatal(code: GatewayCloseCode, reason: FatalClose) {
        let r = Rehearsal()
        r.goOnline()
        let actions = r.after(.connectionClosed(code), 10)
        #expect(actions == [.cancelTimer(.heartbeat), .forgetResumePoint, .fail(.closed(reason))])
        #expect(r.phase == .failed)
        #expect(r.after(.timerFired(.reconnect), 100) == [])
        #expect(r.after(.started, 100) == [])
    }

    @Test("4008: at least a minute of silence, then RESUME") func rateLimited() {
        let r = Rehearsal()
        r.goOnline()
        #expect(r.after(.connectionClosed(4008), 10, chance: 0).contains(.setTimer(.reconnect, at: r.at(70))))
        #expect(r.after(.timerFired(.reconnect), 70) == [.connect(.resume(url: "wss://resume.example"))])
    }

    @Test("1000 and 1001 from the server and unknown 4xxx: one RESUME, then a new session", arguments: [1000, 1001, 4006, 4999] as [GatewayCloseCode])
    func resumesOnce(code: GatewayCloseCode) {
        let r = Rehearsal()
        r.goOnline()
        _ = r.after(.connectionClosed(code), 10)
        r.logIn(11)
        #expect(r.phase == .resuming)
        let actions = r.after(.connectionClosed(code), 12, chance: 0)
        #expect(actions.contains(.forgetResumePoint))
        #expect(actions.last == .setTimer(.reconnect, at: r.at(72)), "with a long pause")
        #expect(r.after(.timerFired(.reconnect), 72) == [.connect(.gateway)])
    }

    @Test("a shard that was steady in between may RESUME after the same code again") func resumesOncePerSteadiness() {
        let r = Rehearsal()
        r.goOnline()
        _ = r.after(.connectionClosed(1001), 10)
        r.goOnline(11)
        _ = r.after(.connectionClosed(1001), 11 + 60)
        #expect(r.resumePoint != nil)
    }

    // RECONNECT (1.10)

    @Test("op 7 when online: RESUME at once") func reconnect() {
        let r = Rehearsal()
        r.goOnline()
        #expect(
            r.after(.reconnectRequested, 10) == [
                .cancelTimer(.heartbeat), .abandon(.resuming), .connect(.resume(url: "wss://resume.example")),
            ])
    }

    @Test("op 7 instead of HELLO: reconnect, and no IDENTIFY on that socket (13.2 no. 2)") func reconnectBeforeHello() {
        let r = Rehearsal()
        _ = r.after(.started)
        _ = r.after(.connected)
        #expect(
            r.after(.reconnectRequested, 1) == [.cancelTimer(.deadline), .abandon(.resuming), .connect(.gateway)])
    }

    @Test("op 7 over and over is not followed at full speed") func reconnectStorm() {
        let r = Rehearsal()
        r.goOnline()
        _ = r.after(.reconnectRequested, 1)
        r.goOnline(1)
        _ = r.after(.reconnectRequested, 2, chance: 0.5)
        #expect(r.pause(after: 2) == 1)
    }

    // INVALID_SESSION (1.9)

    @Test("op 9 true: a pause of 1–5 s, then RESUME with the same session (13.2 no. 3)", arguments: [(0, 1), (0.5, 3), (0.999, 4.996)])
    func invalidResumable(chance: Double, pause: Double) {
        let r = Rehearsal(resumePoint: .at(7))
        _ = r.after(.started)
        r.logIn(0)
        #expect(r.after(.sessionInvalidated(resumable: true), 0, chance: chance).contains(.abandon(.resuming)))
        #expect(r.pause(after: 0) == pause)
        #expect(r.after(.timerFired(.reconnect), 5) == [.connect(.resume(url: "wss://resume.example"))])
    }

    @Test("op 9 false: the session is forgotten and IDENTIFY goes to the gateway URL; refusals pause longer and longer (13.2 no. 4)")
    func invalidFatal() {
        let r = Rehearsal(resumePoint: .at(7))
        _ = r.after(.started)
        r.logIn(0)
        #expect(r.after(.sessionInvalidated(resumable: false), 0, chance: 0).contains(.forgetResumePoint))
        var pauses = [r.pause(after: 0)]
        for _ in 1...3 {
            r.logIn(0)
            #expect(r.phase == .identifying)
            _ = r.after(.sessionInvalidated(resumable: false), 0, chance: 0)
            pauses.append(r.pause(after: 0))
        }
        #expect(pauses == [1, 5, 10, 20])
    }

    @Test("ten IDENTIFYs refused in a row are enough") func refusals() {
        let r = Rehearsal()
        _ = r.after(.started)
        for count in 1...9 {
            r.logIn(0)
            #expect(r.phase == .identifying)
            _ = r.after(.sessionInvalidated(resumable: false), 0, chance: 0.999)
            #expect(r.pause(after: 0).map { $0 <= 300 } == true, "refusal \(count)")
        }
        r.logIn(0)
        #expect(r.after(.sessionInvalidated(resumable: false)).last == .fail(.identifyRefused(times: 10)))
    }

    @Test("op 9 on a live session: the server dropped it") func invalidLive() {
        let r = Rehearsal()
        r.goOnline()
        let actions = r.after(.sessionInvalidated(resumable: false), 10)
        #expect(actions.contains(.abandon(.resuming)) && actions.contains(.forgetResumePoint))
    }

    // Waits and backoff (1.13)

    @Test("HELLO never comes: the connection is left and the pause grows with full jitter up to a minute (13.2 no. 5)")
    func backoff() {
        let r = Rehearsal(resumePoint: .at(7))
        _ = r.after(.started)
        var pauses: [Double?] = []
        for _ in 1...8 {
            _ = r.after(.connected)
            #expect(r.after(.timerFired(.deadline), 30, chance: 0.5).contains(.abandon(.resuming)))
            pauses.append(r.pause(after: 30))
            _ = r.after(.timerFired(.reconnect), 100)
        }
        #expect(pauses == [0.5, 1, 2, 4, 8, 16, 30, 30])
    }

    @Test("full jitter reaches down to no pause at all") func jitterFloor() {
        let r = Rehearsal(resumePoint: .at(7))
        _ = r.after(.started)
        _ = r.after(.connectionFailed, chance: 0)
        #expect(r.pause(after: 0) == 0)
    }

    @Test("an hour online forgives earlier setbacks, ten seconds do not") func forgiveness() {
        let r = Rehearsal()
        r.goOnline()
        for second in [10.0, 20, 30] {
            _ = r.after(.connectionClosed(nil), second, chance: 0.5)
            r.goOnline(second)
        }
        _ = r.after(.connectionClosed(nil), 40, chance: 0.5)
        #expect(r.pause(after: 40) == 4)
        r.goOnline(44)
        _ = r.after(.connectionClosed(nil), 3644, chance: 0.5)
        #expect(r.pause(after: 3644) == 0.5)
    }

    @Test("when the resume URL cannot be reached the general URL is tried in turn; the session is kept") func resumeElsewhere() {
        let r = Rehearsal(resumePoint: .at(7))
        var targets = r.after(.started)
        for second in 1...6 {
            _ = r.after(.connectionFailed, Double(second))
            targets += r.after(.timerFired(.reconnect), Double(second))
        }
        let own = GatewaySession.Action.connect(.resume(url: "wss://resume.example"))
        #expect(targets == [own, own, own, .connect(.gateway), own, .connect(.gateway), own])
        #expect(r.resumePoint == .at(7))
    }

    @Test("three RESUMEs without RESUMED: a new session") func resumeGivenUp() {
        let r = Rehearsal(resumePoint: .at(7))
        _ = r.after(.started)
        for _ in 1...3 {
            r.logIn(0)
            #expect(r.phase == .resuming)
            _ = r.after(.streamBroken)
        }
        r.logIn(0)
        #expect(r.phase == .identifying)
    }

    @Test("RESUMED that never comes counts as a failed RESUME") func resumedDeadline() {
        let r = Rehearsal(resumePoint: .at(7))
        _ = r.after(.started)
        r.logIn(0)
        #expect(r.after(.timerFired(.deadline), 90).contains(.abandon(.resuming)))
        r.logIn(91)
        #expect(r.phase == .resuming)
    }

    @Test("sessions that end as soon as they have begun do not spend the day's logins: each new one waits longer")
    func shortSessions() {
        let r = Rehearsal()
        var now = 0.0, pauses: [Double] = []
        for _ in 1...10 {
            r.goOnline(now)
            _ = r.after(.connectionClosed(4009), now + 1, chance: 0)
            let pause = r.pause(after: now + 1) ?? -1
            pauses.append(pause)
            now += 1 + pause
        }
        #expect(pauses == [0, 5, 10, 20, 40, 80, 150, 150, 150, 150])
        // A minute online forgives.
        r.goOnline(now)
        _ = r.after(.connectionClosed(4009), now + 60, chance: 0)
        #expect(r.pause(after: now + 60) == 0)
    }

    @Test("READY that never comes: IDENTIFY again on another connection, slower each time, never on the same") func readyDeadline() {
        let r = Rehearsal()
        _ = r.after(.started)
        var pauses: [Double?] = []
        for _ in 1...4 {
            r.logIn(0)
            #expect(r.phase == .identifying)
            #expect(r.after(.timerFired(.deadline), 120, chance: 0).contains(.abandon(.resuming)))
            pauses.append(r.pause(after: 120))
        }
        #expect(pauses == [0, 5, 10, 20])
    }

    @Test("a corrupt stream keeps the session and its last complete sequence (13.2 no. 16)") func corrupt() {
        let r = Rehearsal()
        r.goOnline()
        _ = r.dispatched(sequence: 41)
        #expect(r.after(.streamBroken, 10).contains(.abandon(.resuming)))
        _ = r.after(.timerFired(.reconnect), 11)
        _ = r.after(.connected, 11)
        #expect(r.after(.hello(heartbeatInterval: .seconds(40)), 11).contains(.sendResume(.at(41))))
    }

    @Test("facts about no connection change nothing", arguments: [
        .connectionClosed(4004), .connectionClosed(nil), .reconnectRequested, .sessionInvalidated(resumable: false), .streamBroken,
        .timerFired(.heartbeat), .timerFired(.deadline), .heartbeatAcknowledged, .heartbeatRequested, .connected,
        .hello(heartbeatInterval: .seconds(40)), .connectionFailed,
    ] as [GatewaySession.Input])
    func stale(input: GatewaySession.Input) {
        let r = Rehearsal()
        r.goOnline()
        _ = r.after(.connectionClosed(nil), 1)
        let phase = r.phase
        #expect(r.after(input, 1) == [])
        #expect(r.phase == phase)
    }
}
