internal import Configuration
internal import Logging
internal import Reactor

/// The packs' first loading, until the bot goes online.
extension Bot {
    /// Loads all packs beside each other, and goes on when all have, or when those that have must not wait any longer for one that has not. A pack that
    /// does not load keeps the others from nothing.
    func load() throws(BotFailure) {
        var loading = Set(options.packs.map(\.name))
        var failed: Set<String> = []
        var isPatient = true
        let look = { [unowned self] in
            let serving = options.packs.count - loading.count - failed.count
            guard phase == .loading, loading.isEmpty || (!isPatient && serving > 0) else { return }
            let missing = loading.union(failed).sorted().joined(separator: "', '")
            if serving > 0 && !missing.isEmpty { logger.error("the others serve without '\(missing)', which joins them when it has loaded") }
            loaded(serving > 0 || options.packs.isEmpty)
        }
        for folder in options.packs {
            try scripts.add(folder) { pack, failure in
                loading.remove(folder.name)
                // One that was taken away before has not failed.
                if failure != nil && pack.phase != .leaving { failed.insert(folder.name) }
                look()
            }
        }
        reactor.schedule(after: options.loadPatience) {
            isPatient = false
            look()
        }
    }

    private func loaded(_ isLoaded: Bool) {
        guard phase == .loading else { return }
        if !isLoaded {
            // What is wrong stands in the log, with the source line.
            guard options.watch else { return finish(.success(.failure)) }
            logger.notice("waiting for the pack to be mended; it is loaded when it is saved")
        }
        phase = .connecting
        connect()
    }
}
