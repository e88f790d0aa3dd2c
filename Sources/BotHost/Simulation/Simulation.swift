internal import Configuration
internal import Discord
internal import JSON
internal import Logging
internal import Reactor

/// A bot, a simulated Discord, and a chat between standard input and output.
package final class Simulation {
    private let simulator: SimulatorProcess
    private let bot: Bot
    private let display: any ChatDisplay
    private let logger: Logger
    /// Lines that wait until the bot has answered the one before; `nil` stands for the end of the input.
    private var lines: [String?] = []
    private var isBusy = true
    private var isEnding = false

    /// Starts the simulator and prepares the bot.
    ///
    /// - Throws: `.failure` when the simulator does not start; what `Bot.init` throws.
    package init(_ options: BotOptions, display: any ChatDisplay) throws(BotFailure) {
        self.display = display
        logger = options.logger
        simulator = try SimulatorProcess(executable: ExecutablePath.sibling("moonwire-simulator"))
        var options = options
        options.settings.discord.apiURL = simulator.endpoints.apiURL
        options.settings.discord.gatewayURL = simulator.endpoints.gatewayURL
        options.settings.discord.caFile = simulator.endpoints.caFile
        options.isSimulated = true
        do {
            bot = try Bot(options, token: try BotToken(simulator.endpoints.token))
        } catch {
            simulator.stop()
            throw error as? BotFailure ?? BotFailure(.failure, "the simulator's token is none: \(error)")
        }
    }

    /// Runs until the input has ended and the bot is idle, or until a signal.
    package func run() throws(BotFailure) -> ExitStatus {
        // The bot says goodbye to a Discord that is still there.
        defer {
            simulator.stop { event in
                if let line = ChatLine(event) { display.show(line) }
            }
            display.end()
        }
        bot.ready = { [unowned self] in start() }
        do {
            try simulator.attach(to: bot.reactor) { [unowned self] event in received(event) }
        } catch {
            throw BotFailure(.failure, "the simulator cannot be listened to: \(error)")
        }
        return try bot.run()
    }

    // MARK: Input

    private func start() {
        guard isBusy, lines.isEmpty, !isEnding else { return }
        if display.isInteractive {
            display.show(.note("the bot is online; type a message, or :help"))
            display.prompt()
        }
        let input = LoopBound(self, on: bot.reactor)
        do {
            try StandardInput.read(into: bot.reactor.handle) { _, line in input.value.typed(line) }
        } catch {
            logger.error("standard input cannot be read: \(error)")
        }
        settle(after: nil)
    }

    private func typed(_ line: String?) {
        lines.append(line)
        next()
    }

    private func next() {
        guard !isBusy || display.isInteractive, !lines.isEmpty, !isEnding else { return }
        guard let line = lines.removeFirst() else { return end() }
        switch ChatInput(line) {
        case .nothing: break
        case .quit: return end()
        case .help: for line in ChatInput.helpLines { display.show(.note(line)) }
        case .incomplete(let usage): display.show(.note("a word is missing: \(usage)"))
        case .unknown(let text): display.show(.note("'\(text)' is no command; :help lists them"))
        case .action(let action):
            isBusy = true
            if !display.isInteractive, let content = action["content"]?.stringValue {
                display.show(.message(author: simulator.endpoints.userName, content: content, embeds: 0))
            }
            simulator.send(action)
            display.prompt()
            return
        }
        display.prompt()
        next()
    }

    private func end() {
        isEnding = true
        settle(after: nil)
    }

    // MARK: What the simulator tells

    private func received(_ event: JSONValue?) {
        guard let event else {
            return bot.finish(.failure(BotFailure(.failure, "the simulator has ended unexpectedly; its own message stands above")))
        }
        if let line = ChatLine(event) { display.show(line) }
        switch event["type"]?.stringValue {
        case "delivered": settle(after: (Int(event["shard"]?.integerValue ?? 0), event["seq"]?.integerValue ?? 0))
        case "done", "undelivered", "error": settle(after: nil)
        default: break
        }
    }

    /// Goes on once the bot has dealt with everything up to `event`.
    private func settle(after event: (shard: Int, sequence: Int64)?) {
        bot.whenIdle(after: event, isLast: isEnding) { [unowned self] in
            isBusy = false
            if isEnding { bot.stop() } else { next() }
        }
    }
}

@available(*, unavailable)
extension Simulation: Sendable {}
