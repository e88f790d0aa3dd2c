import Discord
import GatewayProtocol
import Testing

@testable import BotHost

@Suite("Prototypes: which objects of an event have methods and properties")
struct PrototypeTests {
    /// What `expression` over the event `e` is, as text.
    private func value(of expression: String, _ event: EventName, _ json: String) throws -> String {
        let scene = try ScriptScene()
        try scene.load("pack", "bot.on('\(event.luaName)', function(e) bot.log.info('value', tostring(\(expression))) end)")
        scene.deliver(json, as: event)
        #expect(scene.waitForLog("info [pack] value"), "\(scene.log.lines)")
        return scene.log.values().first.map { String($0.dropFirst("value ".count)) } ?? ""
    }

    @Test("users, members, roles and channels know how they are mentioned, whichever event carries them", arguments: [
        (EventName.messageCreate, "e.author.mention", #"{"id":"1","channel_id":"2","author":{"id":"5"}}"#, "<@5>"),
        (.messageCreate, "e.mentions[2].mention", #"{"id":"1","channel_id":"2","mentions":[{"id":"5"},{"id":"6"}]}"#, "<@6>"),
        (.typingStart, "e.member.user.mention", #"{"user_id":"5","channel_id":"2","timestamp":1,"member":{"roles":[],"user":{"id":"5"}}}"#, "<@5>"),
        (.presenceUpdate, "e.user.mention", #"{"user":{"id":"5"},"status":"idle","guild_id":"2"}"#, "<@5>"),
        (.messageReactionAdd, "e.member.mention", #"{"user_id":"5","message_id":"1","member":{"user":{"id":"5"}}}"#, "<@5>"),
        (.voiceStateUpdate, "e.member.mention", #"{"member":{"user":{"id":"5"}},"user_id":"5","channel_id":null}"#, "<@5>"),
        (.guildBanAdd, "e.user.mention", #"{"guild_id":"2","user":{"id":"5"}}"#, "<@5>"),
        (.guildRoleCreate, "e.role.mention", #"{"guild_id":"2","role":{"id":"7"}}"#, "<@&7>"),
        (.guildMembersChunk, "e.members[1].mention", #"{"guild_id":"2","members":[{"user":{"id":"5"}}]}"#, "<@5>"),
        (.guildMemberAdd, "e.mention", #"{"guild_id":"2","user":{"id":"5"},"roles":[]}"#, "<@5>"),
        (.channelCreate, "e.mention", #"{"id":"9","type":0}"#, "<#9>"),
        (.guildCreate, "e.channels[1].mention .. e.members[1].mention", #"{"id":"2","channels":[{"id":"9"}],"members":[{"user":{"id":"5"}}]}"#, "<#9><@5>"),
        (.interactionCreate, "e.member.mention .. type(e.reply)", #"{"id":"1","token":"t","type":2,"member":{"user":{"id":"5"}}}"#, "<@5>function"),
    ])
    func mentions(_ event: EventName, _ expression: String, _ json: String, _ expected: String) throws {
        #expect(try value(of: expression, event, json) == expected)
    }

    @Test("a property whose makings are missing is nil")
    func missing() throws {
        #expect(try value(of: "e.member.mention", .messageCreate, #"{"id":"1","channel_id":"2","member":{"roles":[]}}"#) == "nil")
        #expect(try value(of: "e.link", .messageCreate, #"{"id":"1"}"#) == "nil")
    }

    @Test("the bot's own user, and members that were asked for, have them too")
    func answers() throws {
        let scene = try ScriptScene()
        scene.ready = ReadyPayload(bytes: Array(#"{"user":{"id":"7"}}"#.utf8), encoding: .json)
        try scene.load("pack", """
            bot.log.info(bot.user.mention, type(bot.user.send))
            bot.on("message_create", function()
              local member = bot.request_members("1", { limit = 1 })[1]
              bot.log.info(member.mention, member.guild_id, type(member.kick))
            end)
            """)
        #expect(scene.log.values() == ["<@7> function"])
        scene.services.chunks = [Array(#"{"guild_id":"1","members":[{"user":{"id":"5"}}]}"#.utf8)]
        scene.say("go")
        #expect(scene.waitForLog("<@5> 1 function"), "\(scene.log.lines)")
    }

    @Test("what only has the same name as an object has no methods")
    func namesakes() throws {
        let json = #"{"id":"1","channel_id":"2","embeds":[{"author":{"name":"x","id":"5"}}],"member":{"nick":"y"}}"#
        #expect(try value(of: "e.embeds[1].author.mention", .messageCreate, json) == "nil")
        #expect(try value(of: "e.user_id and e.user_id.mention", .messageCreate, json) == "nil")
    }
}
