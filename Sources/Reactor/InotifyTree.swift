#if os(Linux)
import Glibc

/// A directory tree under inotify(7): one watch for each directory, and one for the directory that holds the root.
final class InotifyTree: ReadinessHandler {
    private(set) var unwatched: [String: IOFailure] = [:]

    private static let mask = UInt32(
        IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK)

    private let root: WatchedRoot
    private let reactor: Reactor
    private let changed: (String) -> Void
    /// `nil` once closed.
    private var inotify: Descriptor?
    private var registration: Registration?
    private var parentWatch: CInt = -1
    /// The directories of the tree by their watch. A watch stays with its directory when that is moved, so the paths are kept right here.
    private var directories: [CInt: String] = [:]

    init(_ root: WatchedRoot, on reactor: Reactor, changed: @escaping (String) -> Void) throws(IOFailure) {
        self.root = root
        self.reactor = reactor
        self.changed = changed
        let descriptor = try Syscall.run("inotify_init1") { inotify_init1(CInt(IN_NONBLOCK) | CInt(IN_CLOEXEC)) }
        inotify = Descriptor(descriptor)
        parentWatch = try watch(root.parent)
        if DirectoryListing.entry(root.path, followingLink: true)?.isDirectory == true {
            directories[try watch(root.path)] = root.path
            addContents(of: root.path, reporting: false)
        }
        registration = try reactor.register(descriptor, for: .readable, handler: self)
    }

    func close() {
        if let registration = registration.take() { reactor.unregister(registration) }
        if let inotify = inotify.take() { _ = consume inotify }
    }

    func ready(_ readiness: Readiness) {
        guard let descriptor = inotify?.rawValue else { return }
        let buffer = reactor.readBuffer
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        var offset = 0
        while offset < count {
            let event = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
            offset += MemoryLayout<inotify_event>.size
            // The name is padded with zeros to the length that the event says.
            let name = String(decoding: buffer[offset..<offset + Int(event.len)].prefix { $0 != 0 }, as: UTF8.self)
            offset += Int(event.len)
            handle(event, name)
        }
    }

    // MARK: Events

    private func handle(_ event: inotify_event, _ name: String) {
        func has(_ flag: some BinaryInteger) -> Bool { event.mask & UInt32(truncatingIfNeeded: flag) != 0 }

        if has(IN_Q_OVERFLOW) { return startOver() }
        if event.wd == parentWatch, name == root.name {
            if has(IN_MOVED_FROM) || has(IN_DELETE) {
                rootLeft()
            } else if has(IN_CREATE) || has(IN_MOVED_TO) || has(IN_CLOSE_WRITE) {
                rootCame()
            }
        }
        guard let directory = directories[event.wd] else { return }
        if has(IN_IGNORED) {
            directories[event.wd] = nil
        } else if has(IN_DELETE_SELF) || has(IN_MOVE_SELF) {
            // For other directories the one that holds them says more.
            if directory == root.path { rootLeft() }
        } else if !WatchedRoot.isHidden(name) {
            let path = directory == "/" ? "/" + name : directory + "/" + name
            if has(IN_ISDIR) {
                if has(IN_MOVED_FROM) { forget(path); changed(path + "/") }
                if has(IN_CREATE) || has(IN_MOVED_TO) { add(path) }
            } else if !has(IN_CREATE) || isComplete(path) {
                changed(path)
            }
        }
    }

    /// Whether a file that was just made will see no closing write: a link is complete from the start.
    private func isComplete(_ path: String) -> Bool {
        guard let entry = DirectoryListing.entry(path) else { return false }
        return entry.isSymbolicLink || entry.linkCount > 1
    }

    private func rootLeft() {
        forget(root.path)
        changed(root.path)
    }

    private func rootCame() {
        forget(root.path)
        if DirectoryListing.entry(root.path, followingLink: true)?.isDirectory == true { add(root.path) }
        changed(root.path)
    }

    /// The kernel dropped events, so nothing is known but that something changed.
    private func startOver() {
        forget(root.path)
        if DirectoryListing.entry(root.path, followingLink: true)?.isDirectory == true { add(root.path, reporting: false) }
        changed(root.path)
    }

    // MARK: Watches

    private func watch(_ directory: String) throws(IOFailure) -> CInt {
        let descriptor = inotify?.rawValue ?? -1
        return try Syscall.run("inotify_add_watch") { inotify_add_watch(descriptor, directory, Self.mask) }
    }

    /// Watches `directory` and all below it. What is there already came before the watch did, so it is reported.
    private func add(_ directory: String, reporting: Bool = true) {
        do throws(IOFailure) {
            directories[try watch(directory)] = directory
            unwatched[directory] = nil
        } catch {
            // Gone again, or replaced by a file, which has events of its own.
            if error.code != ENOENT && error.code != ENOTDIR { unwatched[directory] = error }
            return
        }
        addContents(of: directory, reporting: reporting)
    }

    private func addContents(of directory: String, reporting: Bool) {
        for name in DirectoryListing.names(in: directory) {
            let path = directory == "/" ? "/" + name : directory + "/" + name
            if DirectoryListing.entry(path)?.isDirectory == true {
                add(path, reporting: reporting)
            } else if reporting {
                changed(path)
            }
        }
    }

    /// Ends the watches of `directory` and all below it: they would follow it to wherever it went.
    private func forget(_ directory: String) {
        guard let descriptor = inotify?.rawValue else { return }
        for (watch, path) in directories where WatchedRoot.contains(directory, path) {
            directories[watch] = nil
            // The one that also waits for the root's return stays. EINVAL is the answer for a directory that is deleted already.
            if watch != parentWatch { _ = inotify_rm_watch(descriptor, watch) }
        }
    }
}
#endif
