import Discord
import JSON

/// A busy bot's stream of events, the same for the same seed: 55 % PRESENCE_UPDATE, 25 % MESSAGE_CREATE, 8 % TYPING_START,
/// 5 % MESSAGE_REACTION_ADD, 3 % GUILD_MEMBER_UPDATE, 2.5 % VOICE_STATE_UPDATE, 1.5 % INTERACTION_CREATE.
///
/// The first and the last are messages with the contents `!start` and `!done`. The world itself is not changed by them.
struct BulkEvents {
    private var world: World
    private let count: Int
    private var made = 0
    /// Steele, Lea and Flood's SplitMix64: small, and the same everywhere.
    private var state: UInt64
    private let members: [Member]
    private let channels: [Channel]

    init(world: World, count: Int, seed: UInt64) {
        self.world = world
        self.count = count
        state = seed
        let guild = world.guilds[world.homeGuildID]
        members = (guild?.members ?? []).filter { $0.userID != world.botID }
        channels = (guild?.channelIDs ?? []).compactMap { world.channels[$0] }.filter { $0.kind == .text && $0.name != "vault" }
    }

    /// `nil` after the last.
    mutating func next() -> Dispatch? {
        guard made < count else { return nil }
        made += 1
        if made == 1 { return message("!start") }
        if made == count { return message("!done") }
        switch random(1000) {
        case ..<550: return presence()
        case ..<800: return message(text())
        case ..<880: return typing()
        case ..<930: return reaction()
        case ..<960: return memberUpdate()
        case ..<985: return voiceState()
        default: return interaction()
        }
    }

    private mutating func random(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ mixed >> 31) % UInt64(bound))
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[random(elements.count)] }

    private mutating func text() -> String {
        let words = ["orbit", "the", "crater", "is", "quiet", "today", "and", "rover", "three", "has", "dust", "on", "its", "lens", "🌖", "over"]
        return (0..<(4 + random(40))).map { _ in pick(words) }.joined(separator: " ")
    }

    private func inGuild(_ event: EventName, _ data: JSONValue) -> Dispatch {
        Dispatch(event: event, data: data.merging(["guild_id": .id(world.homeGuildID)]), audience: .guild(world.homeGuildID))
    }

    private mutating func message(_ content: String) -> Dispatch {
        let (channel, author) = (pick(channels), pick(members))
        var message = Message(
            id: world.newID(), channelID: channel.id, guildID: channel.guildID, authorID: author.userID, timestamp: world.now, content: content)
        message.nonce = .string(String(random(1 << 60)))
        return Dispatch(
            event: .messageCreate, data: world.eventPayload(of: message), audience: world.audience(of: channel), needsContentIntent: true)
    }

    private mutating func presence() -> Dispatch {
        let status = pick(["online", "idle", "dnd"])
        let start = world.now.milliseconds - Int64(random(3_600_000))
        let activity: JSONValue = [
            "name": .string(pick(["Kerbal Space Program", "Lunar Lander", "Factorio"])), "type": 0, "id": "b3d7f1c2a5e60798",
            "created_at": .integer(start), "timestamps": ["start": .integer(start)], "application_id": "356869127241072640",
            "state": "In the Sea of Tranquility", "details": .string("Crew of \(1 + random(8))"),
        ]
        return inGuild(.presenceUpdate, [
            "user": ["id": .id(pick(members).userID)], "status": .string(status), "activities": [activity],
            "client_status": ["desktop": .string(status)],
        ])
    }

    private mutating func typing() -> Dispatch {
        let member = pick(members)
        return inGuild(.typingStart, [
            "channel_id": .id(pick(channels).id), "user_id": .id(member.userID), "timestamp": .integer(world.now.seconds),
            "member": world.memberPayload(member),
        ])
    }

    private mutating func reaction() -> Dispatch {
        let member = pick(members)
        return inGuild(.messageReactionAdd, [
            "user_id": .id(member.userID), "type": 0, "message_id": .id(world.newID()), "message_author_id": .id(pick(members).userID),
            "member": world.memberPayload(member), "emoji": ["id": nil, "name": .string(pick(["🚀", "🌕", "👍"]))],
            "channel_id": .id(pick(channels).id), "burst": false,
        ])
    }

    private mutating func memberUpdate() -> Dispatch { inGuild(.guildMemberUpdate, world.memberPayload(pick(members))) }

    private mutating func voiceState() -> Dispatch {
        let member = pick(members)
        return inGuild(.voiceStateUpdate, [
            "channel_id": nil, "user_id": .id(member.userID), "member": world.memberPayload(member),
            "session_id": .string(String(random(1 << 60), radix: 16)), "deaf": false, "mute": false, "self_deaf": false,
            "self_mute": .bool(random(2) == 0), "self_video": false, "suppress": false, "request_to_speak_timestamp": nil,
        ])
    }

    private mutating func interaction() -> Dispatch {
        let (member, channel) = (pick(members), pick(channels))
        let data: JSONValue = [
            "id": "1110000000000000001", "name": "roll", "type": 1, "options": [["name": "sides", "type": 4, "value": .integer(Int64(2 + random(99)))]],
        ]
        _ = world.begin(.command, data: data, name: "roll", by: member.userID, in: channel)
        world.interactions = [:]
        return world.takeOutbox()[0]
    }
}
