import Discord
import JSON

extension Simulation {
    /// The application's flags: which privileged intents it was granted (Discord docs, Application Flags, the limited ones).
    var applicationFlags: Int64 {
        let granted = configuration.grantedIntents
        return (granted.contains(.guildPresences) ? 1 << 13 : 0) | (granted.contains(.guildMembers) ? 1 << 15 : 0)
            | (granted.contains(.messageContent) ? 1 << 19 : 0)
    }

    /// GET /applications/@me (Discord docs, Application Object).
    var applicationPayload: JSONValue {
        let person = world.users[world.personID]?.payload ?? .null
        return [
            "id": .id(world.botID), "name": .string(world.bot.username), "icon": nil, "description": "", "type": nil,
            "bot": world.bot.payload, "summary": "", "is_monetized": false, "is_verified": false, "is_discoverable": false,
            "bot_public": true, "bot_require_code_grant": false, "integration_types_config": ["0": [:]],
            "verify_key": "0000000000000000000000000000000000000000000000000000000000000000", "flags": .integer(applicationFlags),
            "flags_new": .string(String(applicationFlags)), "hook": true, "owner": person, "team": nil, "tags": [],
            "redirect_uris": [], "interactions_endpoint_url": nil, "role_connections_verification_url": nil,
            "approximate_guild_count": .integer(Int64(world.guildOrder.count)), "approximate_user_install_count": 0,
        ]
    }
}
