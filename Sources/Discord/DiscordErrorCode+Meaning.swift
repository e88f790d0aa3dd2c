extension DiscordErrorCode {
    /// The fact in a few words; `nil` for codes not named here, whose message Discord sends along.
    package var meaning: String? {
        switch self {
        case .general: "general error"
        case .unknownChannel: "unknown channel"
        case .unknownGuild: "unknown guild"
        case .unknownMember: "unknown member"
        case .unknownMessage: "unknown message"
        case .unknownRole: "unknown role"
        case .unknownUser: "unknown user"
        case .unknownEmoji: "unknown emoji"
        case .unknownWebhook: "unknown webhook"
        case .unknownInteraction: "unknown interaction: the first response must come within 3 seconds"
        case .botsNotAllowed: "bots cannot use this endpoint"
        case .slowMode: "slow mode of the channel"
        case .announcementEditLimit: "too many edits of announcements"
        case .channelWriteLimit: "write limit of the channel"
        case .serverWriteLimit: "write limit of the server"
        case .tooManyPins: "too many pinned messages"
        case .tooManyReactions: "too many reactions on the message"
        case .tooManyAttachments: "too many attachments"
        case .tooManyCommandCreates: "too many application command creates today"
        case .oldMessageEditLimit: "too many edits of messages older than an hour"
        case .unauthorized: "unauthorized"
        case .openingDirectMessagesTooFast: "direct messages opened too fast"
        case .requestTooLarge: "request too large"
        case .interactionAlreadyAcknowledged: "interaction already acknowledged"
        case .resourceLimited: "resource is rate limited"
        case .tooManyFollowUps: "too many follow-up messages for this interaction"
        case .invalidUserAgent: "request refused because of its User-Agent"
        case .missingAccess: "missing access"
        case .emptyMessage: "cannot send an empty message"
        case .cannotMessageUser: "cannot send messages to this user"
        case .missingPermissions: "missing permissions"
        case .invalidToken: "invalid authentication token"
        case .bulkDeleteCount: "bulk delete takes 2 to 100 messages"
        case .messageTooOldToBulkDelete: "a message is too old for bulk delete"
        case .invalidFormBody: "invalid form body"
        case .fileTooLarge: "file too large"
        case .invalidJSON: "request body is not valid JSON"
        case .noMutualGuilds: "no guild in common with this user"
        case .searchIndexNotReady: "search index not ready"
        case .overloaded: "Discord is overloaded"
        case .replyWithoutHistory: "cannot reply without READ_MESSAGE_HISTORY"
        case .cannotForwardUnreadableMessage: "cannot forward a message the bot cannot read"
        case .blockedByAutoModeration: "blocked by AutoMod"
        case .harmfulLink: "blocked as a harmful link"
        default: nil
        }
    }
}

extension DiscordErrorCode: CustomStringConvertible {
    package var description: String { meaning.map { "\(rawValue) (\($0))" } ?? "\(rawValue)" }
}
