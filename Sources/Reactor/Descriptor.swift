#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Sole owner of an open file descriptor, which is closed when the value ends.
package struct Descriptor: ~Copyable, Sendable {
    package let rawValue: CInt

    /// Takes ownership of `rawValue`, which must be open and owned by nobody else.
    package init(_ rawValue: CInt) {
        self.rawValue = rawValue
    }

    /// Hands the open descriptor over to the caller, who closes it.
    package consuming func release() -> CInt {
        let descriptor = rawValue
        discard self
        return descriptor
    }

    /// Makes the descriptor non-blocking and keeps it out of programs that this process executes.
    package borrowing func setNonBlockingCloseOnExec() throws(IOFailure) {
        let descriptor = rawValue
        try Syscall.run("fcntl") { fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        let flags = try Syscall.run("fcntl") { fcntl(descriptor, F_GETFL, 0) }
        try Syscall.run("fcntl") { fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) }
    }

    deinit {
        // The result says nothing that could be acted on: the descriptor is gone in every case, EINTR included.
        _ = close(rawValue)
    }
}
