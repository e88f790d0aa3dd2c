import GatewayProtocol
import JSON
import Testing

// Terms written by Erlang/OTP 25:
//     erl -noshell -eval 'io:format("~s~n", [[io_lib:format("~2.16.0b", [X]) || <<X>> <= term_to_binary(TERM)]]), halt().'
// with TERM as the first column says; where it names options, term_to_binary(TERM, [OPTIONS]).

@Suite("External Term Format, as OTP writes it")
struct ETFReaderTests {
    static let vectors: [(term: String, hex: String, json: String)] = [
        ("nil", "836400036e696c", #"null"#),
        ("null", "836400046e756c6c", #"null"#),
        ("true", "8364000474727565", #"true"#),
        ("false", "8364000566616c7365", #"false"#),
        ("hello", "8364000568656c6c6f", #""hello""#),
        ("'é', ATOM_EXT in Latin-1", "83640001e9", #""é""#),
        ("'é€'", "837705c3a9e282ac", #""é€""#),
        ("0", "836100", #"0"#),
        ("255", "8361ff", #"255"#),
        ("256", "836200000100", #"256"#),
        ("-1", "8362ffffffff", #"-1"#),
        ("2147483647", "83627fffffff", #"2147483647"#),
        ("-2147483648", "836280000000", #"-2147483648"#),
        ("2147483648 (trap e)", "836e040000000080", #"2147483648"#),
        ("-2147483649", "836e040101000080", #"-2147483649"#),
        ("1420070400000 (trap e)", "836e060000b0caa24a01", #"1420070400000"#),
        ("1 bsl 53", "836e070000000000000020", #"9007199254740992"#),
        ("1 bsl 53 + 1 (trap c)", "836e070001000000000020", #""9007199254740993""#),
        ("175928847299117063", "836e0800070002c15a067102", #""175928847299117063""#),
        ("1 bsl 63", "836e08000000000000000080", #""9223372036854775808""#),
        ("-(1 bsl 63)", "836e08010000000000000080", #""-9223372036854775808""#),
        ("1 bsl 64 - 1", "836e0800ffffffffffffffff", #""18446744073709551615""#),
        ("1 bsl 64 (trap b)", "836e0900000000000000000001", #""18446744073709551616""#),
        ("123456789012345678901234567890", "836e0d00d20a3f4eeee073c3f60fe98e01", #""123456789012345678901234567890""#),
        ("-123456789012345678901234567890", "836e0d01d20a3f4eeee073c3f60fe98e01", #""-123456789012345678901234567890""#),
        ("1.5", "83463ff8000000000000", #"1.5"#),
        ("0.1", "83463fb999999999999a", #"0.1"#),
        ("1.5, {minor_version, 0}", "8363312e3530303030303030303030303030303030303030652b30300000000000", #"1.5"#),
        ("-1.0e-300, {minor_version, 0}", "83632d312e3030303030303030303030303030303032353036652d333030000000", #"-1e-300"#),
        ("[]", "836a", #"[]"#),
        ("[0, 1, 255] (trap a)", "836b00030001ff", #"[0,1,255]"#),
        ("[1, 256, <<\"a\">>]", "836c00000003610162000001006d00000001616a", #"[1,256,"a"]"#),
        ("[[], [[1]]]", "836c000000026a6c000000016b0001016a6a", #"[[],[[1]]]"#),
        ("{1, <<\"two\">>, {}}", "83680361016d0000000374776f6800", #"[1,"two",[]]"#),
        ("<<\"text\">>", "836d0000000474657874", #""text""#),
        ("<<>>", "836d00000000", #""""#),
        ("<<\"hé🌙\"/utf8>>", "836d0000000768c3a9f09f8c99", #""hé🌙""#),
        ("#{}", "837400000000", #"{}"#),
        ("#{<<\"a\">> => 1}", "8374000000016d00000001616101", #"{"a":1}"#),
        ("#{op => 0, s => 3, t => ..., d => #{id => ..., nonce => nil, ok => true}} (trap d)", "83740000000464000164740000000364000269646e0800070002c15a0671026400056e6f6e63656400036e696c6400026f6b640004747275656400026f706100640001736103640001746d0000000e4d4553534147455f435245415445", #"{"d":{"id":"175928847299117063","nonce":null,"ok":true},"op":0,"s":3,"t":"MESSAGE_CREATE"}"#),
        ("#{175928847299117063 => <<\"x\">>, 5 => <<\"y\">>}", "83740000000261056d00000001796e0800070002c15a0671026d0000000178", #"{"5":"y","175928847299117063":"x"}"#),
    ]

    private func json(_ bytes: [UInt8]) throws -> String {
        String(decoding: try bytes.withUnsafeBytes { try ETFTranscoder.json(of: $0) }, as: UTF8.self)
    }

    @Test("each kind of term becomes the JSON Discord has for it", arguments: vectors)
    func terms(term: String, bytes: String, json text: String) throws {
        try #expect(json(hex(bytes)) == text)
    }

    @Test("a term cut short is found out at every cut, by reading and by skipping", arguments: vectors)
    func truncated(term: String, bytes: String, json text: String) throws {
        let whole = hex(bytes)
        for count in 0..<whole.count {
            let cut = Array(whole.prefix(count))
            let fault = #expect(throws: ETFError.self) { try json(cut) }
            #expect(fault?.kind == .unexpectedEnd)
            guard count > 0 else { continue }
            let skipFault = #expect(throws: ETFError.self) {
                try cut.dropFirst().withUnsafeBytes { bytes in
                    var reader = ETFReader(bytes)
                    try reader.skipTerm()
                }
            }
            #expect(skipFault?.kind == .unexpectedEnd)
        }
    }

    @Test("skipping ends exactly after the term, whatever follows", arguments: vectors)
    func skip(term: String, bytes: String, json text: String) throws {
        let whole = hex(bytes)
        (whole.dropFirst() + [0x61, 0x07]).withUnsafeBytes { bytes in
            var reader = ETFReader(bytes)
            #expect(throws: Never.self) { try reader.skipTerm() }
            #expect(reader.offset == whole.count - 1)
        }
    }

    @Test("what Discord never sends is refused: by tag, or because the shape has no JSON", arguments: [
        ("<<5:3>>", "834d0000000103a0", ETFError(.unsupportedTag(77), at: 1)),
        ("self()", "835864000d6e6f6e6f6465406e6f686f7374000000090000000000000000", ETFError(.unsupportedTag(88), at: 1)),
        ("a compressed term, bounded by nothing", "83500000051a789ccb61606048c905121c895030ca19e58c724639239c9305002aa85e1e", ETFError(.unsupportedTag(80), at: 1)),
        ("[<<\"a\">> | <<\"b\">>]", "836c000000016d00000001616d0000000162", ETFError(.improperList, at: 12)),
        ("#{{1} => 2}", "837400000001680161016102", ETFError(.invalidKey(tag: 104), at: 6)),
        ("another version", "826100", ETFError(.unsupportedVersion(130), at: 0)),
        ("two terms", "83610061", ETFError(.trailingBytes, at: 3)),
        ("a binary that is not UTF-8", "836d00000001ff", ETFError(.invalidUTF8, at: 6)),
        ("an infinite NEW_FLOAT_EXT", "83467ff0000000000000", ETFError(.invalidFloat, at: 1)),
        ("a FLOAT_EXT without digits", "8363" + String(repeating: "78", count: 31), ETFError(.invalidFloat, at: 1)),
    ])
    func refused(what: String, bytes: String, error: ETFError) {
        #expect(throws: error) { try json(hex(bytes)) }
    }

    @Test("a length is believed only as far as there are bytes", arguments: [
        "836dffffffff61", "8374ffffffff", "836cffffffff", "8369ffffffff", "836fffffffff00", "836bffff61", "83747fffffff6161",
    ])
    func lengths(bytes: String) {
        let fault = #expect(throws: ETFError.self) { try json(hex(bytes)) }
        #expect(fault?.kind == .unexpectedEnd)
        let skipFault = #expect(throws: ETFError.self) {
            try hex(bytes).dropFirst().withUnsafeBytes { bytes in
                var reader = ETFReader(bytes)
                try reader.skipTerm()
            }
        }
        #expect(skipFault?.kind == .unexpectedEnd)
    }

    @Test("integers of 64 bytes have digits, longer ones are refused: digits cost quadratic time", arguments: [64, 65, 255])
    func bigIntegers(count: Int) throws {
        let term: [UInt8] = [131, 110, UInt8(count), 0] + [UInt8](repeating: 0, count: count - 1) + [1]
        if count == 64 {
            // 256^63 = 2^504
            let digits = "52374249726338269920211035149241586435466272736689036631732661889538140742474792878132321477214466514414186946040961136147476104734166288853256441430016"
            try #expect(json(term) == "\"\(digits)\"")
        } else {
            #expect(throws: ETFError(.integerOutOfRange, at: 1)) { try json(term) }
        }
        // Leading zeros do not count.
        try #expect(json([131, 110, 66, 0, 7] + [UInt8](repeating: 0, count: 65)) == "7")
    }

    @Test("the ends of 64 bits", arguments: [
        ("6e0800ffffffffffffff7f", .max), ("6e08010000000000000080", .min), ("6e08000000000000000080", nil), ("6e08010100000000000080", nil),
        ("6e0900000000000000000001", nil), ("6e0901000000000000000001", nil),
    ] as [(String, Int64?)])
    func limits(bytes: String, value: Int64?) throws {
        try hex(bytes).withUnsafeBytes { bytes in
            var reader = ETFReader(bytes)
            try #expect(reader.readInteger().integer == value)
        }
    }

    @Test("nesting is allowed up to the limit and refused beyond it; skipping needs none")
    func depth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            [131] + (0..<depth).flatMap { _ in [108, 0, 0, 0, 1] as [UInt8] } + [97, 0] + [UInt8](repeating: 106, count: depth)
        }
        try #expect(json(nested(128)) == String(repeating: "[", count: 128) + "0" + String(repeating: "]", count: 128))
        #expect(throws: ETFError(.tooDeep(limit: 128), at: 1 + 129 * 5)) { try json(nested(129)) }
        let bomb = nested(100_000)
        bomb.dropFirst().withUnsafeBytes { bytes in
            var reader = ETFReader(bytes)
            #expect(throws: Never.self) { try reader.skipTerm() }
            #expect(reader.offset == bomb.count - 1)
        }
    }

    @Test("a list of small integers reads as any other list, element by element")
    func byteList() throws {
        try hex("6b000200ff").withUnsafeBytes { bytes in
            var reader = ETFReader(bytes)
            try #expect(reader.peek() == .list)
            var list = try reader.beginList()
            try #expect(reader.nextElement(in: &list))
            try #expect(reader.peek() == .integer)
            try #expect(reader.readInteger().integer == 0)
            try #expect(reader.nextElement(in: &list))
            try #expect(reader.skipTerm() == 4..<5)
            try #expect(!reader.nextElement(in: &list))
            try reader.finish()
        }
    }

    @Test("reading another kind than the term's names what was expected and the tag")
    func wrongKind() throws {
        try hex("6101").withUnsafeBytes { bytes in
            var reader = ETFReader(bytes)
            #expect(throws: ETFError(.wrongKind(expected: "map", tag: 97), at: 0)) { try reader.beginMap() }
            #expect(throws: ETFError(.wrongKind(expected: "list", tag: 97), at: 0)) { try reader.beginList() }
            #expect(throws: ETFError(.wrongKind(expected: "text", tag: 97), at: 0)) { try reader.readText() }
            #expect(throws: ETFError(.wrongKind(expected: "float", tag: 97), at: 0)) { try reader.readDouble() }
            #expect(throws: ETFError(.wrongKind(expected: "boolean", tag: 97), at: 0)) { try reader.readBoolean() }
            try #expect(!reader.readNull())
            try #expect(reader.readInteger().integer == 1)
            #expect(throws: ETFError(.unexpectedEnd, at: 2)) { try reader.readInteger() }
        }
    }
}
