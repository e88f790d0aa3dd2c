import Discord
import JSON

/// A guild member object (Discord docs, Resources › Guild). The user is kept in the world, not here.
struct Member: Sendable {
    let userID: Snowflake
    var nick: String?
    /// Without @everyone, which all have.
    var roles: [Snowflake] = []
    var joinedAt: UnixTime
    var isDeafened = false
    var isMuted = false
    var timeoutUntil: UnixTime?

    /// The member without `user`, as messages carry it.
    var partialPayload: JSONValue {
        [
            "nick": .text(nick), "avatar": nil, "banner": nil, "roles": .ids(roles), "joined_at": .time(joinedAt),
            "premium_since": nil, "deaf": .bool(isDeafened), "mute": .bool(isMuted), "flags": 0, "pending": false,
            "communication_disabled_until": .time(timeoutUntil), "avatar_decoration_data": nil, "collectibles": nil,
        ]
    }
}
