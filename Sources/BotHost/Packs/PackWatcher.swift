internal import Configuration
internal import Logging
internal import Reactor

/// Watches the folders of packs and tells which pack changed, once for all files that were saved together.
final class PackWatcher {
    /// By the pack's name.
    private var watchers: [String: FileWatcher] = [:]
    /// By the pack's name: the files outside of it that are watched too.
    private var modules: [String: [String: FileWatcher]] = [:]
    private let reactor: Reactor
    private let logger: Logger
    private let quiet: Duration
    private let changed: (PackFolder) -> Void

    /// - Parameter quiet: how long nothing may have changed before a pack is told of: files that are saved within it make one version.
    init(on reactor: Reactor, logger: Logger, quiet: Duration = .milliseconds(50), changed: @escaping (PackFolder) -> Void) {
        self.quiet = quiet
        self.reactor = reactor
        self.logger = logger
        self.changed = changed
    }

    /// - Throws: the system's refusal to watch, named with the folder.
    func watch(_ folder: PackFolder) throws(BotFailure) {
        do throws(IOFailure) {
            let watcher = try FileWatcher(folder.watched, on: reactor, quiet: quiet) { [changed] paths in
                // Editors leave swap files and backups beside the source; only Lua files make a new generation, and folders that may have held some.
                if paths.contains(where: { $0.hasSuffix(".lua") || $0.hasSuffix("/") || $0 == folder.watched }) { changed(folder) }
            }
            for (path, failure) in watcher.unwatched { logger.warning("changes below \(path) are not seen: \(failure)") }
            watchers[folder.name] = watcher
        } catch {
            throw BotFailure(.failure, "\(folder.watched) cannot be watched: \(error)")
        }
    }

    /// Watches these files for a pack that is watched, and no others outside of it. One that cannot be watched is told in the log.
    func watch(_ files: Set<String>, for folder: PackFolder) {
        guard watchers[folder.name] != nil else { return }
        var old = modules.removeValue(forKey: folder.name) ?? [:]
        var new: [String: FileWatcher] = [:]
        for file in files where file != folder.watched {
            if let watcher = old.removeValue(forKey: file) {
                new[file] = watcher
                continue
            }
            do throws(IOFailure) {
                new[file] = try FileWatcher(file, on: reactor, quiet: quiet) { [changed] _ in changed(folder) }
            } catch {
                logger.warning("changes of \(file) are not seen: \(error)")
            }
        }
        for watcher in old.values { watcher.cancel() }
        modules[folder.name] = new
    }

    func unwatch(_ folder: PackFolder) {
        watch([], for: folder)
        watchers.removeValue(forKey: folder.name)?.cancel()
    }

    func cancel() {
        for watcher in watchers.values { watcher.cancel() }
        for watcher in modules.values.flatMap(\.values) { watcher.cancel() }
        (watchers, modules) = ([:], [:])
    }
}
