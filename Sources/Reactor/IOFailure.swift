#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A system call that the kernel refused: which call, and why.
package struct IOFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The name of the call, as in its manual page: `connect`, `epoll_ctl`.
    package let call: String

    /// The `errno` value, for example `ECONNREFUSED`.
    package let code: CInt

    package init(call: String, code: CInt) {
        self.call = call
        self.code = code
    }

    /// What the C library calls `code`: "Connection refused".
    package var reason: String {
        // Both C libraries answer a known code with a constant string, so another thread cannot change it under us.
        String(cString: strerror(code))
    }

    /// "connect: Connection refused".
    package var description: String { "\(call): \(reason)" }
}
