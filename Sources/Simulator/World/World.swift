import Discord
import JSON

/// Everything that exists on the simulated Discord. Pure state: it is told the time, sends nothing and waits for nothing.
///
/// Each change leaves in `outbox` what the gateway has to tell about it; the owner empties it.
struct World: Sendable {
    /// The bot's user id, also the id of its application.
    let botID: Snowflake
    /// The person at the keyboard.
    let personID: Snowflake
    let seed: WorldSeed
    private let clock: @Sendable () -> UnixTime
    private var ids = SnowflakeSource()

    var users: [Snowflake: User] = [:]
    var guilds: [Snowflake: Guild] = [:]
    /// In the order of creation.
    var guildOrder: [Snowflake] = []
    var channels: [Snowflake: Channel] = [:]
    /// By channel, oldest first.
    var messages: [Snowflake: [Message]] = [:]
    var commands: [ApplicationCommand] = []
    /// By token.
    var interactions: [String: Interaction] = [:]
    /// The newest message for each author and enforced nonce.
    var nonces: [String: (channel: Snowflake, message: Snowflake, at: UnixTime)] = [:]
    var outbox: [Dispatch] = []

    /// A world with nothing but the bot and the person; `populate()` adds the rest.
    init(seed: WorldSeed, clock: @escaping @Sendable () -> UnixTime) {
        self.seed = seed
        self.clock = clock
        // The start lies in the past so that ids made later are always newer.
        let creation = World.creation.milliseconds + Int64(seed.number % 1_000_000) * 60_000
        personID = ids.next(at: UnixTime(milliseconds: creation - 200_000_000))
        botID = ids.next(at: UnixTime(milliseconds: creation - 100_000_000))
        users[personID] = User(id: personID, username: seed.personName, globalName: World.capitalized(seed.personName))
        users[botID] = User(id: botID, username: seed.botName, isBot: true)
        populate(at: UnixTime(milliseconds: creation))
    }

    /// 2024-07-20T20:17:40Z; seeds count minutes from here.
    private static let creation = UnixTime(milliseconds: 1_721_506_660_000)

    var now: UnixTime { clock() }

    mutating func newID() -> Snowflake { ids.next(at: now) }

    /// An id for something that was there at the start.
    mutating func newID(at time: UnixTime) -> Snowflake { ids.next(at: time) }

    var bot: User { users[botID] ?? User(id: botID, username: seed.botName, isBot: true) }

    /// Moonbase.
    var homeGuildID: Snowflake { guildOrder[0] }

    /// The channel people talk in when nothing else is said.
    var generalChannelID: Snowflake { guilds[homeGuildID]?.systemChannelID ?? homeGuildID }

    func user(named name: String) -> User? {
        users.values.first { $0.username == name } ?? users.values.first { $0.id.description == name || $0.globalName == name }
    }

    /// A channel of Moonbase by name or id.
    func channel(named name: String) -> Channel? {
        if let id = Snowflake(name), let channel = channels[id] { return channel }
        let bare = name.hasPrefix("#") ? String(name.dropFirst()) : name
        return guilds[homeGuildID]?.channelIDs.lazy.compactMap { channels[$0] }.first { $0.name == bare }
    }

    /// The member object with its user; without a `guild_id`.
    func memberPayload(_ member: Member) -> JSONValue {
        var payload = member.partialPayload
        payload["user"] = users[member.userID]?.payload ?? .null
        return payload
    }

    /// Takes what is to be told since the last call.
    mutating func takeOutbox() -> [Dispatch] {
        defer { outbox.removeAll(keepingCapacity: true) }
        return outbox
    }

    static func capitalized(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }
}
