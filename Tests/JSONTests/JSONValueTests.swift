import JSON
import Testing

@Suite("JSON values as a tree")
struct JSONValueTests {
    @Test("a document reads as its tree")
    func parse() throws {
        let text = #"{"id":"1","n":[1,-2,0.5,18446744073709551615],"o":{"x":null,"y":true},"s":"\u00e9"}"#
        try #expect(JSONValue(parsing: text) == [
            "id": "1", "n": [1, -2, 0.5, 18_446_744_073_709_551_615.0], "o": ["x": nil, "y": true], "s": "é",
        ])
    }

    @Test("texts that are not JSON", arguments: [
        ("", JSONError.Kind.unexpectedEnd, 0), ("[1,]", .unexpectedByte(UInt8(ascii: "]")), 3), ("[1 2]", .unexpectedByte(UInt8(ascii: "2")), 3),
        ("[,1]", .unexpectedByte(UInt8(ascii: ",")), 1), ("{\"a\" 1}", .unexpectedByte(UInt8(ascii: "1")), 5), ("{\"a\":1,}", .unexpectedByte(UInt8(ascii: "}")), 7),
        ("{a:1}", .unexpectedByte(UInt8(ascii: "a")), 1), ("{1:1}", .unexpectedByte(UInt8(ascii: "1")), 1), ("[1}", .unexpectedByte(UInt8(ascii: "}")), 2), ("tru", .unexpectedEnd, 3),
        ("trux", .unexpectedByte(UInt8(ascii: "x")), 3), ("nul1", .unexpectedByte(UInt8(ascii: "1")), 3), ("[", .unexpectedEnd, 1), ("{\"a\":", .unexpectedEnd, 5), ("'a'", .unexpectedByte(UInt8(ascii: "'")), 0),
        ("1 2", .trailingBytes, 2), ("\u{FEFF}1", .unexpectedByte(0xEF), 0), ("[1\u{B}]", .unexpectedByte(0x0B), 2), ("/**/1", .unexpectedByte(UInt8(ascii: "/")), 0), ("[\"a\":1]", .unexpectedByte(UInt8(ascii: ":")), 4),
    ])
    func malformed(text: String, kind: JSONError.Kind, offset: Int) {
        #expect(throws: JSONError(kind, at: offset)) { try JSONValue(parsing: text) }
    }

    @Test("§4 order of members does not matter to equality; of equal names the last one counts")
    func objects() throws {
        try #expect(JSONValue(parsing: #"{"a":1,"b":2}"#) == JSONValue(parsing: #"{"b":2,"a":1}"#))
        try #expect(JSONValue(parsing: #"{"a":1}"#) != JSONValue(parsing: #"{"a":1,"b":2}"#))
        try #expect(JSONValue(parsing: #"{"a":1,"b":2,"a":3}"#).description == #"{"a":3,"b":2}"#)
    }

    @Test("members and elements by subscript")
    func subscripts() {
        var value: JSONValue = ["a": [10, ["b": "deep"]], "n": nil]
        #expect(value["a"]?[1]?["b"]?.stringValue == "deep")
        #expect(value["a"]?[2] == nil)
        #expect(value["x"] == nil)
        #expect(value["n"]?.isNull == true)
        #expect(value[0] == nil)
        value["n"] = 5
        value["new"] = false
        value["a"] = nil
        #expect(value.description == #"{"n":5,"new":false}"#)
    }

    @Test("a value answers only as what it is; any number as a double")
    func accessors() {
        #expect(JSONValue.integer(3).doubleValue == 3)
        #expect(JSONValue.double(3).integerValue == nil)
        #expect(JSONValue.string("3").doubleValue == nil)
        #expect(JSONValue.bool(true).boolValue == true)
        #expect(JSONValue.null.stringValue == nil)
    }

    @Test("what is written reads back equal", arguments: [
        nil, true, 0, -1, 9_223_372_036_854_775_807, 0.1, -1e300, .double(.leastNonzeroMagnitude), 1e16, 123_456.789, "", "\"\\/\u{8}\u{1F}\u{7F}é🌙", [], [:], [[]], [nil, [1, "a"]],
        ["a": ["b": ["c": [true, false, nil]]], "": 1],
    ] as [JSONValue])
    func roundTrip(value: JSONValue) throws {
        try #expect(JSONValue(parsing: value.serialized) == value)
    }
}
