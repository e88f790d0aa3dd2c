/// Everything `moonwire.toml` can say. A value left out has the default written beside it.
package struct Settings: Equatable, Sendable {
    /// Pack folders to run when the command line names none; relative to the working folder.
    package var packs: [String] = []
    package var discord = DiscordSettings()
    package var log = LogSettings()
    package var limits = LimitSettings()
    /// Where identify ledger and saved sessions live; `nil`: `$XDG_STATE_HOME/moonwire`, else `~/.local/state/moonwire`.
    package var stateDirectory: String?

    package init() {}
}

/// `[discord]`: which server the bot talks to, and how.
package struct DiscordSettings: Equatable, Sendable {
    /// Base of every REST route, with the API version. `http://` only when written explicitly.
    package var apiURL = "https://discord.com/api/v10"
    /// Replaces the URL that GET /gateway/bot returns. `ws://` only when written explicitly.
    package var gatewayURL: String?
    /// PEM file of certificates that are trusted besides the system's.
    package var caFile: String?
    /// File that holds the token, asked after the environment's sources.
    package var tokenFile: String?
    /// Intents asked for besides those that the handlers need, by Discord's names in lower case.
    package var intents: [String] = []
    package var compress = Compression.automatic
    package var encoding = Encoding.json
    package var shards = ShardSetting.automatic

    package enum Compression: String, CaseIterable, Sendable {
        case automatic = "auto", zlib = "zlib-stream", zstd = "zstd-stream", payload, none
    }

    package enum Encoding: String, CaseIterable, Sendable { case json, etf }

    /// `"auto"`, a count, or a range of a larger count: `"0-3/16"`.
    package enum ShardSetting: Equatable, Sendable {
        case automatic
        case count(Int)
        case range(ClosedRange<Int>, of: Int)
    }
}

/// `[log]`: what is written to standard error.
package struct LogSettings: Equatable, Sendable {
    package var level = Level.info
    package var format = Format.pretty

    package enum Level: String, CaseIterable, Sendable { case trace, debug, info, notice, warning, error, critical }
    package enum Format: String, CaseIterable, Sendable { case pretty, json }
}
