/// A new session began: the bot is online on one shard (Discord docs, Gateway Events › Ready).
public struct Ready: Equatable, Sendable {
    /// The bot's own account.
    public let user: User
    /// The shard's guilds, each of which follows as a `guildCreate` event.
    public let guilds: [Snowflake]
    /// Which shard, counted from 0.
    public let shard: Int
    /// The object as Discord sent it.
    public let payload: Payload

    /// `nil` when the payload names no user.
    init?(_ payload: Payload, shard: Int) {
        guard let user = User(payload["user"]) else { return nil }
        self.user = user
        self.shard = shard
        guilds = payload["guilds"].array.compactMap { $0["id"].snowflake }
        self.payload = payload
    }
}
