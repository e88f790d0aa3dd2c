/// Numbers that Discord enforces (docs: Gateway › Rate Limiting, Channels, Users, Message resource).
package enum Limits {
    /// Bytes of one outgoing gateway payload, serialized and uncompressed; more is close code 4002.
    package static let gatewayPayloadBytes = 4096
    /// Outgoing payloads per connection in `gatewayCommandWindow`, heartbeats counted; more is close code 4008.
    package static let gatewayCommands = 120
    package static let gatewayCommandWindow = Duration.seconds(60)
    package static let presenceUpdates = 5
    package static let presenceWindow = Duration.seconds(20)
    /// Seconds between two requests for all members of one guild.
    package static let fullMemberRequestInterval = Duration.seconds(30)
    /// Seconds between two IDENTIFYs with one key `shard_id % max_concurrency`.
    package static let identifyInterval = Duration.seconds(5)
    /// UTF-8 bytes of op 8's `nonce`; a longer one is dropped silently.
    package static let memberRequestNonceBytes = 32
    package static let memberRequestUserIDs = 100
    /// Members of a request with a non-empty query.
    package static let memberRequestQueryResults = 100
    package static let guildsPerShard = 2500

    /// Characters, counted here as UTF-16 units: the docs do not say, and that is the strictest reading.
    package static let messageContent = 2000
    package static let messageNonce = 25
    package static let embedsPerMessage = 10
    package static let embedTitle = 256
    package static let embedDescription = 4096
    package static let embedFields = 25
    package static let embedFieldName = 256
    package static let embedFieldValue = 1024
    package static let embedFooter = 2048
    package static let embedAuthor = 256
    /// Sum over all embeds of a message of the texts above.
    package static let embedTotal = 6000
    package static let attachmentsPerMessage = 10
    package static let stickersPerMessage = 3
    package static let actionRowsPerMessage = 5
    package static let requestBodyBytes = 25 * 1024 * 1024
    package static let attachmentBytes = 10 * 1024 * 1024
    package static let auditLogReason = 512
    package static let bulkDeleteMessages = 2...100
    package static let activityText = 128

    /// REST requests a second for one bot, interactions apart.
    package static let restRequestsPerSecond = 50
    /// Answers 401, 403 and 429 in ten minutes that get an address banned.
    package static let invalidRequests = 10_000
    package static let invalidRequestWindow = Duration.seconds(600)
    /// Time from an interaction to its first response.
    package static let interactionResponse = Duration.seconds(3)
    package static let interactionToken = Duration.seconds(900)
}
