import Discord
import JSON

extension World {
    /// A message as REST answers it.
    func payload(of message: Message, depth: Int = 0) -> JSONValue {
        var payload: JSONValue = [
            "type": .integer(message.kind.rawValue), "content": .string(message.content),
            "mentions": .array(message.mentions.compactMap { users[$0]?.payload }), "mention_roles": .ids(message.mentionedRoles),
            "attachments": .array(message.attachments), "embeds": .array(message.embeds), "timestamp": .time(message.timestamp),
            "edited_timestamp": .time(message.editedAt), "flags": .integer(message.flags), "components": .array(message.components),
            "id": .id(message.id), "channel_id": .id(message.channelID), "author": users[message.authorID]?.payload ?? .null,
            "pinned": .bool(message.isPinned), "mention_everyone": .bool(message.mentionsEveryone), "tts": .bool(message.isSpoken),
        ]
        if let nonce = message.nonce { payload["nonce"] = nonce }
        if !message.reactions.isEmpty {
            payload["reactions"] = .array(message.reactions.map { $0.payload(seenBy: botID) })
        }
        if !message.stickers.isEmpty { payload["sticker_items"] = .array(message.stickers) }
        if let poll = message.poll { payload["poll"] = poll }
        if let replyTo = message.replyTo {
            var reference: JSONValue = ["type": 0, "channel_id": .id(message.channelID), "message_id": .id(replyTo)]
            if let guild = message.guildID { reference["guild_id"] = .id(guild) }
            payload["message_reference"] = reference
            // A quoted message does not quote again.
            if depth == 0 {
                payload["referenced_message"] = self.message(replyTo, in: message.channelID).map { self.payload(of: $0, depth: 1) } ?? .null
            }
        }
        if let interaction = message.interaction {
            payload["interaction_metadata"] = interaction
            payload["application_id"] = .id(botID)
            payload["webhook_id"] = .id(botID)
        }
        return payload
    }

    /// A message as MESSAGE_CREATE and MESSAGE_UPDATE carry it: with guild, member and channel type
    /// (Discord docs, Gateway Events › Message Create Extra Fields).
    func eventPayload(of message: Message) -> JSONValue {
        var payload = payload(of: message)
        payload["channel_type"] = .integer(channels[message.channelID]?.kind.rawValue ?? 0)
        guard let guild = message.guildID.flatMap({ guilds[$0] }), !message.isEphemeral else { return payload }
        payload["guild_id"] = .id(guild.id)
        if let member = guild[member: message.authorID] { payload["member"] = member.partialPayload }
        payload["mentions"] = .array(message.mentions.compactMap { id in
            guard var user = users[id]?.payload else { return nil }
            if let member = guild[member: id] { user["member"] = member.partialPayload }
            return user
        })
        return payload
    }
}
