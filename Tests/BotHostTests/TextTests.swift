import JSON
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
        #expect(ChatInput(":join") == .unknown(":join"))
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
