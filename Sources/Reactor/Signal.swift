#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The signals that a service answers to.
package enum Signal: CaseIterable, Hashable, Sendable {
    /// SIGINT: Ctrl-C.
    case interrupt
    /// SIGTERM: the service manager wants the process to end.
    case terminate
    /// SIGHUP: read everything anew.
    case hangUp
    /// SIGUSR2: end, and leave the sessions to a successor.
    case user2

    /// The number that the kernel uses.
    package var number: CInt {
        switch self {
        case .interrupt: SIGINT
        case .terminate: SIGTERM
        case .hangUp: SIGHUP
        case .user2: SIGUSR2
        }
    }
}
