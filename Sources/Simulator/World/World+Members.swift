import Discord
import JSON

extension World {
    /// A new person joins Moonbase and is announced: GUILD_MEMBER_ADD, then the notice in the system channel.
    mutating func join(name: String) -> User {
        let user = user(named: name) ?? User(id: newID(), username: name.lowercased(), globalName: World.capitalized(name))
        users[user.id] = user
        let guildID = homeGuildID
        let member = Member(userID: user.id, joinedAt: now)
        guilds[guildID]?.set(member)
        guilds[guildID]?.presences[user.id] = UserPresence(status: "online")
        var data = memberPayload(member)
        data["guild_id"] = .id(guildID)
        tell(.guildMemberAdd, in: guildID, data)
        if let channel = guilds[guildID]?.systemChannelID.flatMap({ channels[$0] }) {
            post(MessageDraft(), by: user.id, in: channel, kind: .memberJoin)
        }
        return user
    }

    /// A member goes: left, kicked or banned. `false` when the user is none.
    @discardableResult
    mutating func remove(_ user: Snowflake, from guildID: Snowflake) -> Bool {
        guard guilds[guildID]?.remove(member: user) != nil else { return false }
        tell(.guildMemberRemove, in: guildID, ["guild_id": .id(guildID), "user": users[user]?.payload ?? .null])
        return true
    }

    mutating func ban(_ user: Snowflake, from guildID: Snowflake, reason: String?) {
        remove(user, from: guildID)
        guilds[guildID]?.bans.removeAll { $0.userID == user }
        guilds[guildID]?.bans.append((user, reason))
        tell(.guildBanAdd, in: guildID, ["guild_id": .id(guildID), "user": users[user]?.payload ?? .null])
    }

    /// `false` when the user was not banned.
    mutating func unban(_ user: Snowflake, from guildID: Snowflake) -> Bool {
        guard guilds[guildID]?.bans.contains(where: { $0.userID == user }) == true else { return false }
        guilds[guildID]?.bans.removeAll { $0.userID == user }
        tell(.guildBanRemove, in: guildID, ["guild_id": .id(guildID), "user": users[user]?.payload ?? .null])
        return true
    }

    /// Puts a changed member in place and announces it.
    mutating func update(_ member: Member, in guildID: Snowflake) {
        guilds[guildID]?.set(member)
        var data = memberPayload(member)
        data["guild_id"] = .id(guildID)
        outbox.append(Dispatch(
            event: .guildMemberUpdate, data: data, audience: .guild(guildID), isOwn: member.userID == botID))
    }

    /// Sets what a user is doing, in each guild, and announces it unless told not to.
    mutating func setPresence(_ presence: UserPresence, of user: Snowflake, in guildIDs: [Snowflake], isAnnounced: Bool = true) {
        let isHidden = presence.status == "offline" || presence.status == "invisible"
        for id in guildIDs where guilds[id]?[member: user] != nil {
            guilds[id]?.presences[user] = isHidden ? nil : presence
            guard isAnnounced else { continue }
            tell(.presenceUpdate, in: id, presencePayload(of: user, in: id).merging(["guild_id": .id(id)]))
        }
    }

    func presencePayload(of user: Snowflake, in guild: Snowflake) -> JSONValue {
        let fields = (guilds[guild]?.presences[user] ?? .offline).fields
        return (["user": ["id": .id(user)]] as JSONValue).merging(fields)
    }

    /// The direct message channel between the bot and a person, made when there is none.
    mutating func directChannel(with user: Snowflake) -> Channel {
        if let channel = channels.values.first(where: { $0.kind == .direct && $0.recipientID == user }) { return channel }
        let id = newID()
        let channel = Channel(id: id, kind: .direct, guildID: nil, name: "", recipientID: user)
        channels[id] = channel
        return channel
    }

    /// A channel as REST and CHANNEL_UPDATE show it.
    func payload(of channel: Channel) -> JSONValue {
        guard channel.kind == .direct else { return channel.guildPayload() }
        return [
            "id": .id(channel.id), "type": .integer(channel.kind.rawValue), "last_message_id": .id(channel.lastMessageID), "flags": 0,
            "recipients": .array(channel.recipientID.flatMap { users[$0]?.payload }.map { [$0] } ?? []),
        ]
    }

    /// GUILD_CREATE for one session (Discord docs, Gateway Events › Guild Create).
    ///
    /// Without the presences intent only the bot is listed; with it, a guild above `largeThreshold` leaves offline members out.
    func guildCreate(_ guild: Guild, intents: Intents, largeThreshold: Int) -> JSONValue {
        let isLarge = guild.members.count > largeThreshold
        let listed = guild.members.filter { member in
            member.userID == botID || guild.voiceStates[member.userID] != nil
                || intents.contains(.guildPresences) && (!isLarge || guild.presences[member.userID] != nil)
        }
        let presences = intents.contains(.guildPresences) ? listed.filter { guild.presences[$0.userID] != nil } : []
        return guild.payload.merging([
            "joined_at": .time(guild[member: botID]?.joinedAt), "large": .bool(isLarge), "unavailable": false,
            "member_count": .integer(Int64(guild.members.count)), "voice_states": .array(Array(guild.voiceStates.values)),
            "members": .array(listed.map(memberPayload)),
            "channels": .array(guild.channelIDs.compactMap { channels[$0]?.guildPayload(includingGuild: false) }),
            "threads": [], "presences": .array(presences.map { presencePayload(of: $0.userID, in: guild.id) }),
            "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
        ])
    }

    mutating func tell(_ event: EventName, in guild: Snowflake, _ data: JSONValue) {
        outbox.append(Dispatch(event: event, data: data, audience: .guild(guild)))
    }
}
