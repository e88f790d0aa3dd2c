import Discord
import GatewayProtocol
import JSON
import Testing

/// Runs `body` over the same value in both encodings.
func inBothEncodings(_ value: JSONValue, _ body: (UnsafeRawBufferPointer, PayloadEncoding) throws -> Void) rethrows {
    try value.serialized.withUnsafeBytes { try body($0, .json) }
    var writer = ETFWriter()
    writer.value(value)
    try writer.bytes.withUnsafeBytes { try body($0, .etf) }
}

@Suite("Reading d in either encoding")
struct PayloadTests {
    @Test("the same calls give the same results")
    func sameCalls() throws {
        let value: JSONValue = ["n": nil, "list": [1, 2.5, "x", []], "flag": true, "id": "175928847299117063", "rest": ["a": [1]]]
        try inBothEncodings(value) { bytes, encoding in
            var reader = PayloadReader(bytes, encoding: encoding)
            var seen = 0
            try #expect(reader.kind == .object)
            var object = try reader.beginObject()
            while let key = try reader.nextKey(in: &object) {
                seen += 1
                if key == "n" {
                    try #expect(reader.readNull())
                } else if key == "list" {
                    var list = try reader.beginArray()
                    try #expect(reader.nextElement(in: &list))
                    try #expect(reader.readDouble() == 1)
                    try #expect(reader.nextElement(in: &list))
                    try #expect(reader.readDouble() == 2.5)
                    try #expect(reader.nextElement(in: &list))
                    try #expect(reader.readString() == "x")
                    try #expect(reader.nextElement(in: &list))
                    var empty = try reader.beginArray()
                    try #expect(!reader.nextElement(in: &empty))
                    try #expect(!reader.nextElement(in: &list))
                } else if key == "flag" {
                    try #expect(!reader.readNull())
                    try #expect(reader.readBoolean())
                } else if key == "id" {
                    try #expect(reader.readSnowflake() == Snowflake(rawValue: 175_928_847_299_117_063))
                } else {
                    try reader.skipValue()
                }
            }
            #expect(seen == 5)
        }
    }

    @Test("ids come as text or as numbers", arguments: [
        ("175928847299117063", 175_928_847_299_117_063), (175_928_847_299_117_063, 175_928_847_299_117_063), (5, 5), ("0", 0),
    ] as [(JSONValue, UInt64)])
    func snowflakes(value: JSONValue, id: UInt64) throws {
        try inBothEncodings(value) { bytes, encoding in
            var reader = PayloadReader(bytes, encoding: encoding)
            try #expect(reader.readSnowflake().rawValue == id)
        }
    }

