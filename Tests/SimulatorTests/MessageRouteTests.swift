import Discord
import JSON
import Testing

@testable import Simulator

@Suite("REST: messages and reactions (Discord docs, Resources › Message)")
struct MessageRouteTests {
    @Test("a created message is answered whole, announced on the gateway and observed")
    func create() async throws {
        try await withSimulator { server in
            let gateway = try await GatewayClient.identified(server)
            _ = try await gateway.event("GUILD_CREATE")
            let question = try await server.say("!ping")
            _ = try await gateway.event("MESSAGE_CREATE")
            let answer = try await RESTClient(server: server).call("POST", "/channels/\(server.channelID)/messages", [
                "content": "pong", "nonce": "n-1", "message_reference": ["message_id": .id(question)],
                "embeds": [["title": "t", "fields": [["name": "a", "value": "b"]]]],
            ])
            #expect(answer.status == 200)
            #expect(answer.body["type"] == 19)
            #expect(answer.body["referenced_message"]?["content"] == "!ping")
            #expect(answer.body["embeds"]?[0]?["type"] == "rich")
            #expect(answer.body["guild_id"] == nil, "REST messages carry no guild")
            let event = try await gateway.event("MESSAGE_CREATE")
            #expect(event["id"] == answer.body["id"])
            #expect(event["nonce"] == "n-1")
            #expect(event["guild_id"]?.idValue == server.guildID)
            #expect(event["member"]?["user"] == nil)
            #expect(event["mentions"]?[0]?["member"]?["roles"] == [])
            #expect(try await server.botSays("pong")["id"] == answer.body["id"])
        }
    }

