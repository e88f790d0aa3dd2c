import Discord
import GatewayProtocol
package import Reactor
package import TLS

/// All shards of one bot in this process, on one reactor thread: starts them in the order and at the pace Discord allows, keeps their
/// sessions, routes commands to the shard that owns the guild. Confined to that thread.
package final class ShardFleet {
    let context: GatewayContext
    let source: GatewayBotInfo.Source

    enum State {
        case idle
        /// Waiting for GET /gateway/bot; the shards do not exist yet.
        case preparing
        case running
        case leaving(completion: () -> Void)
        case stopped
    }

    var state = State.idle
    var shards: [Shard] = []
    var admission: LoginAdmission?
    var sessions: SavedSessions?
    /// The saved sessions are this process's alone.
    var claim: StateFile.Lock?
    /// Where the shards were as they left their sessions to another process.
    var partingPoints: [ShardID: ResumePoint] = [:]
    var claimTimer: TimerToken?
    var checkpointTimer: TimerToken?
    var savesNextTurn = false
    private var leaveTimer: TimerToken?
    private var retryTimer: TimerToken?
    private var failedRefreshes = 0
    private var isRefreshing = false
    private var lastRefresh: ContinuousClock.Instant?
    var nextNonce = 0
    /// How many shards turned out to be too few.
    private var outgrownCount = 0
    /// What was said last about sessions that could not be saved, until one succeeds: it is tried every few seconds.
    var saveFault: String?

    /// - Parameters:
    ///   - metrics: goes on from what earlier fleets of the bot have counted.
    ///   - source: asks GET /gateway/bot; called at the start and whenever URL or budget may have changed.
    package init(
        configuration: GatewayConfiguration, reactor: Reactor, tls: TLSContext, metrics: GatewayMetrics = GatewayMetrics(),
        source: @escaping GatewayBotInfo.Source
    ) {
        context = GatewayContext(configuration: configuration, reactor: reactor, tls: tls, metrics: metrics)
        self.source = source
        metrics.statuses = { [weak self] in self?.statuses ?? [] }
    }

    package var delegate: (any GatewayDelegate)? {
        get { context.delegate }
        set { context.delegate = newValue }
    }

    /// Events to deliver. Others are counted and dropped before anything of them is parsed. May change at any time.
    package var subscriptions: EventSet {
        get { context.subscriptions }
        set { context.subscriptions = newValue }
    }

    /// Told every payload.
    package var traces: [ProtocolTrace] {
        get { context.traces }
        set { context.traces = newValue }
    }

    /// Whether the open connections are read from. For a moment's pause while events are handled; a longer one is taken for a dead connection,
    /// by either side. A connection that opens during the pause is read from.
    package var isReceiving = true {
        didSet { for shard in shards { shard.connection?.isReceiving = isReceiving } }
    }

    package var metrics: GatewayMetrics { context.metrics }

    /// The shards in order; empty until GET /gateway/bot has been answered.
    package var statuses: [ShardStatus] {
        shards.map {
            ShardStatus(
                shard: $0.id, phase: $0.session.phase, latency: $0.session.latency, sequence: $0.session.resumePoint?.sequence)
        }
    }

    /// Whether any shard is online.
    var isOnline: Bool { shards.contains { $0.session.phase == .ready } }

    // MARK: Starting

    /// Goes online.
    package func start() {
        context.reactor.assertCurrent()
        guard case .idle = state else { return }
        state = .preparing
        claimSessions()
    }

    /// However many shards cannot reach the gateway, its URL is asked for once in so long.
    private static let refreshDistance = Duration.seconds(30)

    func refreshAfterFailure() {
        if let lastRefresh, context.reactor.now - lastRefresh < Self.refreshDistance { return }
        refresh()
    }

    /// Asks GET /gateway/bot, and again with growing pauses until it answers.
    func refresh() {
        guard !isRefreshing, retryTimer == nil else { return }
        isRefreshing = true
        lastRefresh = context.reactor.now
        source { [weak self] in self?.refreshed($0) }
    }

    private func refreshed(_ result: Result<GatewayBotInfo, GatewayBotInfo.Failure>) {
        isRefreshing = false
        switch state {
        case .preparing, .running: break
        case .idle, .leaving, .stopped: return
        }
        switch result {
        case .success(let info):
            failedRefreshes = 0
            use(info)
        case .failure(.unauthorized):
            fail(.tokenRefused)
        case .failure(.unavailable(let reason)):
            let pause = min(.seconds(60), .seconds(1 << min(failedRefreshes, 6))) * Double.random(in: 0.5..<1)
            failedRefreshes += 1
            context.note(nil, .botInfoUnavailable(reason, retryAfter: pause))
            retryTimer = context.reactor.schedule(after: pause) { [weak self] in
                self?.retryTimer = nil
                self?.refresh()
            }
        }
    }

    private func use(_ info: GatewayBotInfo) {
        guard let url = context.url(info.url) else { return fail(.invalidGatewayURL(info.url)) }
        context.gatewayURL = url
        if admission == nil {
            guard prepare(info) else { return }
        } else {
            admission?.update(info)
        }
        guard case .preparing = state else { return }
        state = .running
        for shard in shards { shard.start() }
    }

    /// The shards are too few: asks how many there have to be now, and starts with those.
    func startAnew() {
        guard case .running = state else { return }
        context.note(nil, .outgrown(shards: shards.count))
        outgrownCount = shards.count
        state = .preparing
        admission?.stop()
        for shard in shards { shard.leave(keepingSession: false) }
        endRequests()
        saveSessions()
        (shards, admission, sessions) = ([], nil, nil)
        refresh()
    }

    /// Makes the shards. `false` when it cannot be done.
    private func prepare(_ info: GatewayBotInfo) -> Bool {
        let configuration = context.configuration
        if info.shards <= outgrownCount {
            fail(.refused(.shardingRequired, shard: ShardID(index: 0, of: outgrownCount)))
            return false
        }
        if let fault = configuration.layout.fault {
            fail(.invalidLayout(fault))
            return false
        }
        let ids = configuration.layout.shards(recommended: info.shards)
        let sessions = savedSessions()
        let now = UTCTimestamp.now().milliseconds
        let admission = LoginAdmission(info, ledger: identifyLedger(), context: context)
        let points = ids.map { sessions.point(of: $0, at: now) }
        let needed = points.count { $0 == nil }
        if !admission.prepare(needing: needed), needed > 0, configuration.spentBudget == .fail {
            fail(.identifyBudgetSpent(needed: needed, remaining: admission.remaining, until: admission.budgetEndsAt / 1000))
            return false
        }
        admission.fleet = self
        self.admission = admission
        self.sessions = sessions
        shards = zip(ids, points).map { Shard($0, context: context, owner: self, resumePoint: $1) }
        return true
    }

    // MARK: Leaving

    /// Goes offline: closes every connection with 1000, or, when a successor will RESUME the sessions soon, with a code that keeps them.
    /// - Parameter completion: called once all shards have left, within `shutdownDeadline`.
    package func shutdown(keepingSessions: Bool = false, completion: @escaping () -> Void) {
        context.reactor.assertCurrent()
        switch state {
        case .stopped, .leaving: return completion()
        case .idle, .preparing, .running: break
        }
        cancelTimers()
        state = .leaving(completion: completion)
        leaveTimer = context.reactor.schedule(after: context.configuration.shutdownDeadline) { [weak self] in
            self?.leaveTimer = nil
            self?.left()
        }
        for shard in shards { shard.leave(keepingSession: keepingSessions) }
        if shards.isEmpty { left() }
    }

    func left() {
        guard case .leaving(let completion) = state else { return }
        end()
        completion()
    }

    func fail(_ failure: GatewayFailure) {
        if case .stopped = state { return }
        state = .stopped
        for shard in shards { shard.leave(keepingSession: true) }
        end()
        context.delegate?.gatewayFailed(failure)
    }

    private func end() {
        state = .stopped
        cancelTimers()
        endRequests()
        handSessionsOver()
    }

    /// Answers requests for members that no chunk will answer any more, also where a shard has not left yet.
    private func endRequests() {
        for shard in shards { shard.commands.stop() }
    }

    private func cancelTimers() {
        for token in [claimTimer.take(), checkpointTimer.take(), leaveTimer.take(), retryTimer.take()] {
            if let token { context.reactor.cancel(token) }
        }
        admission?.stop()
    }
}

@available(*, unavailable) extension ShardFleet: Sendable {}
