#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Why no address of a host could be connected to. `description` is one line for the person who runs the bot.
package struct ConnectFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// One address that was tried, and what came of it.
    package struct Attempt: Equatable, Sendable {
        package let address: SocketAddress
        /// `nil` for an attempt that had no answer when the deadline came.
        package let failure: IOFailure?
    }

    package enum Reason: Equatable, Sendable {
        /// The name has no address.
        case lookup(LookupFailure)
        /// Every address was tried and refused.
        case refused([Attempt])
        /// The total deadline passed. The attempts are those begun until then; none, if the name lookup had not ended.
        case deadlinePassed([Attempt])
    }

    package let host: String
    package let port: UInt16
    package let reason: Reason

    /// "cannot connect to gateway.discord.gg:443: 162.159.130.234:443: Connection refused; is a server listening there?"
    package var description: String {
        "cannot connect to \(host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host):\(port): \(evidence); \(remedy)"
    }

    private var evidence: String {
        switch reason {
        case .lookup(let failure): "\(failure)"
        case .refused(let attempts): Self.text(attempts)
        case .deadlinePassed([]): "the name lookup had no answer in time"
        case .deadlinePassed(let attempts): Self.text(attempts)
        }
    }

    private var remedy: String {
        switch reason {
        case .lookup(let failure) where failure.isTemporary: "check the network and the DNS server"
        case .lookup: "check the spelling of the host name"
        case .refused(let attempts) where attempts.contains { $0.failure?.code == ECONNREFUSED }: "is a server listening on that port?"
        case .refused(let attempts) where attempts.contains { $0.failure?.code == EMFILE }: "raise the limit on open files (ulimit -Hn)"
        case .refused: "check the network and its routes"
        case .deadlinePassed([]): "check the network and the DNS server"
        case .deadlinePassed: "check the network and its firewalls"
        }
    }

    private static func text(_ attempts: [Attempt]) -> String {
        attempts.map { "\($0.address): \($0.failure?.reason ?? "no answer in time")" }.joined(separator: ", ")
    }
}
