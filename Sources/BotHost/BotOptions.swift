package import Configuration
package import Logging

/// What a bot is started with.
package struct BotOptions: Sendable {
    package var packs: [PackFolder]
    package var settings: Settings
    /// Reads the list of packs anew, for SIGHUP; `nil` when it cannot change because the command line gave it.
    package var packList: (@Sendable () throws(ConfigurationError) -> [PackFolder])?
    /// Reload a pack when one of its files changes.
    package var watch: Bool
    /// Whether Discord is the simulator beside us: it is reached without a proxy, and nothing of it is remembered, since it forgets everything at
    /// its end.
    package var isSimulated = false
    /// Whether Ctrl-C and the like are for the bot. Not where the process is somebody else's, who ends it with `Bot.stop`.
    package var takesSignals = true
    /// File that gets every frame of the gateway as a line of JSON, `--trace`; `nil` for none.
    package var traceFile: String?
    /// How long packs that have loaded wait for one that has not before the bot goes online without it.
    package var loadPatience = Duration.seconds(10)
    package var logger: Logger

    package init(packs: [PackFolder], settings: Settings, watch: Bool, logger: Logger) {
        self.packs = packs
        self.settings = settings
        self.watch = watch
        self.logger = logger
    }
}

extension Logger.Level {
    package init(_ level: LogSettings.Level) {
        self = switch level {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }
}
