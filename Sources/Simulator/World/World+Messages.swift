import Discord
import JSON

extension World {
    func message(_ id: Snowflake, in channel: Snowflake) -> Message? {
        messages[channel]?.last { $0.id == id }
    }

    /// Posts a message and announces it. The draft has been checked; `kind` overrules what the draft implies.
    @discardableResult
    mutating func post(
        _ draft: MessageDraft, by author: Snowflake, in channel: Channel, kind: Message.Kind? = nil, interaction: JSONValue? = nil
    ) -> Message {
        let time = now
        var message = Message(
            id: newID(), channelID: channel.id, guildID: channel.guildID, authorID: author,
            kind: kind ?? (draft.replyTo == nil ? .normal : .reply), timestamp: time, content: draft.content ?? "")
        message.embeds = draft.embeds ?? []
        message.components = draft.components ?? []
        message.attachments = draft.attachments ?? []
        message.stickers = draft.stickers
        message.poll = draft.poll
        message.flags = draft.flags ?? 0
        message.isSpoken = draft.isSpoken
        message.nonce = draft.nonce
        message.replyTo = draft.replyTo
        message.interaction = interaction
        resolveMentions(of: &message, allowed: draft.allowedMentions)
        messages[channel.id, default: []].append(message)
        channels[channel.id]?.lastMessageID = message.id
        announce(.messageCreate, message)
        return message
    }

    /// Changes what the draft names and announces it.
    @discardableResult
    mutating func edit(_ id: Snowflake, in channel: Snowflake, to draft: MessageDraft) -> Message? {
        guard var message = message(id, in: channel) else { return nil }
        if let content = draft.content { message.content = content }
        if let embeds = draft.embeds { message.embeds = embeds }
        if let components = draft.components { message.components = components }
        if let attachments = draft.attachments { message.attachments = attachments }
        if let flags = draft.flags { message.flags = flags }
        message.editedAt = now
        if draft.content != nil { resolveMentions(of: &message, allowed: draft.allowedMentions) }
        replace(message)
        announce(.messageUpdate, message)
        return message
    }

    /// Writes a changed message back without telling anyone.
    mutating func replace(_ message: Message) {
        guard let index = messages[message.channelID]?.lastIndex(where: { $0.id == message.id }) else { return }
        messages[message.channelID]?[index] = message
    }

    @discardableResult
    mutating func delete(_ id: Snowflake, in channel: Snowflake) -> Bool {
        guard let index = messages[channel]?.lastIndex(where: { $0.id == id }),
              let message = messages[channel]?.remove(at: index) else { return false }
        tell(.messageDelete, about: message, ["id": .id(id), "channel_id": .id(channel)])
        return true
    }

    mutating func deleteBulk(_ ids: [Snowflake], in channel: Channel) {
        messages[channel.id]?.removeAll { ids.contains($0.id) }
        guard let guild = channel.guildID else { return }
        outbox.append(Dispatch(
            event: .messageDeleteBulk,
            data: ["ids": .ids(ids), "channel_id": .id(channel.id), "guild_id": .id(guild)], audience: .guild(guild)))
    }

    /// Adds a reaction; `false` when it was there already.
    @discardableResult
    mutating func react(_ emoji: Emoji, to id: Snowflake, in channel: Snowflake, by user: Snowflake) -> Bool {
        guard var message = message(id, in: channel) else { return false }
        if let index = message.reactions.firstIndex(where: { $0.emoji == emoji }) {
            guard !message.reactions[index].userIDs.contains(user) else { return false }
            message.reactions[index].userIDs.append(user)
        } else {
            message.reactions.append(Reaction(emoji: emoji, userIDs: [user]))
        }
        replace(message)
        var data = reactionData(emoji, message, user)
        data["message_author_id"] = .id(message.authorID)
        if let guild = message.guildID.flatMap({ guilds[$0] }), let member = guild[member: user] {
            data["member"] = memberPayload(member)
        }
        tell(.messageReactionAdd, about: message, data)
        return true
    }

