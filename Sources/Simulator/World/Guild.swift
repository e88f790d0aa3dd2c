import Discord
import JSON

/// A guild with everything that lives in it but its channels and messages.
struct Guild: Sendable {
    let id: Snowflake
    var name: String
    var ownerID: Snowflake
    var roles: [Role]
    /// In the order of joining.
    private(set) var members: [Member] = []
    private var memberIndex: [Snowflake: Int] = [:]
    /// In the order of creation.
    var channelIDs: [Snowflake] = []
    var systemChannelID: Snowflake?
    var presences: [Snowflake: UserPresence] = [:]
    var voiceStates: [Snowflake: JSONValue] = [:]
    /// Banned users with the reason, in the order of banning.
    var bans: [(userID: Snowflake, reason: String?)] = []
    let createdAt: UnixTime

    init(id: Snowflake, name: String, ownerID: Snowflake, roles: [Role], createdAt: UnixTime) {
        self.id = id
        self.name = name
        self.ownerID = ownerID
        self.roles = roles
        self.createdAt = createdAt
    }

    subscript(member id: Snowflake) -> Member? { memberIndex[id].map { members[$0] } }

    /// Adds a member, or replaces the one of the same user.
    mutating func set(_ member: Member) {
        if let index = memberIndex[member.userID] {
            members[index] = member
        } else {
            memberIndex[member.userID] = members.count
            members.append(member)
        }
    }

    /// Removes a member; `nil` when the user is none.
    mutating func remove(member id: Snowflake) -> Member? {
        guard let index = memberIndex.removeValue(forKey: id) else { return nil }
        let removed = members.remove(at: index)
        for later in index..<members.count { memberIndex[members[later].userID] = later }
        presences[id] = nil
        voiceStates[id] = nil
        return removed
    }

    var rolePermissions: [Snowflake: Permissions] { Dictionary(uniqueKeysWithValues: roles.map { ($0.id, $0.permissions) }) }

    subscript(role id: Snowflake) -> Role? { roles.first { $0.id == id } }

    /// The guild object proper (Discord docs, Resources › Guild), without what only GUILD_CREATE adds.
    var payload: JSONValue {
        [
            "id": .id(id), "name": .string(name), "icon": nil, "icon_hash": nil, "splash": nil, "discovery_splash": nil,
            "owner_id": .id(ownerID), "region": "deprecated", "afk_channel_id": nil, "afk_timeout": 300,
            "widget_enabled": false, "widget_channel_id": nil, "verification_level": 1, "default_message_notifications": 1,
            "explicit_content_filter": 0, "roles": .array(roles.map(\.payload)), "emojis": [], "features": ["COMMUNITY", "NEWS"],
            "mfa_level": 0, "application_id": nil, "system_channel_id": .id(systemChannelID), "system_channel_flags": 0,
            "rules_channel_id": nil, "max_presences": nil, "max_members": 25_000_000, "vanity_url_code": nil,
            "description": nil, "banner": nil, "premium_tier": 0, "premium_subscription_count": 0,
            "preferred_locale": "en-US", "public_updates_channel_id": nil, "max_video_channel_users": 25,
            "max_stage_video_channel_users": 50, "nsfw_level": 0, "nsfw": false, "stickers": [],
            "premium_progress_bar_enabled": false, "safety_alerts_channel_id": nil, "incidents_data": nil, "hub_type": nil,
            "latest_onboarding_question_id": nil,
        ]
    }
}
