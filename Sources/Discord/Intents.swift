/// What a session subscribes to (Discord docs, Gateway › Gateway Intents). A bit that is not listed here is close code 4013.
package struct Intents: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package static let guilds = Intents(rawValue: 1 << 0)
    package static let guildMembers = Intents(rawValue: 1 << 1)
    package static let guildModeration = Intents(rawValue: 1 << 2)
    package static let guildExpressions = Intents(rawValue: 1 << 3)
    package static let guildIntegrations = Intents(rawValue: 1 << 4)
    package static let guildWebhooks = Intents(rawValue: 1 << 5)
    package static let guildInvites = Intents(rawValue: 1 << 6)
    package static let guildVoiceStates = Intents(rawValue: 1 << 7)
    package static let guildPresences = Intents(rawValue: 1 << 8)
    package static let guildMessages = Intents(rawValue: 1 << 9)
    package static let guildMessageReactions = Intents(rawValue: 1 << 10)
    package static let guildMessageTyping = Intents(rawValue: 1 << 11)
    package static let directMessages = Intents(rawValue: 1 << 12)
    package static let directMessageReactions = Intents(rawValue: 1 << 13)
    package static let directMessageTyping = Intents(rawValue: 1 << 14)
    /// Brings no event; fills `content`, `embeds`, `attachments`, `components` and `poll` of messages.
    package static let messageContent = Intents(rawValue: 1 << 15)
    package static let guildScheduledEvents = Intents(rawValue: 1 << 16)
    package static let autoModerationConfiguration = Intents(rawValue: 1 << 20)
    package static let autoModerationExecution = Intents(rawValue: 1 << 21)
    package static let guildMessagePolls = Intents(rawValue: 1 << 24)
    package static let directMessagePolls = Intents(rawValue: 1 << 25)

    /// Must be switched on in the developer portal; asking for one that is not is close code 4014.
    package static let privileged: Intents = [.guildMembers, .guildPresences, .messageContent]
    package static let all = Intents(names.map(\.intent))
    package static let unprivileged = all.subtracting(privileged)

    /// Every intent with Discord's name, by ascending bit.
    package static let names: [(intent: Intents, name: String)] = [
        (.guilds, "GUILDS"),
        (.guildMembers, "GUILD_MEMBERS"),
        (.guildModeration, "GUILD_MODERATION"),
        (.guildExpressions, "GUILD_EXPRESSIONS"),
        (.guildIntegrations, "GUILD_INTEGRATIONS"),
        (.guildWebhooks, "GUILD_WEBHOOKS"),
        (.guildInvites, "GUILD_INVITES"),
        (.guildVoiceStates, "GUILD_VOICE_STATES"),
        (.guildPresences, "GUILD_PRESENCES"),
        (.guildMessages, "GUILD_MESSAGES"),
        (.guildMessageReactions, "GUILD_MESSAGE_REACTIONS"),
        (.guildMessageTyping, "GUILD_MESSAGE_TYPING"),
        (.directMessages, "DIRECT_MESSAGES"),
        (.directMessageReactions, "DIRECT_MESSAGE_REACTIONS"),
        (.directMessageTyping, "DIRECT_MESSAGE_TYPING"),
        (.messageContent, "MESSAGE_CONTENT"),
        (.guildScheduledEvents, "GUILD_SCHEDULED_EVENTS"),
        (.autoModerationConfiguration, "AUTO_MODERATION_CONFIGURATION"),
        (.autoModerationExecution, "AUTO_MODERATION_EXECUTION"),
        (.guildMessagePolls, "GUILD_MESSAGE_POLLS"),
        (.directMessagePolls, "DIRECT_MESSAGE_POLLS"),
    ]

    /// The intent with this name, in Discord's spelling or its lower case; `nil` when there is none.
    package init?(name: some StringProtocol) {
        let name = name.uppercased()
        guard let match = Intents.names.first(where: { $0.name == name }) else { return nil }
        self = match.intent
    }

    /// Discord's names of the members, by ascending bit. Unknown bits have none.
    package var names: [String] { Intents.names.filter { contains($0.intent) }.map(\.name) }

    /// Of the members, those that `flags` of the own application (GET /applications/@me) does not grant:
    /// the gateway would answer them with 4014.
    package func denied(byApplicationFlags flags: UInt64) -> Intents {
        // Each privileged intent has a bit for approved and one for small applications.
        let granted: [(Intents, UInt64)] = [
            (.guildPresences, 1 << 12 | 1 << 13),
            (.guildMembers, 1 << 14 | 1 << 15),
            (.messageContent, 1 << 18 | 1 << 19),
        ]
        return Intents(granted.filter { contains($0.0) && flags & $0.1 == 0 }.map(\.0))
    }
}
