internal import JSON

/// What a line typed into the chat means: a message, or a colon and a command to the simulator.
enum ChatInput: Equatable {
    case nothing
    case quit
    case help
    case unknown(String)
    /// A command that lacks its argument: how it is written.
    case incomplete(String)
    /// Handed to the simulator as it is.
    case action(JSONValue)

    init(_ line: String) {
        let text = line.trimmed
        guard text.hasPrefix(":") else {
            self = text.isEmpty ? .nothing : .action(["type": "say", "content": .string(text)])
            return
        }
        let words = text.dropFirst().split(separator: " ", maxSplits: 1)
        let argument = words.count == 2 ? String(words[1]).trimmed : ""
        switch (words.first ?? "", argument.isEmpty) {
        case ("quit", _): self = .quit
        case ("help", _): self = .help
        case ("join", false): self = .action(["type": "join", "name": .string(argument)])
        case ("react", false): self = .action(["type": "react", "emoji": .string(argument)])
        case ("join", true): self = .incomplete(":join NAME")
        case ("react", true): self = .incomplete(":react EMOJI")
        case ("cut", _): self = .action(["type": "cut"])
        default: self = .unknown(text)
        }
    }

    static let helpLines = [
        "a line is a message; a line with a colon commands the simulator:",
        ":join NAME     somebody joins the guild",
        ":react EMOJI   react to the last message",
        ":cut           cut the bot's connection; it must resume",
        ":quit          end",
    ]
}

extension String {
    /// Without white space at both ends.
    fileprivate var trimmed: String {
        var text = Substring(self)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
