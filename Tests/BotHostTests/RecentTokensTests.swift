import Testing

@testable import BotHost

@Suite("Tokens of interactions that came lately")
struct RecentTokensTests {
    @Test("the newest are known, twice or not, and older ones make room")
    func ring() {
        var tokens = RecentTokens()
        for number in 0..<RecentTokens.capacity { tokens.insert("t\(number)") }
        tokens.insert("t0")
        #expect(tokens.contains("t0") && tokens.contains("t\(RecentTokens.capacity - 1)") && !tokens.contains("other"))
        for number in 0..<10 { tokens.insert("new\(number)") }
        #expect(!tokens.contains("t9") && tokens.contains("t10") && tokens.contains("new0"))
    }
}
