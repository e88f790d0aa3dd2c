import Discord
import GatewayProtocol
import JSON
import Testing

@Suite("Payloads in a trace: readable, without secrets")
struct PayloadTraceTests {
    /// A payload of the gateway in both encodings, as the trace shows it.
    private func traced(_ payload: JSONValue) throws -> [JSONValue] {
        var writer = ETFWriter()
        writer.term(payload)
        return try [(payload.serialized, PayloadEncoding.json), (writer.bytes, .etf)].map { bytes, encoding in
            try JSONValue(parsing: bytes.withUnsafeBytes { try PayloadTrace.json(of: $0, encoding: encoding) })
        }
    }

    @Test("the tokens of interactions, voice servers and webhooks, and session ids, at any depth", arguments: [
        ["op": 0, "s": 3, "t": "INTERACTION_CREATE", "d": ["id": "5", "token": "SECRET-1_a", "data": ["name": "ping"]]],
        ["op": 0, "s": 3, "t": "VOICE_SERVER_UPDATE", "d": ["token": "SECRET", "guild_id": "5", "endpoint": "a.discord.media:443"]],
        ["op": 0, "s": 3, "t": "VOICE_STATE_UPDATE", "d": ["session_id": "SECRET", "user_id": "5"]],
        ["op": 0, "s": 1, "t": "READY", "d": ["session_id": "SECRET", "resume_gateway_url": "wss://resume.example"]],
        ["op": 0, "s": 3, "t": "WHATEVER", "d": [["webhooks": [["token": "SECRET"], ["token": nil], ["token": 5]]]]],
    ] as [JSONValue])
    func members(payload: JSONValue) throws {
        let length = payload.serialized.count
        for shown in try traced(payload) {
            let text = String(decoding: shown.serialized, as: UTF8.self)
            #expect(!text.contains("SECRET"))
            #expect(text.contains("*"))
            #expect(text.utf8.count == length, "everything else stands as it was")
        }
    }

    @Test("the token in a webhook's URL, wherever it stands", arguments: [
        ("see https://discord.com/api/webhooks/123/aB-_9 now", "see https://discord.com/api/webhooks/123/***** now"),
        ("/webhooks/1/a /webhooks/22/bb", "/webhooks/1/* /webhooks/22/**"),
        ("/webhooks//a", "/webhooks//a"), ("/webhooks/7", "/webhooks/7"), ("/webhooks/x/abc", "/webhooks/x/abc"),
    ])
    func webhooks(content: String, shown: String) throws {
        for payload in try traced(["op": 0, "d": ["content": .string(content)]]) {
            #expect(payload["d"]?["content"]?.stringValue == shown)
        }
    }

    @Test("what is no secret stays: names that only resemble one, and values under other names")
    func others() throws {
        let payload: JSONValue = ["op": 10, "d": ["tokens": "a", "Token": "b", "custom_id": "token", "list": ["token", "session_id"]]]
        for shown in try traced(payload) { #expect(shown == payload) }
    }

    @Test("what we log in with is blanked, in both encodings", arguments: PayloadEncoding.allCases)
    func login(encoding: PayloadEncoding) throws {
        let token = try BotToken("MTIz.AbCdEf.secret")
        for command in [GatewayCommand.identify(Identify(token: token, intents: [])), .resume(token: token, sessionID: "sess-1", sequence: 1)] {
            let json = try command.encoded(as: encoding).withUnsafeBytes { try PayloadTrace.json(of: $0, encoding: encoding) }
            #expect(try JSONValue(parsing: json)["d"]?["token"]?.stringValue == String(repeating: "*", count: 18))
            for printed in [String(decoding: json, as: UTF8.self), "\(command)"] {
                #expect(!printed.contains("MTIz") && !printed.contains("secret"))
            }
        }
    }

    @Test("a key in escapes is the same key, and a secret may hold escapes of its own")
    func escapes() throws {
        let json = Array(#"{"d":{"tok\u0065n":"a\"b\u0041"}}"#.utf8)
        let shown = try json.withUnsafeBytes { try PayloadTrace.json(of: $0, encoding: .json) }
        #expect(String(decoding: shown, as: UTF8.self) == #"{"d":{"tok\u0065n":"**********"}}"#)
    }

    @Test("white space that would break the line becomes blanks")
    func lineEnds() throws {
        let json = Array("{\r\n\t\"op\": 1,\n\"d\":null}".utf8)
        let shown = try json.withUnsafeBytes { try PayloadTrace.json(of: $0, encoding: .json) }
        #expect(!shown.contains { $0 < 0x20 })
        #expect(try JSONValue(parsing: shown) == ["op": 1, "d": nil])
    }

    @Test("of a malformed payload nothing is shown", arguments: [
        Array(#"{"d":{"token":"SECRET"#.utf8), Array(#"{"d":{"token":"SECRET"},}"#.utf8), [131, 116, 0, 0, 0, 1], [],
    ])
    func malformed(bytes: [UInt8]) {
        for encoding in PayloadEncoding.allCases {
            #expect(throws: PayloadError.self) { try bytes.withUnsafeBytes { try PayloadTrace.json(of: $0, encoding: encoding) } }
        }
    }

    @Test("nesting beyond the limit is refused, not followed", arguments: PayloadEncoding.allCases)
    func depth(encoding: PayloadEncoding) {
        let json = Array((String(repeating: "[", count: 1_000_000)).utf8)
        let etf: [UInt8] = [131] + (0..<100_000).flatMap { _ in [108, 0, 0, 0, 1] as [UInt8] }
        #expect(throws: PayloadError.self) {
            try (encoding == .json ? json : etf).withUnsafeBytes { try PayloadTrace.json(of: $0, encoding: encoding) }
        }
    }
}
