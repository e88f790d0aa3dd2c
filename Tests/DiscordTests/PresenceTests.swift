import Discord
import Testing

@Suite("Gateway Events › Activity Object, as bots may set it")
struct ActivityTests {
    @Test("a kind goes by its word", arguments: Activity.Kind.allCases)
    func kinds(kind: Activity.Kind) {
        #expect(Activity.Kind(word: kind.word) == kind)
        #expect(Activity.Kind(word: kind.word.uppercased()) == nil)
    }

    @Test("only streaming takes a url, and only one of twitch.tv or youtube.com", arguments: [
        ("https://www.twitch.tv/moon", true), ("https://twitch.tv/moon", true), ("http://youtube.com/watch?v=1", true), ("HTTPS://M.YOUTUBE.COM", true),
        ("https://example.com/twitch.tv", false), ("https://eviltwitch.tv/x", false), ("https://twitch.tv.example.com", false), ("twitch.tv/moon", false),
        ("https://", false), ("", false),
    ])
    func urls(url: String, isValid: Bool) throws {
        if isValid {
            let activity = try Activity(.streaming, name: "moon", url: url)
            #expect(activity.url == url)
        } else {
            #expect(throws: Activity.Fault.invalidURL(url)) { try Activity(.streaming, name: "moon", url: url) }
        }
        #expect(throws: Activity.Fault.invalidURL(url)) { try Activity(.playing, name: "moon", url: url) }
    }

    @Test("what Discord would refuse or not show is refused here")
    func faults() {
        #expect(throws: Activity.Fault.emptyName) { try Activity(.playing, name: "") }
        #expect(throws: Activity.Fault.invalidURL("")) { try Activity(.streaming, name: "moon") }
        #expect(throws: Activity.Fault.emptyState) { try Activity.custom("") }
        #expect(throws: Activity.Fault.emptyState) { try Activity(.custom, name: "x") }
        #expect(throws: Activity.Fault.tooLong(field: "name", length: 129, limit: 128)) {
            try Activity(.watching, name: String(repeating: "x", count: 129))
        }
        #expect(throws: Activity.Fault.tooLong(field: "state", length: 130, limit: 128)) {
            try Activity(.watching, name: "x", state: String(repeating: "🌙", count: 65))
        }
        #expect(throws: Never.self) { try Activity(.watching, name: String(repeating: "x", count: 128)) }
    }

    @Test("a status has Discord's word")
    func statuses() {
        #expect(Presence.Status(rawValue: "dnd") == .doNotDisturb)
        #expect(Set(Presence.Status.allCases.map(\.rawValue)) == ["online", "dnd", "idle", "invisible", "offline"])
    }
}
