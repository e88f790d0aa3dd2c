import Synchronization
#if canImport(Glibc)
import CLinux
import Glibc
#else
import Darwin
#endif

/// A thread of the operating system with a name and a stack of known size.
package final class Thread: Sendable {
    /// What `start` hands to the new thread.
    private final class Entry: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// The thread, until it is joined. As bits, because a `pthread_t` is a number on Linux and a pointer on Darwin.
    private let unjoined: Mutex<UInt?>

    private init(_ thread: UInt) {
        unjoined = Mutex(thread)
    }

    /// Starts a thread that runs `body` and ends with it. It takes every signal, whatever the calling thread has blocked.
    ///
    /// - Parameters:
    ///   - name: shown by `ps -L` and debuggers; Linux keeps its first 15 bytes.
    ///   - stackSize: bytes, rounded up to whole pages. The default differs between C libraries from 128 KiB to 8 MiB, so it is always said.
    /// - Throws: `EAGAIN` when the system has no room for another thread, `EINVAL` when `stackSize` is below its minimum.
    package static func start(name: String, stackSize: Int, _ body: @escaping @Sendable () -> Void) throws(IOFailure) -> Thread {
        var attributes = pthread_attr_t()
        try check("pthread_attr_init", pthread_attr_init(&attributes))
        defer { pthread_attr_destroy(&attributes) }
        let page = Int(getpagesize())
        try check("pthread_attr_setstacksize", pthread_attr_setstacksize(&attributes, (stackSize + page - 1) / page * page))

        let entry = Unmanaged.passRetained(Entry(name: name, body: body))
        #if canImport(Glibc)
        var thread = pthread_t()
        let code = pthread_create(&thread, &attributes, { Thread.enter($0!) }, entry.toOpaque())
        #else
        var thread: pthread_t?
        let code = pthread_create(&thread, &attributes, { Thread.enter($0) }, entry.toOpaque())
        #endif
        if code != 0 { entry.release() }
        try check("pthread_create", code)
        return Thread(bits(of: thread))
    }

    /// Waits until the thread has ended. Later calls return at once.
    package func join() {
        guard let thread = unjoined.withLock({ $0.take() }) else { return }
        #if canImport(Glibc)
        let code = pthread_join(thread, nil)
        #else
        let code = pthread_join(pthread_t(bitPattern: thread)!, nil)
        #endif
        precondition(code == 0, "a thread cannot join itself")
    }

    /// Tells the calling thread from all others alive.
    static var currentIdentity: UInt { bits(of: pthread_self()) }

    deinit {
        guard let thread = unjoined.withLock({ $0.take() }) else { return }
        #if canImport(Glibc)
        pthread_detach(thread)
        #else
        pthread_detach(pthread_t(bitPattern: thread)!)
        #endif
    }

    private static func enter(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        let entry = Unmanaged<Entry>.fromOpaque(argument).takeRetainedValue()
        #if canImport(Glibc)
        clinux_set_thread_name(entry.name)
        #else
        _ = pthread_setname_np(entry.name)
        #endif
        // The mask is inherited, and the workers of libdispatch, for one, block nearly everything.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        entry.body()
        return nil
    }

    private static func check(_ call: String, _ code: CInt) throws(IOFailure) {
        // The pthread calls return the reason instead of setting errno.
        if code != 0 { throw IOFailure(call: call, code: code) }
    }

    #if canImport(Glibc)
    private static func bits(of thread: pthread_t) -> UInt { thread }
    #else
    private static func bits(of thread: pthread_t?) -> UInt { UInt(bitPattern: thread) }
    #endif
}
