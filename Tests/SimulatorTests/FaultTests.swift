import Discord
import JSON
import NIOWebSocket
import Testing

@testable import Simulator

@Suite("Ordered misfortunes")
struct FaultTests {
    private func connected(_ server: SimulatorServer, query: String = "v=10&encoding=json") async throws -> (GatewayClient, JSONValue) {
        let client = try await GatewayClient.identified(server, query: query)
        let session = try await client.event("READY")["session_id"] ?? .null
        _ = try await client.event("GUILD_CREATE")
        return (client, session)
    }

    @Test("a cut connection ends without close frame and without close_notify", arguments: [Fault.cut, .reset])
    func cut(fault: Fault) async throws {
        try await withSimulator { server in
            let (client, _) = try await connected(server)
            try await server.inflict(fault)
            #expect(try await client.end() == nil)
            #expect(try await !client.failures.isEmpty, "TLS reports the missing end, or TCP the reset")
        }
    }

    @Test("a cut after n events lets exactly n through; RESUME brings the rest")
    func cutAfter() async throws {
        try await withSimulator { server in
            let (client, session) = try await connected(server)
            try await server.inflict(.cut, after: 2)
            for number in 1...5 { try await server.say("\(number)") }
            #expect(try await client.event("MESSAGE_CREATE")["content"] == "1")
            #expect(try await client.event("MESSAGE_CREATE")["content"] == "2")
            #expect(try await client.end() == nil)
            let again = try await GatewayClient.connect(server)
            _ = try await again.next(op: 10)
            try await again.send(6, ["token": .string(server.token), "session_id": session, "seq": 4])
            for number in 3...5 { #expect(try await again.next()["d"]?["content"]?.stringValue == "\(number)") }
            #expect(try await again.next()["t"] == "RESUMED")
        }
    }

    @Test("a torn message is begun and never ended")
    func tear() async throws {
        try await withSimulator { server in
            let (client, _) = try await connected(server)
            try await server.inflict(.tear)
            try await server.say("never whole")
            #expect(try await client.end() == nil)
            #expect(try await client.wire.count == 3)
        }
    }

    @Test("close frames carry the code ordered, to one shard if ordered so")
    func close() async throws {
        try await withSimulator { server in
            let zero = try await GatewayClient.identified(server, extra: ["shard": [0, 2]])
            let one = try await GatewayClient.identified(server, extra: ["shard": [1, 2]])
            _ = try await zero.event("READY")
            _ = try await one.event("READY")
            try await server.inflict(.close(code: 4009, reason: "session timed out"), shard: 1)
            #expect(try await one.end() == 4009)
            try await zero.send(1, nil)
            while try await zero.next()["op"] != 11 {}
        }
    }

    @Test("RECONNECT, INVALID_SESSION and a requested heartbeat are sent when ordered")
    func opcodes() async throws {
        try await withSimulator { server in
            let (client, session) = try await connected(server)
            try await server.inflict(.requestHeartbeat)
            _ = try await client.next(op: 1)
            try await server.inflict(.reconnect)
            #expect(try await client.next(op: 7) == .null)
            try await server.inflict(.invalidSession(resumable: true))
            #expect(try await client.next(op: 9) == true)
            try await server.inflict(.invalidSession(resumable: false))
            #expect(try await client.next(op: 9) == false)
            try await client.send(6, ["token": .string(server.token), "session_id": session, "seq": 2])
            #expect(try await client.next(op: 9) == false, "the session is gone")
            try await server.inflict(.payload(#"{"op":99,"d":{"unheard":"of"}}"#))
            #expect(try await client.next(op: 99)["unheard"] == "of")
        }
    }

    @Test("forgotten sessions cannot be resumed")
    func forget() async throws {
        try await withSimulator { server in
            let (client, session) = try await connected(server)
            try await client.drop()
            _ = try await server.first("the end") { if case .session(let change) = $0, case .closed = change.state { true } else { nil } }
            try await server.inflict(.forgetSessions)
            let again = try await GatewayClient.connect(server)
            _ = try await again.next(op: 10)
            try await again.send(6, ["token": .string(server.token), "session_id": session, "seq": 2])
            #expect(try await again.next(op: 9) == false)
        }
    }

    @Test("a corrupt stream cannot be inflated", arguments: ["zlib-stream", "zstd-stream"])
    func corrupt(compression: String) async throws {
        try await withSimulator { server in
            let (client, _) = try await connected(server, query: "v=10&encoding=json&compress=" + compression)
            try await server.inflict(.corrupt)
            try await server.say("garbled")
            try await client.received(4)
            #expect(try await client.failures.count == 1)
        }
    }

    @Test("no HELLO, late HELLO, RECONNECT in its place")
    func hello() async throws {
        try await withSimulator { server in
            var behaviour = Behaviour()
            behaviour.saysHello = false
            try await server.behave(behaviour)
            let silent = try await GatewayClient.connect(server)
            try await silent.send(raw: [], opcode: .ping)
            #expect(try await silent.next()["pong"] == "")

            behaviour = Behaviour()
            behaviour.helloDelay = .milliseconds(100)
            try await server.behave(behaviour)
            let start = ContinuousClock.now
            _ = try await GatewayClient.connect(server).next(op: 10)
            #expect(ContinuousClock.now - start >= .milliseconds(100))

            behaviour = Behaviour()
            behaviour.reconnectsBeforeHello = true
            try await server.behave(behaviour)
            _ = try await GatewayClient.connect(server).next(op: 7)
        }
    }

    @Test("swallowed heartbeats, swallowed IDENTIFY")
    func swallowed() async throws {
        try await withSimulator { server in
            var behaviour = Behaviour()
            behaviour.acknowledgesHeartbeats = false
            behaviour.answersIdentify = false
            try await server.behave(behaviour)
            let client = try await GatewayClient.identified(server)
            try await client.send(1, nil)
            try await client.send(raw: Array("x".utf8), opcode: .ping)
            #expect(try await client.next()["pong"] == "x")
        }
    }

    @Test("messages in fragments of any size arrive whole", arguments: [1, 7, 100])
    func fragments(size: Int) async throws {
        try await withSimulator { server in
            var behaviour = Behaviour()
            behaviour.fragmentSize = size
            try await server.behave(behaviour)
            let client = try await GatewayClient.identified(server, intents: 1 << 9 | 1 << 15, query: "v=10&encoding=json&compress=zlib-stream")
            _ = try await client.event("READY")
            try await server.say("in pieces")
            #expect(try await client.event("MESSAGE_CREATE")["content"] == "in pieces")
        }
    }

    @Test("a flood brings the mix in order, from !start to !done, the same for the same seed")
    func flood() async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.identified(server)
            _ = try await client.event("GUILD_CREATE")
            try await server.flood(count: 2000, seed: 7)
            var counts: [String: Int] = [:]
            for number in 1...2000 {
                let payload = try await client.next()
                #expect(payload["s"]?.integerValue == Int64(number + 2))
                counts[payload["t"]?.stringValue ?? "", default: 0] += 1
                if number == 1 { #expect(payload["d"]?["content"] == "!start") }
                if number == 2000 { #expect(payload["d"]?["content"] == "!done") }
            }
            #expect(counts.keys.count == 7)
            #expect((1000...1200).contains(counts["PRESENCE_UPDATE"] ?? 0))
            #expect((420...580).contains(counts["MESSAGE_CREATE"] ?? 0))
        }
    }

    @Test("stopping ends a flood that a client holds up; until then there is no second one")
    func stoppedFlood() async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.identified(server)
            _ = try await client.event("READY")
            try await client.pause()
            let flood = Task { try await server.flood(count: 1_000_000) }
            await #expect(throws: SimulatorFailure("a flood is under way already")) { try await Self.flood(server) }
            await server.stop()
            await #expect(throws: SimulatorFailure("the simulator has stopped")) { try await flood.value }
            await #expect(throws: SimulatorFailure("the simulator has stopped")) { try await server.mark() }
        }
    }

    /// Small floods, one after another, until one is refused.
    private static func flood(_ server: SimulatorServer) async throws {
        while true {
            try await server.flood(count: 1)
            await Task.yield()
        }
    }

    @Test("a reason for closing is cut between characters (RFC 6455 §5.5.1, §8.1)")
    func longReason() async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.identified(server, intents: 0)
            _ = try await client.event("READY")
            try await server.inflict(.close(code: 4000, reason: String(repeating: "ü", count: 100)))
            #expect(try await client.end() == 4000)
            #expect(try await client.reason == String(repeating: "ü", count: 61))
        }
    }

    @Test("REST requests meet what was ordered for them, one after another")
    func rest() async throws {
        try await withSimulator { server in
            let client = RESTClient(server: server)
            try await server.spoil(with: .status(503, body: "<html>", headers: ["X-Odd": "1"]))
            try await server.spoil(path: "/users", with: .rateLimited(retryAfter: .milliseconds(1500), scope: "global"))
            let broken = try await client.call("GET", "/gateway")
            #expect(broken.status == 503)
            #expect(broken.body == "<html>")
            #expect(broken.headers["x-odd"] == "1")
            #expect(try await client.call("GET", "/gateway").status == 200)
            let limited = try await client.call("GET", "/users/@me")
            #expect(limited.status == 429)
            #expect(limited.body["global"] == true)
            #expect((1.5...1.51).contains(limited.body["retry_after"]?.doubleValue ?? 0))
            #expect(limited.headers["x-ratelimit-global"] == "true")
            #expect(limited.headers["retry-after"] == "2")
            #expect(try await client.call("GET", "/users/@me").status == 200)
        }
    }

    @Test("a request may be carried out although its answer is lost, or be lost itself", arguments: [(RESTFault.silence, 1), (.drop, 0)])
    func lost(fault: RESTFault, posted: Int) async throws {
        try await withSimulator { server in
            let client = RESTClient(server: server)
            try await server.spoil(with: fault)
            await #expect(throws: (any Error).self) { try await client.call("POST", "/channels/\(server.channelID)/messages", ["content": "x"]) }
            let list = try await client.call("GET", "/channels/\(server.channelID)/messages")
            #expect(list.body.arrayValue?.count == posted)
        }
    }
}
