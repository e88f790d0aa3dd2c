import Discord
import GatewayProtocol
import Reactor
import WebSocketProtocol

/// One shard: performs what its `GatewaySession` decides on one WebSocket connection at a time.
final class Shard {
    let id: ShardID
    let context: GatewayContext
    unowned let owner: any ShardOwner

    var session: GatewaySession
    private var actions: [GatewaySession.Action] = []
    private var facts: [GatewaySession.Input] = []
    private var isPerforming = false
    private var shownPhase = GatewaySession.Phase.idle

    /// The connection the session knows of. One that was abandoned ends by itself.
    private(set) var connection: WebSocketConnection?
    /// Whether a connection has ever opened.
    var wasConnected = false
    var decompressor = Decompressor.none
    /// Messages of all connections, now and at the last acknowledged heartbeat.
    var messageCount = 0
    var messageCountAtBeat = 0
    var goesIdle = false
    private var endpoint = GatewaySession.Endpoint.gateway
    private var timers: [GatewaySession.Timer: TimerToken] = [:]

    let commands: CommandSender
    /// READY's facts, from its dispatch until the session has taken it.
    var arrivingReady: Ready?

    init(_ id: ShardID, context: GatewayContext, owner: any ShardOwner, resumePoint: ResumePoint?) {
        self.id = id
        self.context = context
        self.owner = owner
        session = GatewaySession(timing: context.configuration.timing, resumePoint: resumePoint)
        commands = CommandSender(shard: id, context: context)
        commands.transmit = { [unowned self] in transmit($0) }
    }

    // MARK: The session

    func start() { report(.started) }

    func leave(keepingSession: Bool) { report(.leaveRequested(keepingSession: keepingSession)) }

    func permitIdentify() { report(.identifyPermitted) }

    /// Tells the session a fact and performs what follows from it. Facts that arise meanwhile are told afterwards, in order.
    func report(_ fact: GatewaySession.Input) {
        facts.append(fact)
        guard !isPerforming else { return }
        isPerforming = true
        while !facts.isEmpty {
            let fact = facts.removeFirst()
            let missing = Self.missing(fact, in: session.phase)
            session.handle(fact, at: context.reactor.now, chance: .random(in: 0..<1), into: &actions)
            if let missing, actions.contains(.abandon(.resuming)) { context.note(id, .silence(missing)) }
            for index in actions.indices { perform(actions[index]) }
            actions.removeAll(keepingCapacity: true)
            showPhase()
        }
        isPerforming = false
    }

    /// What has not come in time when this timer fires and the session leaves the connection for it.
    private static func missing(_ fact: GatewaySession.Input, in phase: GatewaySession.Phase) -> String? {
        switch (fact, phase) {
        case (.timerFired(.heartbeat), _): "no acknowledgement of the last heartbeat"
        case (.timerFired(.deadline), .awaitingHello): "no HELLO in time"
        case (.timerFired(.deadline), .identifying): "no READY in time"
        case (.timerFired(.deadline), .resuming): "no RESUMED in time"
        default: nil
        }
    }

    private func perform(_ action: GatewaySession.Action) {
        switch action {
        case .connect(let endpoint): connect(to: endpoint)
        case .abandon(let code): hangUp(code)
        case .close(let code): close(code)
        case .requestIdentifyPermit: owner.shardWantsToIdentify(self)
        case .withdrawPermitRequest: owner.shardWithdrew(self)
        case .sendHeartbeat(let sequence):
            context.metrics.totals.heartbeats += 1
            commands.sendOwn(.heartbeat(sequence: sequence))
        case .sendIdentify: identify()
        case .sendResume(let point):
            context.metrics.totals.resumes += 1
            commands.sendOwn(
                .resume(token: context.configuration.token, sessionID: point.sessionID, sequence: point.sequence))
        case .setTimer(let timer, let deadline): setTimer(timer, at: deadline)
        case .cancelTimer(let timer): cancelTimer(timer)
        case .announceReady(let resumed): becomeReady(resumed: resumed)
        case .saveResumePoint(let point): owner.shard(self, saves: point)
        case .forgetResumePoint:
            commands.sessionLost()
            owner.shard(self, saves: nil)
        case .stop:
            commands.stop()
            owner.shardStopped(self)
        case .fail(let failure):
            commands.stop()
            owner.shard(self, failed: failure)
        }
    }

    private func showPhase() {
        guard session.phase != shownPhase else { return }
        let isLogin = Self.isNewLogin(session.phase)
        if Self.isNewLogin(shownPhase), !isLogin { owner.shardLeftLogin(self) }
        shownPhase = session.phase
        if case .backingOff(let until) = shownPhase {
            context.note(id, .reconnecting(after: until - context.reactor.now, resuming: session.resumePoint != nil))
        }
        context.delegate?.gateway(shard: id, entered: shownPhase)
    }

