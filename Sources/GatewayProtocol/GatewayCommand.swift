package import Discord

/// A payload that we send (Discord docs, Gateway Events › Send Events).
package enum GatewayCommand: Equatable, Sendable {
    /// op 1, with the last sequence received on this session.
    case heartbeat(sequence: Int64?)
    /// op 2
    case identify(Identify)
    /// op 6
    case resume(token: BotToken, sessionID: String, sequence: Int64)
    /// op 3
    case presenceUpdate(Presence)
    /// op 4; without a channel it leaves.
    case voiceStateUpdate(guild: Snowflake, channel: Snowflake?, isMuted: Bool, isDeafened: Bool)
    /// op 8
    case requestGuildMembers(MemberRequest)
    /// op 31; answered by one SOUNDBOARD_SOUNDS per guild.
    case requestSoundboardSounds(guilds: [Snowflake])
    /// op 43; answered by CHANNEL_INFO. Fields are `status` and `voice_start_time`.
    case requestChannelInfo(guild: Snowflake, fields: [String])

    package var opcode: GatewayOpcode {
        switch self {
        case .heartbeat: .heartbeat
        case .identify: .identify
        case .resume: .resume
        case .presenceUpdate: .presenceUpdate
        case .voiceStateUpdate: .voiceStateUpdate
        case .requestGuildMembers: .requestGuildMembers
        case .requestSoundboardSounds: .requestSoundboardSounds
        case .requestChannelInfo: .requestChannelInfo
        }
    }
}
