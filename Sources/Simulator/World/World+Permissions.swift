import Discord

extension World {
    /// What a member may do in a channel; everything in a direct message, nothing for who is no member.
    func permissions(of user: Snowflake, in channel: Channel) -> Permissions {
        guard let guildID = channel.guildID else { return .all }
        guard let guild = guilds[guildID], let member = permissionMember(user, of: guild) else { return [] }
        return Permissions.effective(
            of: member, guild: guild.id, rolePermissions: guild.rolePermissions, overwrites: channel.overwrites,
            place: channel.kind == .voice ? .voice : .text)
    }

    /// What a member may do in the guild as a whole.
    func permissions(of user: Snowflake, in guild: Guild) -> Permissions {
        guard let member = permissionMember(user, of: guild) else { return [] }
        return Permissions.base(of: member, guild: guild.id, rolePermissions: guild.rolePermissions)
    }

    /// The position of the highest role of a member; the owner stands above all.
    func rank(of user: Snowflake, in guild: Guild) -> Int {
        if guild.ownerID == user { return .max }
        return guild[member: user]?.roles.compactMap { guild[role: $0]?.position }.max() ?? 0
    }

    private func permissionMember(_ user: Snowflake, of guild: Guild) -> Permissions.Member? {
        guard let member = guild[member: user] else { return nil }
        let isTimedOut = member.timeoutUntil.map { $0 > now } ?? false
        return Permissions.Member(id: user, isOwner: guild.ownerID == user, roles: member.roles, isTimedOut: isTimedOut)
    }
}
