import JSON
import Testing

/// Runs `body` over a reader of `text`.
@discardableResult
func reading<Result>(
    _ text: String, maximumDepth: Int = JSONReader.defaultMaximumDepth, _ body: (inout JSONReader) throws -> Result
) throws -> Result {
    try Array(text.utf8).withUnsafeBytes { bytes in
        var reader = JSONReader(bytes, maximumDepth: maximumDepth)
        return try body(&reader)
    }
}

@Suite("RFC 8259 JSON reader")
struct JSONReaderTests {
    @Test("§4 members are read one by one, in any order, and the rest is skipped")
    func members() throws {
        let text = #" { "s" : 42 , "x" : {"y":[1,{"z":"}]\""}]} , "t" : "READY" , "n" : null } "#
        try reading(text) { reader in
            var seen: [String] = []
            try reader.beginObject()
            while let key = try reader.nextKey() {
                seen.append(try key.decoded())
                if key == "s" {
                    try #expect(reader.readInteger() == 42)
                } else if key == "t" {
                    try #expect(reader.readString() == "READY")
                } else if key == "n" {
                    try #expect(reader.readNull())
                } else {
                    try reader.skipValue()
                }
            }
            #expect(seen == ["s", "x", "t", "n"])
            try reader.finish()
        }
    }

    @Test("§5 elements are read one by one; a container that was left counts as an element of the outer one")
    func elements() throws {
        try reading("[[],[1,[2]],{},3]") { reader in
            try reader.beginArray()
            try #expect(reader.nextElement())
            try reader.beginArray()
            try #expect(!reader.nextElement())
            try #expect(reader.nextElement())
            try reader.beginArray()
            try #expect(reader.nextElement())
            try #expect(reader.readInteger() == 1)
            try #expect(reader.nextElement())
            try reader.beginArray()
            try #expect(reader.nextElement())
            try #expect(reader.readInteger() == 2)
            try #expect(!reader.nextElement())
            try #expect(!reader.nextElement())
            try #expect(reader.nextElement())
            try reader.beginObject()
            let none = try reader.nextKey()
            #expect(none == nil)
            try #expect(reader.nextElement())
            try #expect(reader.readInteger() == 3)
            try #expect(!reader.nextElement())
            try reader.finish()
        }
    }

    @Test("§3 the kind of a value shows without consuming it", arguments: [
        ("{}", JSONKind.object), ("[]", .array), ("\"\"", .string), ("-1", .number), ("0", .number),
        ("true", .boolean), ("false", .boolean), ("null", .null), (" \t\r\n9", .number),
    ])
    func kinds(text: String, kind: JSONKind) throws {
        try reading(text) { reader in
            try #expect(reader.peek() == kind)
            try #expect(reader.peek() == kind)
        }
    }

    @Test("reading another kind than the value's names both")
    func wrongKind() throws {
        try reading(" [true]") { reader in
            #expect(throws: JSONError(.wrongKind(expected: .object, found: .array), at: 1)) { try reader.beginObject() }
        }
        try reading("true") { reader in
            #expect(throws: JSONError(.wrongKind(expected: .string, found: .boolean), at: 0)) { try reader.readString() }
            #expect(throws: JSONError(.wrongKind(expected: .number, found: .boolean), at: 0)) { try reader.readInteger() }
            try #expect(!reader.readNull())
            try #expect(reader.readBoolean())
        }
        try reading("null") { reader in
            #expect(throws: JSONError(.wrongKind(expected: .boolean, found: .null), at: 0)) { try reader.readBoolean() }
        }
    }

    @Test("a key equals its text however it is escaped, and nothing else")
    func keys() throws {
        try reading(#"{"guild_id":0,"guild\u005fid":0,"guild_ix":0,"guild_i":0,"":0,"\uZZZZ":0}"#) { reader in
            try reader.beginObject()
            for expected in [true, true, false, false, false, false] {
                let key = try #require(try reader.nextKey())
                #expect((key == "guild_id") == expected)
                try reader.skipValue()
            }
            let none = try reader.nextKey()
            #expect(none == nil)
        }
    }

    @Test("nesting is allowed up to the limit and refused beyond it (RFC 8259 §9)", arguments: [1, 2, 128])
    func depth(limit: Int) throws {
        let allowed = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
        try reading(allowed, maximumDepth: limit) { reader in
            #expect(throws: Never.self) { try reader.readValue() }
        }
        try reading("[" + allowed + "]", maximumDepth: limit) { reader in
            #expect(throws: JSONError(.tooDeep(limit: limit), at: limit)) { try reader.readValue() }
        }
    }

    @Test("siblings do not add up to depth")
    func siblings() throws {
        try reading("[[],[],[],{},{}]", maximumDepth: 2) { reader in
            #expect(throws: Never.self) { try reader.readValue() }
        }
    }

    @Test("something after the value is refused, white space is not")
    func trailing() throws {
        try reading("1 \n") { reader in
            try #expect(reader.readInteger() == 1)
            try reader.finish()
        }
        try reading("1 x") { reader in
            try #expect(reader.readInteger() == 1)
            #expect(throws: JSONError(.trailingBytes, at: 2)) { try reader.finish() }
        }
    }

    @Test("an empty text has no value")
    func empty() {
        #expect(throws: JSONError(.unexpectedEnd, at: 0)) {
            var reader = JSONReader(UnsafeRawBufferPointer(start: nil, count: 0))
            _ = try reader.peek()
        }
    }

    @Test("offsets count from the start of the buffer")
    func offsets() throws {
        try reading(#"{"a":[1,2],"b":}"#) { reader in
            try reader.beginObject()
            _ = try reader.nextKey()
            try #expect(reader.skipValue() == 5..<10)
            #expect(reader.offset == 10)
            _ = try reader.nextKey()
            #expect(throws: JSONError(.unexpectedByte(UInt8(ascii: "}")), at: 15)) { try reader.skipValue() }
        }
    }
}