    @Test("what is no id", arguments: [-1, "", "x", "01", 1.5, "18446744073709551616"] as [JSONValue])
    func notSnowflakes(value: JSONValue) {
        inBothEncodings(value) { bytes, encoding in
            #expect(throws: PayloadError.self) {
                var reader = PayloadReader(bytes, encoding: encoding)
                _ = try reader.readSnowflake()
            }
        }
    }

    @Test("HELLO: the interval, whatever else is there")
    func hello() throws {
        try inBothEncodings(["_trace": ["x"], "heartbeat_interval": 41250]) { bytes, encoding in
            try #expect(Hello(bytes, encoding: encoding).heartbeatInterval == .milliseconds(41250))
        }
        for value in [[:], ["heartbeat_interval": 0], ["heartbeat_interval": -5]] as [JSONValue] {
            inBothEncodings(value) { bytes, encoding in
                #expect(throws: PayloadError.missing(field: "heartbeat_interval")) { try Hello(bytes, encoding: encoding) }
            }
        }
    }

    @Test("INVALID_SESSION: the flag; null is false", arguments: [(true, true), (false, false), (nil, false)] as [(JSONValue, Bool)])
    func invalidSession(value: JSONValue, isResumable: Bool) throws {
        try inBothEncodings(value) { bytes, encoding in
            try #expect(InvalidSession(bytes, encoding: encoding).isResumable == isResumable)
        }
    }

    static let ready: JSONValue = [
        "v": 10, "user": ["id": "10", "username": "moon", "avatar": nil], "guilds": [["id": "1", "unavailable": true], ["unavailable": true, "id": "2"]],
        "session_id": "abc", "resume_gateway_url": "wss://resume.example", "shard": [0, 1], "application": ["id": "11", "flags": 0], "_trace": [],
    ]

    @Test("READY: what a session needs")
    func ready() throws {
        try inBothEncodings(Self.ready) { bytes, encoding in
            let ready = try Ready(bytes, encoding: encoding)
            #expect(ready.sessionID == "abc")
            #expect(ready.resumeURL == "wss://resume.example")
            #expect(ready.userID == Snowflake(rawValue: 10))
            #expect(ready.userName == "moon")
            #expect(ready.applicationID == Snowflake(rawValue: 11))
            #expect(ready.guilds.map(\.rawValue) == [1, 2])
        }
    }

    @Test("READY without what a session needs", arguments: [("session_id", "session_id"), ("resume_gateway_url", "resume_gateway_url"), ("user", "user.id")])
    func incompleteReady(field: String, named: String) {
        var value = Self.ready
        value[field] = nil
        inBothEncodings(value) { bytes, encoding in
            #expect(throws: PayloadError.missing(field: named)) { try Ready(bytes, encoding: encoding) }
        }
    }

    @Test("READY whose other members have changed their form is READY: an IDENTIFY would bring no other", arguments: [nil, 1, "x", [1, [:], ["id": nil]], ["id": nil, "username": 5]] as [JSONValue])
    func changedReady(form: JSONValue) throws {
        var value = Self.ready
        value["guilds"] = form
        value["application"] = form
        value["user"] = ["username": form, "id": "10"]
        try inBothEncodings(value) { bytes, encoding in
            let ready = try Ready(bytes, encoding: encoding)
            #expect(ready.sessionID == "abc" && ready.userID == Snowflake(rawValue: 10))
            #expect(ready.applicationID == nil && ready.guilds.isEmpty)
        }
    }

    @Test("RATE_LIMITED: seconds as integer or fraction, with and without a nonce")
    func rateLimited() throws {
        try inBothEncodings(["opcode": 8, "retry_after": 22.5, "meta": ["guild_id": "5", "nonce": "n"]]) { bytes, encoding in
            let event = try RateLimited(bytes, encoding: encoding)
            #expect(event.opcode == .requestGuildMembers)
            #expect(event.retryAfter == .seconds(22.5))
            #expect(event.guild == Snowflake(rawValue: 5))
            #expect(event.nonce == "n")
        }
        for meta in [nil, "new", [1]] as [JSONValue] {
            try inBothEncodings(["meta": meta, "retry_after": 3, "opcode": 31]) { bytes, encoding in
                let event = try RateLimited(bytes, encoding: encoding)
                #expect(event.retryAfter == .seconds(3))
                #expect(event.guild == nil)
                #expect(event.nonce == nil)
            }
        }
        for (seconds, bounded) in [(1e300, 86_400), (-5, 0)] as [(Double, Double)] {
            try inBothEncodings(["opcode": 8, "retry_after": .double(seconds), "meta": ["nonce": nil]]) { bytes, encoding in
                try #expect(RateLimited(bytes, encoding: encoding).retryAfter == .seconds(bounded))
            }
        }
    }

    @Test("GUILD_MEMBERS_CHUNK: index, count and nonce; the members are passed over")
    func chunk() throws {
        try inBothEncodings(["members": [["user": ["id": "1"]]], "guild_id": "5", "chunk_index": 2, "chunk_count": 3, "nonce": "n", "not_found": [123]]) { bytes, encoding in
            try #expect(MemberChunk(bytes, encoding: encoding) == MemberChunk(guild: Snowflake(rawValue: 5), index: 2, count: 3, nonce: "n"))
        }
        for (index, count, field) in [(3, 3, "chunk_index"), (-1, 3, "chunk_index"), (0, 0, "chunk_count"), (0, 1 << 40, "chunk_count")] as [(Int64, Int64, String)] {
            inBothEncodings(["guild_id": "5", "chunk_index": .integer(index), "chunk_count": .integer(count)]) { bytes, encoding in
                #expect(throws: PayloadError.missing(field: field)) { try MemberChunk(bytes, encoding: encoding) }
            }
        }
    }
}

@Suite("The guild an event belongs to")
struct EventRoutingTests {
    @Test("a guild_id that is no id is a fault, wherever it stands", arguments: [["id": "1", "guild_id": "5x"], ["guild_id": "", "id": "1"], ["a": 1, "guild_id": ""]] as [JSONValue])
    func malformed(data: JSONValue) {
        inBothEncodings(data) { bytes, encoding in
            #expect(throws: PayloadError.self) { try EventRouting.guild(of: .messageCreate, data: bytes, encoding: encoding) }
        }
    }

    @Test("guild_id at the top level, and id where the guild itself is d", arguments: [
        (.messageCreate, ["id": "1", "member": ["guild_id": "9"], "guild_id": "5"], 5), (.messageCreate, ["id": "1", "channel_id": "2"], nil),
        (.messageCreate, ["guild_id": nil], nil), (nil, ["guild_id": "5"], 5), (.guildCreate, ["roles": [["id": "7"]], "id": "5", "guild_id": "6"], 5),
        (.guildUpdate, ["id": "5"], 5), (.guildDelete, ["unavailable": true, "id": "5"], 5), (.channelCreate, ["id": "1", "guild_id": 5], 5),
        (.messageCreate, ["message_reference": ["id": "1", "guild_id": "9"], "guild_id": "5"], 5),
        (.messageCreate, ["guild_id": "5", "message_reference": ["id": "1", "guild_id": "9"]], 5),
        (.messageCreate, ["message_reference": ["id": "1", "guild_id": "9"]], nil), (.messageCreate, ["content": #","guild_id":"9"#], nil),
        (.guildUpdate, ["id": "5", "guild_id": "9"], 5),
        (.resumed, nil, nil), (.resumed, [], nil), (.userUpdate, [:], nil),
    ] as [(EventName?, JSONValue, UInt64?)])
    func guild(event: EventName?, data: JSONValue, guild: UInt64?) throws {
        try inBothEncodings(data) { bytes, encoding in
            try #expect(EventRouting.guild(of: event, data: bytes, encoding: encoding)?.rawValue == guild)
        }
    }
}
