import CCurl
import Discord
import Testing

@testable import REST

@Suite("When a request is sent again") struct RetryPolicyTests {
    private func policy(_ replay: RESTRequest.Replay = .always, lane: RESTRequest.Lane = .ordinary) -> RetryPolicy {
        RetryPolicy(replay: replay, lane: lane, firstPause: .seconds(1))
    }

    @Test("after a server error: 1, 2, 4 seconds and up to a quarter more, then no more", arguments: [500, 502, 503, 504])
    func serverError(status: Int) {
        var exact = policy()
        var spread = policy()
        for seconds in [1, 2, 4] {
            #expect(exact.answered(status: status, fault: nil, random: 0) == .after(.seconds(seconds)))
            #expect(spread.answered(status: status, fault: nil, random: 0.5) == .after(.milliseconds(seconds * 1125)))
        }
        #expect(exact.answered(status: status, fault: nil, random: 0) == .giveUp)
    }

    @Test("never after a server error if it could take effect twice")
    func serverErrorOnce() {
        var policy = policy(.unlessWritten)
        #expect(policy.answered(status: 502, fault: nil, random: 0) == .giveUp)
    }

    @Test("a 429 is obeyed whatever the request, five attempts in all", arguments: [RESTRequest.Replay.always, .unlessWritten])
    func refused(replay: RESTRequest.Replay) {
        var policy = policy(replay)
        for _ in 1...4 { #expect(policy.answered(status: 429, fault: nil, random: 0) == .whenAllowed) }
        #expect(policy.answered(status: 429, fault: nil, random: 0) == .giveUp)
    }

    @Test("never after the request's own faults", arguments: [200, 204, 304, 400, 401, 403, 404, 405, 413])
    func final(status: Int) {
        var policy = policy()
        #expect(policy.answered(status: status, fault: nil, random: 0) == .giveUp)
    }

    @Test("202 with 110000: after retry_after, or five seconds if that is 0", arguments: [("2.5", Duration.milliseconds(2500)), ("0", .seconds(5))])
    func indexNotReady(retryAfter: String, pause: Duration) {
        var policy = policy()
        let fault = DiscordFault(Array("{\"code\":110000,\"message\":\"Index not yet available\",\"retry_after\":\(retryAfter)}".utf8))
        #expect(policy.answered(status: 202, fault: fault, random: 0) == .after(pause))
        #expect(policy.answered(status: 202, fault: nil, random: 0) == .giveUp)
    }

    @Test("broken before it was written: again, even if once only; broken after: only if it may be repeated")
    func broken() {
        let before = TransportFailure(CURLE_COULDNT_CONNECT, detail: "", host: "h", wasWritten: false)
        let after = TransportFailure(CURLE_RECV_ERROR, detail: "", host: "h", wasWritten: true)
        var once = policy(.unlessWritten)
        #expect(once.failed(before, random: 0) == .after(.seconds(1)))
        #expect(once.failed(after, random: 0) == .giveUp)
        var always = policy()
        #expect(always.failed(after, random: 0) == .after(.seconds(1)))
        #expect(always.failed(before, random: 0) == .after(.seconds(2)))
        #expect(always.failed(before, random: 0) == .after(.seconds(4)))
        #expect(always.failed(before, random: 0) == .giveUp)
    }

    @Test("a certificate that does not verify will not in a second either")
    func certificate() {
        var policy = policy()
        #expect(policy.failed(TransportFailure(CURLE_PEER_FAILED_VERIFICATION, detail: "", host: "h", wasWritten: false), random: 0) == .giveUp)
    }

    @Test("an interaction callback: once more and at once, only if nothing was written")
    func interaction() {
        let before = TransportFailure(CURLE_COULDNT_CONNECT, detail: "", host: "h", wasWritten: false)
        var policy = policy(.unlessWritten, lane: .interaction)
        #expect(policy.failed(before, random: 0.9) == .after(.zero))
        #expect(policy.failed(before, random: 0.9) == .giveUp)
    }
}
