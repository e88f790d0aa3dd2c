/// Which intents bring an event.
package struct EventIntents: Equatable, Sendable {
    /// Bring it from guilds. With two members each brings a part: THREAD_MEMBERS_UPDATE comes for the bot's own
    /// membership with GUILDS and for everyone's with GUILD_MEMBERS.
    package let guild: Intents
    /// Bring it from direct messages.
    package let direct: Intents

    package init(guild: Intents, direct: Intents = []) {
        self.guild = guild
        self.direct = direct
    }

    /// Sent whatever was asked for.
    package static let none = EventIntents(guild: [])

    /// What to ask for in order to get the event from everywhere.
    package var all: Intents { guild.union(direct) }
}
