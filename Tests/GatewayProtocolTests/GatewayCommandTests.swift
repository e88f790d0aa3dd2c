import Discord
import GatewayProtocol
import JSON
import Testing

@Suite("Gateway Events › Send Events")
struct GatewayCommandTests {
    static let token = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
    static let guild = Snowflake(rawValue: 41_771_983_444_115_456)

    private func expect(_ command: GatewayCommand, is json: String) throws {
        let expected = try JSONValue(parsing: json)
        try #expect(JSONValue(parsing: command.encoded(as: .json)) == expected)
        let term = try command.encoded(as: .etf)
        try #expect(term.withUnsafeBytes { try JSONValue(parsing: ETFTranscoder.json(of: $0)) } == expected)
        #expect(Int64(command.opcode.rawValue) == expected["op"]?.integerValue)
    }

    @Test("heartbeat carries the last sequence, or null")
    func heartbeat() throws {
        try expect(.heartbeat(sequence: 251), is: #"{"op":1,"d":251}"#)
        try expect(.heartbeat(sequence: nil), is: #"{"op":1,"d":null}"#)
        try #expect(GatewayCommand.heartbeat(sequence: 251).encoded(as: .json) == Array(#"{"op":1,"d":251}"#.utf8))
    }

    @Test("identify, with what is asked for and no more")
    func identify() throws {
        var identify = Identify(token: try BotToken(Self.token), intents: [.guilds, .guildMessages], operatingSystem: "linux")
        try expect(.identify(identify), is: """
            {"op":2,"d":{"token":"\(Self.token)","intents":513,"properties":{"os":"linux","browser":"Moonwire","device":"Moonwire"}}}
            """)
        identify.shard = ShardID(index: 1, of: 2)
        identify.largeThreshold = 250
        identify.compress = true
        identify.presence = Presence(status: .doNotDisturb, activities: [try Activity(.watching, name: "the moon")], since: 91879201)
        try expect(.identify(identify), is: """
            {"op":2,"d":{"token":"\(Self.token)","intents":513,"properties":{"os":"linux","browser":"Moonwire","device":"Moonwire"},
            "compress":true,"large_threshold":250,"shard":[1,2],
            "presence":{"since":91879201,"activities":[{"name":"the moon","type":3}],"status":"dnd","afk":false}}}
            """)
    }

    @Test("resume")
    func resume() throws {
        try expect(.resume(token: try BotToken(Self.token), sessionID: "abc", sequence: 1337),
            is: #"{"op":6,"d":{"token":"\#(Self.token)","session_id":"abc","seq":1337}}"#)
    }

    @Test("presence always has all four fields")
    func presence() throws {
        try expect(.presenceUpdate(Presence()), is: #"{"op":3,"d":{"since":null,"activities":[],"status":"online","afk":false}}"#)
        try expect(.presenceUpdate(Presence(status: .idle, activities: [
            try Activity(.streaming, name: "m", url: "https://twitch.tv/m"), try .custom("full"),
        ], isAFK: true)), is: """
            {"op":3,"d":{"since":null,"status":"idle","afk":true,"activities":[{"name":"m","type":1,"url":"https://twitch.tv/m"},
            {"name":"Custom Status","type":4,"state":"full"}]}}
            """)
    }

    @Test("voice state: joining and leaving")
    func voiceState() throws {
        try expect(.voiceStateUpdate(guild: Self.guild, channel: Snowflake(rawValue: 2), isMuted: false, isDeafened: true),
            is: #"{"op":4,"d":{"guild_id":"41771983444115456","channel_id":"2","self_mute":false,"self_deaf":true}}"#)
        try expect(.voiceStateUpdate(guild: Self.guild, channel: nil, isMuted: false, isDeafened: false),
            is: #"{"op":4,"d":{"guild_id":"41771983444115456","channel_id":null,"self_mute":false,"self_deaf":false}}"#)
    }

    @Test("member requests: everyone, a prefix, users")
    func members() throws {
        try expect(.requestGuildMembers(try MemberRequest(guild: Self.guild, selection: .all, nonce: "n1")),
            is: #"{"op":8,"d":{"guild_id":"41771983444115456","query":"","limit":0,"nonce":"n1"}}"#)
        try expect(.requestGuildMembers(try MemberRequest(guild: Self.guild, selection: .query(prefix: "mo", limit: 5), presences: true)),
            is: #"{"op":8,"d":{"guild_id":"41771983444115456","query":"mo","limit":5,"presences":true}}"#)
        try expect(.requestGuildMembers(try MemberRequest(guild: Self.guild, selection: .users([Snowflake(rawValue: 1)]))),
            is: #"{"op":8,"d":{"guild_id":"41771983444115456","user_ids":["1"]}}"#)
    }

    @Test("a member request Discord would mistreat is refused before it is sent")
    func refusedMembers() {
        #expect(throws: CommandError.nonceTooLong(bytes: 33)) {
            try MemberRequest(guild: Self.guild, selection: .all, nonce: String(repeating: "x", count: 33))
        }
        #expect(throws: CommandError.nonceTooLong(bytes: 36)) {
            try MemberRequest(guild: Self.guild, selection: .all, nonce: String(repeating: "🌙", count: 9))
        }
        #expect(throws: CommandError.tooManyUserIDs(101)) {
            try MemberRequest(guild: Self.guild, selection: .users([Snowflake](repeating: Self.guild, count: 101)))
        }
        for limit in [0, 101] {
            #expect(throws: CommandError.queryLimit(limit)) { try MemberRequest(guild: Self.guild, selection: .query(prefix: "a", limit: limit)) }
        }
    }

    @Test("soundboard sounds and channel info")
    func others() throws {
        try expect(.requestSoundboardSounds(guilds: [Self.guild]), is: #"{"op":31,"d":{"guild_ids":["41771983444115456"]}}"#)
        try expect(.requestChannelInfo(guild: Self.guild, fields: ["status"]),
            is: #"{"op":43,"d":{"guild_id":"41771983444115456","fields":["status"]}}"#)
    }

    @Test("4096 bytes go, one more does not", arguments: PayloadEncoding.allCases)
    func size(encoding: PayloadEncoding) throws {
        func command(_ length: Int) -> GatewayCommand { .requestChannelInfo(guild: Self.guild, fields: [String(repeating: "x", count: length)]) }
        let overhead = try command(0).encoded(as: encoding).count
        try #expect(command(4096 - overhead).encoded(as: encoding).count == 4096)
        #expect(throws: CommandError.tooLarge(opcode: .requestChannelInfo, bytes: 4097, limit: 4096)) {
            try command(4097 - overhead).encoded(as: encoding)
        }
    }
}
