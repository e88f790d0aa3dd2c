import Discord
import JSON
import Testing

@testable import Simulator

@Suite("Opcode 8 (Discord docs, Gateway Events › Request Guild Members)")
struct MemberRequestTests {
    @Test("the whole list comes in chunks of at most 1,000 with index, count and nonce")
    func chunks() async throws {
        try await withSimulator({ $0.world.extraMembers = 2500 }) { server in
            let client = try await GatewayClient.identified(server)
            _ = try await client.event("GUILD_CREATE")
            try await client.send(8, ["guild_id": .id(server.guildID), "query": "", "limit": 0, "nonce": "abc"])
            var ids: Set<String> = []
            for index in 0..<3 {
                let chunk = try await client.event("GUILD_MEMBERS_CHUNK")
                #expect(chunk["chunk_index"]?.integerValue == Int64(index))
                #expect(chunk["chunk_count"] == 3)
                #expect(chunk["nonce"] == "abc")
                #expect(chunk["presences"] == nil)
                #expect(chunk["members"]?.arrayValue?.count == (index < 2 ? 1000 : 507))
                ids.formUnion(chunk["members"]?.arrayValue?.compactMap { $0["user"]?["id"]?.stringValue } ?? [])
            }
            #expect(ids.count == 2507)
        }
    }

    @Test("a second whole list within the window gets RATE_LIMITED with its nonce; a query does not")
    func rateLimited() async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.identified(server)
            let request: JSONValue = ["guild_id": .id(server.guildID), "query": "", "limit": 0, "nonce": "n"]
            try await client.send(8, request)
            _ = try await client.event("GUILD_MEMBERS_CHUNK")
            try await client.send(8, request)
            let limited = try await client.next()
            #expect(limited["t"] == "RATE_LIMITED")
            #expect(limited["d"]?["opcode"] == 8)
            #expect(limited["d"]?["meta"]?["nonce"] == "n")
            #expect((0.0...600.0).contains(limited["d"]?["retry_after"]?.doubleValue ?? -1))
            try await client.send(8, request.merging(["query": "ma", "limit": 10]))
            #expect(try await client.event("GUILD_MEMBERS_CHUNK")["members"]?.arrayValue?.count == 1)
        }
    }

    @Test("user_ids: found members, and not_found as sent")
    func byID() async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.identified(server, intents: 1 << 8)
            try await client.send(8, [
                "guild_id": .id(server.guildID), "user_ids": [.id(server.personID), "1", 123_123], "presences": true,
                "nonce": "a nonce that is longer than thirty-two bytes",
            ])
            let chunk = try await client.event("GUILD_MEMBERS_CHUNK")
            #expect(chunk["members"]?[0]?["user"]?["id"]?.idValue == server.personID)
            #expect(chunk["not_found"] == ["1", 123_123])
            #expect(chunk["presences"]?[0]?["status"] == "online")
            #expect(chunk["nonce"] == nil)
        }
    }

    @Test("a query is a prefix of username, display name or nickname, whatever the case, with at most 100 results", arguments: [
        ("SET", Int64(0), 100), ("settler1", 3, 3), ("Settler 11", 100, 11), ("xyz", 5, 0),
    ])
    func query(prefix: String, limit: Int64, count: Int) async throws {
        try await withSimulator({ $0.world.extraMembers = 150 }) { server in
            let client = try await GatewayClient.identified(server, intents: 1)
            try await client.send(8, ["guild_id": .id(server.guildID), "query": .string(prefix), "limit": .integer(limit)])
            let chunk = try await client.event("GUILD_MEMBERS_CHUNK")
            #expect(chunk["members"]?.arrayValue?.count == count)
            #expect(chunk["chunk_count"] == 1)
        }
    }
}
