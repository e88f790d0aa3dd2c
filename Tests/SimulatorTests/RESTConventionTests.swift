import Discord
import JSON
import Testing

@testable import Simulator

@Suite("REST: conventions (Discord docs, Reference and Rate Limits)")
struct RESTConventionTests {
    @Test("GET /gateway needs no token; the rest does, with the word Bot", arguments: [
        ("/gateway", "", 200), ("/gateway/bot", "", 401), ("/gateway/bot", "Bot wrong", 401), ("/users/@me", "bare", 401), ("/users/@me", "Bot T", 200),
    ])
    func token(path: String, header: String, status: Int) async throws {
        try await withSimulator({ $0.token = "T" }) { server in
            let answer = try await RESTClient(server: server).call("GET", path, headers: ["Authorization": header == "bare" ? "T" : header])
            #expect(answer.status == status)
            if status == 401 { #expect(answer.body == ["message": "401: Unauthorized", "code": 0]) }
        }
    }

    @Test("no User-Agent is blocked")
    func userAgent() async throws {
        try await withSimulator { server in
            let answer = try await RESTClient(server: server).call("GET", "/users/@me", headers: ["User-Agent": ""])
            #expect(answer.status == 403)
            #expect(answer.code == 40333)
        }
    }

    @Test("unknown paths and methods", arguments: [("GET", "/nowhere", 404), ("DELETE", "/users/@me", 405), ("GET", "/users/1", 404)])
    func unknown(method: String, path: String, status: Int) async throws {
        try await withSimulator { server in
            let answer = try await RESTClient(server: server).call(method, path)
            #expect(answer.status == status)
        }
    }

    @Test("a query without names is as good as none", arguments: ["?=", "?=1", "?&&", "?=&limit=1&=", "??"])
    func oddQuery(query: String) async throws {
        try await withSimulator { server in
            let answer = try await RESTClient(server: server).call("GET", "/gateway" + query)
            #expect(answer.status == 200)
        }
    }

    @Test("a bucket counts down, then answers 429 with the time to wait, for one channel and not for another")
    func bucket() async throws {
        try await withSimulator({ configuration in
            configuration.restLimits.createMessage = .init(2, per: .seconds(600))
        }) { server in
            let client = RESTClient(server: server)
            let path = "/channels/\(server.channelID)/messages"
            let first = try await client.call("POST", path, ["content": "1"])
            #expect(first.headers["x-ratelimit-limit"] == "2")
            #expect(first.headers["x-ratelimit-remaining"] == "1")
            let bucket = first.headers["x-ratelimit-bucket"]
            #expect(bucket?.count == 32)
            #expect(Double(first.headers["x-ratelimit-reset"] ?? "").map { $0 > 1_700_000_000 } == true)
            #expect(try await client.call("POST", path, ["content": "2"]).headers["x-ratelimit-remaining"] == "0")
            let third = try await client.call("POST", path, ["content": "3"])
            #expect(third.status == 429)
            #expect(third.headers["x-ratelimit-scope"] == "user")
            #expect(third.headers["x-ratelimit-remaining"] == "0")
            #expect(third.body["global"] == false)
            let wait = third.body["retry_after"]?.doubleValue ?? 0
            #expect(wait > 0 && wait <= 600.1)
            let other = try await client.call("GET", "/guilds/\(server.guildID)/channels").body.arrayValue?.first { $0["name"] == "bots" }
            let elsewhere = try await client.call("POST", "/channels/\(other?["id"]?.stringValue ?? "")/messages", ["content": "4"])
            #expect(elsewhere.status == 200)
            #expect(elsewhere.headers["x-ratelimit-bucket"] == bucket)
        }
    }

    @Test("the global limit answers 429 with X-RateLimit-Global and leaves interactions alone")
    func global() async throws {
        try await withSimulator({ $0.restLimits.global = .init(1, per: .seconds(600)) }) { server in
            let client = RESTClient(server: server)
            #expect(try await client.call("GET", "/users/@me").status == 200)
            let limited = try await client.call("GET", "/users/@me")
            #expect(limited.status == 429)
            #expect(limited.headers["x-ratelimit-global"] == "true")
            #expect(limited.headers["x-ratelimit-scope"] == "global")
            #expect(limited.body["global"] == true)
            #expect(try await client.call("POST", "/interactions/1/none/callback", ["type": 4]).code == 10062)
        }
    }

    @Test("the application tells which privileged intents it has")
    func application() async throws {
        try await withSimulator({ $0.grantedIntents = Intents.unprivileged.union(.messageContent) }) { server in
            let application = try await RESTClient(server: server).call("GET", "/applications/@me").body
            #expect(application["id"]?.idValue == server.botID)
            #expect(application["flags"]?.integerValue == 1 << 19)
        }
    }
}
