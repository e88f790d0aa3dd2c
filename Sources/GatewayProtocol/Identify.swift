package import Discord

/// IDENTIFY's `d` (docs, Gateway Events › Identify).
package struct Identify: Equatable, Sendable {
    package var token: BotToken
    package var intents: Intents
    package var shard: ShardID?
    package var presence: Presence?
    /// Members above which offline ones are left out of GUILD_CREATE, 50–250; `nil` leaves Discord's 50.
    package var largeThreshold: Int?
    /// Payload compression; only without transport compression and only with JSON.
    package var compress: Bool
    /// The `os` property, such as `linux`.
    package var operatingSystem: String

    /// Sent as `browser` and `device`.
    package static let library = "Moonwire"

    package init(
        token: BotToken, intents: Intents, shard: ShardID? = nil, presence: Presence? = nil,
        largeThreshold: Int? = nil, compress: Bool = false, operatingSystem: String = Identify.hostOperatingSystem
    ) {
        self.token = token
        self.intents = intents
        self.shard = shard
        self.presence = presence
        self.largeThreshold = largeThreshold
        self.compress = compress
        self.operatingSystem = operatingSystem
    }

    package static var hostOperatingSystem: String {
        #if os(Linux)
        "linux"
        #elseif os(macOS)
        "macos"
        #else
        "unknown"
        #endif
    }
}
