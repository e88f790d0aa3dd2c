/// A dispatch event of the gateway (Discord docs, Gateway Events › Receive Events), as a small number.
///
/// Raw values index per-event tables inside one process; they are not stable between versions and never stored.
/// Events that are not listed here arrive too: whoever meets one keeps its bytes (`Envelope.name`).
package enum EventName: UInt8, CaseIterable, Hashable, Sendable {
    case ready
    case resumed
    case rateLimited
    case applicationCommandPermissionsUpdate
    case autoModerationRuleCreate
    case autoModerationRuleUpdate
    case autoModerationRuleDelete
    case autoModerationActionExecution
    case channelCreate
    case channelUpdate
    case channelDelete
    case channelInfo
    case channelPinsUpdate
    case threadCreate
    case threadUpdate
    case threadDelete
    case threadListSync
    case threadMemberUpdate
    case threadMembersUpdate
    case entitlementCreate
    case entitlementUpdate
    case entitlementDelete
    case guildCreate
    case guildUpdate
    case guildDelete
    case guildAuditLogEntryCreate
    case guildBanAdd
    case guildBanRemove
    case guildEmojisUpdate
    case guildStickersUpdate
    case guildIntegrationsUpdate
    case guildMemberAdd
    case guildMemberRemove
    case guildMemberUpdate
    case guildMembersChunk
    case guildRoleCreate
    case guildRoleUpdate
    case guildRoleDelete
    case guildScheduledEventCreate
    case guildScheduledEventUpdate
    case guildScheduledEventDelete
    case guildScheduledEventUserAdd
    case guildScheduledEventUserRemove
    case guildSoundboardSoundCreate
    case guildSoundboardSoundUpdate
    case guildSoundboardSoundDelete
    case guildSoundboardSoundsUpdate
    case soundboardSounds
    case integrationCreate
    case integrationUpdate
    case integrationDelete
    case interactionCreate
    case inviteCreate
    case inviteDelete
    case messageCreate
    case messageUpdate
    case messageDelete
    case messageDeleteBulk
    case messageReactionAdd
    case messageReactionRemove
    case messageReactionRemoveAll
    case messageReactionRemoveEmoji
    case messagePollVoteAdd
    case messagePollVoteRemove
    case presenceUpdate
    case stageInstanceCreate
    case stageInstanceUpdate
    case stageInstanceDelete
    case subscriptionCreate
    case subscriptionUpdate
    case subscriptionDelete
    case typingStart
    case userUpdate
    case voiceChannelEffectSend
    case voiceChannelStatusUpdate
    case voiceChannelStartTimeUpdate
    case voiceStateUpdate
    case voiceServerUpdate
    case webhooksUpdate

    /// Cases there are: the length of a table indexed by `rawValue`.
    package static let count = allCases.count
}

extension EventName: CustomStringConvertible {
    /// Discord's name.
    package var description: String { name.description }

    /// Discord's name in lower case, as `bot.on` takes it.
    package var luaName: String { Self.luaNames[Int(rawValue)] }

    /// Made once: a name is asked for with each event.
    private static let luaNames = allCases.map { $0.description.lowercased() }
}
