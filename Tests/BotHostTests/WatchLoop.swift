import Logging
import Reactor

@testable import BotHost

/// Watches packs on a loop of its own and reloads them, as the bot does it.
final class WatchLoop {
    private let thread: Thread
    private let handle: ReactorHandle

    init(_ folders: [PackFolder], reloading threads: [String: ScriptThread]) throws {
        let started = Handover<ReactorHandle>()
        thread = try Thread.start(name: "watch", stackSize: 1 << 20) {
            guard let reactor = try? Reactor() else { return }  // then the test waits for ever, which is as good as a failure
            // Long enough that a busy machine saves all files of a test within it.
            let watcher = PackWatcher(on: reactor, logger: Logger(label: "watch"), quiet: .milliseconds(500)) { folder in
                threads[folder.name]?.perform { $0.pack.load { _ in } }
            }
            for folder in folders { try? watcher.watch(folder) }  // the same
            started.give(reactor.handle)
            reactor.run()
        }
        handle = started.take()
    }

    deinit {
        handle.stop()
        thread.join()
    }
}
