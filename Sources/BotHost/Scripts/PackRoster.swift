internal import Configuration
internal import Discord
internal import Gateway
internal import GatewayProtocol
internal import LuaEngine
internal import Logging
internal import Reactor

/// The packs that run, each on a thread of its own, so that none keeps another waiting: hands them events, asks them all, and ends them.
///
/// Confined to the reactor thread.
final class PackRoster {
    /// What the roster works with.
    struct Road {
        /// What a pack, by its number, may ask for.
        let services: (_ pack: Int) -> any HostServices
        /// Reads the gateway's connections, or leaves them unread.
        let setReceiving: (Bool) -> Void
        /// The packs together now listen to these events.
        let subscribe: (Set<EventName>) -> Void
        /// No pack is left that could serve. What they have not handled is still unhandled while this is called.
        let allLost: () -> Void
    }

    /// Set before the first pack starts.
    var road: Road?
    /// In the order in which they were added, those that leave or are lost included.
    private(set) var packs: [RunningPack] = []
    /// Events that some pack listens to.
    private(set) var wanted: Set<EventName> = []
    private var ready: ReadyPayload?
    private var lastNumber = 0
    /// Packs for which the gateway is left unread.
    private var behind: Set<Int> = []
    /// Packs that are gone, whose threads are about to end.
    private var ending: [RunningPack] = []
    /// What packs have shed that are gone.
    private var formerlyShed = [Int](repeating: 0, count: EventName.count)
    private let reactor: Reactor
    private let limits: LimitSettings
    private let logger: Logger
    private let stallPatience: Duration

    init(_ limits: LimitSettings, logger: Logger, on reactor: Reactor, stallPatience: Duration = .seconds(60)) {
        self.stallPatience = stallPatience
        self.limits = limits
        self.logger = logger
        self.reactor = reactor
    }

    // MARK: Packs

    /// Folders of the packs that run, without those that leave.
    var folders: [PackFolder] { packs.filter { $0.phase != .leaving }.map(\.folder) }

    /// The pack with this name, unless it leaves.
    subscript(name: String) -> RunningPack? { packs.first { $0.folder.name == name && $0.phase != .leaving } }

    /// The pack with this number, unless its thread has ended or is lost.
    subscript(number: Int) -> RunningPack? { packs.first { $0.number == number && $0.phase != .lost } }

    /// Starts a thread for a pack and loads it there. The pack stays, also when it does not load, until it is removed.
    ///
    /// - Parameter loaded: gets the pack, and why it does not load, if it does not. What is wrong stands in the log, with the source line.
    /// - Throws: the system's refusal of a thread.
    func add(_ folder: PackFolder, _ loaded: @escaping (RunningPack, BotFailure?) -> Void) throws(BotFailure) {
        let pack = try start(folder)
        packs.append(pack)
        adjustPace()
        load(pack, from: nil) { loaded(pack, $0) }
    }

    /// Loads a pack anew; one that fails to load goes on with its previous version, one that was lost begins on another thread.
    func reload(_ pack: RunningPack, from folder: PackFolder? = nil, _ loaded: @escaping (BotFailure?) -> Void) {
        if let folder { pack.folder = folder }
        guard pack.phase == .lost, let index = packs.firstIndex(where: { $0 === pack }) else { return load(pack, from: folder, loaded) }
        do throws(BotFailure) { packs[index] = try start(pack.folder) } catch {
            logger.error("the pack '\(pack.folder.name)': \(error)")
            return loaded(error)
        }
        keepCounts(of: pack)
        adjustPace()
        load(packs[index], from: nil, loaded)
    }

    /// Takes a pack away, after it has handled what it was delivered; `done` runs when what still waited in it has ended, and so has the pack.
    func remove(_ pack: RunningPack, _ done: @escaping () -> Void) {
        pack.phase = .leaving
        pack.ask({ runtime, done in
            runtime.onceHandled { [unowned runtime] in runtime.pack.unload { done(true) } }
        }) { [weak self, weak pack] (_: Bool?) in
            if let self, let pack { forget(pack) }
            done()
        }
    }

