import Discord
import GatewayProtocol
import Testing

@Suite("Gateway lifecycle: heartbeats (digest 1.5)") struct GatewaySessionHeartbeatTests {
    @Test("beats carry the last sequence and keep in step with HELLO") func schedule() {
        let r = Rehearsal()
        r.goOnline()
        _ = r.dispatched(sequence: 2)
        #expect(
            r.after(.timerFired(.heartbeat), 20.3) == [
                .sendHeartbeat(sequence: 2), .setTimer(.heartbeat, at: r.at(60)),
            ])
        _ = r.after(.heartbeatAcknowledged, 20.4)
        #expect(
            r.after(.timerFired(.heartbeat), 60) == [
                .sendHeartbeat(sequence: 2), .setTimer(.heartbeat, at: r.at(100)),
            ])
    }

    @Test("before the first event a beat carries null") func nullSequence() {
        let r = Rehearsal()
        _ = r.after(.started)
        _ = r.after(.connected)
        _ = r.after(.hello(heartbeatInterval: .seconds(40)), chance: 0)
        #expect(r.after(.timerFired(.heartbeat)).first == .sendHeartbeat(sequence: nil))
    }

    @Test("beats on a resuming connection carry the session's sequence") func resumingSequence() {
        let r = Rehearsal(resumePoint: .at(7))
        _ = r.after(.started)
        _ = r.after(.connected)
        _ = r.after(.hello(heartbeatInterval: .seconds(40)), chance: 0)
        #expect(r.after(.timerFired(.heartbeat)).first == .sendHeartbeat(sequence: 7))
    }

    @Test("one beat unanswered: a zombie, resumed elsewhere (13.2 no. 6); events and requests are no answer", arguments: ["nothing", "event", "request"])
    func zombie(heard: String) {
        let r = Rehearsal()
        r.goOnline()
        #expect(r.after(.timerFired(.heartbeat), 20).first == .sendHeartbeat(sequence: 1))
        switch heard {
        case "event": _ = r.dispatched(sequence: 2)
        case "request": _ = r.after(.heartbeatRequested, 21)
        default: break
        }
        #expect(
            r.after(.timerFired(.heartbeat), 60, chance: 0.5) == [
                .cancelTimer(.heartbeat), .abandon(.resuming), .setTimer(.reconnect, at: r.at(60.5)),
            ])
        #expect(r.after(.timerFired(.reconnect), 60.5) == [.connect(.resume(url: "wss://resume.example"))])
    }

    @Test("any acknowledgement since the last beat will do: they carry no number") func acknowledged() {
        let r = Rehearsal()
        r.goOnline()
        _ = r.after(.heartbeatRequested, 19)
        _ = r.after(.timerFired(.heartbeat), 20)
        _ = r.after(.heartbeatAcknowledged, 21)
        #expect(r.after(.timerFired(.heartbeat), 60).first == .sendHeartbeat(sequence: 1))
    }

    @Test("a machine that slept through two intervals has a dead connection, whatever it heard before") func suspended() {
        let r = Rehearsal()
        r.goOnline()
        _ = r.after(.timerFired(.heartbeat), 20)
        _ = r.after(.heartbeatAcknowledged, 20)
        #expect(r.after(.timerFired(.heartbeat), 100.1).contains(.abandon(.resuming)))
    }

    @Test("a beat that is late by more than an interval starts a new schedule instead of a burst") func late() {
        let r = Rehearsal()
        r.goOnline(chance: 0)
        _ = r.after(.timerFired(.heartbeat), 0)
        _ = r.after(.heartbeatAcknowledged, 1)
        #expect(r.after(.timerFired(.heartbeat), 40 + 39).contains(.setTimer(.heartbeat, at: r.at(80))))
        _ = r.after(.heartbeatAcknowledged, 80)
        #expect(r.after(.timerFired(.heartbeat), 79 + 80).contains(.setTimer(.heartbeat, at: r.at(159 + 40))))
    }

    @Test("five requested beats are five beats and leave the schedule alone (13.2 no. 8)") func requested() {
        let r = Rehearsal()
        r.goOnline()
        for _ in 1...5 { #expect(r.after(.heartbeatRequested, 1) == [.sendHeartbeat(sequence: 1)]) }
    }

    @Test("beats requested without end are answered with half of the budget, and again after the next regular beat") func requestedWithoutEnd() {
        let r = Rehearsal()
        r.goOnline()
        for _ in 1...2 {
            let answers = (1...1000).flatMap { _ in r.after(.heartbeatRequested) }
            #expect(answers == Array(repeating: .sendHeartbeat(sequence: 1), count: 60))
            _ = r.after(.timerFired(.heartbeat), 20)
        }
    }

    @Test("a beat requested before HELLO is not sent: nothing may precede IDENTIFY there (4003)") func requestedEarly() {
        let r = Rehearsal(resumePoint: .at(7))
        _ = r.after(.started)
        _ = r.after(.connected)
        #expect(r.after(.heartbeatRequested) == [])
    }

    @Test("latency pairs acknowledgements with beats in order") func latency() {
        let r = Rehearsal()
        r.goOnline()
        #expect(r.latency == nil)
        _ = r.after(.timerFired(.heartbeat), 20)
        _ = r.after(.heartbeatRequested, 21)
        _ = r.after(.heartbeatAcknowledged, 20.5)
        #expect(r.latency == .milliseconds(500))
        _ = r.after(.heartbeatAcknowledged, 21.25)
        #expect(r.latency == .milliseconds(250))
        _ = r.after(.heartbeatAcknowledged, 30)
        #expect(r.latency == .milliseconds(250), "an acknowledgement of nothing measures nothing")
    }
}
