/// The code of a close frame on a gateway connection (Discord docs, Opcodes and Status Codes › Gateway close event codes).
///
/// A struct, since codes that are not listed will arrive. Codes below 4000 are RFC 6455's own.
package struct GatewayCloseCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let unknownError = GatewayCloseCode(rawValue: 4000)
    package static let unknownOpcode = GatewayCloseCode(rawValue: 4001)
    package static let decodeError = GatewayCloseCode(rawValue: 4002)
    package static let notAuthenticated = GatewayCloseCode(rawValue: 4003)
    package static let authenticationFailed = GatewayCloseCode(rawValue: 4004)
    package static let alreadyAuthenticated = GatewayCloseCode(rawValue: 4005)
    package static let invalidSequence = GatewayCloseCode(rawValue: 4007)
    package static let rateLimited = GatewayCloseCode(rawValue: 4008)
    package static let sessionTimedOut = GatewayCloseCode(rawValue: 4009)
    package static let invalidShard = GatewayCloseCode(rawValue: 4010)
    package static let shardingRequired = GatewayCloseCode(rawValue: 4011)
    package static let invalidAPIVersion = GatewayCloseCode(rawValue: 4012)
    package static let invalidIntents = GatewayCloseCode(rawValue: 4013)
    package static let disallowedIntents = GatewayCloseCode(rawValue: 4014)

    /// What we send when we leave for good: the session ends and the bot goes offline at once.
    package static let leaving = GatewayCloseCode(rawValue: 1000)
    /// What we send when we mean to RESUME: any code but 1000 and 1001 keeps the session alive for some minutes.
    package static let resuming = GatewayCloseCode(rawValue: 4900)

    /// What to do after the server closed with this code.
    package var disposition: CloseDisposition {
        switch rawValue {
        case 4003, 4005, 4007, 4009: .identify
        case 4004: .fatal(.authenticationFailed)
        case 4008: .resumeAfter(.seconds(60))
        case 4010: .fatal(.invalidShard)
        case 4011: .fatal(.shardingRequired)
        case 4012: .fatal(.invalidAPIVersion)
        case 4013: .fatal(.invalidIntents)
        case 4014: .fatal(.disallowedIntents)
        case 4000, 4001, 4002: .resume
        // From the server 1000 and 1001 usually mean that the session is lost, but one attempt costs nothing.
        case 1000, 1001: .resumeOnce
        case 4000...4999: .resumeOnce
        default: .resume
        }
    }

    /// Whether the close can only come from a fault of this client, so that what was sent last is worth a log line.
    package var isOurFault: Bool { [4001, 4002, 4003, 4005, 4008].contains(rawValue) }

    /// The fact in a few words; `nil` for codes Discord does not document.
    package var meaning: String? {
        switch self {
        case .unknownError: "unknown error"
        case .unknownOpcode: "unknown opcode, or a payload invalid for its opcode"
        case .decodeError: "payload could not be decoded"
        case .notAuthenticated: "payload sent before IDENTIFY, or the session was invalidated"
        case .authenticationFailed: "authentication failed"
        case .alreadyAuthenticated: "more than one IDENTIFY"
        case .invalidSequence: "invalid sequence in RESUME"
        case .rateLimited: "payloads sent too quickly"
        case .sessionTimedOut: "session timed out"
        case .invalidShard: "invalid shard"
        case .shardingRequired: "sharding required"
        case .invalidAPIVersion: "invalid gateway version"
        case .invalidIntents: "invalid intents"
        case .disallowedIntents: "disallowed intents"
        default: nil
        }
    }
}

extension GatewayCloseCode: CustomStringConvertible {
    package var description: String { meaning.map { "\(rawValue) (\($0))" } ?? "\(rawValue)" }
}
