/// What the `moonwire` process tells its parent.
package enum ExitStatus: Int32, Sendable {
    case success = 0
    case failure = 1
    case usage = 2
    case checkFailed = 3
    case integrity = 4
    case permissionRefused = 5
    /// Discord refused the token or an intent; restarting without a change cannot help.
    case refusedByDiscord = 6
    case identifyBudgetSpent = 7
    /// `EX_CONFIG` of sysexits(3).
    case configuration = 78
    /// A second Ctrl-C.
    case interrupted = 130
}

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension ExitStatus {
    /// Ends the process without further ado: for a person who asked twice.
    func exitNow() -> Never { _exit(rawValue) }
}
