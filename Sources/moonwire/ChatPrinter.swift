internal import BotHost
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Shows a simulated conversation on standard output: one line a message, above a prompt when a person is typing.
struct ChatPrinter: ChatDisplay {
    /// Where a person types; `nil` when input or output is a file or a pipe.
    let terminal: PromptTerminal?

    var isInteractive: Bool { terminal != nil }

    func show(_ line: ChatLine) {
        var text: String
        switch line {
        case .message(let author, let content, let embeds):
            text = "\(author): \(content.printable)"
            if embeds > 0 { text += content.isEmpty ? "[embed]" : " [embed]" }
        case .note(let note):
            text = "· \(note.printable)"
            if terminal != nil { text = "\u{1B}[90m\(text)\u{1B}[0m" }
        }
        if let terminal { return terminal.show(text) }
        _ = (text + "\n").withCString { write(STDOUT_FILENO, $0, strlen($0)) }
    }

    func prompt() { terminal?.prompt() }

    func end() { terminal?.end() }
}
