extension Permissions {
    /// Discord's names, indexed by bit; empty for a bit without one.
    private static let bitNames = [
        "CREATE_INSTANT_INVITE", "KICK_MEMBERS", "BAN_MEMBERS", "ADMINISTRATOR", "MANAGE_CHANNELS", "MANAGE_GUILD",
        "ADD_REACTIONS", "VIEW_AUDIT_LOG", "PRIORITY_SPEAKER", "STREAM", "VIEW_CHANNEL", "SEND_MESSAGES", "SEND_TTS_MESSAGES",
        "MANAGE_MESSAGES", "EMBED_LINKS", "ATTACH_FILES", "READ_MESSAGE_HISTORY", "MENTION_EVERYONE", "USE_EXTERNAL_EMOJIS",
        "VIEW_GUILD_INSIGHTS", "CONNECT", "SPEAK", "MUTE_MEMBERS", "DEAFEN_MEMBERS", "MOVE_MEMBERS", "USE_VAD",
        "CHANGE_NICKNAME", "MANAGE_NICKNAMES", "MANAGE_ROLES", "MANAGE_WEBHOOKS", "MANAGE_GUILD_EXPRESSIONS",
        "USE_APPLICATION_COMMANDS", "REQUEST_TO_SPEAK", "MANAGE_EVENTS", "MANAGE_THREADS", "CREATE_PUBLIC_THREADS",
        "CREATE_PRIVATE_THREADS", "USE_EXTERNAL_STICKERS", "SEND_MESSAGES_IN_THREADS", "USE_EMBEDDED_ACTIVITIES",
        "MODERATE_MEMBERS", "VIEW_CREATOR_MONETIZATION_ANALYTICS", "USE_SOUNDBOARD", "CREATE_GUILD_EXPRESSIONS",
        "CREATE_EVENTS", "USE_EXTERNAL_SOUNDS", "SEND_VOICE_MESSAGES", "", "SET_VOICE_CHANNEL_STATUS", "SEND_POLLS",
        "USE_EXTERNAL_APPS", "PIN_MESSAGES", "BYPASS_SLOWMODE",
    ]

    /// Discord's names of the members, by ascending bit. Unknown bits have none.
    package var names: [String] {
        Permissions.bitNames.indices.lazy
            .filter { rawValue >> $0 & 1 == 1 && !Permissions.bitNames[$0].isEmpty }
            .map { Permissions.bitNames[$0] }
    }

    /// The permission with this name, in Discord's spelling or its lower case.
    package init?(name: some StringProtocol) {
        let name = name.uppercased()
        guard !name.isEmpty, let bit = Permissions.bitNames.firstIndex(of: name) else { return nil }
        self = Permissions(rawValue: 1 << bit)
    }
}
