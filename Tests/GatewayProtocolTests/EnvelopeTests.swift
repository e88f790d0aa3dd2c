import Discord
import GatewayProtocol
import JSON
import Testing

private func scan(_ bytes: [UInt8], _ encoding: PayloadEncoding = .json) throws -> Envelope {
    try bytes.withUnsafeBytes { try Envelope.scan($0, encoding: encoding) }
}

@Suite("Payload structure, JSON")
struct EnvelopeTests {
    /// The bytes of the one value at the beginning of `d`'s range.
    private func data(_ envelope: Envelope, in text: String) throws -> String? {
        guard let range = envelope.data else { return nil }
        return try Array(text.utf8)[range].withUnsafeBytes { bytes in
            var reader = PayloadReader(bytes, encoding: .json)
            let value = try reader.skipValue()
            return String(decoding: bytes[value], as: UTF8.self)
        }
    }

    static let members = [#""op":0"#, #""s":42"#, #""t":"MESSAGE_CREATE""#, #""d":{"s":1,"t":"READY","op":9,"x":["}",{"y":"\""}]}"#]

    /// Every order of the four members.
    static let memberOrders: [[String]] = permutations(members)

    private static func permutations(_ items: [String]) -> [[String]] {
        guard items.count > 1 else { return [items] }
        return items.indices.flatMap { index in
            var rest = items
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }

    @Test("op, s, t and d are found in any order, compact or spaced", arguments: memberOrders)
    func orders(members: [String]) throws {
        for (open, separator, close) in [("{", ",", "}"), (" {\n ", " ,\t", " } \r\n")] {
            let text = open + members.joined(separator: separator) + close
            let envelope = try scan(Array(text.utf8))
            #expect(envelope.opcode == .dispatch)
            #expect(envelope.sequence == 42)
            #expect(envelope.event == .messageCreate)
            #expect(String(decoding: Array(text.utf8)[envelope.name], as: UTF8.self) == "MESSAGE_CREATE")
            try #expect(data(envelope, in: text) == #"{"s":1,"t":"READY","op":9,"x":["}",{"y":"\""}]}"#)
        }
    }

    @Test("when d comes last its range is exact but for white space")
    func lastIsExact() throws {
        let text = #"{"t":"READY","s":1,"op":0,"d":{"v":10}}"#
        try #expect(scan(Array(text.utf8)).data == 30..<38)
    }

    @Test("members may be null or missing; unknown ones are passed over", arguments: [
        (#"{"op":11}"#, 11, nil, nil), (#"{"op":10,"d":{"heartbeat_interval":41250},"s":null,"t":null}"#, 10, nil, #"{"heartbeat_interval":41250}"#),
        (#"{"t":null,"s":null,"op":9,"d":false}"#, 9, nil, "false"), (#"{"op":7,"d":null}"#, 7, nil, "null"), (#"{"op":1,"d":251,"x":{"op":3},"y":[1]}"#, 1, nil, "251"),
        (#"{"_":"d","op":0,"s":7,"zz":{"t":"X"},"d":"text"}"#, 0, 7, "\"text\""), (#"{"\u006fp":10,"d":1}"#, 10, nil, "1"),
    ] as [(String, Int, Int64?, String?)])
    func absent(text: String, opcode: Int, sequence: Int64?, expected: String?) throws {
        let envelope = try scan(Array(text.utf8))
        #expect(envelope.opcode.rawValue == opcode)
        #expect(envelope.sequence == sequence)
        #expect(envelope.event == nil)
        #expect(envelope.name.isEmpty)
        try #expect(data(envelope, in: text) == expected)
    }

    @Test("of equal members the last one read counts")
    func duplicates() throws {
        let text = #"{"op":1,"s":1,"op":0,"t":"READY","t":"RESUMED","s":2,"d":3}"#
        let envelope = try scan(Array(text.utf8))
        #expect(envelope.opcode == .dispatch)
        #expect(envelope.sequence == 2)
        #expect(envelope.event == .resumed)
        #expect(try scan(Array(#"{"s":5,"t":"READY","s":null,"t":null,"op":1}"#.utf8)).sequence == nil)
        let withData = #"{"d":1,"d":[2],"op":0,"s":5}"#
        try #expect(data(scan(Array(withData.utf8)), in: withData) == "[2]")
    }

    @Test("an event that is not known here keeps its name")
    func unknownEvent() throws {
        let text = #"{"op":0,"t":"MOON_PHASE_UPDATE","s":1,"d":{}}"#
        let envelope = try scan(Array(text.utf8))
        #expect(envelope.event == nil)
        #expect(String(decoding: Array(text.utf8)[envelope.name], as: UTF8.self) == "MOON_PHASE_UPDATE")
    }

    @Test("a sequence may be any 64-bit integer", arguments: [0, 9, 999_999_999_999_999_999, 1_000_000_000_000_000_000, Int64.max, -1])
    func sequences(sequence: Int64) throws {
        #expect(try scan(Array(#"{"t":null,"s":\#(sequence),"op":0}"#.utf8)).sequence == sequence)
    }

    @Test("the name is given as it is written, escapes and all")
    func escapedName() throws {
        let text = #"{"s":1,"t":"RE\u0041DY","op":0}"#
        let envelope = try scan(Array(text.utf8))
        #expect(String(decoding: Array(text.utf8)[envelope.name], as: UTF8.self) == #"RE\u0041DY"#)
        #expect(envelope.event == nil)
    }

    @Test("unknown opcodes pass")
    func unknownOpcode() throws {
        try #expect(scan(Array(#"{"op":99}"#.utf8)).opcode.rawValue == 99)
        try #expect(scan(Array(#"{"op":-3}"#.utf8)).opcode.rawValue == -3)
    }

    @Test("a payload cut short is never taken for a whole one", arguments: memberOrders)
    func truncated(members: [String]) {
        let whole = Array(("{" + members.joined(separator: ",") + "}").utf8)
        for count in 0..<whole.count {
            let cut = Array(whole.prefix(count))
            // A cut right after a brace inside d looks whole to a scan that stops there; reading d finds it out.
            guard case .success(let envelope) = Result(catching: { try scan(cut) }) else { continue }
            #expect(throws: PayloadError.self) {
                try cut[envelope.data ?? 0..<0].withUnsafeBytes { bytes in
                    var reader = PayloadReader(bytes, encoding: .json)
                    try reader.skipValue()
                }
            }
        }
    }

    @Test("what is no payload", arguments: [
        ("", PayloadError.json(JSONError(.unexpectedEnd, at: 0))), ("[]", .json(JSONError(.wrongKind(expected: .object, found: .array), at: 0))),
        ("{}", .missingOpcode), (#"{"op":null}"#, .missingOpcode), (#"{"s":1,"t":"READY","d":{}}"#, .missingOpcode),
        (#"{"op":"0"}"#, .json(JSONError(.wrongKind(expected: .number, found: .string), at: 6))), (#"{"op":0.5}"#, .json(JSONError(.numberOutOfRange, at: 6))),
        (#"{"op":0,"s":"1"}"#, .json(JSONError(.wrongKind(expected: .number, found: .string), at: 12))), (#"{"op":0,"t":1}"#, .json(JSONError(.wrongKind(expected: .string, found: .number), at: 12))),
        (#"{"op":01}"#, .json(JSONError(.invalidNumber, at: 7))), (#"{"op":99999999999999999999}"#, .json(JSONError(.numberOutOfRange, at: 6))),
        ("{\"op\":0,\"t\":\"A\u{1}B\"}", .json(JSONError(.controlCharacter(1), at: 14))),
        (#"{"op":0}x"#, .json(JSONError(.trailingBytes, at: 8))), (#"{"op":0,"s":1,"t":null,"d":}"#, .json(JSONError(.unexpectedByte(0x7D), at: 27))),
        (#"{"op":0,"s":1,"t":null,"d":1"#, .json(JSONError(.unexpectedEnd, at: 28))),
    ])
    func malformed(text: String, error: PayloadError) {
        #expect(throws: error) { try scan(Array(text.utf8)) }
    }
}

// Maps written by Erlang/OTP 25 as in ETFReaderTests; maps of up to 32 keys come in the order of their keys, so d is first.
@Suite("Payload structure, ETF")
struct ETFEnvelopeTests {
    @Test("atom keys, d first: #{op => 0, s => 3, t => <<\"MESSAGE_CREATE\">>, d => #{id => …, nonce => nil, ok => true}}")
    func atoms() throws {
        let bytes = hex("83740000000464000164740000000364000269646e0800070002c15a0671026400056e6f6e63656400036e696c6400026f6b640004747275656400026f706100640001736103640001746d0000000e4d4553534147455f435245415445")
        let envelope = try scan(bytes, .etf)
        #expect(envelope.opcode == .dispatch)
        #expect(envelope.sequence == 3)
        #expect(envelope.event == .messageCreate)
        #expect(Array(bytes[envelope.name]) == Array("MESSAGE_CREATE".utf8))
        try bytes[try #require(envelope.data)].withUnsafeBytes { data in
            try #expect(EventRouting.guild(of: .guildCreate, data: data, encoding: .etf) == Snowflake(rawValue: 175_928_847_299_117_063))
        }
    }

    @Test("HELLO with nil for s and t")
    func hello() throws {
        let bytes = hex("8374000000046400016474000000026400126865617274626561745f696e74657276616c620000a1226d000000065f74726163656c000000016d000000055b2278225d6a6400026f70610a640001736400036e696c640001746400036e696c")
        let envelope = try scan(bytes, .etf)
        #expect(envelope.opcode == .hello)
        #expect(envelope.sequence == nil)
        #expect(envelope.name.isEmpty)
        try bytes[try #require(envelope.data)].withUnsafeBytes { data in
            try #expect(Hello(data, encoding: .etf).heartbeatInterval == .milliseconds(41250))
        }
    }

    @Test("binary keys in every order", arguments: EnvelopeTests.memberOrders)
    func orders(members: [String]) throws {
        let object = try JSONValue(parsing: "{" + members.joined(separator: ",") + "}")
        var writer = ETFWriter()
        writer.term(object)
        let envelope = try scan(writer.bytes, .etf)
        #expect(envelope.opcode == .dispatch)
        #expect(envelope.sequence == 42)
        #expect(envelope.event == .messageCreate)
        var reader = [131] + writer.bytes[try #require(envelope.data)]
        // Members after d may follow the value; cut them off by reading one.
        let end = try reader.withUnsafeBytes { bytes in
            var reader = ETFReader(bytes)
            try reader.readVersion()
            return try reader.skipTerm().upperBound
        }
        reader.removeSubrange(end...)
        try #expect(reader.withUnsafeBytes { try JSONValue(parsing: ETFTranscoder.json(of: $0)) } == object["d"])
    }

    @Test("a payload cut short is refused unless the cut lies inside a d that was not read", arguments: EnvelopeTests.memberOrders)
    func truncated(members: [String]) throws {
        var writer = ETFWriter()
        writer.term(try JSONValue(parsing: "{" + members.joined(separator: ",") + "}"))
        for count in 0..<writer.bytes.count {
            let cut = Array(writer.bytes.prefix(count))
            guard case .success(let envelope) = Result(catching: { try scan(cut, .etf) }) else { continue }
            #expect(members.last?.hasPrefix(#""d""#) == true)
            #expect(throws: PayloadError.self) {
                try cut[envelope.data ?? 0..<0].withUnsafeBytes { bytes in
                    var reader = PayloadReader(bytes, encoding: .etf)
                    try reader.skipValue()
                }
            }
        }
    }

    @Test("what is no payload", arguments: [
        ("", PayloadError.etf(ETFError(.unexpectedEnd, at: 0))), ("7b7d", .etf(ETFError(.unsupportedVersion(0x7B), at: 0))),
        ("836a", .etf(ETFError(.wrongKind(expected: "map", tag: 106), at: 1))), ("837400000000", .missingOpcode),
    ])
    func malformed(bytes: String, error: PayloadError) {
        #expect(throws: error) { try scan(hex(bytes), .etf) }
    }
}
