import Testing
import WebSocketProtocol

@Suite("RFC 9112 §2–§5: heads, strict and bounded")
struct HTTPHeadParserTests {
    private func error(_ response: [UInt8], chunk: Int = .max) throws -> HandshakeError? {
        var handshake = try HandshakePeer.client()
        return handshake.receive(response, chunk: chunk).error
    }

    private func error(line: String) throws -> HandshakeError? {
        try error(HandshakePeer.response(adding: [line]))
    }

    @Test("§5.2 a folded field is refused", arguments: [" more", "\tmore"])
    func folded(line: String) throws {
        #expect(try error(line: line) == .head(.foldedField(line: 5)))
    }

    @Test("§5.1 a field without a colon, with blanks before it, or with a bad name or value is refused", arguments: [
        "no colon", ": no name", "Name : x", "Na(me: x", "Name: a\u{0}b", "Name: a\u{7F}b", "Náme: x",
    ])
    func malformed(line: String) throws {
        #expect(try error(line: line) == .head(.malformedField(line: 5)))
    }

    @Test("§2.2 CR and LF stand together or not at all", arguments: [("a\nb", 1), ("a\rb", 1)])
    func lineEnds(text: String, line: Int) throws {
        #expect(try error(Array("HTTP/1.1 101 \(text)\r\n\r\n".utf8)) == .head(.malformedLine(line: line)))
        #expect(try error(Array("HTTP/1.1 101 x\r\nA: \(text)\r\n\r\n".utf8)) == .head(.malformedLine(line: 2)))
        #expect(try error(Array("HTTP/1.1 101 x\r\nA: b\r\n\n".utf8)) == .head(.malformedLine(line: 3)))
        #expect(try error(Array("\r\nHTTP/1.1 101 x\r\n\r\n".utf8)) == .head(.malformedLine(line: 1)))
    }

    @Test("a line, the number of fields and the whole are limited", arguments: [1, 1000, Int.max])
    func limits(chunk: Int) throws {
        let long = "A: " + String(repeating: "x", count: 8192)
        #expect(try error(HandshakePeer.response(adding: [long]), chunk: chunk) == .head(.lineTooLong(line: 5, limit: 8192)))
        #expect(try error([UInt8](repeating: 0x41, count: 10000), chunk: chunk) == .head(.lineTooLong(line: 1, limit: 8192)))
        // With the three that the response has of its own.
        let many = (0..<97).map { "A\($0): x" }
        #expect(try error(HandshakePeer.response(adding: many), chunk: chunk) == nil)
        #expect(try error(HandshakePeer.response(adding: many + ["B: x"]), chunk: chunk) == .head(.tooManyFields(limit: 100)))
        let heavy = (0..<10).map { "A\($0): " + String(repeating: "x", count: 4000) }
        #expect(try error(HandshakePeer.response(adding: heavy), chunk: chunk) == .head(.tooLong(limit: 32768)))
        // Just inside all of them.
        let fitting = (0..<90).map { "A\($0): " + String(repeating: "x", count: 300) }
        #expect(try error(HandshakePeer.response(adding: fitting), chunk: chunk) == nil)
    }
}
