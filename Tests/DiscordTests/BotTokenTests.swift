import Discord
import Testing

@Suite("Bot token")
struct BotTokenTests {
    static let text = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"

    @Test("three base64url parts with dots between are a token; it comes out only by name")
    func valid() throws {
        #expect(try BotToken(Self.text).exposed == Self.text)
        #expect(try BotToken("a-_9.b.c").exposed == "a-_9.b.c")
    }

    @Test("it prints redacted by every ordinary road")
    func redaction() throws {
        let token = try BotToken(Self.text)
        var dumped = ""
        dump(["token": token], to: &dumped)
        for printed in ["\(token)", String(describing: token), String(reflecting: token), "\([token])", "\(Optional(token) as Any)", dumped] {
            #expect(!printed.contains("ZnCjm1"))
            #expect(printed.contains("[token]"))
        }
    }

    @Test("what is no token says why, without repeating it", arguments: [
        ("", .empty), ("Bot a.b.c", .prefixed("Bot")), ("Bearer a.b.c", .prefixed("Bearer")), ("a.b.c\n", .whitespace), (" a.b.c", .whitespace), ("a b.c.d", .whitespace),
        ("a.b", .malformed), ("a.b.c.d", .malformed), ("a..c", .malformed), ("...", .malformed), ("a.b.c=", .malformed), ("a.b.ç", .malformed), ("secret", .malformed),
    ] as [(String, BotToken.Fault)])
    func invalid(text: String, fault: BotToken.Fault) {
        #expect(throws: fault) { try BotToken(text) }
        #expect(!fault.description.contains("secret"))
    }
}
