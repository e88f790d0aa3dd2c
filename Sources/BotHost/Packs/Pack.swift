internal import Configuration
internal import Discord
internal import LuaEngine
internal import Logging
internal import Reactor

/// A pack and its generations: the one that serves, one that loads, and those that drain. Confined to its script thread.
final class Pack {
    let folder: PackFolder
    private(set) var serving: PackGeneration?
    private var loading: PackGeneration?
    private(set) var draining: [PackGeneration] = []
    private let logger: Logger
    private unowned let runtime: ScriptRuntime

    init(folder: PackFolder, runtime: ScriptRuntime) {
        self.folder = folder
        self.runtime = runtime
        var logger = runtime.logger
        logger[metadataKey: "pack"] = "\(folder.name)"
        self.logger = logger
    }

    /// Every generation that is not closed.
    var generations: [PackGeneration] { draining + [serving, loading].compactMap { $0 } }

    /// Events the serving generation listens to.
    var events: Set<EventName> {
        guard let serving else { return [] }
        return Set(EventName.allCases.filter { !serving.handlers[Int($0.rawValue)].isEmpty })
    }

    /// Builds a generation beside the serving one and swaps it in once its main chunk has returned. A failure leaves the serving one as it
    /// is and says why, with the source line.
    func load(_ done: @escaping (LuaFailure?) -> Void) {
        loading?.close()
        let generation: PackGeneration
        do throws(LuaFailure) {
            generation = try PackGeneration(
                number: runtime.nextGeneration(), folder: folder, limits: runtime.limits, logger: logger, services: runtime.services,
                reactor: runtime.reactor)
        } catch {
            logger.error("\(ScriptReport.text(of: error, excerpt: nil))")
            done(error)
            return
        }
        generation.subscriptionsChanged = { [weak runtime] in runtime?.publishSubscriptions() }
        loading = generation
        runtime.register(generation)
        generation.load(ready: runtime.ready) { [weak self, unowned generation] failure in
            self?.finishLoading(generation, failure)
            done(failure)
        }
    }

    private func finishLoading(_ generation: PackGeneration, _ failure: LuaFailure?) {
        guard loading === generation else { return }
        loading = nil
        if let failure {
            let outcome = serving == nil ? "not loaded" : "the previous version goes on serving"
            logger.error("\(outcome): \(ScriptReport.text(of: failure, excerpt: folder.excerpt(failure)))")
            // Its state is still running this very call when the main chunk failed at once.
            retire(generation)
            return
        }
        let previous = serving
        serving = generation
        runtime.publishSubscriptions()
        if let previous {
            logger.info("reloaded")
            drain(previous)
        }
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
            self?.logger.warning("handlers of the previous version still waited after \(Self.drainTime); they are cancelled")
            self?.finishDraining(generation)
        }
        generation.drain { [weak self] in
            guard let self else { return }
            runtime.reactor.cancel(token)
            finishDraining(generation)
        }
    }

    private func finishDraining(_ generation: PackGeneration) {
        draining.removeAll { $0 === generation }
        retire(generation)
    }

    /// Cancels everything and frees all states.
    func close() {
        for generation in generations {
            generation.close()
            runtime.forget(generation)
        }
        (serving, loading, draining) = (nil, nil, [])
    }

    /// How long the runs of a replaced generation may still wait.
    private static let drainTime = Duration.seconds(10)
}

@available(*, unavailable)
extension Pack: Sendable {}
