internal import Configuration
internal import Discord
internal import LuaEngine
internal import Logging
internal import Reactor

/// A pack and its generations: the one that serves, one that loads, and those that drain. Confined to its thread.
final class Pack {
    /// Where it is loaded from next.
    var folder: PackFolder
    private(set) var serving: PackGeneration?
    private(set) var draining: [PackGeneration] = []
    private var loading: PackGeneration?
    /// Who waits for the outcome of loading: also those whose version was overtaken by a newer one.
    private var loadWaiters: [(LuaFailure?) -> Void] = []
    /// Tells that a main chunk does not come to its end.
    private var patience: TimerToken?
    private var isUnloading = false
    private var breaker: Breaker
    private var suspension: TimerToken?
    private let log: PackLog
    private unowned let runtime: ScriptRuntime

    init(folder: PackFolder, runtime: ScriptRuntime) {
        self.folder = folder
        self.runtime = runtime
        breaker = Breaker(runtime.limits)
        log = PackLog(runtime.logger, pack: folder.name, limits: runtime.limits, reactor: runtime.reactor)
    }

    /// Every generation that is not closed.
    var generations: [PackGeneration] { draining + [serving, loading].compactMap { $0 } }

    /// Events that some generation listens to.
    var events: Set<EventName> {
        var events: Set<EventName> = []
        if let serving {
            for event in EventName.allCases where !serving.handlers[Int(event.rawValue)].isEmpty { events.insert(event) }
        }
        for generation in generations { events.formUnion(generation.awaited) }
        return events
    }

    /// Hands an event to the generation that serves, and to those runs of older ones that wait for it.
    func dispatch(_ event: EventName, _ payload: LuaPayload) {
        serving?.dispatch(event, payload)
        guard !draining.isEmpty else { return }
        for generation in draining { generation.dispatch(event, payload) }
    }

    // MARK: Loading

    /// Builds a generation beside the serving one and swaps it in once its main chunk has returned. A failure leaves the serving one as it
    /// is and says why, with the source line. One that still loads is given up, and `done` of its load gets this one's outcome.
    func load(_ done: @escaping (LuaFailure?) -> Void) {
        abandonLoading()
        guard !isUnloading else { return done(LuaFailure(kind: .cancelled, message: "the pack is being unloaded")) }
        let generation: PackGeneration
        do throws(LuaFailure) {
            generation = try PackGeneration(folder, in: runtime, log: log)
        } catch {
            log.host.error("\(PackLog.bounded(ScriptReport.text(of: error, excerpt: nil)))")
            loadWaiters.append(done)
            return answerLoad(error)
        }
        generation.subscriptionsChanged = { [weak runtime] in runtime?.publishSubscriptions() }
        generation.inherited = { [weak self] name in self?.serving?.frozen(name) }
        generation.offended = { [weak self, unowned generation] text in self?.offended(generation, text) }
        loading = generation
        loadWaiters.append(done)
        patience = runtime.reactor.schedule(after: Self.loadTime) { [weak self] in
            self?.log.host.warning(
                "the main chunk still waits after \(Self.loadTime.components.seconds) s, and nothing of this version is served until it has returned; what goes on for ever belongs into bot.spawn or bot.every")
        }
        runtime.register(generation)
        generation.load(ready: runtime.ready) { [weak self, unowned generation] failure in self?.finishLoading(generation, failure) }
    }

    private func finishLoading(_ generation: PackGeneration, _ failure: LuaFailure?) {
        guard loading === generation else { return }
        loading = nil
        endPatience()
        if folder.isFile { runtime.services.watch(generation.files.union(serving?.files ?? []), for: folder) }
        if let failure {
            let outcome = serving == nil ? "not loaded" : "the previous version goes on serving"
            log.host.error("\(outcome): \(PackLog.bounded(ScriptReport.text(of: failure, excerpt: folder.excerpt(failure))))")
            // Its state is still running this very call when the main chunk failed at once.
            retire(generation)
            return answerLoad(failure)
        }
        let previous = serving
        serving = generation
        endSuspension()
        breaker = Breaker(runtime.limits)
        runtime.publishSubscriptions()
        if let previous {
            log.host.info("reloaded")
            drain(previous)
        }
        answerLoad(nil)
    }