    @Test("what Discord refuses is refused with its status, code and place", arguments: [
        (#"{}"#, 400, Int64(50006), ""), (#"{"content":"  "}"#, 400, 50006, ""), (#"{"content":"X2001"}"#, 400, 50035, "content"),
        (#"{"embeds":[{"title":"X257"}]}"#, 400, 50035, "embeds.0.title"), (#"{"content":[]}"#, 400, 50035, "content"),
        (#"{"embeds":[{"fields":[{"name":"a"}]}]}"#, 400, 50035, "embeds.0.fields.0.value"),
        (#"{"embeds":[{"description":"X4000"},{"description":"X2001"}]}"#, 400, 50035, "embeds"),
        (#"{"embeds":[{},{},{},{},{},{},{},{},{},{},{}]}"#, 400, 50035, "embeds"), (#"{"content":"a","nonce":"X26"}"#, 400, 50035, "nonce"),
        (#"{"content":"a","message_reference":{"message_id":"5"}}"#, 400, 50035, "message_reference"),
        (#"{"content":"a","message_reference":{}}"#, 400, 50035, "message_reference.message_id"),
        (#"{"content":"a","allowed_mentions":{"parse":["users"],"users":["1"]}}"#, 400, 50035, "allowed_mentions"),
        (#"{"content":"a","allowed_mentions":{"parse":["nobody"]}}"#, 400, 50035, "allowed_mentions.parse.0"),
        (#"{"content":"a","flags":32768,"components":[]}"#, 400, 50035, ""), (#"{"content":"#, 400, 50109, ""),
        (#"{"embeds":[{"color":16777216}]}"#, 400, 50035, "embeds.0.color"),
    ])
    func refused(body: String, status: Int, code: Int64, place: String) async throws {
        var body = body
        for match in body.matches(of: /"X(\d+)"/).reversed() {
            body.replaceSubrange(match.range, with: "\"\(String(repeating: "x", count: Int(match.1) ?? 0))\"")
        }
        let bytes = Array(body.utf8)
        try await withSimulator { server in
            let answer = try await RESTClient(server: server)
                .call("POST", "/channels/\(server.channelID)/messages", raw: bytes, headers: ["Content-Type": "application/json"])
            #expect(answer.status == status)
            #expect(answer.code == code)
            guard !place.isEmpty else { return }
            let leaf = place.split(separator: ".").reduce(answer.body["errors"]) { $0?[String($1)] }
            #expect(leaf?["_errors"]?[0]?["code"]?.stringValue != nil, "no leaf at \(place) in \(answer.body)")
        }
    }

    @Test("2000 characters are counted as code points and allowed")
    func longest() async throws {
        try await withSimulator { server in
            let answer = try await RESTClient(server: server)
                .call("POST", "/channels/\(server.channelID)/messages", ["content": .string(String(repeating: "🌕", count: 2000))])
            #expect(answer.status == 200)
        }
    }

    @Test("an enforced nonce makes a repeated request harmless; a bare one does not")
    func enforcedNonce() async throws {
        try await withSimulator { server in
            let client = RESTClient(server: server)
            let path = "/channels/\(server.channelID)/messages"
            let first = try await client.call("POST", path, ["content": "once", "nonce": "a", "enforce_nonce": true])
            let second = try await client.call("POST", path, ["content": "once", "nonce": "a", "enforce_nonce": true])
            #expect(first.body["id"] == second.body["id"])
            _ = try await client.call("POST", path, ["content": "once", "nonce": "a"])
            #expect(try await client.call("GET", path).body.arrayValue?.count == 2)
        }
    }

    @Test("places without access: unknown, invisible, not writable, no text", arguments: [
        ("1", 404, Int64(10003)), ("vault", 403, 50001), ("announcements", 403, 50013), ("Text channels", 400, 50008),
    ])
    func access(name: String, status: Int, code: Int64) async throws {
        try await withSimulator { server in
            let client = RESTClient(server: server)
            let channels = try await client.call("GET", "/guilds/\(server.guildID)/channels").body.arrayValue ?? []
            let id = channels.first { $0["name"]?.stringValue == name }?["id"]?.stringValue ?? name
            let answer = try await client.call("POST", "/channels/\(id)/messages", ["content": "x"])
            #expect(answer.status == status)
            #expect(answer.code == code)
        }
    }

    @Test("own messages can be edited and deleted, others' not edited")
    func editAndDelete() async throws {
        try await withSimulator { server in
            let gateway = try await GatewayClient.identified(server)
            let client = RESTClient(server: server)
            let path = "/channels/\(server.channelID)/messages"
            let own = try await client.call("POST", path, ["content": "before", "embeds": [["title": "kept"]]]).body["id"]?.stringValue ?? ""
            let edited = try await client.call("PATCH", path + "/" + own, ["content": "after"])
            #expect(edited.body["content"] == "after")
            #expect(edited.body["embeds"]?[0]?["title"] == "kept")
            #expect(edited.body["edited_timestamp"]?.stringValue != nil)
            #expect(try await gateway.event("MESSAGE_UPDATE")["content"] == "after")
            let theirs = try await server.say("hands off")
            #expect(try await client.call("PATCH", path + "/\(theirs)", ["content": "x"]).code == 50005)
            #expect(try await client.call("DELETE", path + "/" + own).status == 204)
            #expect(try await gateway.event("MESSAGE_DELETE")["id"]?.stringValue == own)
            #expect(try await client.call("DELETE", path + "/" + own).code == 10008)
            #expect(try await client.call("DELETE", path + "/\(theirs)").status == 204, "the bot has MANAGE_MESSAGES")
        }
    }

    @Test("history: newest first, before, after, around, limit")
    func history() async throws {
        try await withSimulator { server in
            let client = RESTClient(server: server)
            var ids: [Snowflake] = []
            for number in 0..<6 { ids.append(try await server.say("\(number)")) }
            func contents(_ query: String) async throws -> [String] {
                try await client.call("GET", "/channels/\(server.channelID)/messages" + query).body.arrayValue?.compactMap { $0["content"]?.stringValue } ?? []
            }
            #expect(try await contents("") == ["5", "4", "3", "2", "1", "0"])
            #expect(try await contents("?limit=2") == ["5", "4"])
            #expect(try await contents("?before=\(ids[3])&limit=2") == ["2", "1"])
            #expect(try await contents("?after=\(ids[1])&limit=2") == ["3", "2"])
            #expect(try await contents("?around=\(ids[3])&limit=3") == ["4", "3", "2"])
            #expect(try await client.call("GET", "/channels/\(server.channelID)/messages?limit=101").code == 50035)
        }
    }

    @Test("bulk delete takes 2 to 100 messages, each once")
    func bulkDelete() async throws {
        try await withSimulator { server in
            let gateway = try await GatewayClient.identified(server)
            let client = RESTClient(server: server)
            let path = "/channels/\(server.channelID)/messages/bulk-delete"
            let one = try await server.say("1"), two = try await server.say("2")
            #expect(try await client.call("POST", path, ["messages": [.id(one)]]).code == 50016)
            #expect(try await client.call("POST", path, ["messages": [.id(one), .id(one)]]).code == 50016)
            #expect(try await client.call("POST", path, ["messages": [.id(one), .id(two)]]).status == 204)
            #expect(try await gateway.event("MESSAGE_DELETE_BULK")["ids"] == [.id(one), .id(two)])
        }
    }

    @Test("reactions: added, listed, removed, with their events")
    func reactions() async throws {
        try await withSimulator { server in
            let gateway = try await GatewayClient.identified(server)
            let client = RESTClient(server: server)
            let id = try await server.say("react to me")
            let path = "/channels/\(server.channelID)/messages/\(id)/reactions"
            #expect(try await client.call("PUT", path + "/%F0%9F%9A%80/@me").status == 204)
            let added = try await gateway.event("MESSAGE_REACTION_ADD")
            #expect(added["emoji"] == ["id": nil, "name": "🚀"])
            #expect(added["user_id"]?.idValue == server.botID)
            try await server.perform(.react("🚀", message: id))
            #expect(try await gateway.event("MESSAGE_REACTION_ADD")["member"]?["user"]?["id"]?.idValue == server.personID)
            let message = try await client.call("GET", "/channels/\(server.channelID)/messages/\(id)").body
            #expect(message["reactions"]?[0]?["count"] == 2)
            #expect(message["reactions"]?[0]?["me"] == true)
            #expect(try await client.call("GET", path + "/%F0%9F%9A%80").body.arrayValue?.count == 2)
            #expect(try await client.call("DELETE", path + "/%F0%9F%9A%80/@me").status == 204)
            #expect(try await gateway.event("MESSAGE_REACTION_REMOVE")["user_id"]?.idValue == server.botID)
            #expect(try await client.call("DELETE", path).status == 204)
            _ = try await gateway.event("MESSAGE_REACTION_REMOVE_ALL")
            #expect(try await client.call("PUT", path + "/nonsense/@me").code == 10014)
            #expect(try await client.call("PUT", path + "/moon:123456789012345678/@me").status == 204)
            #expect(try await gateway.event("MESSAGE_REACTION_ADD")["emoji"] == ["id": "123456789012345678", "name": "moon"])
        }
    }

    @Test("typing is observed and announced; a direct message channel is made once")
    func typingAndDirect() async throws {
        try await withSimulator { server in
            let client = RESTClient(server: server)
            let opened = try await client.call("POST", "/users/@me/channels", ["recipient_id": .id(server.personID)])
            let again = try await client.call("POST", "/users/@me/channels", ["recipient_id": .id(server.personID)])
            #expect(opened.body["id"] == again.body["id"])
            #expect(opened.body["type"] == 1)
            let id = opened.body["id"]?.idValue ?? Snowflake(rawValue: 0)
            #expect(try await client.call("POST", "/channels/\(id)/typing").status == 204)
            _ = try await server.first("typing") { $0 == .typing(channel: id) ? true : nil }
            #expect(try await client.call("POST", "/channels/\(id)/messages", ["content": "hello you"]).status == 200)
        }
    }

    @Test("files in a multipart body become attachments with their metadata")
    func attachments() async throws {
        try await withSimulator { server in
            let json = #"{"content":"see","attachments":[{"id":0,"description":"a moon"}]}"#
            let body = "--B\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n\(json)\r\n"
                + "--B\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"moon.txt\"\r\nContent-Type: text/plain\r\n\r\nfull\r\nmoon\r\n--B--\r\n"
            let answer = try await RESTClient(server: server).call(
                "POST", "/channels/\(server.channelID)/messages", raw: Array(body.utf8), headers: ["Content-Type": "multipart/form-data; boundary=B"])
            #expect(answer.status == 200)
            let attachment = answer.body["attachments"]?[0]
            #expect(attachment?["filename"] == "moon.txt")
            #expect(attachment?["size"] == 10)
            #expect(attachment?["description"] == "a moon")
            #expect(attachment?["content_type"] == "text/plain")
        }
    }

    @Test("pins: set, listed, announced, taken off")
    func pins() async throws {
        try await withSimulator { server in
            let gateway = try await GatewayClient.identified(server)
            let client = RESTClient(server: server)
            let id = try await server.say("pin me")
            let path = "/channels/\(server.channelID)/messages/pins"
            #expect(try await client.call("PUT", path + "/\(id)").status == 204)
            #expect(try await gateway.event("CHANNEL_PINS_UPDATE")["channel_id"]?.idValue == server.channelID)
            #expect(try await client.call("GET", path).body["items"]?[0]?["message"]?["id"]?.idValue == id)
            #expect(try await client.call("DELETE", path + "/\(id)").status == 204)
            #expect(try await client.call("GET", path).body["items"] == [])
        }
    }
}
