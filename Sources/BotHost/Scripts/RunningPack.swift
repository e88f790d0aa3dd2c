internal import Configuration
internal import Discord
internal import Gateway
internal import GatewayProtocol
internal import Logging
internal import REST
internal import Reactor

/// A pack that runs, as the reactor thread knows it: its thread, what it listens to, and what it has been asked. Confined to the reactor thread.
final class RunningPack {
    enum Phase {
        case serving
        /// It was taken away; what waits in it may still finish.
        case leaving
        /// Its thread has not come back. It is loaded anew, on another, when somebody asks for it.
        case lost
    }

    /// Tells packs apart that had one name one after another.
    let number: Int
    /// Where it is loaded from next.
    var folder: PackFolder
    var phase = Phase.serving
    let pace: DeliveryPace
    /// REST requests without an answer.
    var calls: [Waiter.Question: RESTCall] = [:]
    /// For requests for members: Discord takes some two commands a second of a shard.
    let memberGate = RequestGate<Waiter.Question>(limit: 4)
    /// What its handlers listen to.
    private(set) var wanted = EventSet()
    private(set) var events: Set<EventName> = []
    /// What it has listened to since it began, for its handlers may still be at work on that.
    private(set) var formerEvents: Set<EventName> = []
    private let thread: ScriptThread
    private let reactor: Reactor
    private var stallWatch: StallWatch
    private var toldShedCounts = [Int](repeating: 0, count: EventName.count)
    /// What to do about questions when no answer can come any more.
    private var unanswered: [Int: () -> Void] = [:]
    private var lastQuestion = 0
    private var hasEnded = false

    /// Starts the pack's thread. The pack is not loaded yet.
    ///
    /// - Throws: the system's refusal.
    init(
        _ number: Int, _ folder: PackFolder, services: any HostServices, limits: LimitSettings, stallPatience: Duration, logger: Logger,
        on reactor: Reactor
    ) throws(BotFailure) {
        self.number = number
        self.folder = folder
        self.reactor = reactor
        stallWatch = StallWatch(limits, patience: stallPatience)
        pace = DeliveryPace(on: reactor)
        thread = try ScriptThread(folder, services: services, limits: limits, logger: logger)
    }

    // MARK: Events

    func listens(to events: Set<EventName>) {
        self.events = events
        formerEvents.formUnion(events)
        wanted = EventSet(events)
    }

    /// Queues an event for the pack, whose thread is woken once for all events of a turn: waking costs more than many an event.
    func deliver(_ event: EventName, shard: ShardID, sequence: Int64, encoding: PayloadEncoding, payload: UnsafeRawBufferPointer) {
        if thread.deliver(event, shard: shard, sequence: sequence, encoding: encoding, payload: payload) {
            reactor.nextTurn { [thread] in thread.wake() }
        }
        pace.delivered(payload.count)
    }

    /// Bytes of events that wait for the pack.
    var waitingBytes: Int { thread.inbox.waitingBytes }

    /// Events shed since the pack began to run, by `EventName.rawValue`.
    var shedCounts: [Int] { thread.inbox.shedCounts }

    /// What was shed since the last call, for a log; `nil` when nothing was.
    func newlyShed() -> String? { thread.inbox.listShed(since: &toldShedCounts) }

    // MARK: Questions

    /// Runs `body` on the pack's thread.
    func perform(_ body: @escaping @Sendable (ScriptRuntime) -> Void) { thread.perform(body) }

    /// Runs `body` on the pack's thread and brings back what it gives to `done`, which it calls once; `nil` when the pack ends or is lost before.
    func ask<Answer: Sendable>(
        _ body: @escaping @Sendable (ScriptRuntime, _ done: @escaping (Answer) -> Void) -> Void, _ answered: @escaping (Answer?) -> Void
    ) {
        guard !hasEnded else { return answered(nil) }
        lastQuestion += 1
        let number = lastQuestion
        unanswered[number] = { answered(nil) }
        let back = LoopBound((pack: self, answered: answered), on: reactor)
        thread.perform { [handle = reactor.handle] runtime in
            body(runtime) { answer in
                handle.post {
                    guard back.value.pack.unanswered.removeValue(forKey: number) != nil else { return }
                    back.value.answered(answer)
                }
            }
        }
    }

    /// Asks once every event that was delivered up to now has been handed over.
    func askOnceHandled<Answer: Sendable>(_ question: @escaping @Sendable (ScriptRuntime) -> Answer, _ answered: @escaping (Answer?) -> Void) {
        // After the wake-up that this turn's events are still waiting for.
        reactor.nextTurn { [self] in
            ask({ runtime, done in runtime.onceHandled { [unowned runtime] in done(question(runtime)) } }, answered)
        }
    }

    /// Nobody waits for this any more: what has not gone out yet never does.
    func withdraw(_ question: Waiter.Question) {
        calls[question]?.withdraw()
        memberGate.withdraw(question)
    }

    // MARK: The end

    /// Whether the thread has not come back for longer than the limits allow a pack to keep it. To be asked once a minute.
    func isStalled() -> Bool {
        switch stallWatch.step(at: reactor.now) {
        case .ask:
            ask({ _, done in done(true) }) { [weak self] _ in self?.stallWatch.answered() }
            return false
        case .wait: return false
        case .stalled: return true
        }
    }

    /// Closes the pack and ends its thread, as soon as the pack lets it. Questions that are open get `nil`, and so do later ones.
    ///
    /// - Parameter answersQuestions: `false` leaves those that are open without an answer, for whoever hears `nil` goes on.
    func end(answersQuestions: Bool = true) {
        guard !hasEnded else { return }
        hasEnded = true
        thread.end()
        pace.end()
        for call in calls.values { call.withdraw() }
        memberGate.close()
        listens(to: [])
        let open = answersQuestions ? unanswered.sorted { $0.key < $1.key } : []
        unanswered = [:]
        for (_, tell) in open { tell() }
    }

    /// Waits for the end of the thread. `false` when it has not come by then.
    func join(within time: Duration) -> Bool { thread.join(within: time) }
}

@available(*, unavailable)
extension RunningPack: Sendable {}
