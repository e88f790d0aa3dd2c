extension EventName {
    /// The intents that bring this event (docs, Gateway › List of Intents). For one with several, any of them brings the
    /// part of it that it stands for; an event with none is always sent.
    package var intents: EventIntents {
        switch self {
        case .ready, .resumed, .rateLimited, .applicationCommandPermissionsUpdate, .channelInfo,
            .entitlementCreate, .entitlementUpdate, .entitlementDelete, .guildMembersChunk, .soundboardSounds,
            .interactionCreate, .subscriptionCreate, .subscriptionUpdate, .subscriptionDelete, .userUpdate,
            .voiceServerUpdate:
            .none
        case .autoModerationRuleCreate, .autoModerationRuleUpdate, .autoModerationRuleDelete:
            EventIntents(guild: .autoModerationConfiguration)
        case .autoModerationActionExecution:
            EventIntents(guild: .autoModerationExecution)
        case .channelCreate, .channelUpdate, .channelDelete, .threadCreate, .threadUpdate, .threadDelete,
            .threadListSync, .threadMemberUpdate, .guildCreate, .guildUpdate, .guildDelete, .guildRoleCreate,
            .guildRoleUpdate, .guildRoleDelete, .stageInstanceCreate, .stageInstanceUpdate, .stageInstanceDelete,
            .voiceChannelStatusUpdate, .voiceChannelStartTimeUpdate:
            EventIntents(guild: .guilds)
        case .channelPinsUpdate:
            EventIntents(guild: .guilds, direct: .directMessages)
        case .threadMembersUpdate:
            EventIntents(guild: [.guilds, .guildMembers])
        case .guildAuditLogEntryCreate, .guildBanAdd, .guildBanRemove:
            EventIntents(guild: .guildModeration)
        case .guildEmojisUpdate, .guildStickersUpdate, .guildSoundboardSoundCreate, .guildSoundboardSoundUpdate,
            .guildSoundboardSoundDelete, .guildSoundboardSoundsUpdate:
            EventIntents(guild: .guildExpressions)
        case .guildIntegrationsUpdate, .integrationCreate, .integrationUpdate, .integrationDelete:
            EventIntents(guild: .guildIntegrations)
        case .guildMemberAdd, .guildMemberRemove, .guildMemberUpdate:
            EventIntents(guild: .guildMembers)
        case .guildScheduledEventCreate, .guildScheduledEventUpdate, .guildScheduledEventDelete,
            .guildScheduledEventUserAdd, .guildScheduledEventUserRemove:
            EventIntents(guild: .guildScheduledEvents)
        case .inviteCreate, .inviteDelete:
            EventIntents(guild: .guildInvites)
        case .messageCreate, .messageUpdate, .messageDelete:
            EventIntents(guild: .guildMessages, direct: .directMessages)
        case .messageDeleteBulk:
            EventIntents(guild: .guildMessages)
        case .messageReactionAdd, .messageReactionRemove, .messageReactionRemoveAll, .messageReactionRemoveEmoji:
            EventIntents(guild: .guildMessageReactions, direct: .directMessageReactions)
        case .messagePollVoteAdd, .messagePollVoteRemove:
            EventIntents(guild: .guildMessagePolls, direct: .directMessagePolls)
        case .presenceUpdate:
            EventIntents(guild: .guildPresences)
        case .typingStart:
            EventIntents(guild: .guildMessageTyping, direct: .directMessageTyping)
        case .voiceChannelEffectSend, .voiceStateUpdate:
            EventIntents(guild: .guildVoiceStates)
        case .webhooksUpdate:
            EventIntents(guild: .guildWebhooks)
        }
    }
}

extension Intents {
    /// What who listens to `events` has to ask for. Text comes with messages: who listens to them wants to read them.
    package init(for events: some Collection<EventName>) {
        self = []
        for event in events {
            // Where a plain intent brings a part of an event and a privileged one the rest, the plain one has to do.
            let plain = event.intents.all.subtracting(.privileged)
            formUnion(plain.isEmpty ? event.intents.all : plain)
        }
        if events.contains(.messageCreate) || events.contains(.messageUpdate) { formUnion(.messageContent) }
    }
}
