/// Where a simulated conversation is shown.
package protocol ChatDisplay {
    /// Whether a person types: then lines go out at once and are not shown again. Otherwise each line waits for the answers to the one before.
    var isInteractive: Bool { get }
    func show(_ line: ChatLine)
    /// Asks for the next line.
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
