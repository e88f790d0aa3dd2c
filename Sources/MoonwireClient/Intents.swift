internal import Discord

/// What a bot asks Discord to tell it of (Discord docs, Gateway › List of Intents, which says which events each of them brings).
///
/// `guildMembers`, `guildPresences` and `messageContent` are privileged: they must be switched on in the developer portal first.
public struct Intents: OptionSet, Hashable, Sendable {
    /// The bits, as IDENTIFY sends them.
    public let rawValue: UInt64

    /// The intents with these bits. A bit that Discord does not know ends the connection.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    private init(_ intents: Discord.Intents) { rawValue = intents.rawValue }

    /// Guilds, their channels, roles, threads and stages.
    public static let guilds = Intents(.guilds)
    /// Members who join, leave and change; privileged.
    public static let guildMembers = Intents(.guildMembers)
    /// Bans and the audit log.
    public static let guildModeration = Intents(.guildModeration)
    /// Emojis, stickers and sounds.
    public static let guildExpressions = Intents(.guildExpressions)
    /// Integrations.
    public static let guildIntegrations = Intents(.guildIntegrations)
    /// Changes to webhooks.
    public static let guildWebhooks = Intents(.guildWebhooks)
    /// Invites made and deleted.
    public static let guildInvites = Intents(.guildInvites)
    /// Who is in which voice channel.
    public static let guildVoiceStates = Intents(.guildVoiceStates)
    /// Who is online and does what; privileged, and by far the most events.
    public static let guildPresences = Intents(.guildPresences)
    /// Messages in guilds.
    public static let guildMessages = Intents(.guildMessages)
    /// Reactions in guilds.
    public static let guildMessageReactions = Intents(.guildMessageReactions)
    /// Who types in guilds.
    public static let guildMessageTyping = Intents(.guildMessageTyping)
    /// Messages to the bot itself.
    public static let directMessages = Intents(.directMessages)
    /// Reactions in direct messages.
    public static let directMessageReactions = Intents(.directMessageReactions)
    /// Who types to the bot itself.
    public static let directMessageTyping = Intents(.directMessageTyping)
    /// Brings no event, and fills text, embeds, attachments, components and polls of messages; privileged. Without it they are
    /// empty, except in direct messages and where the bot is mentioned.
    public static let messageContent = Intents(.messageContent)
    /// Scheduled events and who is interested in them.
    public static let guildScheduledEvents = Intents(.guildScheduledEvents)
    /// Changes to rules of auto moderation.
    public static let autoModerationConfiguration = Intents(.autoModerationConfiguration)
    /// What auto moderation did.
    public static let autoModerationExecution = Intents(.autoModerationExecution)
    /// Votes in guilds.
    public static let guildMessagePolls = Intents(.guildMessagePolls)
    /// Votes in direct messages.
    public static let directMessagePolls = Intents(.directMessagePolls)

    /// Those that must be switched on in the developer portal.
    public static let privileged = Intents(.privileged)
    /// All others.
    public static let unprivileged = Intents(.unprivileged)

    var intents: Discord.Intents { Discord.Intents(rawValue: rawValue) }
}
