import Discord
import JSON

/// A user object (Discord docs, Resources › User).
struct User: Sendable {
    let id: Snowflake
    var username: String
    var globalName: String?
    var isBot = false

    /// The partial user that messages, members and events carry.
    var payload: JSONValue {
        var user: JSONValue = [
            "id": .id(id), "username": .string(username), "global_name": .text(globalName), "avatar": nil,
            "discriminator": .string(isBot ? "1984" : "0"), "public_flags": 0, "flags": 0, "banner": nil, "accent_color": nil,
            "avatar_decoration_data": nil, "collectibles": nil, "primary_guild": nil,
        ]
        if isBot { user["bot"] = true }
        return user
    }

    /// What a bot sees of itself: READY and GET /users/@me.
    var ownPayload: JSONValue {
        var user = payload
        user["mfa_enabled"] = true
        user["locale"] = "en-US"
        user["verified"] = true
        user["email"] = .null
        user["bio"] = ""
        user["premium_type"] = 0
        return user
    }

    /// How a person names the user.
    var displayName: String { globalName ?? username }
}
