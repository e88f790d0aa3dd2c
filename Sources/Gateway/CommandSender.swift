import Discord
import GatewayProtocol
import Reactor

/// One shard's way out: commands wait here until the shard is online and the limits allow them, and member requests until their chunks are in.
final class CommandSender {
    /// Sends one command on the present connection.
    var transmit: (GatewayCommand) -> Void = { _ in }

    private let shard: ShardID
    private let context: GatewayContext
    private var limiter: CommandLimiter
    private var isConnected = false
    private var isReady = false
    private var limiterTimer: TimerToken?
    /// The fleet's presence has changed since the session last learned it.
    private var presenceIsStale = false

    private var chunks = MemberChunks()
    private var completions: [String: MemberRequestCompletion] = [:]
    private var chunkTimer: TimerToken?

    init(shard: ShardID, context: GatewayContext) {
        self.shard = shard
        self.context = context
        limiter = CommandLimiter(encoding: context.configuration.encoding)
    }

    // MARK: The connection

    func connectionOpened() {
        isConnected = true
        limiter.connectionOpened()
    }

    func helloReceived(heartbeatInterval: Duration) {
        limiter.helloReceived(heartbeatInterval: heartbeatInterval)
    }

    func sessionReady() {
        isReady = true
        limiter.sessionReady()
        if presenceIsStale, let presence = context.configuration.presence {
            presenceIsStale = false
            enqueue(.presenceUpdate(presence))
        }
        pump()
    }

    func connectionEnded() {
        isConnected = false
        isReady = false
        if let token = limiterTimer.take() { context.reactor.cancel(token) }
    }

    // MARK: Commands

    /// Heartbeat, IDENTIFY or RESUME. IDENTIFY tells the present presence.
    func sendOwn(_ command: GatewayCommand) {
        if case .identify = command { presenceIsStale = false }
        enqueue(command)
        pump()
    }

    /// Sends now, or as soon as the shard is online and the limits allow.
    func send(_ command: GatewayCommand) throws(CommandError) {
        try limiter.enqueue(command)
        pump()
    }

    func updatePresence(_ presence: Presence) throws(CommandError) {
        if isReady { try send(.presenceUpdate(presence)) } else { presenceIsStale = true }
    }

    private func enqueue(_ command: GatewayCommand) {
        do throws(CommandError) { try limiter.enqueue(command) } catch {
            context.note(shard, .commandRefused(error))
            // Better online without a presence than never.
            if case .identify(var identify) = command, identify.presence != nil {
                identify.presence = nil
                enqueue(.identify(identify))
            }
        }
    }

    private func pump() {
        guard isConnected else { return }
        if let token = limiterTimer.take() { context.reactor.cancel(token) }
        while true {
            switch limiter.next(at: context.reactor.now) {
            case .send(let command):
                if case .requestGuildMembers(let request) = command { requestSent(request) }
                transmit(command)
            case .wait(let until):
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

    // MARK: Members

    /// Whether chunks are of interest here.
    var collectsMembers: Bool { !completions.isEmpty }

    /// Sends the request, whose nonce must be its own, and collects the chunks that answer it.
    func requestMembers(_ request: MemberRequest, nonce: String, _ completion: @escaping MemberRequestCompletion) throws(CommandError) {
        completions[nonce] = completion
        do throws(CommandError) {
            try send(.requestGuildMembers(request))
        } catch {
            completions[nonce] = nil
            throw error
        }
    }

    /// The nonce's completion is not called any more.
    func cancelMembers(nonce: String) {
        guard completions.removeValue(forKey: nonce) != nil else { return }
        if !limiter.withdraw(nonce: nonce) { chunks.cancel(nonce: nonce) }
        setChunkTimer()
    }

    private func requestSent(_ request: MemberRequest) {
        chunks.requestSent(request, at: context.reactor.now)
        setChunkTimer()
    }

    func received(_ chunk: MemberChunk, _ data: UnsafeRawBufferPointer) {
        settle(chunks.received(chunk, data: data, at: context.reactor.now))
        setChunkTimer()
    }

    func rateLimited(_ event: RateLimited) {
        limiter.rateLimited(event, at: context.reactor.now)
        if let request = chunks.rateLimited(event) { enqueue(.requestGuildMembers(request)) }
        setChunkTimer()
        pump()
    }

    /// The chunks under way are lost with the session: they are asked for again in the next one.
    func sessionLost() {
        for request in chunks.sessionLost() { enqueue(.requestGuildMembers(request)) }
        setChunkTimer()
    }

    /// Nothing will be sent any more.
    func stop() {
        connectionEnded()
        if let token = chunkTimer.take() { context.reactor.cancel(token) }
        let abandoned = completions
        completions = [:]
        for completion in abandoned.values { completion(.failure(.cancelled)) }
    }

    private func settle(_ outcome: MemberChunks.Outcome?) {
        switch outcome {
        case .complete(let request, let chunks):
            request.nonce.flatMap { completions.removeValue(forKey: $0) }?(.success(chunks))
        case .timedOut(let request, let received, let expected):
            request.nonce.flatMap { completions.removeValue(forKey: $0) }?(.failure(.timedOut(received: received, of: expected)))
        case nil: break
        }
    }

    private func setChunkTimer() {
        if let token = chunkTimer.take() { context.reactor.cancel(token) }
        guard let deadline = chunks.deadline else { return }
        chunkTimer = context.reactor.schedule(at: deadline) { [weak self] in
            guard let self else { return }
            chunkTimer = nil
            for outcome in chunks.expire(at: context.reactor.now) { settle(outcome) }
            setChunkTimer()
        }
    }
}

@available(*, unavailable) extension CommandSender: Sendable {}
