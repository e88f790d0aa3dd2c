import JSON
import Testing

@Suite("RFC 8259 §7 strings")
struct JSONStringTests {
    @Test("escapes", arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0041\u00e9\u20AC""#, "Aé€"),
        (#""\ud83c\udf19""#, "🌙"),
        (#""\uD83C\uDF19x""#, "🌙x"),
        (#""\u0000""#, "\0"),
        ("\"é€🌙\u{7F}\"", "é€🌙\u{7F}"),
        ("\"\"", ""),
    ])
    func escapes(json: String, text: String) throws {
        try #expect(reading(json) { try $0.readString() } == text)
    }

    @Test("§8.2 a surrogate without its partner becomes U+FFFD", arguments: [
        (#""\ud83c""#, "\u{FFFD}"), (#""\udf19""#, "\u{FFFD}"), (#""\ud83cx""#, "\u{FFFD}x"),
        (#""\ud83c\u0041""#, "\u{FFFD}A"), (#""\ud83c\ud83c\udf19""#, "\u{FFFD}🌙"), (#""\ud83c\n""#, "\u{FFFD}\n"),
    ])
    func loneSurrogates(json: String, text: String) throws {
        try #expect(reading(json) { try $0.readString() } == text)
    }

    @Test("what §7 does not list is refused where the escape begins", arguments: [
        (#""\x""#, 1), (#""ab\'""#, 3), (#""\u12""#, 1), (#""\u12g4""#, 1), (#""\U0041""#, 1), (#""a\ ""#, 2),
    ])
    func invalidEscapes(json: String, offset: Int) {
        #expect(throws: JSONError(.invalidEscape, at: offset)) { try reading(json) { try $0.readString() } }
    }

    @Test("control characters must be escaped", arguments: 0..<0x20 as Range<UInt8>)
    func controls(byte: UInt8) {
        for prefix in [0, 1, 15, 16, 17, 40] {
            let json = "\"" + String(repeating: "a", count: prefix) + String(UnicodeScalar(byte)) + "\""
            #expect(throws: JSONError(.controlCharacter(byte), at: 1 + prefix)) { try reading(json) { try $0.readString() } }
        }
    }

    @Test("§8.1 bytes that are not UTF-8 are refused when the string is built", arguments: [
        [0x80], [0xC0, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0x5C, 0x6E, 0xFF],
    ] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) {
        let json = [0x22] + bytes + [0x22]
        #expect(throws: JSONError(.invalidUTF8, at: 1)) { try JSONValue(parsing: json) }
    }

    @Test("a string of any length ends at its quote", arguments: 0...50)
    func lengths(count: Int) throws {
        let text = String(repeating: "x", count: count)
        try #expect(reading("\"\(text)\"\"next\"") { try $0.readString() } == text)
        try #expect(reading("\"\(text)\\n\"\"next\"") { try $0.readString() } == text + "\n")
        #expect(throws: JSONError(.unexpectedEnd, at: count + 1)) { try reading("\"\(text)") { try $0.readString() } }
        #expect(throws: JSONError(.unexpectedEnd, at: count + 2)) { try reading("\"\(text)\\") { try $0.readString() } }
    }

    @Test("a raw string says where it lies and whether it is escaped")
    func raw() throws {
        try reading(#" "ab\nc""#) { reader in
            let string = try reader.readRawString()
            #expect(string.raw.elementsEqual(#"ab\nc"#.utf8))
            #expect(string.isEscaped)
            #expect(string.offset == 2)
            #expect(string == "ab\nc")
        }
    }
}
