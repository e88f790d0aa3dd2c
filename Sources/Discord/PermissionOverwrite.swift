/// What a channel changes for one role or one member (Discord docs, Permissions › Permission Overwrites).
package struct PermissionOverwrite: Equatable, Sendable {
    package enum Target: Equatable, Sendable {
        /// A role; the one with the guild's own id is @everyone.
        case role(Snowflake)
        case member(Snowflake)
    }

    package let target: Target
    package let allow: Permissions
    package let deny: Permissions

    package init(target: Target, allow: Permissions = [], deny: Permissions = []) {
        self.target = target
        self.allow = allow
        self.deny = deny
    }
}
