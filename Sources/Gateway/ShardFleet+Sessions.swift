import Discord
import GatewayProtocol
import Reactor

// Keeping resume points on disk while the shards run.
extension ShardFleet {
    /// How often it is looked whether another process has ended.
    private static let claimInterval = Duration.milliseconds(250)

    /// Makes the saved sessions this process's alone, and goes on to GET /gateway/bot. Two processes that resumed the same session would take it
    /// from each other for ever and both handle its events: the second waits until the first has ended.
    func claimSessions(isWaiting: Bool = false) {
        do throws(IOFailure) {
            if let file = sessionsFile {
                guard let lock = try file.lock() else {
                    if !isWaiting { context.note(nil, .waitingForProcess(lock: "\(file.path).lock")) }
                    return claimLater()
                }
                claim = consume lock
            }
        } catch {
            context.note(nil, .stateUnusable("cannot lock the saved sessions: \(error)"))
        }
        refresh()
    }

    private func claimLater() {
        claimTimer = context.reactor.schedule(after: Self.claimInterval) { [weak self] in
            self?.claimTimer = nil
            self?.claimSessions(isWaiting: true)
        }
    }

    /// A new session, or the end of one, is written down in this turn, so that a process that crashes at once can still resume it; progress
    /// within a session is written at intervals, and where the shards are as they leave at the end of all.
    func keep(_ point: ResumePoint?, of shard: Shard) {
        guard case .running = state else {
            partingPoints[shard.id] = point
            if point == nil { sessions?.set(nil, of: shard.id, at: 0) }
            return
        }
        sessions?.set(point, of: shard.id, at: UTCTimestamp.now().milliseconds)
        guard !savesNextTurn else { return }
        savesNextTurn = true
        context.reactor.nextTurn { [weak self] in
            self?.savesNextTurn = false
            self?.saveSessions()
        }
    }

    /// A shard has received something. The timer runs only while that happens.
    func checkpointLater() {
        context.hasProgress = true
        guard context.configuration.stateDirectory != nil, checkpointTimer == nil, case .running = state else { return }
        checkpointTimer = context.reactor.schedule(after: context.configuration.checkpointInterval) { [weak self] in
            self?.checkpointTimer = nil
            self?.checkpoint()
        }
    }

    /// Saves where the shards are now, once their events have reached the handlers.
    private func checkpoint() {
        context.hasProgress = false
        let points = shards.compactMap { shard in shard.session.resumePoint.map { (shard, $0) } }
        guard let delegate = context.delegate else { return save(points) }
        delegate.gateway(onceHandled: { [weak self] in self?.save(points) })
    }

    private func save(_ points: [(shard: Shard, point: ResumePoint)]) {
        guard case .running = state else { return }
        let now = UTCTimestamp.now().milliseconds
        // A session that has ended meanwhile is not worth saving, and its successor is saved already.
        for (shard, point) in points where shard.session.resumePoint?.sessionID == point.sessionID {
            sessions?.set(point, of: shard.id, at: now)
        }
        saveSessions()
    }

    /// The shards have left: saves where, and lets another process have the sessions, once the events until then have reached the handlers. Should
    /// this process end before, the other gets those again.
    func handSessionsOver() {
        saveSessions()
        let handOver = { [self] in
            let now = UTCTimestamp.now().milliseconds
            for (shard, point) in partingPoints { sessions?.set(point, of: shard, at: now) }
            if !partingPoints.isEmpty { saveSessions() }
            claim = nil
        }
        guard let delegate = context.delegate, !partingPoints.isEmpty else { return handOver() }
        delegate.gateway(onceHandled: handOver)
    }

    func saveSessions() {
        do throws(IOFailure) {
            try sessions?.save()
            saveFault = nil
        } catch {
            let fault = "cannot save the sessions: \(error)"
            if fault != saveFault { context.note(nil, .stateUnusable(fault)) }
            saveFault = fault
        }
    }

    // MARK: Files

    func savedSessions() -> SavedSessions {
        let configuration = context.configuration
        let terms =
            "\(Self.botKey(configuration.token)) intents=\(configuration.intents.rawValue) large=\(configuration.largeThreshold ?? 0)"
        do throws(IOFailure) {
            return try SavedSessions(file: sessionsFile, terms: terms)
        } catch {
            context.note(nil, .stateUnusable("cannot read the saved sessions: \(error)"))
            return SavedSessions(terms: terms)
        }
    }

    func identifyLedger() -> IdentifyLedger {
        let bot = Self.botKey(context.configuration.token)
        do throws(IOFailure) {
            return try IdentifyLedger(file: stateFile("identifies-\(bot).json"), bot: bot)
        } catch {
            context.note(nil, .stateUnusable("cannot read the identify ledger: \(error)"))
            return IdentifyLedger(bot: bot)
        }
    }

    private var sessionsFile: StateFile? {
        stateFile(context.configuration.layout.sessionsFileName(of: Self.botKey(context.configuration.token)))
    }

    private func stateFile(_ name: String) -> StateFile? {
        context.configuration.stateDirectory.map { StateFile(path: "\($0)/\(name)") }
    }

    /// The first part of a token is the bot's id in base 64, which is no secret.
    private static func botKey(_ token: BotToken) -> String { String(token.exposed.prefix { $0 != "." }) }
}
