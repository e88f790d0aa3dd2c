import JSON
import Logging
import Synchronization
import Testing

@testable import BotHost

@Suite("Text that people write and read")
struct TextTests {
    @Test("delays", arguments: [
        ("500ms", Duration.milliseconds(500)), ("10s", .seconds(10)), ("10m", .seconds(600)), ("1h30m", .seconds(5400)), ("7d", .seconds(604_800)),
    ])
    func delays(text: String, expected: Duration) {
        #expect(DelayText.parse(text) == expected)
    }

    @Test("what is no delay is none", arguments: ["", "10", "m", "10 m", "-1s", "1w", "99999999999s"])
    func noDelays(text: String) {
        #expect(DelayText.parse(text) == nil)
    }

    @Test("seconds", arguments: [(0.0, Duration.zero as Duration?), (1.5, .milliseconds(1500)), (-1, nil), (.nan, nil), (.infinity, nil)])
    func seconds(number: Double, expected: Duration?) {
        #expect(DelayText.seconds(number) == expected)
    }

    @Test("a chat line is a message unless it begins with a colon")
    func chat() {
        #expect(ChatInput("  ") == .nothing)
        #expect(ChatInput(" !ping ") == .action(["type": "say", "content": "!ping"]))
        #expect(ChatInput(":quit") == .quit)
        #expect(ChatInput(":join Ada Lovelace") == .action(["type": "join", "name": "Ada Lovelace"]))
        #expect(ChatInput(":join") == .incomplete(":join NAME"))
        #expect(ChatInput(":jion Ada") == .unknown(":jion Ada"))
    }

    @Test("a log line begins at the margin, its further lines are indented, and nothing in it steers the terminal")
    func logLine() {
        let line = ConsoleLogHandler.pretty(.error, "one\n\ttwo \u{1B}[2J\u{9B}2J\r", [("pack", "dice")], colors: false)
        #expect(String(decoding: line, as: UTF8.self).hasSuffix(" error   [dice] one\n    \ttwo \u{FFFD}[2J\u{FFFD}2J\u{FFFD}"))
    }

    @Test("rows that a text takes in a terminal of ten columns", arguments: [
        ("", 1), ("0123456789", 1), ("0123456789a", 2), ("one\ntwo", 2), ("\u{1B}[90m0123456789\u{1B}[0m", 1), ("a\tb\tc", 2), ("月月月月月", 1), ("月月月月月月", 2),
    ])
    func rows(text: String, expected: Int) {
        #expect(PromptTerminal.rows(of: text, columns: 10) == expected)
    }

    @Test("what happens while a person types is written above the prompt")
    func prompt() {
        let written = Mutex("")
        let terminal = PromptTerminal(size: { .init(rows: 4, columns: 10) }, put: { text in written.withLock { $0 += text } })
        func output() -> String { written.withLock { text in defer { text = "" }; return text } }
        terminal.show("before")
        #expect(output() == "before\n")
        terminal.prompt()
        #expect(output() == "\r\u{1B}[K› ")
        terminal.show("two\nrows")
        #expect(output() == "\u{1B}D\u{1B}D\u{1B}[2A\u{1B}7\r\u{1B}[2Ltwo\nrows\u{1B}8\u{1B}[2B")
        terminal.show("more\nthan\nthere\nfits")
        #expect(output() == "\r\u{1B}[Kmore\nthan\nthere\nfits\n› ")
        terminal.end()
        terminal.show("after")
        #expect(output() == "\r\u{1B}[Kafter\n")
    }

    @Test("lines are cut at every ending, whatever the chunks", arguments: 1...5)
    func lines(chunk: Int) {
        let bytes = Array("one\r\ntwo\n\nthree".utf8)
        var buffer = LineBuffer()
        var lines: [String] = []
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            bytes[start..<min(start + chunk, bytes.count)].withUnsafeBytes { buffer.append($0) }
            while let line = buffer.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        }
        #expect(lines == ["one", "two", ""])
        #expect(buffer.rest() == Array("three".utf8))
    }
}
