import Discord
import GatewayProtocol
import Testing

@Suite("Gateway lifecycle: from connecting to READY and RESUMED, and leaving") struct GatewaySessionLoginTests {
    @Test("a new session connects, asks for a permit after HELLO, identifies at once with it and is ready with READY")
    func identify() {
        let r = Rehearsal()
        #expect(r.after(.started) == [.connect(.gateway)])
        #expect(r.after(.connected, 2) == [.setTimer(.deadline, at: r.at(32))])
        #expect(
            r.after(.hello(heartbeatInterval: .seconds(40)), 3, chance: 0.25) == [
                .setTimer(.heartbeat, at: r.at(13)), .cancelTimer(.deadline), .requestIdentifyPermit,
            ])
        #expect(r.after(.identifyPermitted, 9) == [.sendIdentify, .setTimer(.deadline, at: r.at(129))])
        #expect(r.dispatched(sequence: 1))
        #expect(
            r.after(.ready(sessionID: "abc", resumeURL: "wss://resume.example"), 10) == [
                .cancelTimer(.deadline), .saveResumePoint(.at(1)), .announceReady(resumed: false),
            ])
        #expect(r.phase == .ready)
    }

    @Test("a saved session is resumed at its own URL, without a permit")
    func resumeSaved() {
        let r = Rehearsal(resumePoint: .at(7))
        #expect(r.after(.started) == [.connect(.resume(url: "wss://resume.example"))])
        #expect(r.after(.connected) == [.setTimer(.deadline, at: r.at(30))])
        #expect(
            r.after(.hello(heartbeatInterval: .seconds(40)), chance: 0.5) == [
                .setTimer(.heartbeat, at: r.at(20)), .sendResume(.at(7)), .setTimer(.deadline, at: r.at(90)),
            ])
        #expect(r.dispatched(sequence: 8))
        #expect(
            r.after(.resumed, 1) == [
                .cancelTimer(.deadline), .announceReady(resumed: true),
            ])
    }

    @Test("the first beat falls uniformly into [0, interval)", arguments: [0, 0.1, 0.5, 0.999])
    func firstBeat(chance: Double) {
        let r = Rehearsal(resumePoint: .at(7))
        _ = r.after(.started)
        _ = r.after(.connected)
        let actions = r.after(.hello(heartbeatInterval: .seconds(40)), chance: chance)
        #expect(actions.first == .setTimer(.heartbeat, at: r.at(40 * chance)))
    }

    @Test("a thousand shards that connect together do not beat together (13.2 no. 7)") func jitter() {
        var tenths = [Int](repeating: 0, count: 10)
        for _ in 0..<1000 {
            let r = Rehearsal(resumePoint: .at(7))
            _ = r.after(.started)
            _ = r.after(.connected)
            let actions = r.after(.hello(heartbeatInterval: .seconds(40)), chance: .random(in: 0..<1))
            guard case .setTimer(.heartbeat, let first)? = actions.first else { return #expect(Bool(false)) }
            tenths[min(9, Int((first - r.at(0)) / .seconds(4)))] += 1
        }
        #expect(tenths.allSatisfy { $0 > 40 }, "about a hundred each: \(tenths)")
    }

    @Test("replayed events that were already seen are not delivered twice (digest 13.2 no. 12)")
    func duplicates() {
        let r = Rehearsal()
        r.goOnline()
        #expect(r.dispatched(sequence: 2))
        #expect(r.dispatched(sequence: 3))
        _ = r.after(.connectionClosed(nil), 10)
        r.logIn(11)
        #expect(r.phase == .resuming)
        #expect([2, 3, 4, 3].map { r.dispatched(sequence: $0) } == [false, false, true, false])
        #expect(r.resumePoint?.sequence == 4)
        #expect(r.after(.resumed, 12).contains(.announceReady(resumed: true)))
        #expect(r.after(.resumed, 12) == [], "RESUMED counts once")
    }

    @Test("a dispatch before the login or after the end belongs to no session") func strayDispatch() {
        var r = Rehearsal(resumePoint: .at(7))
        _ = r.after(.started)
        _ = r.after(.connected)
        #expect(!r.dispatched(sequence: 99))
        #expect(r.resumePoint == .at(7))
        r = Rehearsal()
        r.goOnline()
        _ = r.after(.leaveRequested(keepingSession: false))
        #expect(!r.dispatched(sequence: 99))
    }

    @Test("a new session starts counting anew even if its numbers are lower") func sequenceReset() {
        let r = Rehearsal()
        r.goOnline()
        #expect(r.dispatched(sequence: 5000))
        _ = r.after(.sessionInvalidated(resumable: false), 10)
        #expect(r.resumePoint == nil)
        r.goOnline(15)
        #expect(r.resumePoint == .at(1))
    }

    @Test("HELLO twice, READY twice, RESUMED while identifying change nothing") func repeats() {
        let r = Rehearsal()
        r.goOnline()
        #expect(r.after(.hello(heartbeatInterval: .seconds(1))) == [])
        #expect(r.after(.ready(sessionID: "other", resumeURL: "wss://elsewhere")) == [])
        #expect(r.resumePoint == .at(1))
        _ = r.after(.sessionInvalidated(resumable: false), 1)
        r.logIn(9)
        #expect(r.phase == .identifying)
        #expect(r.after(.resumed, 9) == [])
    }

    @Test("an interval that would flood the connection is a broken stream", arguments: [Duration.zero, .seconds(-1), .milliseconds(9)])
    func absurdInterval(interval: Duration) {
        let r = Rehearsal(resumePoint: .at(7))
        _ = r.after(.started)
        _ = r.after(.connected)
        let actions = r.after(.hello(heartbeatInterval: interval))
        #expect(actions.contains(.abandon(.resuming)))
        #expect(!actions.contains(.sendResume(.at(7))))
    }

    @Test("while it waits for the permit the connection is kept alive, and losing it withdraws the request", arguments: [
        .connectionClosed(nil), .reconnectRequested, .streamBroken, .leaveRequested(keepingSession: false),
        .sessionInvalidated(resumable: false),
    ] as [GatewaySession.Input])
    func permitWithdrawn(input: GatewaySession.Input) {
        let r = Rehearsal()
        _ = r.after(.started)
        _ = r.after(.connected)
        _ = r.after(.hello(heartbeatInterval: .seconds(40)))
        #expect(r.after(.timerFired(.heartbeat), 20).first == .sendHeartbeat(sequence: nil))
        #expect(r.after(input, 21).first == .withdrawPermitRequest)
        #expect(r.after(.identifyPermitted, 21) == [])
    }

    @Test("a permit that comes late sends nothing") func latePermit() {
        let r = Rehearsal()
        r.goOnline()
        #expect(r.after(.identifyPermitted, 1) == [])
    }

    // Leaving (digest 1.11)

    @Test("leaving for good closes with 1000 and forgets the session") func leave() {
        let r = Rehearsal()
        r.goOnline()
        #expect(
            r.after(.leaveRequested(keepingSession: false), 5) == [
                .cancelTimer(.heartbeat), .close(.leaving), .forgetResumePoint,
            ])
        #expect(r.after(.leaveRequested(keepingSession: false), 5) == [], "asked twice")
        #expect(r.after(.connectionClosed(1000), 6) == [.stop])
        #expect(r.phase == .stopped)
    }

    @Test("leaving for a successor closes in the 4000 range and keeps the session") func handOver() {
        let r = Rehearsal()
        r.goOnline()
        _ = r.dispatched(sequence: 9)
        #expect(
            r.after(.leaveRequested(keepingSession: true), 5) == [
                .cancelTimer(.heartbeat), .close(.resuming), .saveResumePoint(.at(9)),
            ])
        #expect(r.after(.connectionClosed(nil), 6) == [.stop])
    }

    @Test("leaving while nothing is connected stops at once") func leaveUnconnected() {
        var r = Rehearsal()
        #expect(r.after(.leaveRequested(keepingSession: false)) == [.stop])

        r = Rehearsal(resumePoint: .at(7))
        _ = r.after(.started)
        #expect(r.after(.leaveRequested(keepingSession: true)) == [.abandon(.resuming), .saveResumePoint(.at(7)), .stop])

        r = Rehearsal()
        r.goOnline()
        _ = r.after(.connectionClosed(nil), 1)
        #expect(
            r.after(.leaveRequested(keepingSession: false), 1) == [.cancelTimer(.reconnect), .forgetResumePoint, .stop])
        #expect(r.after(.timerFired(.reconnect), 2) == [])
    }
}
