internal import BotHost
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Shows a simulated conversation on standard output: one line a message, with a prompt below when a person is typing.
struct ChatPrinter: ChatDisplay {
    private let isTerminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
    private static let prompt = "› "

    var isInteractive: Bool { isTerminal }

    func show(_ line: ChatLine) {
        var text: String
        switch line {
        case .message(let author, let content, let embeds):
            text = "\(author): \(content)"
            if embeds > 0 { text += content.isEmpty ? "[embed]" : " [embed]" }
        case .note(let note):
            text = isTerminal ? "\u{1B}[90m· \(note)\u{1B}[0m" : "· \(note)"
        }
        // The prompt's line is taken for the message, and the prompt written again below.
        put(isTerminal ? "\r\u{1B}[K\(text)\n\(Self.prompt)" : text + "\n")
    }

    func prompt() {
        if isTerminal { put(Self.prompt) }
    }

    func end() {
        if isTerminal { put("\r\u{1B}[K") }
    }

    private func put(_ text: String) {
        _ = text.withCString { write(STDOUT_FILENO, $0, strlen($0)) }
    }
}
