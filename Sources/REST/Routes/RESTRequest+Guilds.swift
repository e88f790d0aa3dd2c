package import Discord
import JSON

extension RESTRequest {
    /// Get Channel.
    package static func channel(_ channel: Snowflake) -> RESTRequest { RESTRequest(.get, Route("/channels/{channel.id}", channel.description)) }

    /// Modify Channel, thread or not.
    package static func modifyChannel(_ channel: Snowflake, _ changes: [UInt8], reason: String? = nil) -> RESTRequest {
        RESTRequest(.patch, Route("/channels/{channel.id}", channel.description), body: .json(changes), reason: reason)
    }

    /// Start Thread from Message, or, without one, Start Thread without Message or in a forum. `thread` is its JSON object.
    package static func startThread(in channel: Snowflake, from message: Snowflake? = nil, _ thread: [UInt8], files: [UploadFile] = [], reason: String? = nil) -> RESTRequest {
        let route = if let message {
            Route("/channels/{channel.id}/messages/{message.id}/threads", channel.description, message.description)
        } else {
            Route("/channels/{channel.id}/threads", channel.description)
        }
        return RESTRequest(.post, route, body: .message(thread, files), reason: reason)
    }

    /// Create DM: returns the channel with `user`, which may exist already.
    package static func createDM(with user: Snowflake) -> RESTRequest {
        var request = RESTRequest(.post, Route("/users/@me/channels"), body: .json(Array("{\"recipient_id\":\"\(user)\"}".utf8)))
        request.replay = .always
        return request
    }

    /// Get Guild, with `approximate_member_count` and `approximate_presence_count` if `withCounts`.
    package static func guild(_ guild: Snowflake, withCounts: Bool = false) -> RESTRequest {
        var request = RESTRequest(.get, Route("/guilds/{guild.id}", guild.description))
        if withCounts { request.query = [("with_counts", "true")] }
        return request
    }

    /// Get Guild Member.
    package static func member(_ user: Snowflake, of guild: Snowflake) -> RESTRequest { RESTRequest(.get, .member(user, guild)) }

    /// Modify Guild Member: nickname, roles, voice, timeout.
    package static func modifyMember(_ user: Snowflake, of guild: Snowflake, _ changes: [UInt8], reason: String? = nil) -> RESTRequest {
        RESTRequest(.patch, .member(user, guild), body: .json(changes), reason: reason)
    }

    /// Times a member out until `time` (ISO 8601, at most 28 days ahead), or ends the timeout with `nil`.
    package static func timeout(_ user: Snowflake, of guild: Snowflake, until time: String?, reason: String? = nil) -> RESTRequest {
        let value = JSONValue.object(JSONObject([("communication_disabled_until", time.map { .string($0) } ?? .null)]))
        return modifyMember(user, of: guild, value.serialized, reason: reason)
    }

    /// Remove Guild Member.
    package static func kick(_ user: Snowflake, from guild: Snowflake, reason: String? = nil) -> RESTRequest {
        RESTRequest(.delete, .member(user, guild), reason: reason)
    }

    /// Create Guild Ban; deletes the user's messages of the last `deletingSeconds`, 0 to 604,800.
    package static func ban(_ user: Snowflake, from guild: Snowflake, deletingSeconds: Int = 0, reason: String? = nil) -> RESTRequest {
        RESTRequest(.put, .ban(user, guild), body: .json(Array("{\"delete_message_seconds\":\(deletingSeconds)}".utf8)), reason: reason)
    }

    /// Remove Guild Ban.
    package static func unban(_ user: Snowflake, from guild: Snowflake, reason: String? = nil) -> RESTRequest {
        RESTRequest(.delete, .ban(user, guild), reason: reason)
    }

    /// Add and Remove Guild Member Role.
    package static func addRole(_ role: Snowflake, to user: Snowflake, of guild: Snowflake, reason: String? = nil) -> RESTRequest {
        RESTRequest(.put, .role(role, user, guild), reason: reason)
    }
    package static func removeRole(_ role: Snowflake, from user: Snowflake, of guild: Snowflake, reason: String? = nil) -> RESTRequest {
        RESTRequest(.delete, .role(role, user, guild), reason: reason)
    }
}

extension Route {
    fileprivate static func member(_ user: Snowflake, _ guild: Snowflake) -> Route {
        Route("/guilds/{guild.id}/members/{user.id}", guild.description, user.description)
    }

    fileprivate static func ban(_ user: Snowflake, _ guild: Snowflake) -> Route {
        Route("/guilds/{guild.id}/bans/{user.id}", guild.description, user.description)
    }

    fileprivate static func role(_ role: Snowflake, _ user: Snowflake, _ guild: Snowflake) -> Route {
        Route("/guilds/{guild.id}/members/{user.id}/roles/{role.id}", guild.description, user.description, role.description)
    }
}