    private static func isNewLogin(_ phase: GatewaySession.Phase) -> Bool {
        switch phase {
        case .connecting(.identify), .awaitingHello(.identify), .waitingForPermit, .identifying: true
        default: false
        }
    }

    private func identify() {
        let configuration = context.configuration
        context.metrics.totals.identifies += 1
        commands.sendOwn(
            .identify(
                Identify(
                    token: configuration.token, intents: configuration.intents, shard: id, presence: configuration.presence,
                    largeThreshold: configuration.largeThreshold, compress: configuration.compression == .payload && configuration.encoding == .json)))
    }

    private func becomeReady(resumed: Bool) {
        if resumed {
            context.metrics.totals.resumedSessions += 1
            context.delegate?.gatewayResumed(shard: id)
        } else {
            context.metrics.totals.sessions += 1
            if let ready = arrivingReady.take() { context.delegate?.gateway(shard: id, becameReady: ready) }
        }
        commands.sessionReady()
    }

    // MARK: Connections

    private func connect(to endpoint: GatewaySession.Endpoint) {
        self.endpoint = endpoint
        if case .connecting(.identify) = session.phase {
            owner.shardWantsToDial(self)
        } else {
            dial()
        }
    }

    /// Opens the connection that the session asked for.
    func dial() {
        guard case .connecting(let login) = session.phase, connection == nil, let gateway = context.gatewayURL else { return }
        var url = gateway
        // A resume URL that is none, or that would give up TLS, is not followed.
        if case .resume(let text) = endpoint, let own = context.url(text), own.isSecure || !gateway.isSecure { url = own }
        context.note(id, .connecting(host: url.authority, resuming: login == .resume))
        var request = HandshakeRequest(url: url)
        request.fields = [HeaderField("User-Agent", context.configuration.userAgent)]
        var limits = WebSocketLimits()
        limits.frameSize = context.configuration.payloadLimit
        limits.messageSize = context.configuration.payloadLimit
        let connection = WebSocketConnection(
            request, on: context.reactor, tls: context.tls, proxy: context.configuration.proxies.proxy(for: url), limits: limits,
            deadlines: context.configuration.deadlines)
        connection.delegate = self
        self.connection = connection
        connection.open()
    }

    private func hangUp(_ code: GatewayCloseCode) {
        owner.shardWithdrew(self)
        commands.connectionEnded()
        guard let connection = connection.take() else { return }
        context.trace { $0.note(id, "we close with \(code)") }
        connection.delegate = nil
        connection.close(CloseCode(rawValue: code.rawValue))
    }

    private func close(_ code: GatewayCloseCode) {
        commands.connectionEnded()
        context.trace { $0.note(id, "we close with \(code)") }
        connection?.close(CloseCode(rawValue: code.rawValue))
    }

    private func transmit(_ command: GatewayCommand) {
        guard let connection else { return }
        let encoding = context.configuration.encoding
        do {
            let bytes = try command.encoded(as: encoding)
            context.metrics.totals.commandsSent += 1
            context.metrics.totals.bytesSent += bytes.count
            try bytes.withUnsafeBytes { payload in
                context.trace { $0.sent(id, command.opcode, payload, encoding: encoding) }
                try connection.send(encoding == .json ? .text : .binary, payload)
            }
        } catch let error as CommandError {
            context.note(id, .commandRefused(error))
        } catch {
            // A connection that has just closed takes nothing any more; its end is reported by itself.
        }
    }

    /// The connection that messages and its end may still come from.
    func isCurrent(_ connection: WebSocketConnection) -> Bool { self.connection === connection }

    func forgetConnection() {
        connection = nil
        commands.connectionEnded()
    }

    /// The general URL may have changed; only a failure tells.
    func connectionFailed() {
        if case .gateway = endpoint { owner.shardCannotReachGateway(self) }
    }

    // MARK: Timers

    private func setTimer(_ timer: GatewaySession.Timer, at deadline: ContinuousClock.Instant) {
        cancelTimer(timer)
        timers[timer] = context.reactor.schedule(at: deadline) { [weak self] in
            self?.timers[timer] = nil
            self?.report(.timerFired(timer))
        }
    }

    private func cancelTimer(_ timer: GatewaySession.Timer) {
        if let token = timers.removeValue(forKey: timer) { context.reactor.cancel(token) }
    }
}

@available(*, unavailable) extension Shard: Sendable {}
