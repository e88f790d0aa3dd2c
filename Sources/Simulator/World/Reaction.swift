import Discord
import JSON

/// All reactions with one emoji on one message.
struct Reaction: Sendable {
    let emoji: Emoji
    /// Who reacted, oldest first.
    var userIDs: [Snowflake]

    func payload(seenBy viewer: Snowflake) -> JSONValue {
        [
            "emoji": emoji.payload, "count": .integer(Int64(userIDs.count)),
            "count_details": ["burst": 0, "normal": .integer(Int64(userIDs.count))], "burst_colors": [], "me_burst": false,
            "burst_me": false, "me": .bool(userIDs.contains(viewer)), "burst_count": 0,
        ]
    }
}
