import Discord
import JSON
import Testing

@testable import Simulator

@Suite("The world")
struct WorldTests {
    private let world = World(seed: WorldSeed(), clock: { UnixTime(milliseconds: 1_800_000_000_000) })

    @Test("the start is a function of the seed; ids made later are newer")
    func seed() {
        var seed = WorldSeed()
        seed.number = 2
        let other = World(seed: seed, clock: { UnixTime(milliseconds: 1_800_000_000_000) })
        var again = World(seed: WorldSeed(), clock: { UnixTime(milliseconds: 1_800_000_000_000) })
        #expect(again.homeGuildID == world.homeGuildID)
        #expect(other.homeGuildID != world.homeGuildID)
        let ids = (0..<3).map { _ in again.newID() }
        #expect(ids == ids.sorted() && Set(ids).count == 3)
        #expect(ids[0] > again.generalChannelID)
        #expect(ids[0].unixMilliseconds == 1_800_000_000_000)
    }

    @Test("mentions are read from the text, each once", arguments: [
        ("<@1> <@!2> <@&3> <#4> <@1>", [1, 2], [3], false), ("@everyone", [], [], true), ("a @here b", [], [], true),
        ("<@x> <@", [], [], false), ("no < mention > @ all", [], [], false), ("x<@7>y", [7], [], false),
    ] as [(String, [UInt64], [UInt64], Bool)])
    func mentions(text: String, users: [UInt64], roles: [UInt64], everyone: Bool) {
        let found = Mentions(in: text)
        #expect(found.users.map(\.rawValue) == users)
        #expect(found.roles.map(\.rawValue) == roles)
        #expect(found.everyone == everyone)
    }

    @Test("allowed_mentions decide who is mentioned")
    func allowedMentions() throws {
        var world = world
        let general = try #require(world.channels[world.generalChannelID])
        var draft = MessageDraft(content: "<@\(world.personID)> @everyone")
        #expect(world.post(draft, by: world.botID, in: general).mentions == [world.personID])
        draft.allowedMentions.users = false
        draft.allowedMentions.everyone = false
        let quiet = world.post(draft, by: world.botID, in: general)
        #expect(quiet.mentions == [])
        #expect(!quiet.mentionsEveryone)
        draft.allowedMentions.userIDs = [world.personID]
        #expect(world.post(draft, by: world.botID, in: general).mentions == [world.personID])
    }

    @Test("a message has every field that the docs list")
    func messageFields() throws {
        var world = world
        let general = try #require(world.channels[world.generalChannelID])
        let message = world.eventPayload(of: world.post(MessageDraft(content: "x"), by: world.personID, in: general))
        for field in ["id", "channel_id", "author", "content", "timestamp", "edited_timestamp", "tts", "mention_everyone", "mentions",
                      "mention_roles", "attachments", "embeds", "pinned", "type", "flags", "components", "guild_id", "member"] {
            #expect(message[field] != nil, "\(field) is missing")
        }
    }

    @Test("GUILD_CREATE has what the docs list")
    func guildFields() throws {
        let guild = try #require(world.guilds[world.homeGuildID])
        let payload = world.guildCreate(guild, intents: .all, largeThreshold: 50)
        for field in ["id", "name", "icon", "splash", "owner_id", "afk_channel_id", "afk_timeout", "verification_level", "roles", "emojis",
                      "features", "mfa_level", "system_channel_id", "premium_tier", "preferred_locale", "nsfw_level", "stickers", "joined_at",
                      "large", "member_count", "voice_states", "members", "channels", "threads", "presences", "stage_instances",
                      "guild_scheduled_events", "soundboard_sounds"] {
            #expect(payload[field] != nil, "\(field) is missing")
        }
        #expect(payload["channels"]?[0]?["guild_id"] == nil)
        #expect(payload["roles"]?[0]?["id"] == payload["id"], "@everyone has the guild's id")
    }

    @Test("emoji in routes", arguments: [("🚀", true), ("👩‍🚀", true), ("moon:12345", true), ("a", false), ("1", false), ("moon:x", false), ("", false)])
    func emoji(text: String, isEmoji: Bool) {
        #expect((Emoji(text) != nil) == isEmoji)
    }

    @Test("command names (Discord docs, Application Command Naming)", arguments: [
        ("roll", true), ("ünï-cödé_2", true), ("Roll", false), ("two words", false), ("", false), (String(repeating: "x", count: 33), false),
    ])
    func commandNames(name: String, isValid: Bool) {
        #expect(CommandRules.isValid(name) == isValid)
    }
}
