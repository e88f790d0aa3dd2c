import Discord
import JSON
import NIOWebSocket
import Testing

@testable import Simulator

@Suite("Gateway: heartbeats, RESUME and commands (Discord docs, Gateway)")
struct GatewaySessionTests {
    @Test("who waits for sessions that are ready already is told at once")
    func readyBefore() async throws {
        try await withSimulator { server in
            for shard in 0..<2 {
                let client = try await GatewayClient.identified(server, extra: ["shard": [.integer(Int64(shard)), 2]])
                _ = try await client.event("READY")
            }
            try await server.sessionsReady(2)
        }
    }

    @Test("every heartbeat is acknowledged")
    func heartbeat() async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.identified(server, intents: 0)
            _ = try await client.event("READY")
            for _ in 0..<3 {
                try await client.send(1, 1)
                #expect(try await client.next(op: 11) == .null)
            }
        }
    }

    @Test("a client that never beats is closed with a code that lets it resume")
    func missedHeartbeat() async throws {
        try await withSimulator({ $0.pace.heartbeatInterval = .milliseconds(30) }) { server in
            let client = try await GatewayClient.connect(server)
            #expect(try await client.end() == 4000)
        }
    }

    @Test("RESUME replays what was missed, in order, with its own sequence, then RESUMED", arguments: [
        "v=10&encoding=json", "v=10&encoding=json&compress=zlib-stream", "v=10&encoding=etf",
    ])
    func resume(query: String) async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.identified(server)
            let session = try await client.event("READY")["session_id"] ?? .null
            _ = try await client.event("GUILD_CREATE")
            try await server.say("seen")
            let seen = try await client.dispatch("MESSAGE_CREATE")["s"] ?? .null
            #expect(seen == 3)
            try await client.drop()
            _ = try await server.first("the end of the connection") { observation in
                if case .session(let change) = observation, case .closed = change.state { true } else { nil }
            }
            for text in ["one", "two", "three"] { try await server.say(text) }

            // In another form than the first connection: what is kept for replay is not bytes.
            let again = try await GatewayClient.connect(server, query: query)
            _ = try await again.next(op: 10)
            try await again.send(6, ["token": .string(server.token), "session_id": session, "seq": seen])
            for (sequence, text) in zip([4, 5, 6], ["one", "two", "three"]) {
                let missed = try await again.next()
                #expect(missed["s"]?.integerValue == Int64(sequence))
                #expect(missed["d"]?["content"]?.stringValue == text)
            }
            let resumed = try await again.next()
            #expect(resumed["t"] == "RESUMED")
            #expect(resumed["s"] == 7)
            try await server.say("live")
            #expect(try await again.next()["s"] == 8)
        }
    }

    @Test("a session that is resumed while its old connection is open goes on with the new one, for good")
    func resumedInPlace() async throws {
        try await withSimulator({ $0.pace.sessionLifetime = .milliseconds(50) }) { server in
            let client = try await GatewayClient.identified(server)
            let session = try await client.event("READY")["session_id"] ?? .null
            let again = try await GatewayClient.connect(server)
            _ = try await again.next(op: 10)
            try await again.send(6, ["token": .string(server.token), "session_id": session, "seq": 1])
            _ = try await again.event("RESUMED")
            #expect(try await client.end() == nil)
            // Longer than a session without connection lives.
            try await Task.sleep(for: .milliseconds(200))
            try await server.say("still here")
            #expect(try await again.event("MESSAGE_CREATE")["content"] == "still here")
        }
    }

    @Test("RESUME of what cannot be resumed", arguments: [
        (#"{"token":"wrong","session_id":"S","seq":1}"#, Int?.some(4004)), (#"{"token":"T","session_id":"S","seq":99}"#, 4007),
        (#"{"token":"T","session_id":"unknown","seq":1}"#, nil), (#"{"token":"T","seq":1}"#, 4002),
    ])
    func refusedResume(data: String, code: Int?) async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.identified(server, intents: 0)
            let session = try await client.event("READY")["session_id"]?.stringValue ?? ""
            try await client.drop()
            let again = try await GatewayClient.connect(server)
            _ = try await again.next(op: 10)
            let text = data.replacing(#""T""#, with: "\"\(server.token)\"").replacing(#""S""#, with: "\"\(session)\"")
            try await again.send(6, try JSONValue(parsing: text))
            if let code {
                #expect(try await again.end() == code)
            } else {
                #expect(try await again.next(op: 9) == false)
            }
        }
    }

    @Test("who missed more than is kept gets INVALID_SESSION false")
    func tooOld() async throws {
        try await withSimulator({ $0.replayCapacity = 5 }) { server in
            let client = try await GatewayClient.identified(server)
            let session = try await client.event("READY")["session_id"] ?? .null
            try await client.drop()
            for number in 0..<6 { try await server.say("message \(number)") }
            let again = try await GatewayClient.connect(server)
            _ = try await again.next(op: 10)
            try await again.send(6, ["token": .string(server.token), "session_id": session, "seq": 2])
            #expect(try await again.next(op: 9) == false)
        }
    }

    @Test("a session nobody resumes in time ends, and what waited in it is reported as undelivered")
    func expired() async throws {
        try await withSimulator({ $0.pace.sessionLifetime = .milliseconds(300) }) { server in
            let client = try await GatewayClient.identified(server)
            let session = try await client.event("READY")["session_id"] ?? .null
            try await client.drop()
            _ = try await server.first("the end") { if case .session(let change) = $0, case .closed = change.state { true } else { nil } }
            let outcome = try await server.perform(.say("too late?"))
            _ = try await server.first("the report") {
                if case .undelivered(outcome.input, let reason) = $0 { reason } else { nil }
            }
            let again = try await GatewayClient.connect(server)
            _ = try await again.next(op: 10)
            try await again.send(6, ["token": .string(server.token), "session_id": session, "seq": 2])
            #expect(try await again.next(op: 9) == false)
        }
    }

    @Test("what was said while the client was away counts as delivered once it is replayed")
    func deliveredByReplay() async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.identified(server)
            let session = try await client.event("READY")["session_id"] ?? .null
            _ = try await client.event("GUILD_CREATE")
            try await client.drop()
            _ = try await server.first("the end") { if case .session(let change) = $0, case .closed = change.state { true } else { nil } }
            let outcome = try await server.perform(.join(name: "ada"))
            let before = try await server.observations()
            #expect(!before.contains { if case .delivered = $0 { true } else { false } })
            let again = try await GatewayClient.connect(server)
            _ = try await again.next(op: 10)
            try await again.send(6, ["token": .string(server.token), "session_id": session, "seq": 2])
            // GUILD_MEMBER_ADD is 3, the notice in the system channel 4: the delivery is that of the last.
            _ = try await server.first("the delivery") { $0 == .delivered(input: outcome.input, shard: 0, sequence: 4) ? true : nil }
        }
    }

    @Test("closing with 1000 or 1001 ends the session, any other code keeps it", arguments: [(UInt16(1000), false), (1001, false), (4900, true)])
    func closeCode(code: UInt16, isKept: Bool) async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.identified(server, intents: 0)
            let session = try await client.event("READY")["session_id"] ?? .null
            try await client.close(code)
            let again = try await GatewayClient.connect(server)
            _ = try await again.next(op: 10)
            try await again.send(6, ["token": .string(server.token), "session_id": session, "seq": 1])
            let answer = try await again.next()
            #expect(isKept ? answer["t"] == "RESUMED" : answer["op"] == 9 && answer["d"] == false)
        }
    }

    @Test("what a client may not do ends with the close code of the docs", arguments: [
        (#"{"op":3,"d":null}"#, 4003), (#"{"op":2}"#, 4004), (#"{"op":77,"d":1}"#, 4001), ("not json", 4002), (#"{"d":1}"#, 4002),
        (#"{"op":1,"d":null,"x":""# + String(repeating: "x", count: 4096) + #""}"#, 4002),
    ])
    func unidentified(text: String, code: Int) async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.connect(server)
            _ = try await client.next(op: 10)
            try await client.send(raw: Array(text.utf8))
            #expect(try await client.end() == code)
        }
    }

    @Test("a payload of exactly 4096 bytes is taken")
    func largestPayload() async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.connect(server)
            _ = try await client.next(op: 10)
            let frame = #"{"op":1,"d":null,"x":""}"#
            try await client.send(raw: Array(frame.replacing(#""x":"""#, with: #""x":""# + String(repeating: "x", count: 4096 - frame.utf8.count) + #"""#).utf8))
            _ = try await client.next(op: 11)
        }
    }

    @Test("a second IDENTIFY is 4005, opcode 8 without its fields is 4001", arguments: [
        (Int64(2), #"{"token":"T","intents":0,"properties":{}}"#, 4005), (8, #"{"query":"","limit":0}"#, 4001),
        (8, #"{"guild_id":"G","limit":0}"#, 4001), (3, #"{"status":"online"}"#, 4001),
    ])
    func identified(opcode: Int64, data: String, code: Int) async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.identified(server, intents: 0)
            _ = try await client.event("READY")
            try await client.send(opcode, try JSONValue(parsing: data.replacing(#""G""#, with: "\"\(server.guildID)\"")))
            #expect(try await client.end() == code)
        }
    }

    @Test("the 121st command within the window is 4008")
    func rateLimit() async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.connect(server)
            _ = try await client.next(op: 10)
            for _ in 0..<120 { try await client.send(1, nil) }
            for _ in 0..<120 { _ = try await client.next(op: 11) }
            try await client.send(1, nil)
            #expect(try await client.end() == 4008)
        }
    }

    @Test("RFC 6455 §5.1: an unmasked frame fails the connection with 1002")
    func unmasked() async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.connect(server)
            _ = try await client.next(op: 10)
            try await client.send(raw: Array(#"{"op":1,"d":null}"#.utf8), isMasked: false)
            #expect(try await client.end() == 1002)
        }
    }

    @Test("RFC 6455 §5.4 and §5.5.2: fragments are joined, a ping between them is answered")
    func fragments() async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.connect(server)
            _ = try await client.next(op: 10)
            try await client.send(raw: Array(#"{"op":1,"#.utf8), isFinal: false)
            try await client.send(raw: Array("moon".utf8), opcode: .ping)
            try await client.send(raw: Array(#""d":null}"#.utf8), opcode: .continuation)
            #expect(try await client.next()["pong"] == "moon")
            _ = try await client.next(op: 11)
        }
    }

    @Test("opcode 3 reaches presence subscribers and the log")
    func presence() async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.identified(server)
            _ = try await client.event("GUILD_CREATE")
            try await client.send(3, ["since": nil, "activities": [["name": "the moon", "type": 3]], "status": "idle", "afk": false])
            let update = try await client.event("PRESENCE_UPDATE")
            #expect(update["user"]?["id"]?.idValue == server.botID)
            #expect(update["status"] == "idle")
            #expect(update["activities"]?[0]?["name"] == "the moon")
            let seen = try await server.first("the presence") { observation in
                if case .presence(_, let payload) = observation { payload } else { nil }
            }
            #expect(seen["activities"]?[0]?["type"] == 3)
        }
    }

    @Test("the presence of IDENTIFY counts as well")
    func initialPresence() async throws {
        try await withSimulator { server in
            let presence: JSONValue = ["since": nil, "activities": [], "status": "dnd", "afk": false]
            let client = try await GatewayClient.identified(server, extra: ["presence": presence])
            let presences = try await client.event("GUILD_CREATE")["presences"]?.arrayValue ?? []
            #expect(presences.contains { $0["user"]?["id"]?.idValue == server.botID && $0["status"] == "dnd" })
        }
    }

    @Test("opcode 4: the own voice state and a voice server that is not available")
    func voiceState() async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.identified(server)
            let guild = try await client.event("GUILD_CREATE")
            let lounge = guild["channels"]?.arrayValue?.first { $0["type"] == 2 }?["id"] ?? .null
            try await client.send(4, ["guild_id": .id(server.guildID), "channel_id": lounge, "self_mute": true, "self_deaf": false])
            #expect(try await client.event("VOICE_STATE_UPDATE")["channel_id"] == lounge)
            #expect(try await client.event("VOICE_SERVER_UPDATE")["endpoint"] == .null)
        }
    }

    @Test("opcodes 31 and 43 are answered by their events")
    func sounds() async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.identified(server, intents: 0)
            try await client.send(31, ["guild_ids": [.id(server.guildID)]])
            #expect(try await client.event("SOUNDBOARD_SOUNDS")["guild_id"]?.idValue == server.guildID)
            try await client.send(43, ["guild_id": .id(server.guildID), "fields": ["status"]])
            #expect(try await client.event("CHANNEL_INFO")["guild_id"]?.idValue == server.guildID)
        }
    }
}
