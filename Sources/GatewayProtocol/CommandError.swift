package import Discord

/// Why a command cannot be sent.
package enum CommandError: Error, Equatable, Sendable {
    /// The serialized payload has more bytes than the gateway accepts.
    case tooLarge(opcode: GatewayOpcode, bytes: Int, limit: Int)
    /// More commands wait than the limiter keeps.
    case queueFull(limit: Int)
    /// op 8: the nonce has more than 32 bytes; Discord would drop it and the answer could not be told apart.
    case nonceTooLong(bytes: Int)
    /// op 8: more than 100 user ids.
    case tooManyUserIDs(Int)
    /// op 8: a query answers with 1 to 100 members.
    case queryLimit(Int)
}

extension CommandError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLarge(let opcode, let bytes, let limit):
            "gateway payload \(opcode) has \(bytes) bytes; Discord accepts \(limit)"
        case .queueFull(let limit):
            "\(limit) gateway commands are waiting already (Discord accepts 120 a minute)"
        case .nonceTooLong(let bytes):
            "member request nonce has \(bytes) bytes; Discord accepts \(Limits.memberRequestNonceBytes)"
        case .queryLimit(let limit):
            "member request limit is \(limit); with a query Discord accepts 1 to \(Limits.memberRequestQueryResults)"
        case .tooManyUserIDs(let count):
            "member request names \(count) users; Discord accepts \(Limits.memberRequestUserIDs)"
        }
    }
}
