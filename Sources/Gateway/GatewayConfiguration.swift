package import Discord
package import GatewayProtocol

/// How a fleet of shards connects and logs in.
package struct GatewayConfiguration: Sendable {
    package var token: BotToken
    package var intents: Intents
    /// What IDENTIFY says about the bot; `ShardFleet.updatePresence` replaces it.
    package var presence: Presence?
    /// Members above which offline ones are left out of GUILD_CREATE, 50–250; `nil` leaves Discord's 50.
    package var largeThreshold: Int?
    package var encoding = PayloadEncoding.json
    package var compression = TransportCompression.zstdStream
    package var layout = ShardLayout.automatic
    package var proxies = ProxySettings.direct
    /// The User-Agent field of the opening handshake.
    package var userAgent = "Moonwire"
    /// Most bytes of one inflated payload. The default of 64 MiB is far beyond the largest guild.
    package var payloadLimit = 64 << 20
    package var deadlines = ConnectionDeadlines()
    package var timing = GatewaySession.Timing()
    /// Between two IDENTIFYs of one key (`shard % max_concurrency`): Discord's 5 seconds and a margin.
    package var identifyInterval = IdentifyQueue.defaultInterval
    /// An existing directory for the identify ledger and the saved sessions; `nil` keeps both in memory only.
    package var stateDirectory: String?
    /// How far behind a saved sequence may be while events flow. A crash repeats the events of that time.
    package var checkpointInterval: Duration = .seconds(5)
    /// What happens when the day's session starts are used up.
    package var spentBudget = SpentBudget.wait
    /// How long `shutdown` waits for the shards' closing handshakes.
    package var shutdownDeadline: Duration = .seconds(5)

    /// What to do when Discord allows no further IDENTIFY until a time.
    package enum SpentBudget: Sendable {
        /// Wait until then.
        case wait
        /// End with `GatewayFailure.identifyBudgetSpent`, unless some shard is online: then the others wait.
        case fail
    }

    package init(token: BotToken, intents: Intents) {
        self.token = token
        self.intents = intents
    }
}
