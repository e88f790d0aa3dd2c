/// A message in a channel (Discord docs, Message › Message Object).
public struct Message: Sendable, Identifiable {
    /// The message's id.
    public let id: Snowflake
    /// Where it was written.
    public let channelID: Snowflake
    /// The guild of the channel; `nil` for a direct message, and for messages that a request returned.
    public let guildID: Snowflake?
    /// Who wrote it.
    public let author: User
    /// The text; empty without the intent `messageContent`, except in direct messages and where the bot is mentioned.
    public let content: String
    /// The object as Discord sent it, for everything else.
    public let payload: Payload

    private let connection: ClientConnection

    /// `nil` when the payload is no message.
    init?(_ payload: Payload, _ connection: ClientConnection) {
        guard let id = payload["id"].snowflake, let channelID = payload["channel_id"].snowflake, let author = User(payload["author"]) else {
            return nil
        }
        self.id = id
        self.channelID = channelID
        guildID = payload["guild_id"].snowflake
        self.author = author
        content = payload["content"].string ?? ""
        self.payload = payload
        self.connection = connection
    }

    /// Answers with text, as a reply to this message. Returns the answer as Discord has it.
    ///
    /// - Throws: why there is no answer, as `DiscordClient.sendMessage(_:to:)`.
    @discardableResult
    public func reply(_ content: String) async throws(DiscordError) -> Message {
        try await connection.sendMessage(
            [
                "content": Payload(stringLiteral: content),
                // A message that was deleted meanwhile is answered without the reference.
                "message_reference": ["message_id": "\(id)", "fail_if_not_exists": false],
            ], to: channelID)
    }
}
