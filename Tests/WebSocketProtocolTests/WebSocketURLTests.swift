import Testing
import WebSocketProtocol

@Suite("RFC 6455 §3, RFC 3986: URLs")
struct WebSocketURLTests {
    @Test("parts, defaults and the text form", arguments: [
        ("ws://example.com", "example.com", 80, "/", "example.com", "ws://example.com/"),
        ("wss://Example.COM:443/chat?x=1&y=%20", "example.com", 443, "/chat?x=1&y=%20", "example.com", "wss://example.com/chat?x=1&y=%20"),
        ("WSS://gateway.discord.gg/?v=10&encoding=json", "gateway.discord.gg", 443, "/?v=10&encoding=json", "gateway.discord.gg",
         "wss://gateway.discord.gg/?v=10&encoding=json"),
        ("ws://127.0.0.1:8080?a", "127.0.0.1", 8080, "/?a", "127.0.0.1:8080", "ws://127.0.0.1:8080/?a"),
        ("https://discord.com/api/v10", "discord.com", 443, "/api/v10", "discord.com", "https://discord.com/api/v10"),
        ("http://localhost:80/", "localhost", 80, "/", "localhost", "http://localhost/"),
        ("ws://[::1]:9001/a/b", "::1", 9001, "/a/b", "[::1]:9001", "ws://[::1]:9001/a/b"),
        ("wss://[2001:DB8::1:2]", "2001:db8::1:2", 443, "/", "[2001:db8::1:2]", "wss://[2001:db8::1:2]/"),
        ("ws://a-b_c.d./?", "a-b_c.d.", 80, "/?", "a-b_c.d.", "ws://a-b_c.d./?"),
        ("ws://h/a:b@c/(d)!$&'*+,;=~._-", "h", 80, "/a:b@c/(d)!$&'*+,;=~._-", "h", "ws://h/a:b@c/(d)!$&'*+,;=~._-"),
    ])
    func parts(text: String, host: String, port: Int, target: String, authority: String, description: String) throws {
        let url = try WebSocketURL(text)
        #expect(url.host == host)
        #expect(Int(url.port) == port)
        #expect(url.target == target)
        #expect(url.authority == authority)
        #expect(url.description == description)
        #expect(try WebSocketURL(description) == url)
    }

    @Test("what is refused, and why", arguments: [
        ("", .unsupportedScheme("")), ("example.com", .unsupportedScheme("example.com")), ("ftp://h/", .unsupportedScheme("ftp")),
        ("ws:/h", .unsupportedScheme("ws")), ("://h", .unsupportedScheme("")),
        ("ws://", .missingHost), ("ws:///path", .missingHost), ("ws://:80/", .missingHost), ("ws://?q", .missingHost),
        ("ws://user@h/", .userInformation), ("ws://user:pw@h/", .userInformation),
        ("ws://h/#f", .fragment), ("ws://h#", .fragment),
        ("ws://h:/", .invalidPort(":")), ("ws://h:0/", .invalidPort(":0")), ("ws://h:65536/", .invalidPort(":65536")),
        ("ws://h:+80/", .invalidPort(":+80")), ("ws://h:8o/", .invalidPort(":8o")), ("ws://[::1]80/", .invalidPort("80")),
        ("ws://a..b/", .invalidHost("a..b")), ("ws://.a/", .invalidHost(".a")), ("ws://a%20b/", .invalidHost("a%20b")),
        ("ws://a!b/", .invalidHost("a!b")),
        ("ws://[::1/", .invalidHost("[::1")), ("ws://[]/", .invalidHost("")), ("ws://[1.2.3.4]/", .invalidHost("1.2.3.4")),
        ("ws://h/a b", .invalidCharacter(at: 8)), ("ws://h/\r\nX: y", .invalidCharacter(at: 7)), ("ws://h/é", .invalidCharacter(at: 7)),
        ("ws://h/%", .invalidCharacter(at: 8)), ("ws://h/%4", .invalidCharacter(at: 9)), ("ws://h/%zz", .invalidCharacter(at: 8)),
        ("ws://h/\"", .invalidCharacter(at: 7)), ("ws://h/<>", .invalidCharacter(at: 7)), ("ws://h/\\", .invalidCharacter(at: 7)),
        ("ws://h/[", .invalidCharacter(at: 7)), ("ws://h/?a=]", .invalidCharacter(at: 10)),
    ] as [(String, WebSocketURLError)])
    func refused(text: String, error: WebSocketURLError) {
        #expect(throws: error) { try WebSocketURL(text) }
    }

    @Test("RFC 4291 §2.2 IPv6 literals that are", arguments: [
        "::", "::1", "1::", "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1", "64:ff9b::192.0.2.33", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4",
    ])
    func ipv6(text: String) throws {
        let url = try WebSocketURL("ws://[\(text)]:1/")
        #expect(url.isIPv6)
        #expect(url.host == text)
    }

    @Test("and that are not", arguments: [
        ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "1::2::3", "12345::", "g::", "::1.2.3", "::1.2.3.256", "::01.2.3.4",
        "1.2.3.4::", "fe80::1%25eth0", "1:", ":1",
    ])
    func notIPv6(text: String) {
        #expect(throws: WebSocketURLError.invalidHost(text)) { try WebSocketURL("ws://[\(text)]/") }
    }

    @Test("a query is replaced, percent-encoded, or removed")
    func queries() throws {
        let url = try WebSocketURL("wss://h:1/p?old=1")
        #expect(url.replacingQuery([("v", "10"), ("name", "a b&c=é")]).description == "wss://h:1/p?v=10&name=a%20b%26c%3D%C3%A9")
        #expect(url.replacingQuery([]).description == "wss://h:1/p")
        #expect(try WebSocketURL(url.replacingQuery([("%", "%")]).description).query == "%25=%25")
    }
}
