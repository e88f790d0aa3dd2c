package import Discord

extension RESTRequest {
    /// Create Message. `message` is the JSON object of the message; with files it becomes the multipart `payload_json`.
    ///
    /// An enforced nonce is added unless `message` has one, so that the request can be sent again after a broken connection
    /// without a second message (Discord, "Create Message", `enforce_nonce`).
    package static func createMessage(in channel: Snowflake, _ message: [UInt8], files: [UploadFile] = []) -> RESTRequest {
        let nonced = MessageNonce.adding(to: message)
        var request = RESTRequest(.post, Route("/channels/{channel.id}/messages", channel.description), body: .message(nonced ?? message, files))
        request.replay = nonced == nil ? .unlessWritten : .always
        return request
    }

    /// Edit Message.
    package static func editMessage(_ message: Snowflake, in channel: Snowflake, _ changes: [UInt8], files: [UploadFile] = []) -> RESTRequest {
        RESTRequest(.patch, .message(message, in: channel), body: .message(changes, files))
    }

    /// Delete Message.
    package static func deleteMessage(_ message: Snowflake, in channel: Snowflake, reason: String? = nil) -> RESTRequest {
        RESTRequest(.delete, .message(message, in: channel), reason: reason)
    }

    /// Bulk Delete Messages: 2 to 100 ids, none older than two weeks.
    package static func deleteMessages(_ messages: [Snowflake], in channel: Snowflake, reason: String? = nil) -> RESTRequest {
        let ids = messages.map { "\"\($0)\"" }.joined(separator: ",")
        return RESTRequest(.post, Route("/channels/{channel.id}/messages/bulk-delete", channel.description), body: .json(Array("{\"messages\":[\(ids)]}".utf8)), reason: reason)
    }

    /// Get Channel Message.
    package static func message(_ message: Snowflake, in channel: Snowflake) -> RESTRequest {
        RESTRequest(.get, .message(message, in: channel))
    }

    /// Get Channel Messages: `limit` 1 to 100, newest first, around at most one of the ids.
    package static func messages(in channel: Snowflake, limit: Int = 50, before: Snowflake? = nil, after: Snowflake? = nil, around: Snowflake? = nil) -> RESTRequest {
        var request = RESTRequest(.get, Route("/channels/{channel.id}/messages", channel.description))
        request.query = [("limit", "\(limit)")]
        for (name, id) in [("before", before), ("after", after), ("around", around)] {
            if let id { request.query.append((name, id.description)) }
        }
        return request
    }

    /// Trigger Typing Indicator: shown for ten seconds.
    package static func triggerTyping(in channel: Snowflake) -> RESTRequest {
        var request = RESTRequest(.post, Route("/channels/{channel.id}/typing", channel.description))
        request.replay = .always
        return request
    }

    /// Create Reaction. `emoji` is a Unicode emoji or `name:id`.
    package static func addReaction(_ emoji: String, to message: Snowflake, in channel: Snowflake) -> RESTRequest {
        RESTRequest(.put, Route("/channels/{channel.id}/messages/{message.id}/reactions/{emoji}/@me", channel.description, message.description, emoji))
    }

    /// Delete Own Reaction, or Delete User Reaction.
    package static func removeReaction(_ emoji: String, of user: Snowflake? = nil, from message: Snowflake, in channel: Snowflake) -> RESTRequest {
        if let user {
            return RESTRequest(.delete, Route("/channels/{channel.id}/messages/{message.id}/reactions/{emoji}/{user.id}", channel.description, message.description, emoji, user.description))
        }
        return RESTRequest(.delete, Route("/channels/{channel.id}/messages/{message.id}/reactions/{emoji}/@me", channel.description, message.description, emoji))
    }

    /// Delete All Reactions, or Delete All Reactions for Emoji.
    package static func clearReactions(_ emoji: String? = nil, of message: Snowflake, in channel: Snowflake) -> RESTRequest {
        if let emoji {
            return RESTRequest(.delete, Route("/channels/{channel.id}/messages/{message.id}/reactions/{emoji}", channel.description, message.description, emoji))
        }
        return RESTRequest(.delete, Route("/channels/{channel.id}/messages/{message.id}/reactions", channel.description, message.description))
    }

    /// Get Channel Pins: `limit` 1 to 50; `before` is an ISO 8601 time.
    package static func pins(in channel: Snowflake, limit: Int = 50, before: String? = nil) -> RESTRequest {
        var request = RESTRequest(.get, Route("/channels/{channel.id}/messages/pins", channel.description))
        request.query = [("limit", "\(limit)")] + (before.map { [("before", $0)] } ?? [])
        return request
    }

    /// Pin Message and Unpin Message.
    package static func pin(_ message: Snowflake, in channel: Snowflake, reason: String? = nil) -> RESTRequest {
        RESTRequest(.put, .pin(message, in: channel), reason: reason)
    }
    package static func unpin(_ message: Snowflake, in channel: Snowflake, reason: String? = nil) -> RESTRequest {
        RESTRequest(.delete, .pin(message, in: channel), reason: reason)
    }
}

extension Route {
    fileprivate static func message(_ message: Snowflake, in channel: Snowflake) -> Route {
        Route("/channels/{channel.id}/messages/{message.id}", channel.description, message.description)
    }

    fileprivate static func pin(_ message: Snowflake, in channel: Snowflake) -> Route {
        Route("/channels/{channel.id}/messages/pins/{message.id}", channel.description, message.description)
    }
}

extension RESTBody {
    /// A message's JSON, with its files if there are any.
    static func message(_ json: [UInt8], _ files: [UploadFile]) -> RESTBody {
        files.isEmpty ? .json(json) : .multipart(payload: json, files: files)
    }
}
