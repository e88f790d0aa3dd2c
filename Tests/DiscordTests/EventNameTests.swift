import Discord
import Testing

@Suite("Gateway Events › Receive Events")
struct EventNameTests {
    private func lookUp(_ bytes: [UInt8]) -> EventName? { bytes.withUnsafeBytes { EventName($0) } }

    @Test("79 dispatch events are documented; each is found by its bytes, and only by all of them", arguments: EventName.allCases)
    func lookup(event: EventName) {
        let name = Array(event.description.utf8)
        #expect(lookUp(name) == event)
        #expect(lookUp(name + [0x53]) == nil)
        #expect(lookUp(name.dropLast()) == nil)
        for index in name.indices {
            var other = name
            other[index] ^= 0x20
            #expect(lookUp(other) == nil)
        }
    }

    @Test("names are distinct; raw values index a table")
    func table() {
        #expect(EventName.count == 79)
        #expect(Set(EventName.allCases.map(\.description)).count == 79)
        #expect(EventName.allCases.map { Int($0.rawValue) } == Array(0..<79))
    }

    @Test("an event that is not known has no number", arguments: ["", "A", "ABC", "NEW_EVENT", "MESSAGE_CREATED", "message_create", "READY\0", String(repeating: "A", count: 300)])
    func unknown(name: String) {
        #expect(lookUp(Array(name.utf8)) == nil)
    }

    @Test("scripts write names in lower case")
    func lua() {
        #expect(EventName.messageCreate.luaName == "message_create")
        #expect(EventName("message_create") == .messageCreate)
        #expect(EventName("MESSAGE_CREATE") == .messageCreate)
        #expect(EventName("message_creat") == nil)
    }

    @Test("List of Intents: which intents bring an event", arguments: [
        (EventName.messageCreate, Intents.guildMessages, Intents.directMessages),
        (.messageDeleteBulk, .guildMessages, []),
        (.messageReactionRemoveEmoji, .guildMessageReactions, .directMessageReactions),
        (.messagePollVoteAdd, .guildMessagePolls, .directMessagePolls),
        (.channelPinsUpdate, .guilds, .directMessages),
        (.threadMembersUpdate, [.guilds, .guildMembers], []),
        (.typingStart, .guildMessageTyping, .directMessageTyping),
        (.presenceUpdate, .guildPresences, []),
        (.guildMemberUpdate, .guildMembers, []),
        (.guildAuditLogEntryCreate, .guildModeration, []),
        (.voiceChannelEffectSend, .guildVoiceStates, []),
        (.voiceChannelStatusUpdate, .guilds, []),
        (.autoModerationActionExecution, .autoModerationExecution, []),
        (.guildSoundboardSoundsUpdate, .guildExpressions, []),
        (.soundboardSounds, [], []), (.interactionCreate, [], []), (.ready, [], []), (.guildMembersChunk, [], []),
    ] as [(EventName, Intents, Intents)])
    func intents(event: EventName, guild: Intents, direct: Intents) {
        #expect(event.intents == EventIntents(guild: guild, direct: direct))
        #expect(event.intents.all == guild.union(direct))
    }

    @Test("every intent but MESSAGE_CONTENT brings some event")
    func coverage() {
        let brought = EventName.allCases.reduce(into: Intents()) { $0.formUnion($1.intents.all) }
        #expect(brought == Intents.all.subtracting(.messageContent))
    }

    @Test("sixteen events come whatever was asked for")
    func unbound() {
        let unbound = EventName.allCases.filter { $0.intents == .none }.map(\.description)
        #expect(Set(unbound) == [
            "READY", "RESUMED", "RATE_LIMITED", "APPLICATION_COMMAND_PERMISSIONS_UPDATE", "CHANNEL_INFO", "SOUNDBOARD_SOUNDS",
            "GUILD_MEMBERS_CHUNK", "ENTITLEMENT_CREATE", "ENTITLEMENT_UPDATE", "ENTITLEMENT_DELETE", "SUBSCRIPTION_CREATE",
            "SUBSCRIPTION_UPDATE", "SUBSCRIPTION_DELETE", "INTERACTION_CREATE", "USER_UPDATE", "VOICE_SERVER_UPDATE",
        ])
    }
}
