import Discord
import JSON
import Testing

@testable import Simulator

@Suite("Gateway: connecting and identifying (Discord docs, Gateway › Connections)")
struct GatewayHandshakeTests {
    @Test("HELLO, IDENTIFY, READY, then each guild, in sequence", arguments: [
        "v=10&encoding=json", "v=10&encoding=json&compress=zlib-stream", "v=10&encoding=json&compress=zstd-stream", "v=10&encoding=etf",
        "v=10&encoding=etf&compress=zlib-stream", "v=10&encoding=etf&compress=zstd-stream",
    ])
    func sequence(query: String) async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.connect(server, query: query)
            let hello = try await client.next(op: 10)
            #expect(hello["heartbeat_interval"] == 41_250)
            try await client.identify(server)
            let ready = try await client.dispatch("READY")
            #expect(ready["s"] == 1)
            #expect(ready["d"]?["v"] == 10)
            #expect(ready["d"]?["guilds"]?[0]?["id"]?.idValue == server.guildID)
            #expect(ready["d"]?["guilds"]?[0]?["unavailable"] == true)
            #expect(ready["d"]?["user"]?["id"]?.idValue == server.botID)
            #expect(ready["d"]?["application"]?["id"]?.idValue == server.botID)
            #expect(ready["d"]?["resume_gateway_url"]?.stringValue == "wss://127.0.0.1:\(server.port)")
            let guild = try await client.next()
            #expect(guild["t"] == "GUILD_CREATE")
            #expect(guild["s"] == 2)
            #expect(guild["d"]?["name"] == "Moonbase")
            try await server.say("ünïcödé 🌕")
            #expect(try await client.event("MESSAGE_CREATE")["content"] == "ünïcödé 🌕")
        }
    }

    @Test("a connection without TLS serves those who ask for it")
    func plain() async throws {
        try await withSimulator({ $0.isEncrypted = false }) { server in
            #expect(server.caFile == nil)
            #expect(server.gatewayURL == "ws://localhost:\(server.port)")
            let client = try await GatewayClient.identified(server)
            #expect(try await client.event("READY")["resume_gateway_url"]?.stringValue == "ws://127.0.0.1:\(server.port)")
        }
    }

    @Test("every compressed message ends at a flush: zlib with 00 00 FF FF")
    func zlibSuffix() async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.identified(server, query: "v=10&encoding=json&compress=zlib-stream")
            _ = try await client.event("GUILD_CREATE")
            let wire = try await client.wire
            #expect(wire.count == 3)
            #expect(wire.allSatisfy { $0.suffix(4) == [0, 0, 0xFF, 0xFF] })
            #expect(wire[0][0] == 0x78)
            #expect(wire[1][0] != 0x78, "the zlib header comes once")
        }
    }

    @Test("payload compression sends large payloads as whole zlib streams and small ones plain")
    func payloadCompression() async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.identified(server, extra: ["compress": true])
            _ = try await client.event("GUILD_CREATE")
            try await client.send(1, 2)
            _ = try await client.next(op: 11)
            let wire = try await client.wire
            #expect(wire[2].first == 0x78)
            #expect(wire[3].first == UInt8(ascii: "{"))
        }
    }

    @Test("a query that Discord refuses ends with a close code", arguments: [
        ("encoding=json", 4012), ("v=9&encoding=json", 4012), ("v=10&encoding=xml", 4002), ("v=10&encoding=json&compress=gzip", 4002),
    ])
    func refusedQuery(query: String, code: Int) async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.connect(server, query: query)
            #expect(try await client.end() == code)
        }
    }

    @Test("IDENTIFY with something wrong ends with the close code of the docs", arguments: [
        (#"{"token":"wrong","intents":1,"properties":{}}"#, 4004), (#"{"token":"T","properties":{}}"#, 4013),
        (#"{"token":"T","intents":131072,"properties":{}}"#, 4013), (#"{"token":"T","intents":256,"properties":{}}"#, 4014),
        (#"{"token":"T","intents":1}"#, 4002), (#"{"token":"T","intents":1,"properties":{},"shard":[2,2]}"#, 4010),
        (#"{"token":"T","intents":1,"properties":{},"shard":[0]}"#, 4010), (#"{"token":"T","intents":1,"properties":{},"shard":[0,0]}"#, 4010),
    ])
    func refusedIdentify(data: String, code: Int) async throws {
        try await withSimulator({ $0.grantedIntents = .unprivileged }) { server in
            let client = try await GatewayClient.connect(server)
            _ = try await client.next(op: 10)
            try await client.send(2, try JSONValue(parsing: data.replacing(#""T""#, with: "\"\(server.token)\"")))
            #expect(try await client.end() == code)
        }
    }

    @Test("more than 2,500 guilds on one shard is 4011; two shards may share them")
    func shardingRequired() async throws {
        try await withSimulator({ $0.world.extraGuilds = 2500 }) { server in
            #expect(try await GatewayClient.identified(server).end() == 4011)
            let client = try await GatewayClient.identified(server, extra: ["shard": [0, 2]])
            #expect(try await client.event("READY")["shard"] == [0, 2])
        }
    }

    @Test("each guild comes on the shard (id >> 22) % count, and on no other")
    func sharding() async throws {
        try await withSimulator({ $0.world.extraGuilds = 20; $0.maxConcurrency = 3 }) { server in
            var seen: [Snowflake] = []
            for index in 0..<3 {
                let client = try await GatewayClient.identified(server, extra: ["shard": [.integer(Int64(index)), 3]])
                let ids = try await client.event("READY")["guilds"]?.arrayValue?.compactMap { $0["id"]?.idValue } ?? []
                #expect(ids.allSatisfy { Int(($0.rawValue >> 22) % 3) == index })
                seen += ids
            }
            #expect(Set(seen).count == 21)
            #expect(seen.count == 21)
        }
    }

    @Test("a second IDENTIFY of one key within the window gets INVALID_SESSION; another key does not")
    func identifyConcurrency() async throws {
        try await withSimulator({ $0.pace.identifyWindow = .seconds(600); $0.maxConcurrency = 2 }) { server in
            let first = try await GatewayClient.identified(server, extra: ["shard": [0, 4]])
            _ = try await first.event("READY")
            let other = try await GatewayClient.identified(server, extra: ["shard": [1, 4]])
            _ = try await other.event("READY")
            let same = try await GatewayClient.identified(server, extra: ["shard": [2, 4]])
            #expect(try await same.next(op: 9) == false)
        }
    }

    @Test("one IDENTIFY beyond session_start_limit ends all sessions and voids the token")
    func sessionStartLimit() async throws {
        try await withSimulator({ $0.sessionStarts = 2 }) { server in
            let first = try await GatewayClient.identified(server)
            _ = try await first.event("READY")
            let second = try await GatewayClient.identified(server)
            _ = try await second.event("READY")
            let limit = try await RESTClient(server: server).call("GET", "/gateway/bot").body["session_start_limit"]
            #expect(limit?["remaining"] == 0)
            #expect(limit?["total"] == 2)
            let third = try await GatewayClient.identified(server)
            #expect(try await third.end() == 4004)
            #expect(try await first.end() == 4004)
            #expect(try await RESTClient(server: server).call("GET", "/users/@me").status == 401)
        }
    }

    @Test("without the presences intent GUILD_CREATE lists only the bot", arguments: [(Int64(1), 1, 0), (Int64(1 | 1 << 8), 7, 6)])
    func listedMembers(intents: Int64, members: Int, presences: Int) async throws {
        try await withSimulator { server in
            let guild = try await GatewayClient.identified(server, intents: intents).event("GUILD_CREATE")
            #expect(guild["members"]?.arrayValue?.count == members)
            #expect((guild["presences"]?.arrayValue?.count ?? 0) >= presences)
            #expect(guild["member_count"] == 7)
        }
    }

    @Test("a guild above large_threshold leaves offline members out")
    func largeGuild() async throws {
        try await withSimulator({ $0.world.extraMembers = 100 }) { server in
            let small = try await GatewayClient.identified(server, extra: ["large_threshold": 250]).event("GUILD_CREATE")
            #expect(small["large"] == false)
            #expect(small["members"]?.arrayValue?.count == 107)
            let large = try await GatewayClient.identified(server, extra: ["large_threshold": 50]).event("GUILD_CREATE")
            #expect(large["large"] == true)
            #expect((large["members"]?.arrayValue?.count ?? 0) < 107)
        }
    }

    @Test("without the guilds intent no GUILD_CREATE comes")
    func noGuilds() async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.identified(server, intents: 1 << 9)
            _ = try await client.event("READY")
            try await server.say("hello")
            #expect(try await client.next()["t"] == "MESSAGE_CREATE")
        }
    }
}
