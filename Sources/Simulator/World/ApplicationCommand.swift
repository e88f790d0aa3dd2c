import Discord
import JSON

/// A registered application command (Discord docs, Interactions › Application Commands).
struct ApplicationCommand: Sendable {
    let id: Snowflake
    /// `nil` for a global command.
    let guildID: Snowflake?
    let name: String
    /// 1 slash command, 2 user, 3 message.
    let type: Int64
    /// The object as Discord gives it back.
    let payload: JSONValue

    /// Whether `other` takes this one's place: same name and type in the same scope.
    func isSame(as other: ApplicationCommand) -> Bool {
        name == other.name && type == other.type && guildID == other.guildID
    }
}
