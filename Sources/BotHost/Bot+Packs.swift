internal import Configuration
internal import LuaEngine
internal import Logging
internal import Reactor

/// Packs that come, go and change while the bot runs. Called on the bot's thread; completions come there too, with what went wrong, if it did.
extension Bot {
    /// Names of the packs that run.
    package var packNames: [String] { folders.map(\.name) }

    /// Loads a pack beside those that run.
    ///
    /// - Parameter completion: gets `nil` once it serves. One that does not load is not added; its error stands in the log with the source line.
    package func addPack(_ path: String, _ completion: @escaping (BotFailure?) -> Void = { _ in }) {
        do throws(ConfigurationError) { add(try PackFolder(path: path), completion) } catch { completion(BotFailure(error)) }
    }

    /// Takes a pack away: it gets no further events, and what waits in it may finish for ten seconds.
    ///
    /// - Parameter completion: gets `nil` once it is gone.
    package func removePack(named name: String, _ completion: @escaping (BotFailure?) -> Void = { _ in }) {
        guard let index = folders.firstIndex(where: { $0.name == name }) else { return completion(unknownPack(name)) }
        let folder = folders.remove(at: index)
        watcher?.unwatch(folder)
        onScripts(completion) { runtime, done in runtime.remove(named: name) { done(nil) } }
    }

    /// Loads a pack anew from its files.
    ///
    /// - Parameter completion: gets `nil` once the new version serves; after a failure the old one goes on.
    package func reloadPack(named name: String, _ completion: @escaping (BotFailure?) -> Void = { _ in }) {
        guard let folder = folders.first(where: { $0.name == name }) else { return completion(unknownPack(name)) }
        do throws(ConfigurationError) { reload(try PackFolder(path: folder.path), completion) } catch { completion(BotFailure(error)) }
    }

    /// SIGHUP: follows the configuration's list of packs, and reloads those that stay, from where their paths lead now.
    func reloadConfiguration() {
        let wanted: [PackFolder]
        do throws(BotFailure) {
            do throws(ConfigurationError) { wanted = try listedPacks() } catch { throw BotFailure(error) }
            try Self.checkNames(wanted)
        } catch {
            return logger.error("SIGHUP: \(error); the packs go on as they are")
        }
        logger.info("SIGHUP: reloading \(wanted.count) pack\(wanted.count == 1 ? "" : "s")")
        for folder in folders where !wanted.contains(where: { $0.name == folder.name }) {
            logger.info("pack '\(folder.name)' is no longer listed and ends")
            removePack(named: folder.name)
        }
        for folder in wanted {
            if packNames.contains(folder.name) { reload(folder) { _ in } } else { add(folder) { _ in } }
        }
    }

    private func listedPacks() throws(ConfigurationError) -> [PackFolder] {
        if let list = options.packList { return try list() }
        var packs: [PackFolder] = []
        for folder in folders { packs.append(try PackFolder(path: folder.path)) }
        return packs
    }

    /// Loads a pack that runs anew; its path may lead elsewhere now.
    private func reload(_ folder: PackFolder, _ completion: @escaping (BotFailure?) -> Void) {
        guard let index = folders.firstIndex(where: { $0.name == folder.name }) else { return completion(unknownPack(folder.name)) }
        if folders[index] != folder {
            watcher?.unwatch(folders[index])
            folders[index] = folder
            do throws(BotFailure) { try watcher?.watch(folder) } catch { logger.warning("\(error)") }
        }
        onScripts(completion) { runtime, done in runtime.reload(named: folder.name, from: folder, done: done) }
    }

    private func add(_ folder: PackFolder, _ completion: @escaping (BotFailure?) -> Void) {
        guard !packNames.contains(folder.name) else {
            return completion(BotFailure(.usage, "a pack called '\(folder.name)' runs already"))
        }
        do throws(BotFailure) { try watcher?.watch(folder) } catch { return completion(error) }
        folders.append(folder)
        onScripts({ [weak self] failure in
            if failure != nil, let self {
                folders.removeAll { $0.name == folder.name }
                watcher?.unwatch(folder)
            }
            completion(failure)
        }, { runtime, done in
            runtime.load([folder]) { failure in
                guard let failure else { return done(nil) }
                runtime.remove(named: folder.name) { done(failure) }
            }
        })
    }

    private func unknownPack(_ name: String) -> BotFailure {
        BotFailure(.usage, "no pack is called '\(name)'; running are \(packNames.joined(separator: ", "))")
    }

    /// Runs `body` on the script thread and brings its outcome back.
    private func onScripts(
        _ completion: @escaping (BotFailure?) -> Void, _ body: @escaping @Sendable (ScriptRuntime, @escaping (LuaFailure?) -> Void) -> Void
    ) {
        let completion = LoopBound(completion, on: reactor)
        scripts.perform { [handle = reactor.handle] runtime in
            body(runtime) { failure in
                let failure = failure.map { BotFailure(.failure, $0.message) }
                handle.post { completion.value(failure) }
            }
        }
    }
}