    private func start(_ folder: PackFolder) throws(BotFailure) -> RunningPack {
        guard let road else { preconditionFailure("the road is set before the first pack starts") }
        lastNumber += 1
        let number = lastNumber
        let pack = try RunningPack(
            number, folder, services: road.services(number), limits: limits, stallPatience: stallPatience, logger: logger, on: reactor)
        pack.pace.road = DeliveryPace.Road(
            waitingBytes: { [unowned pack] in pack.waitingBytes },
            setReceiving: { [unowned self] in note(number, keepsUp: $0) },
            onceHandled: { [unowned pack] body in pack.askOnceHandled({ _ in true }) { _ in body() } })
        if let ready { pack.perform { $0.set(ready: ready) } }
        return pack
    }

    private func load(_ pack: RunningPack, from folder: PackFolder?, _ loaded: @escaping (BotFailure?) -> Void) {
        let name = pack.folder.name
        pack.ask({ runtime, done in
            if let folder { runtime.pack.folder = folder }
            runtime.pack.load { done($0.map { BotFailure(.failure, $0.message) }) }
        }) { (failure: BotFailure??) in
            loaded(failure ?? BotFailure(.failure, "the pack '\(name)' does not come back"))
        }
    }

    private func forget(_ pack: RunningPack) {
        guard let index = packs.firstIndex(where: { $0 === pack }) else { return }
        packs.remove(at: index)
        pack.end()
        // Those whose threads have ended since are done with.
        if pack.phase != .lost { ending = ending.filter { !$0.join(within: .zero) } + [pack] }
        tellShedEvents(of: pack)
        keepCounts(of: pack)
        adjustPace()
        publish()
        endIfAllAreLost()
    }

    private func keepCounts(of pack: RunningPack) {
        for (index, count) in pack.shedCounts.enumerated() { formerlyShed[index] += count }
    }

    // MARK: Events

    /// A pack listens to other events now.
    func note(_ events: Set<EventName>, wantedBy number: Int) {
        guard let pack = self[number] else { return }
        pack.listens(to: events)
        publish()
    }

    private func publish() {
        let events = packs.reduce(into: Set<EventName>()) { $0.formUnion($1.events) }
        guard events != wanted else { return }
        wanted = events
        road?.subscribe(events)
    }

    /// Queues an event for every pack that listens to it.
    func deliver(_ event: EventName, shard: ShardID, sequence: Int64, encoding: PayloadEncoding, payload: UnsafeRawBufferPointer) {
        for pack in packs where pack.wanted.contains(event) {
            pack.deliver(event, shard: shard, sequence: sequence, encoding: encoding, payload: payload)
        }
    }

    /// Makes `bot.user` known to every pack, now and later.
    func set(ready: ReadyPayload) {
        self.ready = ready
        for pack in packs { pack.perform { $0.set(ready: ready) } }
    }

    /// The gateway is left unread while it is for any pack.
    private func note(_ number: Int, keepsUp: Bool) {
        let wasReceiving = behind.isEmpty
        if keepsUp { behind.remove(number) } else { behind.insert(number) }
        if behind.isEmpty != wasReceiving { road?.setReceiving(behind.isEmpty) }
    }

    private func adjustPace() {
        let isAlone = packs.count { $0.phase != .lost } < 2
        for pack in packs { pack.pace.patience = isAlone ? .alone : .amongOthers }
    }

    /// Events that were shed, by `EventName.rawValue`, those of packs that are gone included.
    var shedCounts: [Int] { packs.reduce(formerlyShed) { counts, pack in zip(counts, pack.shedCounts).map { $0 + $1 } } }

    // MARK: Questions

    /// Calls `body` once every pack has handed over what was delivered to it up to now.
    func onceHandled(_ body: @escaping () -> Void) {
        askAll(packs, { _ in true }, toldBy: nil) { _ in body() }
    }

