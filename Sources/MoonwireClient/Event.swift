internal import Discord

/// An event that a bot can listen to: each case is Discord's event of that name (Discord docs, Gateway Events › Receive Events, which
/// describes the payloads). New ones are added as Discord adds them.
public enum Event: String, CaseIterable, Hashable, Sendable {
    case ready = "READY"
    case resumed = "RESUMED"
    case rateLimited = "RATE_LIMITED"
    case applicationCommandPermissionsUpdate = "APPLICATION_COMMAND_PERMISSIONS_UPDATE"
    case autoModerationRuleCreate = "AUTO_MODERATION_RULE_CREATE"
    case autoModerationRuleUpdate = "AUTO_MODERATION_RULE_UPDATE"
    case autoModerationRuleDelete = "AUTO_MODERATION_RULE_DELETE"
    case autoModerationActionExecution = "AUTO_MODERATION_ACTION_EXECUTION"
    case channelCreate = "CHANNEL_CREATE"
    case channelUpdate = "CHANNEL_UPDATE"
    case channelDelete = "CHANNEL_DELETE"
    case channelInfo = "CHANNEL_INFO"
    case channelPinsUpdate = "CHANNEL_PINS_UPDATE"
    case threadCreate = "THREAD_CREATE"
    case threadUpdate = "THREAD_UPDATE"
    case threadDelete = "THREAD_DELETE"
    case threadListSync = "THREAD_LIST_SYNC"
    case threadMemberUpdate = "THREAD_MEMBER_UPDATE"
    case threadMembersUpdate = "THREAD_MEMBERS_UPDATE"
    case entitlementCreate = "ENTITLEMENT_CREATE"
    case entitlementUpdate = "ENTITLEMENT_UPDATE"
    case entitlementDelete = "ENTITLEMENT_DELETE"
    case guildCreate = "GUILD_CREATE"
    case guildUpdate = "GUILD_UPDATE"
    case guildDelete = "GUILD_DELETE"
    case guildAuditLogEntryCreate = "GUILD_AUDIT_LOG_ENTRY_CREATE"
    case guildBanAdd = "GUILD_BAN_ADD"
    case guildBanRemove = "GUILD_BAN_REMOVE"
    case guildEmojisUpdate = "GUILD_EMOJIS_UPDATE"
    case guildStickersUpdate = "GUILD_STICKERS_UPDATE"
    case guildIntegrationsUpdate = "GUILD_INTEGRATIONS_UPDATE"
    case guildMemberAdd = "GUILD_MEMBER_ADD"
    case guildMemberRemove = "GUILD_MEMBER_REMOVE"
    case guildMemberUpdate = "GUILD_MEMBER_UPDATE"
    case guildMembersChunk = "GUILD_MEMBERS_CHUNK"
    case guildRoleCreate = "GUILD_ROLE_CREATE"
    case guildRoleUpdate = "GUILD_ROLE_UPDATE"
    case guildRoleDelete = "GUILD_ROLE_DELETE"
    case guildScheduledEventCreate = "GUILD_SCHEDULED_EVENT_CREATE"
    case guildScheduledEventUpdate = "GUILD_SCHEDULED_EVENT_UPDATE"
    case guildScheduledEventDelete = "GUILD_SCHEDULED_EVENT_DELETE"
    case guildScheduledEventUserAdd = "GUILD_SCHEDULED_EVENT_USER_ADD"
    case guildScheduledEventUserRemove = "GUILD_SCHEDULED_EVENT_USER_REMOVE"
    case guildSoundboardSoundCreate = "GUILD_SOUNDBOARD_SOUND_CREATE"
    case guildSoundboardSoundUpdate = "GUILD_SOUNDBOARD_SOUND_UPDATE"
    case guildSoundboardSoundDelete = "GUILD_SOUNDBOARD_SOUND_DELETE"
    case guildSoundboardSoundsUpdate = "GUILD_SOUNDBOARD_SOUNDS_UPDATE"
    case soundboardSounds = "SOUNDBOARD_SOUNDS"
    case integrationCreate = "INTEGRATION_CREATE"
    case integrationUpdate = "INTEGRATION_UPDATE"
    case integrationDelete = "INTEGRATION_DELETE"
    case interactionCreate = "INTERACTION_CREATE"
    case inviteCreate = "INVITE_CREATE"
    case inviteDelete = "INVITE_DELETE"
    case messageCreate = "MESSAGE_CREATE"
    case messageUpdate = "MESSAGE_UPDATE"
    case messageDelete = "MESSAGE_DELETE"
    case messageDeleteBulk = "MESSAGE_DELETE_BULK"
    case messageReactionAdd = "MESSAGE_REACTION_ADD"
    case messageReactionRemove = "MESSAGE_REACTION_REMOVE"
    case messageReactionRemoveAll = "MESSAGE_REACTION_REMOVE_ALL"
    case messageReactionRemoveEmoji = "MESSAGE_REACTION_REMOVE_EMOJI"
    case messagePollVoteAdd = "MESSAGE_POLL_VOTE_ADD"
    case messagePollVoteRemove = "MESSAGE_POLL_VOTE_REMOVE"
    case presenceUpdate = "PRESENCE_UPDATE"
    case stageInstanceCreate = "STAGE_INSTANCE_CREATE"
    case stageInstanceUpdate = "STAGE_INSTANCE_UPDATE"
    case stageInstanceDelete = "STAGE_INSTANCE_DELETE"
    case subscriptionCreate = "SUBSCRIPTION_CREATE"
    case subscriptionUpdate = "SUBSCRIPTION_UPDATE"
    case subscriptionDelete = "SUBSCRIPTION_DELETE"
    case typingStart = "TYPING_START"
    case userUpdate = "USER_UPDATE"
    case voiceChannelEffectSend = "VOICE_CHANNEL_EFFECT_SEND"
    case voiceChannelStatusUpdate = "VOICE_CHANNEL_STATUS_UPDATE"
    case voiceChannelStartTimeUpdate = "VOICE_CHANNEL_START_TIME_UPDATE"
    case voiceStateUpdate = "VOICE_STATE_UPDATE"
    case voiceServerUpdate = "VOICE_SERVER_UPDATE"
    case webhooksUpdate = "WEBHOOKS_UPDATE"

