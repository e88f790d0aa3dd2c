/// Who and what a simulated world starts with. The guild "Moonbase" with its channels and a handful of people is always there.
package struct WorldSeed: Sendable {
    /// Names and ids of the start are a function of this number.
    package var number: UInt64 = 1
    /// The person who sits at the keyboard.
    package var personName = "buzz"
    package var botName = "Moonbot"
    /// Further members of Moonbase, for member requests in chunks.
    package var extraMembers = 0
    /// Further small guilds with consecutive creation times, so that they spread evenly over shards.
    package var extraGuilds = 0

    package init() {}
}
