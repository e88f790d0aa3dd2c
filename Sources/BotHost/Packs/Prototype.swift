internal import Discord
internal import LuaEngine

/// The types that Discord's objects have in Lua: a message knows `reply`, a user `mention`.
enum Prototype: UInt8, CaseIterable {
    case message = 1
    case user, member, channel, guild, role, interaction
    /// Events that are none of the others: they have no methods, but carry users, members and messages.
    case event

    /// As `objects.lua` and error messages name it.
    var name: String { String(describing: self) }

    var id: LuaPrototypeID { LuaPrototypeID(rawValue: rawValue) }

    init?(name: String) {
        guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }

    /// The prototype of an event's `d`.
    init(of event: EventName) {
        switch event {
        case .messageCreate, .messageUpdate: self = .message
        case .guildCreate, .guildUpdate: self = .guild
        case .channelCreate, .channelUpdate, .channelDelete, .threadCreate, .threadUpdate: self = .channel
        case .guildMemberAdd, .guildMemberUpdate, .guildMemberRemove: self = .member
        case .interactionCreate: self = .interaction
        case .userUpdate: self = .user
        default: self = .event
        }
    }

    /// Which fields hold objects of which prototype, directly or as elements of an array.
    static let rules: [(parent: LuaPrototypeID, key: String, child: Prototype)] = [
        (message.id, "author", user), (message.id, "member", member), (message.id, "mentions", user),
        (message.id, "referenced_message", message), (message.id, "thread", channel), (message.id, "interaction", interaction),
        (member.id, "user", user),
        (guild.id, "members", member), (guild.id, "channels", channel), (guild.id, "threads", channel), (guild.id, "roles", role),
        (channel.id, "recipients", user),
        (interaction.id, "member", member), (interaction.id, "user", user), (interaction.id, "channel", channel),
        (interaction.id, "message", message), (interaction.id, "guild", guild),
        (event.id, "user", user), (event.id, "member", member), (event.id, "members", member), (event.id, "author", user),
        (event.id, "role", role), (event.id, "message", message),
    ]
}
