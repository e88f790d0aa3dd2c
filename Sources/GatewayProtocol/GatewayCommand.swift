package import Discord

/// A payload that we send (Discord docs, Gateway Events › Send Events).
package enum GatewayCommand: Equatable, Sendable {
    case heartbeat(sequence: Int64?)
    case identify(Identify)
    case resume(token: BotToken, sessionID: String, sequence: Int64)
    case presenceUpdate(Presence)
    case voiceStateUpdate(guild: Snowflake, channel: Snowflake?, isMuted: Bool, isDeafened: Bool)
    case requestGuildMembers(MemberRequest)
    case requestSoundboardSounds(guilds: [Snowflake])
    case requestChannelInfo(guild: Snowflake, fields: [String])

    package var opcode: GatewayOpcode { .heartbeat }

    /// The payload as it goes on the wire.
    /// - Throws: `.tooLarge` beyond 4096 bytes, which Discord would answer with close code 4002.
    package func encoded(as encoding: PayloadEncoding) throws(CommandError) -> [UInt8] { [] }

    /// The payload as JSON with the token replaced by `[token]`, for traces.
    package var redacted: [UInt8] { [] }
}
