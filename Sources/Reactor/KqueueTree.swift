#if canImport(Darwin)
import Darwin

/// A directory tree under kqueue(2): every file and directory is open for its vnode events, and a directory that changed is
/// listed again to find out what did.
final class KqueueTree: ReadinessHandler {
    private(set) var unwatched: [String: IOFailure] = [:]

    private let root: WatchedRoot
    private let reactor: Reactor
    private let changed: (String) -> Void
    private let parent: Descriptor
    /// `nil` once closed.
    private var queue: Descriptor?
    private var registration: Registration?
    /// What is open, by path, and the path of each open descriptor.
    private var descriptors: [String: CInt] = [:]
    private var entries: [CInt: (path: String, entry: DirectoryListing.Entry)] = [:]

    init(_ root: WatchedRoot, on reactor: Reactor, changed: @escaping (String) -> Void) throws(IOFailure) {
        self.root = root
        self.reactor = reactor
        self.changed = changed
        let queue = Descriptor(try Syscall.run("kqueue") { kqueue() })
        let number = queue.rawValue
        parent = Descriptor(try Syscall.run("open") { open(root.parent, O_EVTONLY | O_CLOEXEC) })
        self.queue = consume queue
        try watch(parent.rawValue)
        add(root.path, reporting: false)
        if let failure = unwatched[root.path] { throw failure }
        registration = try reactor.register(number, for: .readable, handler: self)
    }

    deinit {
        closeAll()
    }

    func close() {
        if let registration = registration.take() { reactor.unregister(registration) }
        if let queue = queue.take() { _ = consume queue }
        closeAll()
    }

    func ready(_ readiness: Readiness) {
        guard let queue = queue?.rawValue else { return }
        withUnsafeTemporaryAllocation(of: kevent.self, capacity: 64) { events in
            var none = timespec()
            let count = kevent(queue, nil, 0, events.baseAddress, CInt(events.count), &none)
            for event in events.prefix(Int(max(count, 0))) {
                handle(CInt(truncatingIfNeeded: event.ident), event.fflags)
            }
        }
    }

    // MARK: Events

    private func handle(_ descriptor: CInt, _ flags: UInt32) {
        if descriptor == parent.rawValue { return compare(root.path) }
        guard let (path, entry) = entries[descriptor] else { return }
        if flags & UInt32(NOTE_DELETE | NOTE_RENAME | NOTE_REVOKE) != 0 {
            compare(path)
        } else if entry.isDirectory {
            relist(path)
        } else {
            changed(path)
        }
    }

    /// Looks whether `path` still names what is open for it.
    private func compare(_ path: String) {
        let known = descriptors[path].flatMap { entries[$0]?.entry }
        let present = DirectoryListing.entry(path, followingLink: path == root.path)?.inode
        guard known?.inode != present else { return }
        if let known {
            forget(path)
            changed(known.isDirectory && path != root.path ? path + "/" : path)
        }
        if present != nil { add(path, reporting: true) }
    }

    private func relist(_ directory: String) {
        let names = Set(DirectoryListing.names(in: directory))
        let prefix = directory == "/" ? "/" : directory + "/"
        let children = descriptors.keys.filter { $0.hasPrefix(prefix) && !$0.dropFirst(prefix.count).contains("/") }
        for path in Set(children).union(names.map { prefix + $0 }) { compare(path) }
    }

    // MARK: Watches

    private func watch(_ descriptor: CInt) throws(IOFailure) {
        guard let queue = queue?.rawValue else { return }
        var event = kevent(
            ident: UInt(descriptor), filter: Int16(EVFILT_VNODE), flags: UInt16(EV_ADD | EV_CLEAR),
            fflags: UInt32(NOTE_WRITE | NOTE_EXTEND | NOTE_DELETE | NOTE_RENAME | NOTE_REVOKE), data: 0, udata: nil)
        try Syscall.run("kevent") { kevent(queue, &event, 1, nil, 0, nil) }
    }

    /// Watches `path` and, if it is a directory, all below it; symbolic links below the root are only known by name.
    private func add(_ path: String, reporting: Bool) {
        guard let entry = DirectoryListing.entry(path, followingLink: path == root.path) else { return }
        do throws(IOFailure) {
            let flags = O_EVTONLY | O_CLOEXEC | (path == root.path ? 0 : O_SYMLINK)
            let opened = Descriptor(try Syscall.run("open") { open(path, flags) })
            try watch(opened.rawValue)
            let descriptor = opened.release()
            descriptors[path] = descriptor
            entries[descriptor] = (path, entry)
            unwatched[path] = nil
        } catch {
            if error.code != ENOENT { unwatched[path] = error }
            return
        }
        if reporting, !entry.isDirectory || path == root.path { changed(path) }
        guard entry.isDirectory else { return }
        for name in DirectoryListing.names(in: path) {
            add(path == "/" ? "/" + name : path + "/" + name, reporting: reporting)
        }
    }

    private func forget(_ path: String) {
        for (known, descriptor) in descriptors where WatchedRoot.contains(path, known) {
            descriptors[known] = nil
            entries[descriptor] = nil
            _ = Darwin.close(descriptor)
        }
    }

    private func closeAll() {
        for descriptor in entries.keys { _ = Darwin.close(descriptor) }
        descriptors = [:]
        entries = [:]
    }
}
#endif
