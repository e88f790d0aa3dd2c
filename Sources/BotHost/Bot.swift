internal import Configuration
package import Discord
internal import Gateway
internal import LuaEngine
internal import Logging
internal import REST
package import Reactor
internal import TLS

/// A running bot: the gateway's shards and REST on the calling thread's event loop, each pack on a thread of its own.
///
/// Confined to the thread that made it, which `run` turns into the loop's.
package final class Bot {
    package let reactor: Reactor
    /// Called once, when the first shard is online.
    package var ready: () -> Void = {}

    let options: BotOptions
    let logger: Logger
    let token: BotToken
    let rest: RESTClient
    let tls: TLSContext
    let traces: [ProtocolTrace]
    /// Where logins and sessions are remembered, if they are.
    var stateDirectory: String?
    /// What all fleets have counted, and what was shed because packs did not keep up.
    let metrics = GatewayMetrics()
    let scripts: PackRoster
    var fleet: ShardFleet?
    private(set) lazy var interactions = InteractionDesk(
        InteractionDesk.Road(
            askScripts: { [unowned self] in scripts.askWhetherWorking(on: .interactionCreate, $0) },
            perform: { [unowned self] request, done in
                rest.perform(request) { result in
                    if case .failure(let error) = result { self.logger.warning("an interaction could not be deferred: \(error)") }
                    done((try? result.get()) != nil)
                }
            }),
        on: reactor)
    /// What IDENTIFY asked for, and what the next one will, which grows when packs need more.
    var intents: Intents = []
    var nextIntents: Intents = []
    var presence: Presence?
    var phase = Phase.loading
    /// Whether a shard has ever been online.
    var isOnline = false
    /// The intents that the packs needed when the bot began to log in.
    var neededIntents: Intents = []
    /// Whether the bot leaves the gateway to come back with other intents, or is about to.
    var isLoggingInAgain = false
    /// When it did lately.
    var newLogins: [ContinuousClock.Instant] = []
    /// What is asked of Discord to log in.
    var loginRequest: RESTCall?
    /// Since when no server has been found where the gateway should be.
    var unreachableSince: ContinuousClock.Instant?
    /// Member requests without an answer.
    var memberRequests = 0
    private(set) var watcher: PackWatcher?
    private var signals: SignalSource?
    private var outcome: Result<ExitStatus, BotFailure> = .success(.success)

    enum Phase { case loading, connecting, running, stopping, stopped }

    /// Prepares everything that needs no network.
    ///
    /// - Throws: `.configuration` for settings that contradict each other or name unusable files; `.usage` for two packs with one name;
    ///   `.failure` when the system refuses a descriptor.
    package init(_ options: BotOptions, token: BotToken) throws(BotFailure) {
        self.options = options
        self.token = token
        logger = options.logger
        try Self.checkNames(options.packs)
        do throws(IOFailure) { reactor = try Reactor() } catch { throw BotFailure(.failure, "no event loop: \(error)") }
        do throws(TLSFailure) { tls = try TLSContext(caFile: options.settings.discord.caFile) } catch {
            throw BotFailure(.configuration, "\(error)")
        }
        var configuration = RESTConfiguration(baseURL: options.settings.discord.apiURL, token: token)
        configuration.caFile = options.settings.discord.caFile
        if options.isSimulated { configuration.proxy = "" }
        configuration.userAgent = "DiscordBot (https://github.com/moonwire/moonwire, \(MoonwireVersion.current))"
        do throws(RESTError) { rest = try RESTClient(reactor: reactor, configuration: configuration) } catch {
            throw BotFailure(.configuration, error.message)
        }
        traces = try Self.makeTraces(options)
        if !options.isSimulated, let path = options.settings.stateDirectory { stateDirectory = try StateDirectory.prepare(configured: path) }
        if !traces.isEmpty {
            rest.trace = { [traces] step in for trace in traces { trace.note(nil, "\(step)") } }
        }
        scripts = PackRoster(options.settings.limits, logger: logger, on: reactor)
        let bot = LoopBound(WeakBot(self), on: reactor)
        scripts.road = PackRoster.Road(
            services: { [handle = reactor.handle] in BotServices(bot: bot, handle: handle, pack: $0) },
            setReceiving: { [unowned self] in fleet?.isReceiving = $0 },
            subscribe: { [unowned self] in subscribe(to: $0) },
            allLost: { [logger] in
                // None of them can be asked for anything any more, not even to end.
                logger.critical("no pack is left that serves, so the bot ends; started again, it resumes its sessions and gets what was not handled")
                ExitStatus.failure.exitNow()
            })
        rest.notice = { [unowned self] in noted($0) }
        metrics.shedCounts = { [unowned scripts] in scripts.shedCounts }
    }

    /// Two packs with one name could not be told apart in logs and commands.
    static func checkNames(_ packs: [PackFolder]) throws(BotFailure) {
        var seen: [String: PackFolder] = [:]
        for pack in packs {
            guard let other = seen.updateValue(pack, forKey: pack.name) else { continue }
            throw BotFailure(
                .usage, other.watched == pack.watched ? "the pack '\(pack.name)' is listed twice; name it once"
                    : "two packs are called '\(pack.name)' (\(other.watched) and \(pack.watched)); give each a folder with a name of its own")
        }
    }

    // MARK: Running

    /// Loads the packs, connects, and serves until a signal, `stop`, or a failure that reconnecting cannot mend. Once.
    ///
    /// - Throws: why the bot cannot go on.
    package func run() throws(BotFailure) -> ExitStatus {
        defer {
            scripts.stop()
            signals = nil
        }
        SignalSource.ignoreBrokenPipe()
        // Each shard takes a descriptor.
        do throws(IOFailure) { try DescriptorLimit.raise() } catch { logger.warning("the limit of open files stays as it is: \(error)") }
        if options.takesSignals {
            do throws(IOFailure) {
                signals = try SignalSource([.interrupt, .terminate, .hangUp, .user2], on: reactor) { [unowned self] in received($0) }
            } catch { throw BotFailure(.failure, "signals cannot be received: \(error)") }
        }
        if options.watch {
            let watcher = PackWatcher(on: reactor, logger: logger) { [unowned self] folder in
                if let pack = scripts[folder.name] { scripts.reload(pack) { _ in } }
            }
            for folder in options.packs { try watcher.watch(folder) }
            self.watcher = watcher
        }
        if let guards = LuaVersion.library.guards { logger.notice("Lua \(LuaVersion.library): \(guards)") }
        try load()
        lookAfterScripts()
        reactor.run()
        return try outcome.get()
    }

    private func received(_ signal: Signal) {
        switch signal {
        case .hangUp: reloadConfiguration()
        case .interrupt, .terminate:
            if phase == .stopping || phase == .stopped { ExitStatus.interrupted.exitNow() }
            logger.info("closing; once more ends at once")
            stop()
        case .user2:
            logger.info("SIGUSR2: closing; the sessions are kept for a successor")
            stop(keepingSessions: true)
        }
    }

    /// What is looked after once a minute.
    private func lookAfterScripts() {
        reactor.schedule(after: .seconds(60)) { [unowned self] in
            scripts.tellShedEvents()
            scripts.watchForStalls()
            lookAfterScripts()
        }
    }

    // MARK: Stopping

    /// Takes no further events, lets handlers and requests under way finish for a while, closes the gateway with 1000, and ends `run`.
    ///
    /// - Parameter keepingSessions: leave the gateway so that the next process can RESUME and receives what happened in between.
    package func stop(keepingSessions: Bool = false) {
        guard phase != .stopping && phase != .stopped else { return }
        phase = .stopping
        loginRequest?.cancel()
        let deadline = reactor.now + Self.drainTime
        if keepingSessions {
            // First of all: what comes after the last event that the scripts have is the successor's.
            leaveGateway(keepingSessions: true) { [unowned self] in
                drain(until: deadline) { [unowned self] in end() }
            }
        } else {
            fleet?.subscriptions = EventSet()
            drain(until: deadline) { [unowned self] in
                leaveGateway(keepingSessions: false) { [unowned self] in end() }
            }
        }
    }

    private func leaveGateway(keepingSessions: Bool, then: @escaping () -> Void) {
        guard let fleet else { return then() }
        fleet.shutdown(keepingSessions: keepingSessions, completion: then)
    }

    private func drain(until deadline: ContinuousClock.Instant, then: @escaping () -> Void) {
        // Events that were received are handled before the packs take no more.
        scripts.removeAll()
        reactor.nextTurn { [unowned self] in
            awaitScripts(until: deadline) { [unowned self] in
                rest.shutdown(within: max(.milliseconds(1), deadline - reactor.now), completion: then)
            }
        }
    }

    /// How long handlers and requests may still take after a signal.
    private static let drainTime = Duration.seconds(5)

    /// Ends `run` with this outcome, unless it ends already: what breaks off then was asked to.
    func finish(_ outcome: Result<ExitStatus, BotFailure>) {
        guard phase != .stopping && phase != .stopped else { return }
        self.outcome = outcome
        stop()
    }

    private func end() {
        phase = .stopped
        reactor.handle.stop()
    }

    /// Waits until nothing goes on in the scripts and no request is under way, or until the deadline, whether the scripts answer or not.
    private func awaitScripts(until deadline: ContinuousClock.Instant, then: @escaping () -> Void) {
        var isOver = false
        let end = { [unowned self] (timer: TimerToken?) in
            guard !isOver else { return }
            isOver = true
            if let timer { reactor.cancel(timer) }
            then()
        }
        let timer = reactor.schedule(at: deadline) { end(nil) }
        func look() {
            scripts.askWhetherIdle(until: deadline, countingTimeouts: true) { [unowned self] isIdle in
                if isIdle && rest.outstanding == 0 { return end(timer) }
                if !isOver { reactor.schedule(after: .milliseconds(10)) { look() } }
            }
        }
        look()
    }
}

@available(*, unavailable)
extension Bot: Sendable {}

/// Lets jobs for the reactor thread name the bot without keeping it alive.
final class WeakBot {
    weak var object: Bot?
    init(_ object: Bot) { self.object = object }
}
