import Gateway
import GatewayProtocol
import JSON
import Testing

@Suite("Protocol trace") struct ProtocolTraceTests {
    /// What a bot that logs in, gets an interaction, resumes and leaves writes down.
    private func lines(_ format: ProtocolTrace.Format, _ encoding: PayloadEncoding) throws -> [String] {
        let scene = try Scene(encoding: encoding)
        var lines: [String] = []
        scene.fleet.traces = [ProtocolTrace(format: format) { lines.append(String(decoding: $0, as: UTF8.self)) }]
        scene.listener.onReady = { _ in
            let peer = scene.gateway.peers[0]
            peer.dispatch("INTERACTION_CREATE", #"{"id":"5","token":"interaction-secret","guild_id":"9007199254740993"}"#)
            peer.dispatch("VOICE_SERVER_UPDATE", #"{"token":"voice-secret","endpoint":null}"#)
            peer.reconnect()
        }
        scene.listener.onResumed = { scene.fleet.shutdown { scene.done() } }
        scene.play()
        return lines
    }

    @Test("every payload both ways and what happens between them as JSON lines", arguments: PayloadEncoding.allCases)
    func json(encoding: PayloadEncoding) throws {
        let lines = try lines(.json, encoding)
        let entries = try lines.map { try JSONValue(parsing: $0) }
        func payloads(_ direction: String) -> [Int64] {
            entries.compactMap { $0["dir"]?.stringValue == direction ? $0["payload"]?["op"]?.integerValue : nil }
        }
        #expect(payloads("out") == [2, 6])
        #expect(payloads("in") == [10, 0, 0, 0, 7, 10, 0])
        #expect(entries.contains { $0["t"]?.stringValue == "READY" && $0["s"]?.integerValue == 1 && $0["payload"]?["d"]?["v"] != nil })
        #expect(entries.contains { $0["payload"]?["d"]?["guild_id"]?.stringValue == "9007199254740993" })
        let notes = entries.compactMap { $0["text"]?.stringValue }
        #expect(notes.contains { $0.hasPrefix("connecting to") } && notes.contains { $0.contains("1000") })
        #expect(entries.allSatisfy { $0["time"]?.integerValue != nil && $0["shard"]?.integerValue == 0 })
    }

    @Test("no secret in either form and encoding", arguments: [ProtocolTrace.Format.json, .readable], PayloadEncoding.allCases)
    func secrets(format: ProtocolTrace.Format, encoding: PayloadEncoding) throws {
        let lines = try lines(format, encoding)
        #expect(lines.contains { $0.contains("INTERACTION_CREATE") })
        #expect(!lines.contains { $0.contains("secret") || $0.contains("session-0") || $0.contains("MTIz") })
        #expect(lines.allSatisfy { $0.hasSuffix("\n") && $0.utf8.count { $0 == UInt8(ascii: "\n") } == 1 })
    }

    @Test("one line for people: shard, direction, opcode, event, sequence, size") func readable() throws {
        let lines = try lines(.readable, .json)
        #expect(lines.contains { $0.hasPrefix("shard 0/1 <- 10 HELLO ") && $0.hasSuffix(" bytes\n") })
        #expect(lines.contains { $0.hasPrefix("shard 0/1 <- 0 DISPATCH VOICE_SERVER_UPDATE s=3 ") })
        #expect(lines.contains { $0.hasPrefix("shard 0/1 -> 2 IDENTIFY ") })
    }

    @Test("an event's name cannot write lines of its own") func foreignName() throws {
        let scene = try Scene(encoding: .etf)
        var lines: [String] = []
        scene.fleet.traces = [ProtocolTrace(format: .readable) { lines.append(String(decoding: $0, as: UTF8.self)) }]
        scene.listener.onReady = { _ in scene.gateway.peers[0].dispatch(#"A\nshard 1 <- FORGED"#, "{}") }
        scene.listener.onEvent = { _ in scene.done() }
        scene.play()
        #expect(lines.contains { $0.contains("A shard 1 <- FORGED s=2") && $0.hasPrefix("shard 0") })
    }

    @Test("a malformed payload is told, not shown") func malformed() throws {
        let scene = try Scene()
        var lines: [String] = []
        scene.fleet.traces = [ProtocolTrace(format: .json) { lines.append(String(decoding: $0, as: UTF8.self)) }]
        scene.listener.onReady = { _ in
            scene.gateway.peers[0].send(#"{"op":0,"t":"INTERACTION_CREATE","s":2,"d":{"token":"secret","x":[}}"#)
            scene.gateway.peers[0].reconnect()
        }
        scene.listener.onResumed = { scene.done() }
        scene.play()
        #expect(lines.contains { $0.contains(#""t":"INTERACTION_CREATE""#) && $0.contains(#""fault":"#) })
        #expect(!lines.contains { $0.contains("secret") })
    }
}
