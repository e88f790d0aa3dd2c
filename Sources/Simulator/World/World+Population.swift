import Discord
import JSON

extension World {
    /// What @everyone of a new guild may do.
    private static let everyonePermissions = Permissions(rawValue: 2_248_473_465_835_073)
    /// What the bot was invited with.
    private static let botPermissions: Permissions = [
        .kickMembers, .banMembers, .manageChannels, .addReactions, .viewChannel, .sendMessages, .manageMessages, .readMessageHistory,
        .manageNicknames, .manageRoles, .moderateMembers, .pinMessages,
    ]

    /// Founds Moonbase and the further guilds of the seed.
    mutating func populate(at creation: UnixTime) {
        let names = ["neil", "valentina", "mae", "yuri", "sally"]
        var people = [personID]
        for name in names {
            let id = newID(at: creation)
            users[id] = User(id: id, username: name, globalName: World.capitalized(name))
            people.append(id)
        }
        let guildID = found("Moonbase", owner: people[1], at: creation)
        for id in people.dropFirst() { admit(id, to: guildID, at: creation, status: id == people[2] ? "idle" : "online") }
        admit(personID, to: guildID, at: creation, status: "online")
        for number in 0..<seed.extraMembers {
            let id = newID(at: creation)
            users[id] = User(id: id, username: "settler\(number)", globalName: "Settler \(number)")
            admit(id, to: guildID, at: creation, status: number.isMultiple(of: 4) ? "online" : "offline")
        }
        let text = addChannel("Text channels", .category, to: guildID, at: creation)
        let general = addChannel("general", .text, to: guildID, at: creation, under: text, topic: "Everything about the base")
        addChannel("bots", .text, to: guildID, at: creation, under: text, topic: "For commands")
        let news = addChannel("announcements", .announcement, to: guildID, at: creation, under: text)
        let vault = addChannel("vault", .text, to: guildID, at: creation, under: text, topic: "Closed to the bot")
        addChannel("Lounge", .voice, to: guildID, at: creation)
        channels[news]?.overwrites = [PermissionOverwrite(target: .role(guildID), deny: .sendMessages)]
        channels[vault]?.overwrites = [PermissionOverwrite(target: .member(botID), deny: .viewChannel)]
        guilds[guildID]?.systemChannelID = general

        for number in 0..<seed.extraGuilds {
            let time = UnixTime(milliseconds: creation.milliseconds + 1_000 + Int64(number))
            let id = found("Outpost \(number)", owner: people[1], at: time)
            let channel = addChannel("general", .text, to: id, at: time)
            guilds[id]?.systemChannelID = channel
        }
    }

    /// A new guild with its owner, the bot and the bot's role.
    private mutating func found(_ name: String, owner: Snowflake, at time: UnixTime) -> Snowflake {
        let id = newID(at: time)
        let everyone = Role(id: id, name: "@everyone", permissions: World.everyonePermissions, position: 0)
        let crew = Role(id: newID(at: time), name: "Crew", permissions: [], position: 1, color: 0x3498DB, isHoisted: true, isMentionable: true)
        let botRole = Role(id: newID(at: time), name: bot.username, permissions: World.botPermissions, position: 2, botID: botID)
        guilds[id] = Guild(id: id, name: name, ownerID: owner, roles: [everyone, crew, botRole], createdAt: time)
        guildOrder.append(id)
        admit(owner, to: id, at: time, status: "online")
        admit(botID, to: id, at: time, status: "offline", roles: [botRole.id])
        return id
    }

    private mutating func admit(_ user: Snowflake, to guild: Snowflake, at time: UnixTime, status: String, roles: [Snowflake] = []) {
        guilds[guild]?.set(Member(userID: user, roles: roles, joinedAt: time))
        if status != "offline" { guilds[guild]?.presences[user] = UserPresence(status: status) }
    }

    @discardableResult
    private mutating func addChannel(
        _ name: String, _ kind: Channel.Kind, to guild: Snowflake, at time: UnixTime, under parent: Snowflake? = nil, topic: String? = nil
    ) -> Snowflake {
        let id = newID(at: time)
        let position = guilds[guild]?.channelIDs.count ?? 0
        channels[id] = Channel(id: id, kind: kind, guildID: guild, name: name, topic: topic, position: position, parentID: parent)
        guilds[guild]?.channelIDs.append(id)
        return id
    }
}
