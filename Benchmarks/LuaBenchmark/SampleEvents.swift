/// Dispatch payloads in the shape and size that Discord sends them, the same in every run.
struct SampleEvents {
    private var state: UInt64 = 42

    private mutating func random(_ bound: UInt64) -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) % bound
    }

    private mutating func snowflake() -> String { "\"\(700_000_000_000_000_000 + random(1 << 31) * 250_000_000)\"" }

    private mutating func words(_ count: Int) -> String {
        let words = ["the", "raid", "starts", "at", "nine", "tonight", "who", "is", "coming", "with", "us", "maybe", "later", "😂", "patch", "notes"]
        return (0..<count).map { _ in words[Int(random(UInt64(words.count)))] }.joined(separator: " ")
    }

    private mutating func user() -> String {
        let name = words(1) + "\(random(1000))"
        return """
            "username":"\(name)","public_flags":\(random(2) * 256),"primary_guild":null,"id":\(snowflake()),"global_name":"\(name)","display_name_styles":null,\
            "discriminator":"0","collectibles":null,"clan":null,"avatar_decoration_data":null,"avatar":"a1b2c3d4e5f60718293a4b5c6d7e8f90"
            """
    }

    private mutating func member() -> String {
        """
        "roles":[\(snowflake()),\(snowflake())],"premium_since":null,"pending":false,"nick":null,"mute":false,\
        "joined_at":"2023-04-05T06:07:08.123000+00:00","flags":0,"deaf":false,"communication_disabled_until":null,"banner":null,"avatar":null
        """
    }

    /// About 1.3 KB.
    mutating func message() -> String {
        let mention = "{\(user()),\"member\":{\(member())}}"
        return """
            {"type":0,"tts":false,"timestamp":"2026-11-01T10:20:30.123000+00:00","pinned":false,"nonce":\(snowflake()),"mentions":[\(random(3) == 0 ? mention : "")],\
            "mention_roles":[],"mention_everyone":false,"member":{\(member())},"id":\(snowflake()),"flags":0,"embeds":[],"edited_timestamp":null,\
            "content":"\(words(4 + Int(random(25))))","components":[],"channel_type":0,"channel_id":\(snowflake()),"author":{\(user())},"attachments":[],\
            "guild_id":\(snowflake())}
            """
    }

    /// A custom status, a song, or a game with its pictures: three, two and five of ten.
    private mutating func activity() -> String {
        let start = 1_764_000_000_000 + random(1 << 30)
        switch random(10) {
        case 0..<3:
            return "{\"type\":4,\"state\":\"\(words(2))\",\"name\":\"Custom Status\",\"id\":\"custom\",\"created_at\":\(start)}"
        case 3..<5:
            return """
                {"type":2,"timestamps":{"start":\(start),"end":\(start + 200_000)},"sync_id":"6habFhsOp2NvshLv26DqMb","state":"\(words(2))",\
                "session_id":"140ecdfb976bdbf29d4452d492e551c7","party":{"id":"spotify:\(random(1 << 40))"},"name":"Spotify","id":"spotify:1","flags":48,\
                "details":"\(words(3))","created_at":\(start),"assets":{"large_text":"\(words(2))","large_image":"spotify:ab67616d0000b2734f0fd9dad63977146e685700"}}
                """
        default:
            return """
                {"type":0,"timestamps":{"start":\(start)},"state":"In Game","session_id":"140ecdfb976bdbf29d4452d492e551c7","name":"Factorio","id":"ec0b28a579ecb4bd",\
                "details":"\(words(3))","created_at":\(start),"assets":{"small_text":"\(words(1))","small_image":\(snowflake()),"large_text":"\(words(1))",\
                "large_image":\(snowflake())},"application_id":\(snowflake())}
                """
        }
    }

    /// About 0.45 KB: a quarter are offline, the others have up to two activities.
    mutating func presence() -> String {
        let status = ["online", "idle", "dnd", "offline"][Int(random(4))], isOffline = status == "offline"
        let activities = (0..<(isOffline ? 0 : random(3))).map { _ in activity() }.joined(separator: ",")
        return """
            {"user":{"id":\(snowflake())},"status":"\(status)","client_status":{\(isOffline ? "" : "\"desktop\":\"\(status)\"")},"activities":[\(activities)],\
            "processed_at_timestamp":1764000000456,"hidden_activities":[],"guild_id":\(snowflake())}
            """
    }

    /// About 0.7 KB.
    mutating func typing() -> String {
        """
        {"user_id":\(snowflake()),"timestamp":1764000000,"member":{"user":{\(user())},\(member())},"channel_id":\(snowflake()),"guild_id":\(snowflake())}
        """
    }

    /// About 1 MB.
    mutating func guild() -> String {
        let members = (0..<1600).map { _ in "{\"user\":{\(user())},\(member())}" }.joined(separator: ",")
        let channels = (0..<100).map { "{\"version\":1,\"type\":0,\"topic\":\"\(words(6))\",\"position\":\($0),\"name\":\"\(words(1))\",\"id\":\(snowflake()),\"flags\":0}" }
        return """
            {"members":[\(members)],"channels":[\(channels.joined(separator: ","))],"large":true,"member_count":1600,"features":["COMMUNITY"],"roles":[],\
            "joined_at":"2023-04-05T06:07:08.123000+00:00","id":\(snowflake()),"name":"\(words(3))"}
            """
    }
}
