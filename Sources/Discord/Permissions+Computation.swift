extension Permissions {
    /// A member as far as permissions go.
    package struct Member: Equatable, Sendable {
        package let id: Snowflake
        package let isOwner: Bool
        /// Ids of the member's roles, @everyone left out.
        package let roles: [Snowflake]
        /// Whether `communication_disabled_until` lies in the future.
        package let isTimedOut: Bool

        package init(id: Snowflake, isOwner: Bool = false, roles: [Snowflake] = [], isTimedOut: Bool = false) {
            self.id = id
            self.isOwner = isOwner
            self.roles = roles
            self.isTimedOut = isTimedOut
        }
    }

    /// Where a message is sent or an action done.
    package enum Place: Equatable, Sendable {
        case text
        case voice
        /// A thread: `overwrites` are its parent's, and writing needs SEND_MESSAGES_IN_THREADS.
        case thread
    }

    /// What `member` may do in the guild as a whole: @everyone's permissions and those of every role held.
    ///
    /// - Parameter rolePermissions: permissions by role id, @everyone's under `guild`.
    package static func base(of member: Member, guild: Snowflake, rolePermissions: [Snowflake: Permissions]) -> Permissions {
        if member.isOwner { return .all }
        var base = rolePermissions[guild] ?? []
        for role in member.roles { base.formUnion(rolePermissions[role] ?? []) }
        return base.contains(.administrator) ? .all : base
    }

    /// What `member` may do in a channel with `overwrites`, implicit rules and time-out applied (docs, Permission Hierarchy,
    /// Overwrites, Implicit Permissions, Timed Out Members).
    package static func effective(
        of member: Member, guild: Snowflake, rolePermissions: [Snowflake: Permissions],
        overwrites: [PermissionOverwrite], place: Place = .text
    ) -> Permissions {
        let base = base(of: member, guild: guild, rolePermissions: rolePermissions)
        // Owner and administrators: neither overwrites nor a time-out touch them.
        if member.isOwner || base.contains(.administrator) { return .all }
        var result = base
        for overwrite in overwrites where overwrite.target == .role(guild) { result.apply(overwrite.allow, overwrite.deny) }
        var allow: Permissions = [], deny: Permissions = []
        for overwrite in overwrites {
            guard case .role(let role) = overwrite.target, role != guild, member.roles.contains(role) else { continue }
            allow.formUnion(overwrite.allow)
            deny.formUnion(overwrite.deny)
        }
        result.apply(allow, deny)
        for overwrite in overwrites where overwrite.target == .member(member.id) { result.apply(overwrite.allow, overwrite.deny) }
        if member.isTimedOut { result.formIntersection([.viewChannel, .readMessageHistory]) }
        return result.withImplicitRules(in: place)
    }

    private mutating func apply(_ allow: Permissions, _ deny: Permissions) {
        subtract(deny)
        formUnion(allow)
    }

    /// Takes away what another missing permission makes useless.
    private func withImplicitRules(in place: Place) -> Permissions {
        guard contains(.viewChannel) else { return [] }
        // Who may not connect still sees that the channel exists.
        if place == .voice, !contains(.connect) { return .viewChannel }
        var result = self
        if !contains(place == .thread ? .sendMessagesInThreads : .sendMessages) {
            result.subtract([.mentionEveryone, .sendTTSMessages, .attachFiles, .embedLinks])
        }
        return result
    }
}