    /// The same event in the gateway's tables.
    var name: EventName {
        switch self {
        case .ready: .ready
        case .resumed: .resumed
        case .rateLimited: .rateLimited
        case .applicationCommandPermissionsUpdate: .applicationCommandPermissionsUpdate
        case .autoModerationRuleCreate: .autoModerationRuleCreate
        case .autoModerationRuleUpdate: .autoModerationRuleUpdate
        case .autoModerationRuleDelete: .autoModerationRuleDelete
        case .autoModerationActionExecution: .autoModerationActionExecution
        case .channelCreate: .channelCreate
        case .channelUpdate: .channelUpdate
        case .channelDelete: .channelDelete
        case .channelInfo: .channelInfo
        case .channelPinsUpdate: .channelPinsUpdate
        case .threadCreate: .threadCreate
        case .threadUpdate: .threadUpdate
        case .threadDelete: .threadDelete
        case .threadListSync: .threadListSync
        case .threadMemberUpdate: .threadMemberUpdate
        case .threadMembersUpdate: .threadMembersUpdate
        case .entitlementCreate: .entitlementCreate
        case .entitlementUpdate: .entitlementUpdate
        case .entitlementDelete: .entitlementDelete
        case .guildCreate: .guildCreate
        case .guildUpdate: .guildUpdate
        case .guildDelete: .guildDelete
        case .guildAuditLogEntryCreate: .guildAuditLogEntryCreate
        case .guildBanAdd: .guildBanAdd
        case .guildBanRemove: .guildBanRemove
        case .guildEmojisUpdate: .guildEmojisUpdate
        case .guildStickersUpdate: .guildStickersUpdate
        case .guildIntegrationsUpdate: .guildIntegrationsUpdate
        case .guildMemberAdd: .guildMemberAdd
        case .guildMemberRemove: .guildMemberRemove
        case .guildMemberUpdate: .guildMemberUpdate
        case .guildMembersChunk: .guildMembersChunk
        case .guildRoleCreate: .guildRoleCreate
        case .guildRoleUpdate: .guildRoleUpdate
        case .guildRoleDelete: .guildRoleDelete
        case .guildScheduledEventCreate: .guildScheduledEventCreate
        case .guildScheduledEventUpdate: .guildScheduledEventUpdate
        case .guildScheduledEventDelete: .guildScheduledEventDelete
        case .guildScheduledEventUserAdd: .guildScheduledEventUserAdd
        case .guildScheduledEventUserRemove: .guildScheduledEventUserRemove
        case .guildSoundboardSoundCreate: .guildSoundboardSoundCreate
        case .guildSoundboardSoundUpdate: .guildSoundboardSoundUpdate
        case .guildSoundboardSoundDelete: .guildSoundboardSoundDelete
        case .guildSoundboardSoundsUpdate: .guildSoundboardSoundsUpdate
        case .soundboardSounds: .soundboardSounds
        case .integrationCreate: .integrationCreate
        case .integrationUpdate: .integrationUpdate
        case .integrationDelete: .integrationDelete
        case .interactionCreate: .interactionCreate
        case .inviteCreate: .inviteCreate
        case .inviteDelete: .inviteDelete
        case .messageCreate: .messageCreate
        case .messageUpdate: .messageUpdate
        case .messageDelete: .messageDelete
        case .messageDeleteBulk: .messageDeleteBulk
        case .messageReactionAdd: .messageReactionAdd
        case .messageReactionRemove: .messageReactionRemove
        case .messageReactionRemoveAll: .messageReactionRemoveAll
        case .messageReactionRemoveEmoji: .messageReactionRemoveEmoji
        case .messagePollVoteAdd: .messagePollVoteAdd
        case .messagePollVoteRemove: .messagePollVoteRemove
        case .presenceUpdate: .presenceUpdate
        case .stageInstanceCreate: .stageInstanceCreate
        case .stageInstanceUpdate: .stageInstanceUpdate
        case .stageInstanceDelete: .stageInstanceDelete
        case .subscriptionCreate: .subscriptionCreate
        case .subscriptionUpdate: .subscriptionUpdate
        case .subscriptionDelete: .subscriptionDelete
        case .typingStart: .typingStart
        case .userUpdate: .userUpdate
        case .voiceChannelEffectSend: .voiceChannelEffectSend
        case .voiceChannelStatusUpdate: .voiceChannelStatusUpdate
        case .voiceChannelStartTimeUpdate: .voiceChannelStartTimeUpdate
        case .voiceStateUpdate: .voiceStateUpdate
        case .voiceServerUpdate: .voiceServerUpdate
        case .webhooksUpdate: .webhooksUpdate
        }
    }
}
