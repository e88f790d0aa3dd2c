package import Discord
package import JSON

/// Something a simulated person does. `author` is a user name or id and `nil` stands for the person at the keyboard;
/// `channel` is a channel's name or id and `nil` stands for `#general`.
package enum PersonAction: Sendable, Equatable {
    case say(String, author: String? = nil, channel: String? = nil, replyTo: Snowflake? = nil)
    /// A direct message to the bot.
    case whisper(String, author: String? = nil)
    case edit(message: Snowflake, content: String)
    case delete(message: Snowflake)
    /// Somebody new, or known and gone, becomes a member of Moonbase.
    case join(name: String)
    case leave(name: String)
    case type(author: String? = nil, channel: String? = nil)
    /// `message` is `nil` for the newest of the channel.
    case react(String, message: Snowflake? = nil, author: String? = nil, channel: String? = nil)
    case unreact(String, message: Snowflake, author: String? = nil)
    case presence(status: String, author: String? = nil)
    /// A slash command: its name, then group and subcommand if it has them, and the options by name.
    case command(String, options: JSONObject = JSONObject(), author: String? = nil, channel: String? = nil)
    /// A button, or a select menu with the values picked. `message` is `nil` for the newest that has the component.
    case press(String, values: [String] = [], message: Snowflake? = nil, author: String? = nil, channel: String? = nil)
    /// A modal, with the texts by the inputs' `custom_id`.
    case submit(String, fields: JSONObject, author: String? = nil, channel: String? = nil)
}
