package import Discord

/// What a simulator is started with. The defaults behave as Discord does towards a small bot, with every privileged intent granted.
package struct SimulatorConfiguration: Sendable {
    /// The TCP port on loopback; 0 lets the kernel choose.
    package var port = 0
    /// TLS with an authority made at start. Off: `http://` and `ws://`, for hosts told so explicitly.
    package var isEncrypted = true
    /// The bot token; `nil` has one made, in Discord's form.
    package var token: String?
    /// Who and what is there at the start.
    package var world = WorldSeed()
    /// The intents that IDENTIFY may name; others end the connection with 4014.
    package var grantedIntents = Intents.all
    /// How long things take.
    package var pace = Pace()
    /// `shards` of GET /gateway/bot.
    package var recommendedShards = 1
    /// `session_start_limit.max_concurrency`: IDENTIFYs of one key (`shard_id % max_concurrency`) come a window apart.
    package var maxConcurrency = 1
    /// `session_start_limit.total`. One IDENTIFY too many ends all sessions and voids the token, as it does on Discord.
    package var sessionStarts = 1000
    /// Dispatches kept per session for RESUME; who missed more gets INVALID_SESSION.
    package var replayCapacity = 4096
    /// Requests per window and bucket.
    package var restLimits = RESTLimits()

    package init() {}
}