    private func answerLoad(_ failure: LuaFailure?) {
        let waiters = loadWaiters
        loadWaiters = []
        for done in waiters { done(failure) }
    }

    private func abandonLoading() {
        guard let generation = loading.take() else { return }
        endPatience()
        retire(generation)
    }

    private func endPatience() {
        if let patience = patience.take() { runtime.reactor.cancel(patience) }
    }

    /// How long a main chunk may wait before a person is told.
    private static let loadTime = Duration.seconds(5)

    // MARK: Suspension

    /// A run of this generation was ended for exceeding a limit.
    private func offended(_ generation: PackGeneration, _ text: String) {
        if generation.phase == .draining && draining.contains(where: { $0 === generation }) {
            log.host.warning("the previous version is ended: \(PackLog.bounded(text))")
            return finishDraining(generation)
        }
        guard generation === serving, generation.phase == .serving, let length = breaker.offence(at: runtime.reactor.now) else { return }
        log.host.error("suspended for \(length.components.seconds) s, exceeded its limits \(runtime.limits.offences) times within a minute; last: \(PackLog.bounded(text))")
        generation.suspend()
        suspension = runtime.reactor.schedule(after: length) { [weak self] in self?.comeBack() }
    }

    private func comeBack() {
        suspension = nil
        guard let serving, serving.phase == .suspended else { return }
        let missed = serving.missedEvents
        log.host.notice("serves again; \(missed) event\(missed == 1 ? "" : "s") passed it by meanwhile")
        serving.serveAgain()
    }

    private func endSuspension() {
        if let suspension = suspension.take() { runtime.reactor.cancel(suspension) }
    }

    // MARK: The end

    /// Takes no further events; `done` runs once every generation has drained and is closed.
    func unload(_ done: @escaping () -> Void) {
        isUnloading = true
        abandonLoading()
        answerLoad(LuaFailure(kind: .cancelled, message: "the pack is being unloaded"))
        endSuspension()
        if let serving = serving.take() { drain(serving) }
        runtime.publishSubscriptions()
        unloaded = done
        finishUnloading()
    }

    private var unloaded: (() -> Void)?

    private func finishUnloading() {
        guard draining.isEmpty, let done = unloaded.take() else { return }
        log.close()
        done()
    }

    private func retire(_ generation: PackGeneration) {
        runtime.reactor.nextTurn { [weak runtime] in
            generation.close()
            runtime?.forget(generation)
        }
    }

    private func drain(_ generation: PackGeneration) {
        draining.append(generation)
        let token = runtime.reactor.schedule(after: Self.drainTime) { [weak self] in
            guard let self, draining.contains(where: { $0 === generation }) else { return }
            log.host.warning("handlers of the previous version still waited after \(Self.drainTime.components.seconds) s; they are cancelled")
            finishDraining(generation)
        }
        drainTimers[generation.number] = token
        generation.drain { [weak self] in self?.finishDraining(generation) }
    }

    private var drainTimers: [Int: TimerToken] = [:]

    private func finishDraining(_ generation: PackGeneration) {
        if let token = drainTimers.removeValue(forKey: generation.number) { runtime.reactor.cancel(token) }
        draining.removeAll { $0 === generation }
        retire(generation)
        finishUnloading()
    }

    /// Cancels everything and frees all states.
    func close() {
        for generation in generations {
            generation.close()
            runtime.forget(generation)
        }
        for token in drainTimers.values { runtime.reactor.cancel(token) }
        endPatience()
        endSuspension()
        log.close()
        (serving, loading, loadWaiters, draining, drainTimers, unloaded) = (nil, nil, [], [], [:], nil)
    }

    /// How long the runs of a replaced generation may still wait.
    private static let drainTime = Duration.seconds(10)
}

@available(*, unavailable)
extension Pack: Sendable {}
