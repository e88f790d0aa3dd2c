/// Why a member request got no whole answer.
package enum MemberRequestFailure: Error, Equatable, Sendable {
    /// No chunk came for too long; so many of so many had come before.
    case timedOut(received: Int, of: Int?)
    /// The fleet is shutting down.
    case cancelled
    /// No shard of this process owns the guild.
    case foreignGuild
}

extension MemberRequestFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .timedOut(0, _): "Discord did not answer the member request"
        case .timedOut(let received, let count?): "the member request stopped after \(received) of \(count) chunks"
        case .timedOut(let received, nil): "the member request stopped after \(received) chunks"
        case .cancelled: "the bot is shutting down"
        case .foreignGuild: "the guild belongs to a shard of another process"
        }
    }
}

/// The `d`s of all GUILD_MEMBERS_CHUNKs in order, in the connection's encoding. Called on the reactor thread.
package typealias MemberRequestCompletion = (Result<[[UInt8]], MemberRequestFailure>) -> Void
