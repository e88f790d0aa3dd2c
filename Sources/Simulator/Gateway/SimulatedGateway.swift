import Discord
import JSON
import NIOCore

/// Discord's gateway as a client meets it: connections, sessions, and the rules between them. Confined to the event loop.
final class SimulatedGateway {
    var behaviour = Behaviour()
    private(set) var gate: IdentifyGate
    private(set) var sessions: [String: GatewaySession] = [:]
    /// Sessions in the order in which they began: dispatches go out in it.
    private var sessionOrder: [GatewaySession] = []
    private var connections: [ObjectIdentifier: GatewayConnection] = [:]
    /// When a guild's whole member list was last asked for.
    private var fullRequests: [Snowflake: ContinuousClock.Instant] = [:]
    private let startedAt = ContinuousClock.now
    /// Voided when the budget of session starts is overdrawn.
    private(set) var isTokenValid = true
    /// While set, connections collect what they write; who set it flushes.
    private(set) var isBatching = false
    private var flood: Flood?
    private var takesFloods = true
    unowned let simulation: Simulation

    /// Dispatches that are told as fast as the clients take them.
    private struct Flood {
        let next: () -> Dispatch?
        let done: EventLoopPromise<Void>
        /// Whether it waits for slow clients.
        var isHeldUp = false
    }

    init(simulation: Simulation) {
        self.simulation = simulation
        let configuration = simulation.configuration
        gate = IdentifyGate(
            maxConcurrency: configuration.maxConcurrency, window: configuration.pace.identifyWindow, total: configuration.sessionStarts)
    }

    var pace: Pace { simulation.configuration.pace }

    func note(_ observation: Observation) { simulation.log.note(observation) }

    /// `session_start_limit` of GET /gateway/bot.
    var sessionStartLimit: JSONValue {
        let left = max(.zero, pace.sessionStartReset - (ContinuousClock.now - startedAt))
        return [
            "total": .integer(Int64(gate.total)), "remaining": .integer(Int64(gate.remaining)),
            "reset_after": .integer(left.milliseconds), "max_concurrency": .integer(Int64(gate.maxConcurrency)),
        ]
    }

    // MARK: Connections

