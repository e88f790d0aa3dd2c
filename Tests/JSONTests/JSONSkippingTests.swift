import JSON
import Testing

@Suite("Skipping a JSON value")
struct JSONSkippingTests {
    /// Values with the places where a skip can go wrong: brackets in strings, escaped quotes, runs of every length.
    static let values: [String] = [
        "0", "-1.5e+10", "true", "false", "null", "\"\"", "{}", "[]", #""\\""#, #""\"""#, #""a\\\"b""#,
        #"{"a":"}","b":"]","c":["{","\"]"]}"#,
        #"{"a":{"b":{"c":[[[]],{}]}},"d":""}"#,
        #"[1,2,"3",[4,{"5":6}],null,true]"#,
        #"{ "spaced" : [ 1 , "two" ] , "end" : { } }"#,
    ] + (0...40).map { "[\"" + String(repeating: "x", count: $0) + "\"]" }
        + (0...40).map { "\"" + String(repeating: "x", count: $0) + "\\\"" + "\"" }
        + (0...40).map { "{\"" + String(repeating: "k", count: $0) + "\":\"" + String(repeating: "\\\\", count: $0) + "\"}" }

    @Test("ends exactly after the value, whatever follows", arguments: values)
    func ends(value: String) throws {
        for (before, after) in [("", ""), (" ", " "), ("", ",\"a\":1}"), ("", "]\"]"), ("\n", String(repeating: "\"x\",", count: 12))] {
            try reading(before + value + after) { reader in
                let range = try reader.skipValue()
                #expect(range == before.utf8.count..<(before + value).utf8.count)
                #expect(reader.offset == range.upperBound)
            }
        }
    }

    @Test("a value cut short is the end of the text, at every cut", arguments: values.filter { $0.hasPrefix("{") || $0.hasPrefix("[") || $0.hasPrefix("\"") })
    func truncated(value: String) throws {
        for length in 0..<value.utf8.count {
            let cut = String(decoding: value.utf8.prefix(length), as: UTF8.self)
            try reading(cut) { reader in
                #expect(throws: JSONError(.unexpectedEnd, at: length)) { try reader.skipValue() }
            }
        }
    }

    @Test("depth is a counter: a bomb of brackets costs no stack")
    func bomb() throws {
        let depth = 200_000
        try reading(String(repeating: "[", count: depth) + String(repeating: "]", count: depth)) { reader in
            try #expect(reader.skipValue() == 0..<2 * depth)
        }
    }
}
