/// A guild with its channels, roles and members.
struct SampleGuild {
    let id: Int
    let textChannels: [Int]
    let voiceChannels: [Int]
    let members: [SampleMember]
    /// GUILD_CREATE's `d`.
    let json: String

    init(members count: Int, _ dice: inout Dice) {
        id = dice.snowflake()
        textChannels = (0..<16).map { _ in dice.snowflake() }
        voiceChannels = (0..<4).map { _ in dice.snowflake() }
        let roles = (0..<16).map { _ in dice.snowflake() }
        members = (0..<count).map { _ in SampleMember(roles: roles, &dice) }

        let roleList = roles.enumerated().map { index, role in
            """
            {"version":0,"unicode_emoji":null,"tags":{},"position":\(index),"permissions":"2248473465835073","name":"\(dice.sentence(of: 2))","mentionable":false,\
            "managed":false,"id":"\(role)","icon":null,"hoist":\(index % 3 == 0),"flags":0,"color":\(index * 7919)}
            """
        }
        let channelList = textChannels.enumerated().map { index, channel in
            """
            {"version":1,"type":0,"topic":"about \(dice.sentence(of: 3))","rate_limit_per_user":0,"position":\(index),\
            "permission_overwrites":[{"type":0,"id":"\(roles[index])","deny":"2048","allow":"1024"}],"parent_id":null,"nsfw":false,\
            "name":"channel-\(index)","last_message_id":"\(dice.snowflake())","id":"\(channel)","flags":0}
            """
        } + voiceChannels.enumerated().map { index, channel in
            """
            {"version":1,"user_limit":0,"type":2,"rtc_region":null,"rate_limit_per_user":0,"position":\(16 + index),"permission_overwrites":[],\
            "parent_id":null,"nsfw":false,"name":"Voice \(index)","last_message_id":null,"id":"\(channel)","flags":0,"bitrate":64000}
            """
        }
        let memberList = members.map { "{\"user\":{\($0.fields)},\($0.member)}" }
        json = """
            {"id":"\(id)","name":"\(dice.sentence(of: 3))","icon":"\(dice.hex(32))","description":null,"splash":null,"features":["COMMUNITY","NEWS","SOUNDBOARD"],\
            "banner":null,"owner_id":"\(members[0].id)","application_id":null,"region":"us-east","afk_channel_id":null,"afk_timeout":300,\
            "system_channel_id":"\(textChannels[0])","system_channel_flags":0,"verification_level":1,"default_message_notifications":1,"mfa_level":0,\
            "explicit_content_filter":2,"max_members":25000000,"premium_tier":1,"premium_subscription_count":3,"preferred_locale":"en-US","nsfw":false,\
            "nsfw_level":0,"joined_at":"2023-04-05T06:07:08.123000+00:00","large":\(count > 250),"unavailable":false,"member_count":\(count),"emojis":[],\
            "stickers":[],"threads":[],"stage_instances":[],"guild_scheduled_events":[],"soundboard_sounds":[],"voice_states":[],"presences":[],\
            "roles":[\(roleList.joined(separator: ","))],"channels":[\(channelList.joined(separator: ","))],"members":[\(memberList.joined(separator: ","))]}
            """
    }
}

/// Somebody in a guild.
struct SampleMember {
    let id: Int
    /// What stands between the braces of a user object, and of a member object without its user.
    let fields: String
    let member: String

    init(roles: [Int], _ dice: inout Dice) {
        id = dice.snowflake()
        let name = "\(dice.hex(5))\(dice.roll(100))"
        let avatar = dice.roll(8) == 0 ? "null" : "\"\(dice.hex(32))\""
        fields = """
            "username":"\(name)","public_flags":\(dice.roll(2) * 256),"primary_guild":null,"id":"\(id)","global_name":"\(name)","display_name_styles":null,\
            "discriminator":"0","collectibles":null,"clan":null,"avatar_decoration_data":null,"avatar":\(avatar)
            """
        let own = (0..<dice.roll(5)).map { _ in "\"\(roles[dice.roll(roles.count)])\"" }.joined(separator: ",")
        let nick = dice.roll(3) == 0 ? "\"\(name) \(dice.roll(100))\"" : "null"
        let joined = "20\(18 + dice.roll(8))-0\(1 + dice.roll(9))-1\(dice.roll(10))T1\(dice.roll(10)):2\(dice.roll(10)):3\(dice.roll(10)).\(100_000 + dice.roll(900_000))+00:00"
        member = """
            "roles":[\(own)],"premium_since":null,"pending":false,"nick":\(nick),"mute":false,"joined_at":"\(joined)","flags":0,"deaf":false,\
            "communication_disabled_until":null,"banner":null,"avatar":null
            """
    }

    /// The fields of a presence.
    func presence(_ dice: inout Dice, at time: Int) -> String {
        let status = ["online", "idle", "dnd", "offline"][dice.roll(4)]
        guard status != "offline" else { return #""user":{"id":"\#(id)"},"status":"offline","client_status":{},"activities":[]"# }
        let device = ["desktop", "mobile", "web"][dice.roll(3)]
        let activities = (0..<dice.roll(3)).map { _ in activity(&dice, at: 1_764_000_000_000 + time) }.joined(separator: ",")
        return #""user":{"id":"\#(id)"},"status":"\#(status)","client_status":{"\#(device)":"\#(status)"},"activities":[\#(activities)]"#
    }

    private func activity(_ dice: inout Dice, at time: Int) -> String {
        switch dice.roll(10) {
        case ..<3:
            return #"{"type":4,"state":"\#(dice.sentence(of: 2))","name":"Custom Status","id":"custom","created_at":\#(time)}"#
        case ..<5:
            return """
                {"type":2,"timestamps":{"start":\(time),"end":\(time + 200_000)},"sync_id":"\(dice.hex(22))","state":"\(dice.sentence(of: 2))","session_id":"\(dice.hex(32))",\
                "party":{"id":"spotify:\(dice.snowflake())"},"name":"Spotify","id":"spotify:1","flags":48,"details":"\(dice.sentence(of: 3))","created_at":\(time),\
                "assets":{"large_text":"\(dice.sentence(of: 2))","large_image":"spotify:\(dice.hex(40))"}}
                """
        default:
            return """
                {"type":0,"timestamps":{"start":\(time - dice.roll(10_000_000))},"state":"In Game","session_id":"\(dice.hex(32))","name":"\(Self.games[dice.roll(Self.games.count)])",\
                "id":"\(dice.hex(16))","details":"\(dice.sentence(of: 3))","created_at":\(time),"assets":{"small_text":"\(dice.sentence(of: 1))",\
                "small_image":"\(dice.snowflake())","large_text":"\(dice.sentence(of: 1))","large_image":"\(dice.snowflake())"},"application_id":"\(dice.snowflake())"}
                """
        }
    }

    private static let games = ["Factorio", "Minecraft", "Counter-Strike 2", "Visual Studio Code", "Genshin Impact", "Overwatch 2", "Baldur's Gate 3"]
}
