import Discord
import JSON
import Testing

@testable import Simulator

@Suite("Which events a session hears (Discord docs, Gateway › Gateway Intents)")
struct IntentFilterTests {
    @Test("events come with their intent and not without", arguments: [
        (PersonAction.say("hi"), "MESSAGE_CREATE", Intents.guildMessages), (.type(), "TYPING_START", .guildMessageTyping),
        (.join(name: "ada"), "GUILD_MEMBER_ADD", .guildMembers), (.presence(status: "dnd"), "PRESENCE_UPDATE", .guildPresences),
        (.whisper("psst"), "MESSAGE_CREATE", .directMessages), (.leave(name: "mae"), "GUILD_MEMBER_REMOVE", .guildMembers),
    ])
    func intent(action: PersonAction, event: String, intent: Intents) async throws {
        try await withSimulator { server in
            let with = try await GatewayClient.identified(server, intents: Int64(intent.rawValue))
            let without = try await GatewayClient.identified(server, intents: Int64(Intents.all.subtracting(intent).rawValue))
            _ = try await with.event("READY")
            _ = try await without.event("GUILD_CREATE")
            let outcome = try await server.perform(action)
            _ = try await with.event(event)
            _ = try await server.first("the delivery") { $0 == .delivered(input: outcome.input, shard: 0, sequence: 2) ? true : nil }
            // Whatever else the action led to, this event is not in it.
            try await without.send(1, nil)
            while true {
                let payload = try await without.next()
                #expect(payload["t"]?.stringValue != event)
                if payload["op"] == 11 { break }
            }
        }
    }

    @Test("an event that nobody subscribes to is reported as undelivered")
    func undelivered() async throws {
        try await withSimulator { server in
            let none = try await server.perform(.say("anyone?"))
            _ = try await server.first("the report") { $0 == .undelivered(input: none.input, reason: "the bot has no session") ? true : nil }
            let client = try await GatewayClient.identified(server, intents: 1)
            _ = try await client.event("GUILD_CREATE")
            let deaf = try await server.perform(.say("anyone?"))
            _ = try await server.first("the report") {
                $0 == .undelivered(input: deaf.input, reason: "no session subscribes to MESSAGE_CREATE") ? true : nil
            }
            let hidden = try await server.perform(.say("secret", channel: "vault"))
            _ = try await server.first("the report") {
                $0 == .undelivered(input: hidden.input, reason: "the bot cannot see the channel") ? true : nil
            }
        }
    }

    @Test("without MESSAGE_CONTENT content is blank, except direct messages, mentions of the bot and its own messages")
    func messageContent() async throws {
        try await withSimulator { server in
            let client = try await GatewayClient.identified(server, intents: 1 << 9 | 1 << 12)
            _ = try await client.event("READY")
            try await server.say("hidden")
            #expect(try await client.event("MESSAGE_CREATE")["content"] == "")
            try await server.say("<@\(server.botID)> shown")
            let mention = try await client.event("MESSAGE_CREATE")
            #expect(mention["content"]?.stringValue == "<@\(server.botID)> shown")
            #expect(mention["mentions"]?[0]?["id"]?.idValue == server.botID)
            try await server.perform(.whisper("between us"))
            let direct = try await client.event("MESSAGE_CREATE")
            #expect(direct["content"] == "between us")
            #expect(direct["guild_id"] == nil)
            #expect(direct["channel_type"] == 1)
            let sent = try await RESTClient(server: server).call("POST", "/channels/\(server.channelID)/messages", ["content": "mine"])
            #expect(sent.status == 200)
            #expect(try await client.event("MESSAGE_CREATE")["content"] == "mine")
        }
    }

    @Test("direct messages come on shard 0 only")
    func directMessages() async throws {
        try await withSimulator { server in
            let zero = try await GatewayClient.identified(server, extra: ["shard": [0, 2]])
            let one = try await GatewayClient.identified(server, extra: ["shard": [1, 2]])
            _ = try await zero.event("READY")
            _ = try await one.event("READY")
            try await server.perform(.whisper("psst"))
            #expect(try await zero.event("MESSAGE_CREATE")["content"] == "psst")
            try await one.send(1, nil)
            while true {
                let payload = try await one.next()
                #expect(payload["t"]?.stringValue != "MESSAGE_CREATE")
                if payload["op"] == 11 { break }
            }
        }
    }
}
