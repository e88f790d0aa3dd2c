/// What a gateway payload is (Discord docs, Opcodes and Status Codes › Gateway). Not a WebSocket opcode.
///
/// A struct, since opcodes that are not listed here will arrive and must be passed over.
package struct GatewayOpcode: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let dispatch = GatewayOpcode(rawValue: 0)
    /// Sent by both sides; from the server it asks for a heartbeat at once.
    package static let heartbeat = GatewayOpcode(rawValue: 1)
    package static let identify = GatewayOpcode(rawValue: 2)
    package static let presenceUpdate = GatewayOpcode(rawValue: 3)
    package static let voiceStateUpdate = GatewayOpcode(rawValue: 4)
    package static let resume = GatewayOpcode(rawValue: 6)
    package static let reconnect = GatewayOpcode(rawValue: 7)
    package static let requestGuildMembers = GatewayOpcode(rawValue: 8)
    package static let invalidSession = GatewayOpcode(rawValue: 9)
    package static let hello = GatewayOpcode(rawValue: 10)
    package static let heartbeatACK = GatewayOpcode(rawValue: 11)
    package static let requestSoundboardSounds = GatewayOpcode(rawValue: 31)
    package static let requestChannelInfo = GatewayOpcode(rawValue: 43)

    /// Discord's name, upper snake case; `nil` for an unknown opcode.
    package var name: String? {
        switch self {
        case .dispatch: "DISPATCH"
        case .heartbeat: "HEARTBEAT"
        case .identify: "IDENTIFY"
        case .presenceUpdate: "PRESENCE_UPDATE"
        case .voiceStateUpdate: "VOICE_STATE_UPDATE"
        case .resume: "RESUME"
        case .reconnect: "RECONNECT"
        case .requestGuildMembers: "REQUEST_GUILD_MEMBERS"
        case .invalidSession: "INVALID_SESSION"
        case .hello: "HELLO"
        case .heartbeatACK: "HEARTBEAT_ACK"
        case .requestSoundboardSounds: "REQUEST_SOUNDBOARD_SOUNDS"
        case .requestChannelInfo: "REQUEST_CHANNEL_INFO"
        default: nil
        }
    }
}

extension GatewayOpcode: CustomStringConvertible {
    package var description: String { name.map { "\(rawValue) \($0)" } ?? "\(rawValue)" }
}
