internal import Configuration
internal import Logging
internal import Reactor

/// Watches the folders of packs and tells which pack changed, once for all files that were saved together.
final class PackWatcher {
    private var watchers: [FileWatcher] = []

    /// - Parameter changed: gets the `watched` path of the pack, and the changed paths.
    /// - Throws: the system's refusal to watch, named with the folder.
    init(_ folders: [PackFolder], on reactor: Reactor, logger: Logger, changed: @escaping (PackFolder) -> Void) throws(BotFailure) {
        for folder in folders {
            do throws(IOFailure) {
                let watcher = try FileWatcher(folder.watched, on: reactor) { paths in
                    // Editors leave swap files and backups beside the source; only Lua files make a new generation.
                    if paths.contains(where: { $0.hasSuffix(".lua") }) || paths.contains(folder.watched) { changed(folder) }
                }
                for (path, failure) in watcher.unwatched { logger.warning("changes below \(path) are not seen: \(failure)") }
                watchers.append(watcher)
            } catch {
                throw BotFailure(.failure, "\(folder.watched) cannot be watched: \(error)")
            }
        }
    }

    func cancel() {
        for watcher in watchers { watcher.cancel() }
        watchers = []
    }
}
