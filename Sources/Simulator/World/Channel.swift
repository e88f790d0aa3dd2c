import Discord
import JSON

/// A channel object (Discord docs, Resources › Channel): text, announcement, voice, category and direct message.
struct Channel: Sendable {
    /// Channel types that the simulator knows; the raw values are Discord's.
    enum Kind: Int64, Sendable { case text = 0, direct = 1, voice = 2, category = 4, announcement = 5 }

    let id: Snowflake
    var kind: Kind
    /// `nil` for a direct message.
    var guildID: Snowflake?
    var name: String
    var topic: String?
    var position = 0
    var parentID: Snowflake?
    var isNSFW = false
    var slowmode: Int64 = 0
    var overwrites: [PermissionOverwrite] = []
    var lastMessageID: Snowflake?
    var lastPin: UnixTime?
    /// The human at the other end of a direct message.
    var recipientID: Snowflake?

    /// A guild channel. GUILD_CREATE leaves `guild_id` out.
    func guildPayload(includingGuild: Bool = true) -> JSONValue {
        var channel: JSONValue = [
            "id": .id(id), "type": .integer(kind.rawValue), "name": .string(name), "position": .integer(Int64(position)),
            "permission_overwrites": .array(overwrites.map(Channel.payload)),
            "parent_id": .id(parentID), "flags": 0,
        ]
        if includingGuild { channel["guild_id"] = .id(guildID) }
        guard kind != .category else { return channel }
        channel["nsfw"] = .bool(isNSFW)
        channel["rate_limit_per_user"] = .integer(slowmode)
        channel["last_message_id"] = .id(lastMessageID)
        if kind == .voice {
            channel["bitrate"] = 64_000
            channel["user_limit"] = 0
            channel["rtc_region"] = .null
        } else {
            channel["topic"] = .text(topic)
            channel["last_pin_timestamp"] = .time(lastPin)
        }
        return channel
    }

    private static func payload(of overwrite: PermissionOverwrite) -> JSONValue {
        let (id, type): (Snowflake, JSONValue) = switch overwrite.target {
        case .role(let id): (id, 0)
        case .member(let id): (id, 1)
        }
        return ["id": .id(id), "type": type, "allow": .bits(overwrite.allow), "deny": .bits(overwrite.deny)]
    }
}
