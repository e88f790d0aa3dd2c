import Configuration
import Discord
import Logging
import Reactor
import Simulator
import TestSupport

@testable import BotHost

/// A bot that is online at a simulator, on a loop of its own, and what it does and logs.
final class RunningBot {
    let folder: TemporaryFolder
    let log = RecordingLog()
    private let thread: Thread
    private let handle: ReactorHandle
    private let bot: LoopBound<Bot>

    private struct Started: Sendable {
        let handle: ReactorHandle
        let bot: LoopBound<Bot>
    }

    /// - Parameter packs: names of folders in `folder`, which must exist.
    init(_ simulator: SimulatorServer, in folder: TemporaryFolder, packs: [String]) throws {
        self.folder = folder
        var settings = Settings()
        settings.discord.apiURL = simulator.apiURL
        settings.discord.caFile = simulator.caFile
        var options = BotOptions(
            packs: try packs.map { try PackFolder(path: folder.path($0)) }, settings: settings, watch: false,
            logger: Logger(label: "test", factory: { [log] _ in RecordingLog.Handler(log: log) }))
        options.isSimulated = true
        options.takesSignals = false
        options.loadPatience = .milliseconds(100)
        let token = try BotToken(simulator.token)
        let started = Handover<Result<Started, any Error>>()
        thread = try Thread.start(name: "bot", stackSize: 8 << 20) { [options] in
            do {
                let bot = try Bot(options, token: token)
                bot.ready = { [unowned bot] in started.give(.success(Started(handle: bot.reactor.handle, bot: LoopBound(bot, on: bot.reactor)))) }
                _ = try bot.run()
            } catch { started.give(.failure(error)) }
        }
        let parts = try started.take().get()
        (handle, bot) = (parts.handle, parts.bot)
    }

    /// Ends the bot and waits for it.
    deinit {
        handle.post { [bot] in bot.value.stop() }
        thread.join()
    }

    func ask<T: Sendable>(_ body: @escaping @Sendable (Bot) -> T) -> T {
        let answer = Handover<T>()
        handle.post { [bot] in answer.give(body(bot.value)) }
        return answer.take()
    }

    /// Calls something that answers later, and waits for it.
    func finish(_ body: @escaping @Sendable (Bot, @escaping (BotFailure?) -> Void) -> Void) -> BotFailure? {
        let answer = Handover<BotFailure?>()
        handle.post { [bot] in body(bot.value) { answer.give($0) } }
        return answer.take()
    }
}
