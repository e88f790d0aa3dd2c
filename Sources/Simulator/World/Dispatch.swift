import Discord
import JSON

/// Something that happened in the world, before it is known who hears of it.
struct Dispatch: Sendable {
    /// Whom it concerns, which decides shard and intents.
    enum Audience: Sendable, Equatable {
        /// One guild.
        case guild(Snowflake)
        /// A direct or ephemeral message: shard 0.
        case direct
    }

    let event: EventName
    var data: JSONValue
    let audience: Audience
    /// A message by someone else that neither is a direct message nor mentions the bot: without the MESSAGE_CONTENT
    /// intent its content is blanked.
    var needsContentIntent = false
    /// Concerns the bot itself, so that no intent is asked for (GUILD_MEMBER_UPDATE of the bot).
    var isOwn = false

    /// One of these must be among the session's intents; empty asks for none (Discord docs, Gateway › List of Intents).
    var intents: Intents {
        if isOwn { return [] }
        return audience == .direct ? event.intents.direct : event.intents.guild
    }

    /// The data as a session without MESSAGE_CONTENT gets it.
    var blanked: JSONValue {
        var data = data
        data["content"] = ""
        for field in ["embeds", "attachments", "components"] { data[field] = [] }
        if data["poll"] != nil { data["poll"] = Optional<JSONValue>.none }
        return data
    }
}
