/// Tells which files of a directory tree have changed, some 50 ms after they have.
///
/// Changes that come in one burst are told as one set: an editor that saves by writing a new file and renaming it over the old
/// one, several files saved at once, a branch checked out. Directories made later are watched with what is in them, and so is
/// the root itself when it is taken away and comes back, as long as the directory that holds it stays.
///
/// Names that begin with a dot, directories and files, are passed over (version control, editors' swap files), and symbolic
/// links below the root are not followed. A root that is a single file works the same way.
package final class FileWatcher {
    #if os(Linux)
    private typealias Tree = InotifyTree
    #else
    private typealias Tree = KqueueTree
    #endif

    private let reactor: Reactor
    private let quiet: Duration
    /// `nil` once cancelled: a closure that refers to its own watcher must not keep both for ever.
    private var changed: ((Set<String>) -> Void)?
    /// Held by the reactor, and holds this watcher, until `cancel` or the end of the loop.
    private weak var tree: Tree?
    private var collected: Set<String> = []
    private var delivery: (timer: TimerToken, latest: ContinuousClock.Instant)?

    /// Watches until `cancel`, and lives until then.
    ///
    /// - Parameters:
    ///   - root: a directory or a file, which must exist now.
    ///   - quiet: how long nothing may have changed before `changed` is called. Ten times this is the longest that it waits
    ///     under a stream of changes.
    ///   - changed: takes the paths that were written, made, removed or renamed, each beginning with `root` as it was given. For a
    ///     directory that was moved away its own path, with a slash at the end, stands for all in it; `root` itself stands for anything below it.
    /// - Throws: `ENOENT` when `root` does not exist; `ENOSPC` or `EMFILE` when the system's limits on watches are used up
    ///   (on Linux `fs.inotify.max_user_watches` and `max_user_instances`).
    package init(
        _ root: String, on reactor: Reactor, quiet: Duration = .milliseconds(50), changed: @escaping (Set<String>) -> Void
    ) throws(IOFailure) {
        reactor.assertCurrent()
        self.reactor = reactor
        self.quiet = quiet
        self.changed = changed
        let tree = try Tree(WatchedRoot(root), on: reactor) { path in self.note(path) }
        self.tree = tree
    }

    /// Directories below the root that could not be watched, and why: no permission, or the system's limit on watches.
    package var unwatched: [String: IOFailure] { tree?.unwatched ?? [:] }

    /// Stops watching; `changed` is not called again. Idempotent.
    package func cancel() {
        if let delivery = delivery.take() { reactor.cancel(delivery.timer) }
        collected = []
        changed = nil
        if let tree = tree.take() { tree.close() }
    }

    private func note(_ path: String) {
        collected.insert(path)
        let time = reactor.now
        if let delivery {
            reactor.reschedule(delivery.timer, at: min(time + quiet, delivery.latest))
        } else {
            let timer = reactor.schedule(at: time + quiet) { self.deliver() }
            delivery = (timer, time + quiet * 10)
        }
    }

    private func deliver() {
        delivery = nil
        var paths: Set<String> = []
        swap(&paths, &collected)
        changed?(paths)
    }
}

@available(*, unavailable)
extension FileWatcher: Sendable {}
