import Discord
import JSON

/// An interaction that waits for the bot, or was answered (Discord docs, Interactions › Receiving and Responding).
struct Interaction: Sendable {
    /// Interaction types; the raw values are Discord's.
    enum Kind: Int64, Sendable { case command = 2, component = 3, autocomplete = 4, modal = 5 }

    /// How far the bot has come with its answer.
    enum Progress: Sendable, Equatable {
        case waiting
        /// Type 5: a message is promised. The placeholder has the id.
        case deferred(message: Snowflake)
        /// Answered; `message` is the original response, if the answer was one.
        case answered(message: Snowflake?)
    }

    let id: Snowflake
    let token: String
    let kind: Kind
    let channelID: Snowflake
    let guildID: Snowflake?
    let userID: Snowflake
    let createdAt: UnixTime
    /// Name of the command, for the message that answers it.
    let name: String
    /// The message whose component was used.
    let sourceMessageID: Snowflake?
    var progress = Progress.waiting

    /// `interaction_metadata` of the messages that answer.
    func metadata(user: JSONValue) -> JSONValue {
        var metadata: JSONValue = [
            "id": .id(id), "type": .integer(kind.rawValue), "user": user,
            "authorizing_integration_owners": ["0": .id(guildID)],
        ]
        if kind == .command {
            metadata["name"] = .string(name)
            metadata["command_type"] = 1
        }
        if let sourceMessageID { metadata["interacted_message_id"] = .id(sourceMessageID) }
        return metadata
    }
}
