package import Discord
package import GatewayProtocol
import Reactor

/// Something that happened to a fleet, for the log.
package struct GatewayNote: Equatable, Sendable {
    package enum Level: Sendable { case debug, info, warning, error }

    package enum Event: Equatable, Sendable {
        case connecting(host: String, resuming: Bool)
        case connectionFailed(ConnectionFailure)
        case connectionEnded(ConnectionClosure, wasOurFault: Bool)
        /// The peer cannot be understood any more; the text says why.
        case streamBroken(String)
        /// The peer is silent, or does not hear us; the text says what is missing.
        case silence(String)
        /// An event that answers a command cannot be understood; the text says why.
        case eventUnreadable(EventName, String)
        case sessionInvalidated(resumable: Bool)
        case reconnectRequested
        case reconnecting(after: Duration, resuming: Bool)
        /// Too few logins are left of the day's; there will be more at that time (Unix seconds).
        case waitingForIdentify(needed: Int, remaining: Int, until: Int64)
        case botInfoUnavailable(String, retryAfter: Duration)
        case commandRefused(CommandError)
        /// Discord closed a connection because the bot has too many guilds for so many shards.
        case outgrown(shards: Int)
        /// Another process of the bot runs the same shards and has the lock of this file.
        case waitingForProcess(lock: String)
        /// Saved state could not be read or written.
        case stateUnusable(String)
    }

    package let shard: ShardID?
    package let event: Event

    package var level: Level {
        switch event {
        case .connecting, .reconnectRequested: .debug
        case .reconnecting, .silence: .info
        case .connectionEnded(_, let wasOurFault): wasOurFault ? .error : .info
        case .connectionFailed, .streamBroken, .eventUnreadable, .sessionInvalidated, .waitingForIdentify, .botInfoUnavailable, .outgrown, .waitingForProcess,
            .stateUnusable: .warning
        case .commandRefused: .error
        }
    }
}

extension GatewayNote: CustomStringConvertible {
    package var description: String { shard.map { "shard \($0): \(text)" } ?? text }

    /// The description without the shard.
    var text: String {
        switch event {
        case .connecting(let host, let resuming): "connecting to \(host) to \(resuming ? "resume" : "identify")"
        case .connectionFailed(let failure): "\(failure)"
        case .connectionEnded(let closure, false): "\(closure)"
        case .connectionEnded(let closure, true): "\(closure); this is a fault of Moonwire, please report it"
        case .streamBroken(let reason), .silence(let reason): "left the connection: \(reason)"
        case .eventUnreadable(let event, let reason): "\(event) cannot be read: \(reason)"
        case .sessionInvalidated(true): "Discord invalidated the session, which may still be resumed"
        case .sessionInvalidated(false): "Discord invalidated the session"
        case .reconnectRequested: "Discord asked to reconnect"
        case .reconnecting(let pause, let resuming):
            "\(resuming ? "resuming" : "connecting anew") in \((pause / .milliseconds(100)).rounded() / 10) s"
        case .waitingForIdentify(let needed, let remaining, let until):
            "\(remaining) more logins are allowed today and \(needed) needed; waiting until \(UTCTimestamp(milliseconds: until * 1000).sentence)"
        case .botInfoUnavailable(let reason, let pause):
            "GET /gateway/bot: \(reason); trying again in \((pause / .milliseconds(100)).rounded() / 10) s"
        case .commandRefused(let error): "\(error)"
        case .outgrown(let count):
            "the bot has outgrown its \(count) shard\(count == 1 ? "" : "s") (4011); logging in anew with as many as Discord recommends now"
        case .waitingForProcess(let lock):
            "another process runs these shards of this bot (it has the lock of \(lock)); waiting until it ends, to go on where it stops"
        case .stateUnusable(let reason): reason
        }
    }
}
