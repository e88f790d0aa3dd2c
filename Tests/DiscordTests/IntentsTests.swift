import Discord
import Testing

@Suite("Gateway › Gateway Intents")
struct IntentsTests {
    @Test("21 intents, whose sum is known")
    func all() {
        #expect(Intents.names.count == 21)
        #expect(Intents.all.rawValue == 53_608_447)
        #expect(Intents.unprivileged.rawValue == 53_575_421)
    }

    @Test("names go both ways, in Discord's spelling and in lower case")
    func names() {
        #expect(Intents(name: "GUILD_MESSAGES") == .guildMessages)
        #expect(Intents(name: "message_content") == .messageContent)
        #expect(Intents(name: "guild_message") == nil)
        #expect(Intents(name: "") == nil)
        for (intent, name) in Intents.names { #expect(Intents(name: name) == intent) }
        #expect(([.messageContent, .guilds] as Intents).names == ["GUILDS", "MESSAGE_CONTENT"])
        #expect(Intents(rawValue: 1 << 40).names.isEmpty)
    }

    @Test("application flags tell which privileged intents 4014 would refuse", arguments: [
        (0, Intents.privileged), (1 << 12, [.guildMembers, .messageContent]), (1 << 13, [.guildMembers, .messageContent]),
        (1 << 14 | 1 << 18, .guildPresences), (1 << 15 | 1 << 19 | 1 << 13, []),
    ] as [(UInt64, Intents)])
    func denied(flags: UInt64, denied: Intents) {
        #expect(Intents.all.denied(byApplicationFlags: flags) == denied)
    }

    @Test("an intent that was not asked for is not denied")
    func notAsked() {
        #expect(Intents.unprivileged.denied(byApplicationFlags: 0) == [])
    }
}