    /// Answers whether every pack is idle (`ScriptRuntime.isIdle`), after it has worked off what it was given before.
    func askWhetherIdle(until end: ContinuousClock.Instant, countingTimeouts: Bool, _ answer: @escaping (Bool) -> Void) {
        askAll(packs, { $0.isIdle(until: end, countingTimeouts: countingTimeouts) }, toldBy: nil, answer)
    }

    /// Answers whether a handler is at work in a pack that listens, or has listened, to an event, after what was delivered before; late or never when one spins.
    func askWhetherWorking(on event: EventName, _ answer: @escaping (Bool) -> Void) {
        askAll(packs.filter { $0.formerEvents.contains(event) }, { !$0.isWorking }, toldBy: false) { answer(!$0) }
    }

    /// Answers whether all say yes, once all have answered or one has given the answer that decides. Those that are lost say yes.
    private func askAll(
        _ packs: [RunningPack], _ question: @escaping @Sendable (ScriptRuntime) -> Bool, toldBy decisive: Bool?, _ answer: @escaping (Bool) -> Void
    ) {
        var left = packs.count
        var allAgree = true
        guard left > 0 else { return reactor.nextTurn { answer(true) } }
        for pack in packs {
            pack.askOnceHandled(question) { reply in
                left -= 1
                guard left >= 0 else { return }
                if reply == false { allAgree = false }
                if let decisive, reply == decisive { left = 0 }
                if left == 0 { answer(allAgree) }
            }
        }
    }

    // MARK: Looking after them

    /// Tells what was shed since the last time, if anything was.
    func tellShedEvents() {
        for pack in packs { tellShedEvents(of: pack) }
    }

    private func tellShedEvents(of pack: RunningPack) {
        guard let list = pack.newlyShed() else { return }
        logger.warning("the pack '\(pack.folder.name)' does not keep up; events dropped in the last minute: \(list)")
    }

    /// Gives up packs whose threads do not come back. Once a minute.
    func watchForStalls() {
        let stalled = packs.filter { $0.phase != .lost && $0.isStalled() }
        guard !stalled.isEmpty else { return }
        for pack in stalled {
            logger.critical(
                "the pack '\(pack.folder.name)' has not come back for over a minute: it does something enormous in a single step, which no limit can end")
        }
        // First of all: whoever is told that it was handled must not take what such a pack has not handled for done.
        endIfAllAreLost(with: stalled)
        for pack in stalled {
            logger.critical(
                "the pack '\(pack.folder.name)' is given up with \(pack.waitingBytes >> 10) KiB of events, and its thread left to itself; saving it or SIGHUP loads it anew")
            pack.phase = .lost
            pack.end()
        }
        adjustPace()
        publish()
    }

    private func endIfAllAreLost(with stalled: [RunningPack] = []) {
        guard !packs.isEmpty, packs.allSatisfy({ pack in pack.phase == .lost || stalled.contains { $0 === pack } }) else { return }
        road?.allLost()
    }

    // MARK: The end

    /// Takes every pack away, as `remove` does, after what was delivered up to now has been handed over.
    func removeAll() {
        // After the wake-up that this turn's events are still waiting for.
        reactor.nextTurn { [self] in
            for pack in packs where pack.phase == .serving { remove(pack) {} }
        }
    }

    /// Closes the packs and ends their threads. One that does not come back in time is left behind. Whoever waits for an answer of a pack gets none: what
    /// it has not handled must not count as handled.
    func stop() {
        tellShedEvents()
        for pack in packs where pack.phase != .lost {
            keepCounts(of: pack)
            pack.end(answersQuestions: false)
            ending.append(pack)
        }
        packs = []
        let clock = ContinuousClock()
        let end = clock.now + .seconds(2) + .milliseconds(5 * limits.cpuStopMilliseconds)
        for pack in ending where !pack.join(within: end - clock.now) {
            logger.error("the pack '\(pack.folder.name)' does not come back; the bot ends without it")
        }
        ending = []
    }
}

@available(*, unavailable)
extension PackRoster: Sendable {}
