import Discord
import GatewayProtocol
import Reactor

/// One shard's way out: commands wait here until the shard is online and the limits allow them, and member requests until their chunks are in.
final class CommandSender {
    /// Sends one command on the present connection.
    var transmit: (GatewayCommand) -> Void = { _ in }
    /// The fleet's presence has changed since the session last learned it.
    var presenceIsStale = false

    private let shard: ShardID
    private let context: GatewayContext
    private var limiter = CommandLimiter()
    private var isReady = false
    /// Commands given while the shard was not online.
    private var waiting: [GatewayCommand] = []
    private static let waitingLimit = 1000
    private var limiterTimer: TimerToken?

    private var chunks = MemberChunks()
    private var members: [String: MemberRequestCompletion] = [:]
    private var chunkTimer: TimerToken?

    init(shard: ShardID, context: GatewayContext) {
        self.shard = shard
        self.context = context
    }

    // MARK: The connection

    func connectionOpened(heartbeatInterval: Duration) {
        limiter.connectionOpened(heartbeatInterval: heartbeatInterval)
    }

    func connectionEnded() {
        isReady = false
        if let token = limiterTimer.take() { context.reactor.cancel(token) }
    }

    func becomeReady() {
        isReady = true
        if presenceIsStale, let presence = context.configuration.presence {
            presenceIsStale = false
            enqueue(.presenceUpdate(presence))
        }
        for command in waiting { enqueue(command) }
        waiting.removeAll()
        pump()
    }

    /// Heartbeat, IDENTIFY or RESUME.
    func sendControl(_ command: GatewayCommand) {
        enqueue(command)
        pump()
    }

    // MARK: Commands

    /// Sends now or as soon as the shard is online and the limits allow.
    func send(_ command: GatewayCommand) throws(CommandError) {
        if isReady {
            try limiter.enqueue(command)
            pump()
        } else {
            guard waiting.count < Self.waitingLimit else { throw .queueFull(limit: Self.waitingLimit) }
            waiting.append(command)
        }
    }

    func updatePresence(_ presence: Presence) throws(CommandError) {
        if isReady {
            try limiter.enqueue(.presenceUpdate(presence))
            pump()
        } else {
            presenceIsStale = true
        }
    }

    private func enqueue(_ command: GatewayCommand) {
        do throws(CommandError) { try limiter.enqueue(command) } catch { context.note(shard, .commandRefused(error)) }
    }

    private func pump() {
        while true {
            switch limiter.next(at: context.reactor.now) {
            case .send(let command):
                if case .requestGuildMembers(let request) = command, let nonce = request.nonce, members[nonce] != nil {
                    chunks.requestSent(nonce: nonce, guild: request.guild, at: context.reactor.now)
                    setChunkTimer()
                }
                transmit(command)
            case .wait(let until):
                if let token = limiterTimer.take() { context.reactor.cancel(token) }
                limiterTimer = context.reactor.schedule(at: until) { [weak self] in
                    self?.limiterTimer = nil
                    self?.pump()
                }
                return
            case .idle:
                return
            }
        }
    }

    func rateLimited(_ event: RateLimited) {
        limiter.rateLimited(event, at: context.reactor.now)
        if let nonce = event.nonce { chunks.postponed(nonce: nonce, until: context.reactor.now + event.retryAfter) }
        pump()
    }

    // MARK: Members

    var collectsMembers: Bool { !members.isEmpty }

    /// Sends the request, whose nonce must be its own, and collects the chunks that answer it.
    func requestMembers(_ request: MemberRequest, nonce: String, _ completion: @escaping MemberRequestCompletion) throws(CommandError) {
        members[nonce] = completion
        do throws(CommandError) {
            try send(.requestGuildMembers(request))
        } catch {
            members[nonce] = nil
            throw error
        }
    }

    func received(_ chunk: MemberChunk, _ data: UnsafeRawBufferPointer) {
        settle(chunks.received(chunk, data: data, at: context.reactor.now))
        setChunkTimer()
    }

    /// The answers under way are lost with the session; requests that were not sent yet are sent in the next one.
    func sessionLost() {
        for nonce in chunks.sessionLost() { members.removeValue(forKey: nonce)?(.failure(.sessionLost)) }
        setChunkTimer()
    }

    private func settle(_ outcome: MemberChunks.Outcome?) {
        switch outcome {
        case .complete(let nonce, let chunks): members.removeValue(forKey: nonce)?(.success(chunks))
        case .timedOut(let nonce, let received, let count):
            members.removeValue(forKey: nonce)?(.failure(.timedOut(received: received, of: count)))
        case nil: break
        }
    }

    private func setChunkTimer() {
        if let token = chunkTimer.take() { context.reactor.cancel(token) }
        guard let deadline = chunks.deadline else { return }
        chunkTimer = context.reactor.schedule(at: deadline) { [weak self] in
            guard let self else { return }
            chunkTimer = nil
            for outcome in chunks.expired(at: context.reactor.now) { settle(outcome) }
            setChunkTimer()
        }
    }
}

@available(*, unavailable) extension CommandSender: Sendable {}
