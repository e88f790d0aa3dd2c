internal import Configuration
internal import LuaEngine
internal import Logging
internal import Reactor

/// Packs that come, go and change while the bot runs. Called on the bot's thread; completions come there too, with what went wrong, if it did.
extension Bot {
    /// Names of the packs that run.
    package var packNames: [String] { scripts.folders.map(\.name) }

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
        guard let pack = scripts[name] else { return completion(unknownPack(name)) }
        watcher?.unwatch(pack.folder)
        scripts.remove(pack) { completion(nil) }
    }

    /// Loads a pack anew from its files.
    ///
    /// - Parameter completion: gets `nil` once the new version serves; after a failure the old one goes on.
    package func reloadPack(named name: String, _ completion: @escaping (BotFailure?) -> Void = { _ in }) {
        guard let pack = scripts[name] else { return completion(unknownPack(name)) }
        do throws(ConfigurationError) { reload(pack, from: try PackFolder(path: pack.folder.path), completion) } catch { completion(BotFailure(error)) }
    }

    /// SIGHUP: follows the configuration's list of packs, and reloads those that stay, from where their paths lead now.
    func reloadConfiguration() {
        guard phase != .stopping && phase != .stopped else { return }
        let wanted: [PackFolder]
        do throws(BotFailure) {
            do throws(ConfigurationError) { wanted = try listedPacks() } catch { throw BotFailure(error) }
            try Self.checkNames(wanted)
        } catch {
            return logger.error("SIGHUP: \(error); the packs go on as they are")
        }
        logger.info("SIGHUP: reloading \(wanted.count) pack\(wanted.count == 1 ? "" : "s")")
        for folder in scripts.folders where !wanted.contains(where: { $0.name == folder.name }) {
            logger.info("pack '\(folder.name)' is no longer listed and ends")
            removePack(named: folder.name)
        }
        for folder in wanted {
            if let pack = scripts[folder.name] {
                reload(pack, from: folder) { _ in }
            } else {
                add(folder) { [logger] failure in
                    if let failure { return logger.error("SIGHUP: the pack '\(folder.name)' is not added: \(failure)") }
                    logger.info("pack '\(folder.name)' is added")
                }
            }
        }
    }

    private func listedPacks() throws(ConfigurationError) -> [PackFolder] {
        if let list = options.packList { return try list() }
        var packs: [PackFolder] = []
        for folder in scripts.folders { packs.append(try PackFolder(path: folder.path)) }
        return packs
    }

    /// Loads a pack that runs anew; its path may lead elsewhere now.
    private func reload(_ pack: RunningPack, from folder: PackFolder, _ completion: @escaping (BotFailure?) -> Void) {
        if pack.folder != folder {
            watcher?.unwatch(pack.folder)
            do throws(BotFailure) { try watcher?.watch(folder) } catch { logger.warning("\(error)") }
        }
        scripts.reload(pack, from: folder, completion)
    }

    private func add(_ folder: PackFolder, _ completion: @escaping (BotFailure?) -> Void) {
        guard phase != .stopping && phase != .stopped else { return completion(BotFailure(.failure, "the bot ends")) }
        guard scripts[folder.name] == nil else { return completion(BotFailure(.usage, "a pack called '\(folder.name)' runs already")) }
        do throws(BotFailure) {
            try watcher?.watch(folder)
            try scripts.add(folder) { [weak self] pack, failure in
                guard let failure else { return completion(nil) }
                guard let self, pack.phase != .leaving else { return completion(failure) }
                watcher?.unwatch(folder)
                scripts.remove(pack) { completion(failure) }
            }
        } catch {
            watcher?.unwatch(folder)
            completion(error)
        }
    }

    private func unknownPack(_ name: String) -> BotFailure {
        BotFailure(.usage, "no pack is called '\(name)'; running are \(packNames.joined(separator: ", "))")
    }
}
