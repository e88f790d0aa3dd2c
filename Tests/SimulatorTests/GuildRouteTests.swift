import Discord
import JSON
import Testing

@testable import Simulator

@Suite("REST: guilds, channels, members (Discord docs, Resources › Guild, Channel)")
struct GuildRouteTests {
    @Test("a channel is created, changed and deleted, with its events")
    func channel() async throws {
        try await withSimulator { server in
            let gateway = try await GatewayClient.identified(server)
            let client = RESTClient(server: server)
            let created = try await client.call("POST", "/guilds/\(server.guildID)/channels", ["name": "Landing Site", "topic": "t"])
            #expect(created.status == 201)
            #expect(created.body["name"] == "landing-site")
            let id = created.body["id"]?.stringValue ?? ""
            #expect(try await gateway.event("CHANNEL_CREATE")["id"]?.stringValue == id)
            #expect(try await client.call("PATCH", "/channels/\(id)", ["topic": "new", "rate_limit_per_user": 5]).body["topic"] == "new")
            #expect(try await gateway.event("CHANNEL_UPDATE")["rate_limit_per_user"] == 5)
            #expect(try await client.call("PATCH", "/channels/\(id)", ["rate_limit_per_user": 21_601]).code == 50035)
            #expect(try await client.call("DELETE", "/channels/\(id)").status == 200)
            #expect(try await gateway.event("CHANNEL_DELETE")["id"]?.stringValue == id)
            #expect(try await client.call("GET", "/channels/\(id)").code == 10003)
        }
    }

    @Test("members: one, a page, a search, and unknown ones")
    func members() async throws {
        try await withSimulator({ $0.world.extraMembers = 5 }) { server in
            let client = RESTClient(server: server)
            let base = "/guilds/\(server.guildID)/members"
            #expect(try await client.call("GET", base + "/\(server.personID)").body["user"]?["username"] == "buzz")
            #expect(try await client.call("GET", base + "/1").code == 10007)
            #expect(try await client.call("GET", base).body.arrayValue?.count == 1)
            let page = try await client.call("GET", base + "?limit=1000").body.arrayValue ?? []
            #expect(page.count == 12)
            let ids = page.compactMap { $0["user"]?["id"]?.idValue }
            #expect(ids == ids.sorted())
            #expect(try await client.call("GET", base + "?limit=1000&after=\(ids[9])").body.arrayValue?.count == 2)
            #expect(try await client.call("GET", base + "/search?query=settler&limit=3").body.arrayValue?.count == 3)
            #expect(try await client.call("GET", "/guilds/1").code == 10004)
        }
    }

    @Test("a role is made, given, changed, taken and deleted")
    func roles() async throws {
        try await withSimulator { server in
            let gateway = try await GatewayClient.identified(server)
            let client = RESTClient(server: server)
            let base = "/guilds/\(server.guildID)"
            let role = try await client.call("POST", base + "/roles", ["name": "Pilot", "color": 255]).body
            let id = role["id"]?.stringValue ?? ""
            #expect(try await gateway.event("GUILD_ROLE_CREATE")["role"]?["colors"]?["primary_color"] == 255)
            #expect(try await client.call("PUT", base + "/members/\(server.personID)/roles/\(id)").status == 204)
            #expect(try await gateway.event("GUILD_MEMBER_UPDATE")["roles"] == [.string(id)])
            #expect(try await client.call("PATCH", base + "/roles/\(id)", ["name": "Captain"]).body["name"] == "Captain")
            #expect(try await client.call("DELETE", base + "/roles/\(id)").status == 204)
            #expect(try await client.call("GET", base + "/members/\(server.personID)").body["roles"] == [])
            #expect(try await client.call("DELETE", base + "/roles/\(server.guildID)").code == 50013, "@everyone stays")
        }
    }

    @Test("nickname and time-out; 28 days at most")
    func timeout() async throws {
        try await withSimulator { server in
            let client = RESTClient(server: server)
            let path = "/guilds/\(server.guildID)/members/\(server.personID)"
            #expect(try await client.call("PATCH", path, ["nick": "Buzz A."]).body["nick"] == "Buzz A.")
            #expect(try await client.call("PATCH", path, ["communication_disabled_until": "2100-01-01T00:00:00Z"]).code == 50035)
            #expect(try await client.call("PATCH", path, ["communication_disabled_until": "yesterday"]).code == 50035)
            let past = try await client.call("PATCH", path, ["communication_disabled_until": "2020-01-01T01:00:00+01:00"])
            #expect(past.body["communication_disabled_until"] == "2020-01-01T00:00:00.000000+00:00")
            #expect(try await client.call("PATCH", "/guilds/\(server.guildID)/members/@me", ["nick": "Luna"]).body["nick"] == "Luna")
        }
    }

    @Test("kick, ban with reason, unban; the owner stands above the bot")
    func moderation() async throws {
        try await withSimulator { server in
            let gateway = try await GatewayClient.identified(server)
            let client = RESTClient(server: server)
            let base = "/guilds/\(server.guildID)"
            let owner = try await client.call("GET", base).body["owner_id"]?.stringValue ?? ""
            #expect(try await client.call("DELETE", base + "/members/\(owner)").code == 50013)
            let mae = try await client.call("GET", base + "/members/search?query=mae").body[0]?["user"]?["id"]?.stringValue ?? ""
            #expect(try await client.call("DELETE", base + "/members/\(mae)").status == 204)
            #expect(try await gateway.event("GUILD_MEMBER_REMOVE")["user"]?["username"] == "mae")
            #expect(try await client.call("PUT", base + "/bans/\(mae)", [:], headers: ["X-Audit-Log-Reason": "too%20loud"]).status == 204)
            _ = try await gateway.event("GUILD_BAN_ADD")
            #expect(try await client.call("GET", base + "/bans/\(mae)").body["reason"] == "too loud")
            #expect(try await client.call("DELETE", base + "/bans/\(mae)").status == 204)
            #expect(try await client.call("DELETE", base + "/bans/\(mae)").code == 10026)
        }
    }

    @Test("a joining member is announced, then greeted by the system message")
    func join() async throws {
        try await withSimulator { server in
            let gateway = try await GatewayClient.identified(server)
            _ = try await gateway.event("GUILD_CREATE")
            let outcome = try await server.perform(.join(name: "ada"))
            let member = try await gateway.event("GUILD_MEMBER_ADD")
            #expect(member["user"]?["id"]?.idValue == outcome.id)
            #expect(member["guild_id"]?.idValue == server.guildID)
            #expect(try await gateway.event("MESSAGE_CREATE")["type"] == 7)
            try await server.say("hi, I am new", as: "ada")
            #expect(try await gateway.event("MESSAGE_CREATE")["author"]?["global_name"] == "Ada")
        }
    }
}