    /// Takes a reaction back; `false` when there was none.
    @discardableResult
    mutating func unreact(_ emoji: Emoji, from id: Snowflake, in channel: Snowflake, by user: Snowflake) -> Bool {
        guard var message = message(id, in: channel),
              let index = message.reactions.firstIndex(where: { $0.emoji == emoji && $0.userIDs.contains(user) }) else { return false }
        message.reactions[index].userIDs.removeAll { $0 == user }
        if message.reactions[index].userIDs.isEmpty { message.reactions.remove(at: index) }
        replace(message)
        tell(.messageReactionRemove, about: message, reactionData(emoji, message, user))
        return true
    }

    /// Takes all reactions off, or all with one emoji.
    mutating func clearReactions(of id: Snowflake, in channel: Snowflake, emoji: Emoji? = nil) {
        guard var message = message(id, in: channel) else { return }
        message.reactions.removeAll { emoji == nil || $0.emoji == emoji }
        replace(message)
        var data: JSONValue = ["channel_id": .id(channel), "message_id": .id(id)]
        if let emoji { data["emoji"] = emoji.payload }
        tell(emoji == nil ? .messageReactionRemoveAll : .messageReactionRemoveEmoji, about: message, data)
    }

    /// Someone starts typing.
    mutating func type(_ user: Snowflake, in channel: Channel) {
        var data: JSONValue = ["channel_id": .id(channel.id), "user_id": .id(user), "timestamp": .integer(now.seconds)]
        if let guild = channel.guildID.flatMap({ guilds[$0] }) {
            data["guild_id"] = .id(guild.id)
            if let member = guild[member: user] { data["member"] = memberPayload(member) }
        }
        outbox.append(Dispatch(event: .typingStart, data: data, audience: audience(of: channel)))
    }

    func audience(of channel: Channel) -> Dispatch.Audience { channel.guildID.map { .guild($0) } ?? .direct }

    private func reactionData(_ emoji: Emoji, _ message: Message, _ user: Snowflake) -> JSONValue {
        ["user_id": .id(user), "type": 0, "message_id": .id(message.id), "emoji": emoji.payload, "channel_id": .id(message.channelID),
         "burst": false]
    }

    /// Tells those who may see the message's channel; `guild_id` is added in a guild.
    private mutating func tell(_ event: EventName, about message: Message, _ data: JSONValue) {
        var data = data
        if let guild = message.guildID, !message.isEphemeral { data["guild_id"] = .id(guild) }
        outbox.append(Dispatch(event: event, data: data, audience: audience(of: message)))
    }

    /// Ephemeral messages travel like direct ones (Discord docs, Gateway › DIRECT_MESSAGES).
    private func audience(of message: Message) -> Dispatch.Audience {
        message.isEphemeral ? .direct : message.guildID.map { .guild($0) } ?? .direct
    }

    private mutating func announce(_ event: EventName, _ message: Message) {
        let audience = audience(of: message)
        let isOpen = audience == .direct || message.authorID == botID || message.mentions.contains(botID)
        outbox.append(Dispatch(event: event, data: eventPayload(of: message), audience: audience, needsContentIntent: !isOpen))
    }

    private func resolveMentions(of message: inout Message, allowed: MessageDraft.AllowedMentions) {
        let written = Mentions(in: message.content)
        message.mentions = written.users.filter { allowed.allows(user: $0) && users[$0] != nil }
        if let replied = message.replyTo.flatMap({ self.message($0, in: message.channelID) }),
           allowed.repliedUser, !message.mentions.contains(replied.authorID) {
            message.mentions.append(replied.authorID)
        }
        guard let guild = message.guildID.flatMap({ guilds[$0] }) else { return }
        message.mentionedRoles = written.roles.filter { allowed.allows(role: $0) && guild[role: $0] != nil }
        let channel = channels[message.channelID]
        let mayMentionAll = channel.map { permissions(of: message.authorID, in: $0).contains(.mentionEveryone) } ?? false
        message.mentionsEveryone = written.everyone && allowed.everyone && mayMentionAll
    }
}
