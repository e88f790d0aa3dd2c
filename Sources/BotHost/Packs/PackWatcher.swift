internal import Configuration
internal import Logging
internal import Reactor

/// Watches the folders of packs and tells which pack changed, once for all files that were saved together.
final class PackWatcher {
    private var watchers: [String: FileWatcher] = [:]
    private let reactor: Reactor
    private let logger: Logger
    private let changed: (PackFolder) -> Void

    init(on reactor: Reactor, logger: Logger, changed: @escaping (PackFolder) -> Void) {
        self.reactor = reactor
        self.logger = logger
        self.changed = changed
    }

    /// - Throws: the system's refusal to watch, named with the folder.
    func watch(_ folder: PackFolder) throws(BotFailure) {
        do throws(IOFailure) {
            let watcher = try FileWatcher(folder.watched, on: reactor) { [changed] paths in
                // Editors leave swap files and backups beside the source; only Lua files make a new generation.
                if paths.contains(where: { $0.hasSuffix(".lua") }) || paths.contains(folder.watched) { changed(folder) }
            }
            for (path, failure) in watcher.unwatched { logger.warning("changes below \(path) are not seen: \(failure)") }
            watchers[folder.watched] = watcher
        } catch {
            throw BotFailure(.failure, "\(folder.watched) cannot be watched: \(error)")
        }
    }

    func unwatch(_ folder: PackFolder) {
        watchers.removeValue(forKey: folder.watched)?.cancel()
    }

    func cancel() {
        for watcher in watchers.values { watcher.cancel() }
        watchers = [:]
    }
}
