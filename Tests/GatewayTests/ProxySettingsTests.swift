import Gateway
import Testing
import WebSocketProtocol

@Suite("HTTPS_PROXY, NO_PROXY") struct ProxySettingsTests {
    private func proxy(_ environment: [String: String], _ url: String = "wss://gateway.discord.gg") throws -> ProxyRoute {
        ProxySettings { environment[$0] }.proxy(for: try WebSocketURL(url))
    }

    @Test("spellings of a proxy", arguments: [
        ("http://proxy:3128", Proxy(host: "proxy", port: 3128)),
        ("proxy:3128", Proxy(host: "proxy", port: 3128)),
        ("http://proxy", Proxy(host: "proxy", port: 1080)),
        ("http://proxy:80", Proxy(host: "proxy", port: 80)),
        ("HTTP://[::1]:8080/", Proxy(host: "::1", port: 8080)),
        ("http://user:p%40ss@proxy:1", Proxy(host: "proxy", port: 1, credentials: .init(user: "user", password: "p@ss"))),
        ("http://user@proxy:1", Proxy(host: "proxy", port: 1, credentials: .init(user: "user", password: ""))),
    ])
    func spellings(text: String, expected: Proxy) { #expect(Proxy(text) == expected) }

    @Test("what is no HTTP proxy is not passed over: there is no way, except to the exceptions", arguments: ["https://proxy:1", "socks5://proxy:1", "http://", "http://u:%zz@proxy", "http://a b"])
    func unusable(text: String) throws {
        #expect(Proxy(text) == nil)
        #expect(try proxy(["HTTPS_PROXY": text]) == .unusable(variable: "HTTPS_PROXY"))
        #expect(try proxy(["all_proxy": text], "ws://host") == .unusable(variable: "all_proxy"))
        #expect(try proxy(["HTTPS_PROXY": text, "NO_PROXY": "discord.gg"]) == .direct)
        #expect(try proxy(["HTTPS_PROXY": text], "ws://host") == .direct)
    }

    @Test("which variable counts for which scheme") func schemes() throws {
        let secure = ProxyRoute.tunnel(Proxy(host: "s", port: 1))
        let plain = ProxyRoute.tunnel(Proxy(host: "p", port: 2))
        let all = ProxyRoute.tunnel(Proxy(host: "a", port: 3))
        #expect(try proxy(["HTTPS_PROXY": "s:1", "http_proxy": "p:2"]) == secure)
        #expect(try proxy(["https_proxy": "s:1", "HTTPS_PROXY": "x:9"]) == secure)
        #expect(try proxy(["HTTPS_PROXY": "s:1", "http_proxy": "p:2"], "ws://host") == plain)
        #expect(try proxy(["HTTP_PROXY": "p:2"], "ws://host") == .direct, "a web server may set it from a request")
        #expect(try proxy(["ALL_PROXY": "a:3"]) == all)
        #expect(try proxy(["HTTPS_PROXY": ""]) == .direct)
    }

    @Test("exceptions", arguments: [
        ("discord.gg", true), (".discord.gg", true), ("gateway.discord.gg", true), ("*", true), ("GATEWAY.discord.GG", true),
        ("example.com, discord.gg", true), ("gateway.discord.gg:443", true), ("gateway.discord.gg:80", false), ("cord.gg", false),
        ("", false), ("example.com", false),
    ])
    func exceptions(list: String, isDirect: Bool) throws {
        #expect(try (proxy(["HTTPS_PROXY": "s:1", "NO_PROXY": list]) == .direct) == isDirect)
    }
}