    func opened(_ connection: GatewayConnection) {
        connections[ObjectIdentifier(connection)] = connection
        note(.session(change(.connected, connection)))
        if let refusal = connection.refusal { return connection.close(refusal.code, refusal.reason) }
        if behaviour.reconnectsBeforeHello { return connection.send(.reconnect) }
        guard behaviour.saysHello else { return }
        guard behaviour.helloDelay > .zero else { return greet(connection) }
        _ = simulation.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(behaviour.helloDelay.nanoseconds)) { [weak self, weak connection] in
            if let connection { self?.greet(connection) }
        }
    }

    private func greet(_ connection: GatewayConnection) {
        connection.send(.hello, [
            "heartbeat_interval": .integer(pace.heartbeatInterval.milliseconds), "_trace": ["[\"moonwire-simulator\",{\"micros\":0}]"],
        ])
        connection.expectHeartbeat()
    }

    func ended(_ connection: GatewayConnection, code: Int?, byClient: Bool, reason: String) {
        connections[ObjectIdentifier(connection)] = nil
        writabilityChanged()
        note(.session(change(.closed(code: code, byClient: byClient, reason: reason), connection)))
        guard let session = connection.session else { return }
        connection.session = nil
        // Somebody else may have resumed it already.
        guard session.connection == nil || session.connection === connection else { return }
        session.connection = nil
        // Leaving with 1000 or 1001 ends the session (Discord docs, Gateway › Disconnecting).
        if byClient, code == 1000 || code == 1001 { return forget(session) }
        session.expiry?.cancel()
        session.expiry = simulation.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(pace.sessionLifetime.nanoseconds)) {
            [weak self, weak session] in
            if let session { self?.forget(session) }
        }
    }

    func change(_ state: Observation.SessionChange.State, _ connection: GatewayConnection) -> Observation.SessionChange {
        Observation.SessionChange(
            state: state, shard: connection.session?.shardIndex, sessionID: connection.session?.id, host: connection.host)
    }

    func cutAll() {
        endFloods()
        for connection in connections.values { connection.cut() }
    }

    // MARK: Sessions

    func begin(_ session: GatewaySession, on connection: GatewayConnection) {
        sessions[session.id] = session
        sessionOrder.append(session)
        bind(session, to: connection)
    }

    func bind(_ session: GatewaySession, to connection: GatewayConnection) {
        // First, for its end lets the session run out.
        if let old = session.connection, old !== connection { old.cut() }
        session.expiry?.cancel()
        session.connection = connection
        connection.session = session
    }

    func forget(_ session: GatewaySession) {
        session.expiry?.cancel()
        sessions[session.id] = nil
        sessionOrder.removeAll { $0 === session }
        for input in session.unwritten.sorted() { note(.undelivered(input: input, reason: "the bot's session has ended")) }
        session.unwritten = []
    }

    /// 32 hexadecimal digits, as Discord's are.
    func newSessionID() -> String {
        (0..<2).map { _ in
            let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    func admit(shard: Int) -> IdentifyGate.Verdict { gate.admit(shard: shard, at: .now) }

    /// The budget is overdrawn: every session ends and the token is void (Discord docs, Gateway › Session Start Limit).
    func voidToken() {
        isTokenValid = false
        for session in sessionOrder { forget(session) }
        for connection in connections.values { connection.close(4004, "session starts exhausted: the token was reset") }
    }

    /// Tells each session what it hears of. With `input`, the last dispatch of each session is reported as the delivery of that
    /// injected event, and the event as undelivered when no session hears of anything.
    func tell(_ dispatches: [Dispatch], input: Int? = nil) {
        let rendered = dispatches.map(RenderedDispatch.init)
        var isHeard = false
        for session in sessionOrder {
            let heard = rendered.filter { session.hears($0.dispatch) }
            for (index, dispatch) in heard.enumerated() { session.tell(dispatch, input: index == heard.count - 1 ? input : nil) }
            isHeard = isHeard || !heard.isEmpty
        }
        guard !isHeard, let input else { return }
        let reason = dispatches.isEmpty ? "the bot cannot see the channel"
            : sessionOrder.isEmpty ? "the bot has no session" : "no session subscribes to \(dispatches[0].event.name)"
        note(.undelivered(input: input, reason: reason))
    }

    /// Whether the whole member list of a guild may be asked for now; otherwise how long to wait.
    func admitFullRequest(of guild: Snowflake) -> Duration? {
        let now = ContinuousClock.now
        if let last = fullRequests[guild], last + pace.memberRequestWindow > now { return last + pace.memberRequestWindow - now }
        fullRequests[guild] = now
        return nil
    }

    // MARK: Floods

    /// Tells dispatches, a batch for each turn of the loop, until `next` has no more. One flood at a time.
    func flood(_ next: @escaping () -> Dispatch?) -> EventLoopFuture<Void> {
        guard takesFloods else { return simulation.eventLoop.makeFailedFuture(Self.hasStopped) }
        guard flood == nil else { return simulation.eventLoop.makeFailedFuture(SimulatorFailure("a flood is under way already")) }
        let done = simulation.eventLoop.makePromise(of: Void.self)
        flood = Flood(next: next, done: done)
        continueFlood()
        return done.futureResult
    }

    /// Ends a flood, whoever holds it up, and takes no other.
    func endFloods() {
        takesFloods = false
        flood.take()?.done.fail(Self.hasStopped)
    }

    private static let hasStopped = SimulatorFailure("the simulator has stopped")

    private func continueFlood() {
        guard let next = flood?.next else { return }
        isBatching = true
        var isOver = false
        for _ in 0..<64 {
            guard let dispatch = next() else {
                isOver = true
                break
            }
            tell([dispatch])
        }
        isBatching = false
        for connection in connections.values { connection.flush() }
        if isOver {
            flood.take()?.done.succeed()
        } else {
            flood?.isHeldUp = true
            writabilityChanged()
        }
    }

    func writabilityChanged() {
        guard flood?.isHeldUp == true, connections.values.allSatisfy(\.isWritable) else { return }
        flood?.isHeldUp = false
        simulation.eventLoop.assumeIsolated().execute { [weak self] in self?.continueFlood() }
    }

    // MARK: Faults

    func inflict(_ fault: Fault, shard: Int?, after events: Int) {
        if fault == .forgetSessions {
            for session in sessionOrder where session.connection == nil { forget(session) }
            return
        }
        for connection in connections.values where shard == nil || connection.session?.shardIndex == shard {
            if events > 0 { connection.schedule(fault, after: events) } else { commit(fault, on: connection) }
        }
    }

    func commit(_ fault: Fault, on connection: GatewayConnection) {
        switch fault {
        case .cut: connection.cut()
        case .reset: connection.cut(reset: true)
        case .tear: connection.tearNextMessage()
        case .corrupt: connection.corruptNextMessage()
        case .close(let code, let reason): connection.close(code, reason)
        case .reconnect: connection.send(.reconnect)
        case .requestHeartbeat: connection.send(.heartbeat)
        case .invalidSession(let isResumable):
            if !isResumable, let session = connection.session {
                connection.session = nil
                forget(session)
            }
            note(.session(change(.invalidated(resumable: isResumable), connection)))
            connection.send(.invalidSession, .bool(isResumable))
        case .forgetSessions: inflict(.forgetSessions, shard: nil, after: 0)
        case .payload(let text): connection.sendMessage(Array(text.utf8))
        }
    }
}
