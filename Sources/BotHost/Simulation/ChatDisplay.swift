internal import JSON

/// Where a simulated conversation is shown.
package protocol ChatDisplay {
    /// Whether a person types: then lines go out at once and are not shown again. Otherwise each line waits for the answers to the one before.
    var isInteractive: Bool { get }
    func show(_ line: ChatLine)
    /// Asks for the next line: once at the beginning, and after each that was read.
    func prompt()
    /// The conversation is over.
    func end()
}

/// One thing that happened in the simulated channel.
package enum ChatLine: Equatable, Sendable {
    case message(author: String, content: String, embeds: Int)
    /// Anything else worth telling: a presence, a member who joined, a failed command.
    case note(String)
}

extension ChatLine {
    /// How a line of the simulator is shown; `nil` for what is none of a conversation.
    init?(_ event: JSONValue) {
        func text(_ key: String) -> String { event[key]?.stringValue ?? "" }
        switch text("type") {
        case "message":
            self = .message(author: text("author"), content: text("content"), embeds: Int(event["embeds"]?.integerValue ?? 0))
        case "edit": self = .message(author: text("author") + " (edited)", content: text("content"), embeds: Int(event["embeds"]?.integerValue ?? 0))
        case "delete": self = .note("a message is deleted")
        case "typing": self = .note("the bot is typing")
        case "reaction": self = .note("the bot \(event["added"]?.boolValue == true ? "reacts with" : "takes back") \(text("emoji"))")
        case "presence":
            let activities = (event["activities"]?.arrayValue ?? []).compactMap { $0["state"]?.stringValue ?? $0["name"]?.stringValue }
            self = .note("the bot is \(text("status"))" + (activities.isEmpty ? "" : ": \(activities.joined(separator: ", "))"))
        case "session" where text("state") == "resumed": self = .note("the bot has resumed its session")
        case "session" where text("state") == "closed" && text("by") == "server": self = .note("the bot's connection is closed")
        case "undelivered": self = .note("the bot does not hear of that: \(text("reason"))")
        case "error": self = .note(text("message"))
        default: return nil
        }
    }
}
