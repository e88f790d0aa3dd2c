/// Dispatches as a bot in a few busy guilds sees them, the same in every run: 55 % PRESENCE_UPDATE, 25 % MESSAGE_CREATE, 8 % TYPING_START,
/// 5 % MESSAGE_REACTION_ADD, 3 % GUILD_MEMBER_UPDATE, 2.5 % VOICE_STATE_UPDATE, 1.5 % INTERACTION_CREATE.
///
/// Fields and their order are Discord's; a payload begins with `t`, `s` and `op`, as Discord writes it. A message's nonce is its sequence number, so
/// that a script can tell the order.
struct EventMix {
    private var dice: Dice
    private var guilds: [SampleGuild]
    private var sequence = 0
    /// Milliseconds since the stream's first event.
    private var time = 0

    init(seed: UInt64 = 42) {
        var dice = Dice(state: seed)
        guilds = (0..<5).map { _ in SampleGuild(members: 100, &dice) }
        self.dice = dice
    }

    // MARK: Payloads

    func hello(heartbeatMilliseconds: Int) -> String {
        #"{"t":null,"s":null,"op":10,"d":{"heartbeat_interval":\#(heartbeatMilliseconds),"_trace":["stream-server"]}}"#
    }

    mutating func ready(resumeURL: String) -> String {
        let list = guilds.map { #"{"unavailable":true,"id":"\#($0.id)"}"# }.joined(separator: ",")
        return payload("READY", """
            {"v":10,"user_settings":{},"user":{"verified":true,"username":"bench","mfa_enabled":true,"id":"912345678901234567","global_name":null,\
            "flags":0,"email":null,"discriminator":"1234","bot":true,"avatar":null},"session_type":"normal","session_id":"0123456789abcdef0123456789abcdef",\
            "resume_gateway_url":"\(resumeURL)","relationships":[],"private_channels":[],"presences":[],"guilds":[\(list)],"geo_ordered_rtc_regions":[],\
            "auth":{},"application":{"id":"912345678901234567","flags":565248},"_trace":["stream-server"]}
            """)
    }

    /// GUILD_CREATE of each guild of READY.
    mutating func guildCreates() -> [String] { guilds.map(\.json).map { payload("GUILD_CREATE", $0) } }

    /// GUILD_CREATE of a guild with this many members, 450 bytes each.
    mutating func largeGuildCreate(members: Int = 2_150) -> String {
        payload("GUILD_CREATE", SampleGuild(members: members, &dice).json)
    }

    /// An event outside of the mix, for those who count what comes between two of them.
    mutating func marker(_ event: String) -> String {
        payload(event, #"{"version":1,"type":0,"id":"\#(guilds[0].textChannels[0])","guild_id":"\#(guilds[0].id)","name":"marker"}"#)
    }

    mutating func message(content: String) -> String { payload("MESSAGE_CREATE", messageFields(content)) }

    mutating func next() -> String {
        time += dice.roll(20)
        let guild = guilds[dice.roll(guilds.count)]
        let user = guild.members[dice.roll(guild.members.count)]
        let channel = guild.textChannels[dice.roll(guild.textChannels.count)]
        switch dice.roll(1000) {
        case ..<550:
            return payload("PRESENCE_UPDATE", """
                {\(user.presence(&dice, at: time)),"processed_at_timestamp":\(1_764_000_000_000 + time),"hidden_activities":[],"guild_id":"\(guild.id)"}
                """)
        case ..<800:
            return message(content: dice.sentence(of: 1 + dice.roll(30)))
        case ..<880:
            return payload("TYPING_START", """
                {"user_id":"\(user.id)","timestamp":\(1_764_000_000 + time / 1000),"member":{"user":{\(user.fields)},\(user.member)},\
                "channel_id":"\(channel)","guild_id":"\(guild.id)"}
                """)
        case ..<930:
            return payload("MESSAGE_REACTION_ADD", """
                {"user_id":"\(user.id)","type":0,"message_id":"\(dice.snowflake(at: time))","message_author_id":"\(user.id)",\
                "member":{"user":{\(user.fields)},\(user.member)},"emoji":\(emoji()),"channel_id":"\(channel)","burst":false,"guild_id":"\(guild.id)"}
                """)
        case ..<960:
            return payload("GUILD_MEMBER_UPDATE", #"{"user":{\#(user.fields)},\#(user.member),"unusual_dm_activity_until":null,"guild_id":"\#(guild.id)"}"#)
        case ..<985:
            return payload("VOICE_STATE_UPDATE", """
                {"member":{"user":{\(user.fields)},\(user.member)},"user_id":"\(user.id)","suppress":false,"session_id":"\(dice.hex(32))","self_video":false,\
                "self_mute":\(dice.roll(2) == 0),"self_deaf":false,"request_to_speak_timestamp":null,"mute":false,"guild_id":"\(guild.id)","deaf":false,\
                "channel_id":"\(guild.voiceChannels[dice.roll(4)])"}
                """)
        default:
            return payload("INTERACTION_CREATE", interactionFields(guild, user, channel))
        }
    }

    private mutating func payload(_ event: String, _ data: String) -> String {
        sequence += 1
        return #"{"t":"\#(event)","s":\#(sequence),"op":0,"d":\#(data)}"#
    }

    // MARK: Larger events

    private mutating func messageFields(_ content: String) -> String {
        let guild = guilds[dice.roll(guilds.count)]
        let author = guild.members[dice.roll(guild.members.count)]
        let mentions = (0..<max(0, dice.roll(10) - 7)).map { _ in
            let other = guild.members[dice.roll(guild.members.count)]
            return "{\(other.fields),\"member\":{\(other.member)}}"
        }
        var embeds = "", attachments = ""
        if dice.roll(10) == 0 {
            embeds = """
                {"type":"rich","url":"https://example.com/\(dice.snowflake())","title":"\(dice.sentence(of: 4))","description":"\(dice.sentence(of: 40))",\
                "color":5814783,"thumbnail":{"width":640,"url":"https://media.example.com/\(dice.hex(32)).png","height":360},\
                "footer":{"text":"\(dice.sentence(of: 3))"},"content_scan_version":1}
                """
        }
        if dice.roll(10) == 0 {
            attachments = """
                {"width":1920,"url":"https://cdn.discordapp.com/attachments/\(dice.snowflake())/\(dice.snowflake())/image.png?ex=\(dice.hex(8))&is=\(dice.hex(8))&hm=\(dice.hex(64))&",\
                "size":\(dice.roll(9_000_000)),"proxy_url":"https://media.discordapp.net/attachments/\(dice.snowflake())/\(dice.snowflake())/image.png?ex=\(dice.hex(8))&is=\(dice.hex(8))&hm=\(dice.hex(64))&",\
                "placeholder":"\(dice.hex(28))","placeholder_version":1,"id":"\(dice.snowflake(at: time))","height":1080,"filename":"image.png",\
                "content_type":"image/png","content_scan_version":2}
                """
        }
        return """
            {"type":0,"tts":false,"timestamp":"\(dice.timestamp(time))","pinned":false,"nonce":"\(sequence + 1)","mentions":[\(mentions.joined(separator: ","))],\
            "mention_roles":[],"mention_everyone":false,"member":{\(author.member)},"id":"\(dice.snowflake(at: time))","flags":0,"embeds":[\(embeds)],\
            "edited_timestamp":null,"content":"\(content)","components":[],"channel_type":0,"channel_id":"\(guild.textChannels[dice.roll(16)])",\
            "author":{\(author.fields)},"attachments":[\(attachments)],"guild_id":"\(guild.id)"}
            """
    }

    private mutating func interactionFields(_ guild: SampleGuild, _ user: SampleMember, _ channel: Int) -> String {
        """
        {"version":1,"type":2,"token":"\(dice.hex(180))","member":{"user":{\(user.fields)},"permissions":"2248473465835073",\(user.member),\
        "unusual_dm_activity_until":null},"locale":"en-US","id":"\(dice.snowflake(at: time))","guild_locale":"en-US",\
        "guild_id":"\(guild.id)","guild":{"locale":"en-US","id":"\(guild.id)","features":["COMMUNITY","NEWS","SOUNDBOARD"]},"entitlements":[],\
        "entitlement_sku_ids":[],"data":{"type":1,"options":[{"value":\(dice.roll(100)),"type":4,"name":"sides"}],"name":"roll","id":"\(dice.snowflake())"},\
        "context":0,"channel_id":"\(channel)","channel":{"type":0,"topic":null,"rate_limit_per_user":0,"position":1,"permissions":"2248473465835073",\
        "parent_id":"\(dice.snowflake())","nsfw":false,"name":"general","last_message_id":"\(dice.snowflake(at: time))","id":"\(channel)","guild_id":"\(guild.id)",\
        "flags":0},"authorizing_integration_owners":{"0":"\(guild.id)"},"attachment_size_limit":10485760,"application_id":"912345678901234567","app_permissions":"2248473465835073"}
        """
    }

    private mutating func emoji() -> String {
        dice.roll(2) == 0 ? #"{"name":"👍","id":null}"# : #"{"name":"wave","id":"801234567890123456","animated":false}"#
    }
}
