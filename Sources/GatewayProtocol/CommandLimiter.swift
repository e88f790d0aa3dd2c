import Discord

/// Orders one shard's outgoing commands and holds them back so that no limit of Discord is crossed (docs, Gateway › Rate
/// Limiting). Pure: every call is told the time, which never goes backwards.
///
/// The driver calls `next` after each change until it returns something else than `.send`, and again at the instant it names.
/// The order is heartbeat, IDENTIFY or RESUME, voice state, presence, everything else as it came. Commands that wait survive
/// a reconnect and go out when the session is there again.
package struct CommandLimiter: Sendable {
    package enum Decision: Equatable, Sendable {
        /// Send it now; it has been counted.
        case send(GatewayCommand)
        /// Something waits that may go at this instant, not before.
        case wait(until: ContinuousClock.Instant)
        /// Nothing waits that this connection may send.
        case idle
    }

    /// The window is longer than Discord's by this much: commands sent apart can arrive together.
    static let margin = Duration.seconds(1)
    /// Commands kept for heartbeats, IDENTIFY and RESUME even when the interval asks for fewer.
    static let smallestReserve = 5

    private let encoding: PayloadEncoding
    private let queueLimit: Int

    /// Whether READY or RESUMED came on this connection, before which only the session's own commands may be sent.
    private var isReady = false
    private var reserve = smallestReserve
    /// When the commands of the last window were sent on this connection and for whom, and the presence updates of the last presence window.
    private var sent: [(time: ContinuousClock.Instant, origin: Int)] = []
    private var presencesSent: [ContinuousClock.Instant] = []
    /// When the next full member request of a guild may go, and the next command of an opcode that was refused.
    private var guildHolds: [Snowflake: ContinuousClock.Instant] = [:]
    private var opcodeHolds: [GatewayOpcode: ContinuousClock.Instant] = [:]

    private var heartbeats: [GatewayCommand] = []
    private var login: GatewayCommand?
    private var voiceStates: [GatewayCommand] = []
    private var presence: GatewayCommand?
    private var requests: [GatewayCommand] = []

    /// - Parameters:
    ///   - encoding: decides the size of a payload.
    ///   - queueLimit: voice states and requests that may wait; 1000 take Discord eight minutes.
    package init(encoding: PayloadEncoding, queueLimit: Int = 1000) {
        self.encoding = encoding
        self.queueLimit = queueLimit
    }

    /// Commands waiting.
    package var count: Int {
        heartbeats.count + (login == nil ? 0 : 1) + voiceStates.count + (presence == nil ? 0 : 1) + requests.count
    }

    /// A connection was opened: its 120 commands are all there, and nothing of the one before concerns it.
    package mutating func connectionOpened() {
        isReady = false
        sent.removeAll(keepingCapacity: true)
        heartbeats.removeAll()
        login = nil
        reserve = CommandLimiter.smallestReserve
    }

    /// HELLO came: keeps a heartbeat's share of the budget, one more for a requested beat, and never more than half of all.
    package mutating func helloReceived(heartbeatInterval: Duration) {
        let beats = (Limits.gatewayCommandWindow / heartbeatInterval).rounded(.up)
        let wanted = Int(min(beats, Double(Limits.gatewayCommands))) + 1
        reserve = min(max(wanted, CommandLimiter.smallestReserve), Limits.gatewayCommands / 2)
    }

    /// READY or RESUMED came: what waits may go.
    package mutating func sessionReady() { isReady = true }

    /// Takes a command in. A presence update replaces the one that waits; the same holds for IDENTIFY and RESUME.
    /// - Throws: what `GatewayCommand.encoded` throws, and `.queueFull` for a voice state or a request.
    package mutating func enqueue(_ command: GatewayCommand) throws(CommandError) {
        _ = try command.encoded(as: encoding)
        switch command {
        case .heartbeat: heartbeats.append(command)
        case .identify, .resume: login = command
        case .presenceUpdate: presence = command
        case .voiceStateUpdate, .requestGuildMembers, .requestSoundboardSounds, .requestChannelInfo:
            guard voiceStates.count + requests.count < queueLimit else { throw .queueFull(limit: queueLimit) }
            if case .voiceStateUpdate = command { voiceStates.append(command) } else { requests.append(command) }
        }
    }

    /// Takes a member request that still waits out again. `false` when it was sent already or never came.
    package mutating func withdraw(nonce: String) -> Bool {
        let index = requests.firstIndex {
            if case .requestGuildMembers(let request) = $0 { request.nonce == nonce } else { false }
        }
        guard let index else { return false }
        requests.remove(at: index)
        return true
    }

    /// RATE_LIMITED came: full member requests of that guild, or else every command of that opcode, wait as long as it says.
    package mutating func rateLimited(_ event: RateLimited, at now: ContinuousClock.Instant) {
        let end = now + event.retryAfter
        if event.opcode == .requestGuildMembers, let guild = event.guild {
            guildHolds[guild] = end
        } else {
            opcodeHolds[event.opcode] = end
        }
    }

    /// What to do now.
    package mutating func next(at now: ContinuousClock.Instant) -> Decision {
        forgetWhatIsOver(at: now)
        if !heartbeats.isEmpty { return send(heartbeats.removeFirst(), at: now) }
        if let command = login.take() { return send(command, at: now) }
        guard isReady, !voiceStates.isEmpty || presence != nil || !requests.isEmpty else { return .idle }
        if let budget = budgetHold { return .wait(until: budget) }

        var earliest: ContinuousClock.Instant?
        if let command = voiceStates.first {
            guard let hold = opcodeHolds[command.opcode] else { return send(voiceStates.removeFirst(), at: now) }
            earliest = hold
        }
        if let command = presence {
            guard let hold = latest(opcodeHolds[command.opcode], presenceHold) else {
                presence = nil
                presencesSent.append(now)
                return send(command, at: now)
            }
            earliest = min(earliest ?? hold, hold)
        }
        for index in requests.indices {
            guard let hold = hold(of: requests[index]) else { return send(requests.remove(at: index), at: now) }
            earliest = min(earliest ?? hold, hold)
        }
        return earliest.map { .wait(until: $0) } ?? .idle
    }

    private mutating func send(_ command: GatewayCommand, at now: ContinuousClock.Instant) -> Decision {
        sent.append((now, command.origin))
        if case .requestGuildMembers(let request) = command, request.isFull {
            guildHolds[request.guild] = now + Limits.fullMemberRequestInterval + CommandLimiter.margin
        }
        return .send(command)
    }

    /// Drops whatever lies far enough back, so that every hold that is left is in the future.
    private mutating func forgetWhatIsOver(at now: ContinuousClock.Instant) {
        sent.trimPrefix { $0.time + Limits.gatewayCommandWindow + CommandLimiter.margin <= now }
        presencesSent.trimPrefix { $0 + Limits.presenceWindow + CommandLimiter.margin <= now }
        guildHolds = guildHolds.filter { $0.value > now }
        opcodeHolds = opcodeHolds.filter { $0.value > now }
    }

    /// Until when the connection's budget is spent; `nil` when it is not.
    private var budgetHold: ContinuousClock.Instant? {
        let allowed = Limits.gatewayCommands - reserve
        guard sent.count >= allowed else { return nil }
        return sent[sent.count - allowed].time + Limits.gatewayCommandWindow + CommandLimiter.margin
    }

    /// Until when an origin has had its share of the window; `nil` when it has not.
    private func shareHold(of origin: Int) -> ContinuousClock.Instant? {
        guard origin != 0 else { return nil }
        let own = sent.filter { $0.origin == origin }
        let left = Limits.gatewayCommands - reserve - (sent.count - own.count)
        let share = max(1, left * 3 / 4)
        guard own.count >= share else { return nil }
        return own[own.count - share].time + Limits.gatewayCommandWindow + CommandLimiter.margin
    }

    private var presenceHold: ContinuousClock.Instant? {
        guard presencesSent.count >= Limits.presenceUpdates else { return nil }
        return presencesSent[presencesSent.count - Limits.presenceUpdates] + Limits.presenceWindow + CommandLimiter.margin
    }

    private func hold(of request: GatewayCommand) -> ContinuousClock.Instant? {
        let hold = latest(opcodeHolds[request.opcode], shareHold(of: request.origin))
        guard case .requestGuildMembers(let request) = request, request.isFull else { return hold }
        return latest(hold, guildHolds[request.guild])
    }

    private func latest(_ one: ContinuousClock.Instant?, _ other: ContinuousClock.Instant?) -> ContinuousClock.Instant? {
        guard let one, let other else { return one ?? other }
        return max(one, other)
    }
}

extension GatewayCommand {
    /// Who asked; 0 is the host.
    fileprivate var origin: Int {
        if case .requestGuildMembers(let request) = self { request.origin } else { 0 }
    }
}
