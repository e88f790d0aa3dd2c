/// A person or a bot.
public struct User: Equatable, Sendable, Identifiable {
    /// The account's id.
    public let id: Snowflake
    /// The account's name, which changes seldom and is unique among people.
    public let name: String
    /// Whether the account belongs to an application.
    public let isBot: Bool

    /// Reads a user object; `nil` when it has no id.
    init?(_ payload: Payload) {
        guard let id = payload["id"].snowflake else { return nil }
        self.id = id
        name = payload["username"].string ?? ""
        isBot = payload["bot"].bool ?? false
    }
}
