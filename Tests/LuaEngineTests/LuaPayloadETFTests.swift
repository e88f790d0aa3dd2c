import Testing
@testable import LuaEngine

/// Terms as erlang:term_to_binary writes them (Erlang's "External Term Format" page).
@Suite("ETF to Lua") struct LuaPayloadETFTests {
    static func decoded(_ bytes: [UInt8], nulls: LuaPayload.Nulls = .kept) throws -> String {
        let bench = try Bench()
        _ = bench.run("test.keep(function(x) return x end)")
        let result = bytes.withUnsafeBytes { bytes in
            bench.state.call(bench.kept[0]) { $0.append(LuaPayload(bytes, encoding: .etf, nulls: nulls)) }
        }
        if let failure = result.failure { return failure.message }
        return Bench.text(bench.state.returned!, 1)
    }

    static func atom(_ text: String) -> [UInt8] { [119, UInt8(text.utf8.count)] + Array(text.utf8) }
    static func binary(_ text: String) -> [UInt8] { [109] + be(UInt32(text.utf8.count)) + Array(text.utf8) }
    static func be(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

    static let terms: [([UInt8], String)] = [
        ([97, 255], "255"), ([98, 255, 255, 255, 254], "-2"), ([98, 127, 255, 255, 255], "2147483647"),
        ([70, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], "1.5"), ([99] + Array("1.50000000000000000000e+00".utf8) + [0, 0, 0, 0, 0], "1.5"),
        (atom("true"), "true"), (atom("false"), "false"), (atom("nil"), "null"), (atom("null"), "null"), (atom("online"), "online"),
        ([100, 0, 2, 104, 105], "hi"), ([118, 0, 2, 104, 105], "hi"), ([115, 2, 104, 105], "hi"),
        (binary("text"), "text"), (binary(""), ""), ([106], "[]"), ([107, 0, 3, 1, 2, 3], "[1,2,3]"),
        ([108, 0, 0, 0, 2, 97, 1] + atom("nil") + [106], "[1,null]"), ([104, 2, 97, 1, 97, 2], "[1,2]"), ([105, 0, 0, 0, 1, 97, 1], "[1]"),
        ([110, 8, 0, 0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01], "72623859790382856"), ([110, 1, 1, 5], "-5"), ([110, 0, 0], "0"),
        ([110, 8, 0, 255, 255, 255, 255, 255, 255, 255, 255], "18446744073709551615"), ([110, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "18446744073709551616"),
        ([111, 0, 0, 0, 10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "-4722366482869645213696"),
        ([116, 0, 0, 0, 1] + atom("id") + binary("7"), #"{"id":"7"}"#), ([116, 0, 0, 0, 1] + binary("id") + atom("nil"), #"{"id":null}"#),
        ([116, 0, 0, 0, 1, 97, 5, 97, 6], #"{"5":6}"#), ([116, 0, 0, 0, 1, 110, 8, 0, 255, 255, 255, 255, 255, 255, 255, 255, 97, 6], #"{"18446744073709551615":6}"#),
        ([116, 0, 0, 0, 0], "[]"),
    ]

    @Test("terms, with the version byte and without", arguments: terms)
    func term(_ bytes: [UInt8], _ expected: String) throws {
        #expect(try Self.decoded(bytes) == expected)
        #expect(try Self.decoded([131] + bytes) == expected)
    }

    @Test("integers are numbers up to 2^53, as they are in JSON, and decimal strings beyond, as ids are there")
    func bigIntegers() throws {
        func list(_ elements: [UInt8]...) -> [UInt8] { [108] + Self.be(UInt32(elements.count)) + elements.flatMap { $0 } + [106] }
        let milliseconds: [UInt8] = [110, 6, 0, 0x7B, 0xB9, 0x31, 0x5C, 0x93, 0x01]
        let limit: [UInt8] = [110, 7, 1, 0, 0, 0, 0, 0, 0, 0x20], beyond: [UInt8] = [110, 7, 0, 1, 0, 0, 0, 0, 0, 0x20]
        #expect(try Self.decoded(list(milliseconds, limit, beyond)) == #"[1732418582907,-9007199254740992,"9007199254740993"]"#)
        #expect(try Self.decoded([116] + Self.be(1) + milliseconds + [97, 1]) == #"{"1732418582907":1}"#)
    }

    @Test("every prefix of a term is refused", arguments: terms)
    func prefixes(_ bytes: [UInt8], _ expected: String) throws {
        for length in 0..<bytes.count {
            #expect(try Self.decoded(Array(bytes[..<length])).hasPrefix("invalid ETF at byte"))
        }
    }

    @Test("what is not a term is refused", arguments: [
        ([77, 0, 0, 0, 1], "an unknown kind of term"), ([97, 1, 97, 2], "something follows the term"), ([108, 0, 0, 0, 1, 97, 1, 97, 2], "an improper list"),
        ([116, 0, 0, 0, 1, 106, 97, 1], "a key is neither text nor an integer"), ([108, 255, 255, 255, 255, 97, 1], "unexpected end"),
        ([116, 255, 255, 255, 255, 97, 1, 97, 1], "unexpected end"), ([111, 255, 255, 255, 255, 0], "an integer is too long"),
        ([109, 255, 255, 255, 255, 0], "unexpected end"), (Array([[UInt8]](repeating: [104, 1], count: 200).joined()) + [106], "nested too deeply"),
        ([99] + [UInt8](repeating: 120, count: 31), "not a float"), ([131, 131, 97, 1], "an unknown kind of term"),
    ] as [([UInt8], String)])
    func refused(_ bytes: [UInt8], _ message: String) throws {
        let got = try Self.decoded(bytes)
        #expect(got.hasPrefix("invalid ETF at byte") && got.hasSuffix(message), "\(got)")
    }

    @Test("nulls of maps are absent unless kept, in lists never")
    func nulls() throws {
        let bytes: [UInt8] = [116, 0, 0, 0, 2] + Self.atom("a") + Self.atom("nil") + Self.atom("b") + [108, 0, 0, 0, 1] + Self.atom("nil") + [106]
        #expect(try Self.decoded(bytes, nulls: .absent) == #"{"b":[null]}"#)
    }

    @Test("prototypes follow the same rules as with JSON")
    func prototypes() throws {
        let bench = try Bench()
        let message = LuaPrototypeID(rawValue: 1), user = LuaPrototypeID(rawValue: 2)
        try bench.state.definePrototype(message, name: "message")
        try bench.state.definePrototype(user, name: "user")
        try bench.state.defineRule(message, key: "author", is: user)
        try bench.state.defineMethod("kind", of: user, .string("a user"))
        _ = bench.run("test.keep(function(m) return m.author.kind, m.author.id end)")
        let bytes: [UInt8] = [131, 116, 0, 0, 0, 1] + Self.atom("author") + [116, 0, 0, 0, 1] + Self.atom("id") + [110, 1, 0, 9]
        let result = bytes.withUnsafeBytes { bytes in
            bench.state.call(bench.kept[0]) { $0.append(LuaPayload(bytes, encoding: .etf, prototype: message)) }
        }
        #expect(result == .finished)
        #expect(bench.returned == "a user 9")
    }
}
