internal import ArgumentParser
internal import BotHost
internal import Configuration
internal import Logging
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs a bot.",
        discussion: """
            A pack is a folder with main.lua, or a single Lua file. The token comes from the file that DISCORD_TOKEN_FILE names, \
            from DISCORD_TOKEN, or from ~/.config/moonwire/token; it is never an argument.

            With --simulate the bot talks to a simulated Discord in this process's care: type to it, or pipe lines in.

            Exit status: 0 ended as asked, 1 failure, 2 usage, 6 Discord refused the token or an intent, 7 the day's session \
            starts are spent, 78 configuration, 130 interrupted twice.
            """)

    @Argument(help: ArgumentHelp("The packs to run; without any, those of the configuration file.", valueName: "pack"))
    var packs: [String] = []

    @Flag(help: "Reload a pack when one of its files is saved.")
    var watch = false

    @Flag(help: "Run against a simulated Discord, with a chat on standard input. Needs no token and no network.")
    var simulate = false

    @Option(help: ArgumentHelp("The configuration file. Without this option, moonwire.toml in this folder if there is one.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The least important lines that are logged.", valueName: "level"))
    var logLevel: LogSettings.Level?

    @Option(help: ArgumentHelp("Lines for people, or objects for programs.", valueName: "format"))
    var logFormat: LogSettings.Format?

    @Option(help: ArgumentHelp("Append every gateway frame to this file, a line of JSON each, without secrets.", valueName: "file"))
    var trace: String?

    mutating func run() throws {
        var settings = try Self.settings(file: config)
        if let logLevel { settings.log.level = logLevel }
        if let logFormat { settings.log.format = logFormat }
        let paths = packs.isEmpty ? settings.packs : packs
        guard !paths.isEmpty else {
            throw BotFailure(.usage, "no pack given; name a folder with main.lua, for example: moonwire run examples/hello --simulate")
        }
        let terminal = simulate ? PromptTerminal() : nil
        do {
            var options = BotOptions(
                packs: try paths.map { try PackFolder(path: $0) }, settings: settings, watch: watch,
                logger: Logger(label: "moonwire", factory: { _ in
                    ConsoleLogHandler(
                        level: Logger.Level(settings.log.level), format: settings.log.format == .json ? .json : ConsoleLogHandler.prettyForStandardError,
                        terminal: terminal)
                }))
            if packs.isEmpty { options.packList = { [config] () throws(ConfigurationError) in try Self.packList(file: config) } }
            options.traceFile = trace
            let status = try simulate ? Simulation(options, display: ChatPrinter(terminal: terminal)).run() : Self.connected(options)
            if status != .success { throw ExitCode(status.rawValue) }
        } catch let error as ConfigurationError {
            throw BotFailure(error)
        }
    }

    private static func connected(_ options: BotOptions) throws -> ExitStatus {
        let token = try TokenSources.token(tokenFile: options.settings.discord.tokenFile)
        return try Bot(options, token: token).run()
    }

    private static func settings(file: String?) throws(BotFailure) -> Settings {
        do throws(ConfigurationError) { return try read(file) } catch { throw BotFailure(error) }
    }

    private static func read(_ file: String?) throws(ConfigurationError) -> Settings {
        guard let path = file ?? (TextFile.exists("moonwire.toml") ? "moonwire.toml" : nil) else { return .init() }
        return try ConfigurationFile.parse(try TextFile.read(path), file: path)
    }

    /// The packs that the configuration file names now.
    private static func packList(file: String?) throws(ConfigurationError) -> [PackFolder] {
        var packs: [PackFolder] = []
        for path in try read(file).packs { packs.append(try PackFolder(path: path)) }
        return packs
    }
}

extension LogSettings.Level: ExpressibleByArgument {}
extension LogSettings.Format: ExpressibleByArgument {}
