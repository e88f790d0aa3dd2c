import Discord
import JSON

/// A message as the world keeps it (Discord docs, Resources › Message).
struct Message: Sendable {
    /// Message flags that the simulator knows.
    enum Flag {
        static let suppressEmbeds: Int64 = 1 << 2
        static let ephemeral: Int64 = 1 << 6
        static let loading: Int64 = 1 << 7
        static let suppressNotifications: Int64 = 1 << 12
        static let voiceMessage: Int64 = 1 << 13
        static let componentsV2: Int64 = 1 << 15
    }

    /// Message types that the simulator makes; the raw values are Discord's.
    enum Kind: Int64, Sendable { case normal = 0, pinNotice = 6, memberJoin = 7, reply = 19, command = 20 }

    let id: Snowflake
    let channelID: Snowflake
    let guildID: Snowflake?
    let authorID: Snowflake
    var kind: Kind = .normal
    let timestamp: UnixTime
    var editedAt: UnixTime?
    var content: String
    var embeds: [JSONValue] = []
    var attachments: [JSONValue] = []
    var components: [JSONValue] = []
    var stickers: [JSONValue] = []
    var poll: JSONValue?
    var flags: Int64 = 0
    var isSpoken = false
    var nonce: JSONValue?
    var mentionsEveryone = false
    var mentions: [Snowflake] = []
    var mentionedRoles: [Snowflake] = []
    var reactions: [Reaction] = []
    var isPinned = false
    /// The message this one answers.
    var replyTo: Snowflake?
    /// Set on answers to interactions.
    var interaction: JSONValue?

    var isEphemeral: Bool { flags & Flag.ephemeral != 0 }
}
