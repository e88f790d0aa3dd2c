import Discord
import Testing

@Suite("Opcodes and Status Codes › JSON Error Codes")
struct DiscordErrorCodeTests {
    @Test("known codes print with their meaning, others as numbers", arguments: [
        (50013, "50013 (missing permissions)"), (10003, "10003 (unknown channel)"), (99999, "99999"),
    ])
    func printing(code: Int, text: String) {
        #expect(DiscordErrorCode(rawValue: code).description == text)
    }
}
