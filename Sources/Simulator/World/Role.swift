import Discord
import JSON

/// A role object (Discord docs, Topics › Permissions › Role Object). The role with the guild's id is @everyone.
struct Role: Sendable {
    let id: Snowflake
    var name: String
    var permissions: Permissions
    var position: Int
    var color: Int64 = 0
    var isHoisted = false
    var isMentionable = false
    /// The bot that this role was made for.
    var botID: Snowflake?

    var payload: JSONValue {
        var role: JSONValue = [
            "id": .id(id), "name": .string(name), "description": nil, "permissions": .bits(permissions),
            "position": .integer(Int64(position)), "color": .integer(color),
            "colors": ["primary_color": .integer(color), "secondary_color": nil, "tertiary_color": nil],
            "hoist": .bool(isHoisted), "managed": .bool(botID != nil), "mentionable": .bool(isMentionable),
            "icon": nil, "unicode_emoji": nil, "flags": 0,
        ]
        if let botID { role["tags"] = ["bot_id": .id(botID)] }
        return role
    }
}
