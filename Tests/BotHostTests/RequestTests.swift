import Configuration
import Foundation
import JSON
import REST
import Testing

@testable import BotHost

@Suite("What the bot module asks of Discord")
struct RequestTests {
    /// The requests that a handler of one message sends when each is answered with `{"id":"9"}`.
    private func requests(_ handler: String, count: Int = 1) throws -> [RESTRequest] {
        let scene = try ScriptScene()
        scene.services.answer { _ in .document(Array(#"{"id":"9"}"#.utf8)) }
        try scene.load("pack", "bot.on('message_create', function(message) \(handler) end)")
        scene.say("go")
        #expect(scene.wait(until: { scene.services.requests.count >= count }), "\(scene.log.lines)")
        #expect(scene.settle())
        #expect(scene.services.requests.count == count, "\(scene.log.lines)")
        return scene.services.requests
    }

    private func json(_ request: RESTRequest) throws -> JSONValue {
        switch request.body {
        case .json(let bytes), .multipart(let bytes, _): try JSONValue(parsing: bytes)
        case .none: .null
        }
    }

    @Test("a message pings the people it names and nobody else, unless its content says otherwise", arguments: [
        ("bot.send('5', '@everyone')", ["users"]), ("message:reply('x')", ["users"]), ("bot.send('5', { embeds = {} })", ["users"]),
        ("bot.edit('5', '6', 'x')", ["users"]), ("message.author:send('x')", ["users"]),
        ("bot.send('5', { content = 'x', allowed_mentions = { parse = { 'everyone' } } })", ["everyone"]),
    ])
    func mentions(call: String, expected: [String]) throws {
        let request = try #require(try requests(call, count: call.contains("author") ? 2 : 1).last)
        #expect(try json(request)["allowed_mentions"]?["parse"]?.arrayValue?.compactMap(\.stringValue) == expected)
    }

    @Test("a message may be sent again after a lost answer, because Discord drops its nonce the second time; with a nonce of the script's own it may not")
    func nonce() throws {
        let sent = try requests("bot.send('5', 'x') bot.send('5', 'x') bot.send('5', { content = 'x', nonce = '1' })", count: 3)
        let nonces = try sent.map { try json($0)["nonce"]?.stringValue }
        #expect(nonces[0] != nil && nonces[0] != nonces[1] && nonces[2] == "1")
        #expect(sent.map(\.replay) == [.always, .always, .unlessWritten])
    }

    @Test("a reply names the message, in its channel, and does not fail when that is gone")
    func reply() throws {
        let request = try requests("message:reply { content = 'x', files = { { name = 'a.txt', data = 'abc' } } }")[0]
        #expect(request.route.path == "/channels/2/messages" && request.method == .post)
        #expect(try json(request)["message_reference"] == ["message_id": "1", "fail_if_not_exists": false])
        guard case .multipart(_, let files) = request.body else { return #expect(Bool(false), "no files") }
        #expect(files.map(\.name) == ["a.txt"] && files.map(\.bytes) == [Array("abc".utf8)])
    }

    @Test("routes and reasons", arguments: [
        ("message:react('🌙')", "PUT /channels/2/messages/1/reactions/%F0%9F%8C%99/@me", nil),
        ("message:unreact { name = 'moon', id = '7' }", "DELETE /channels/2/messages/1/reactions/moon%3A7/@me", nil),
        ("bot.react('2', '1', '<a:moon:7>')", "PUT /channels/2/messages/1/reactions/moon%3A7/@me", nil),
        ("message:delete('spam')", "DELETE /channels/2/messages/1", "spam"),
        ("bot.delete('2', 1, 'spam')", "DELETE /channels/2/messages/1", "spam"),
        ("bot.typing({ id = '2' })", "POST /channels/2/typing", nil),
        ("bot.request('patch', '/guilds/1', { name = 'x' }, 'why')", "PATCH /guilds/1", "why"),
    ] as [(String, String, String?)])
    func routes(call: String, expected: String, reason: String?) throws {
        let request = try requests(call)[0]
        #expect("\(request.method.rawValue) \(request.route.path)" == expected)
        #expect(request.reason == reason)
    }

    @Test("a query may be percent-encoded or not")
    func query() throws {
        let request = try requests("bot.request('GET', '/guilds/1/members/search?query=a%20b c&limit=5&flag')")[0]
        #expect(request.route.path == "/guilds/1/members/search")
        #expect(request.query.map(\.name) == ["query", "limit", "flag"] && request.query.map(\.value) == ["a b c", "5", ""])
    }

    @Test("a direct message opens the channel first, and none is opened for a message that cannot be")
    func direct() throws {
        let sent = try requests("bot.dm('3', 'x')", count: 2)
        #expect(sent.map(\.route.path) == ["/users/@me/channels", "/channels/9/messages"])
        #expect(try json(sent[0]) == ["recipient_id": "3"])
        #expect(try requests("bot.dm('3', { files = { 1 } })", count: 0).isEmpty)
    }

    @Test("a request whose run is cancelled before it was answered is withdrawn; what was answered, or was no request, is not")
    func withdrawal() throws {
        let scene = try ScriptScene()
        scene.services.answer { $0.route.path.hasSuffix("/1/typing") ? .document(Array("{}".utf8)) : nil }
        try scene.load("pack", """
            bot.on("message_create", function()
              local open = bot.spawn(function() bot.typing("1") bot.typing("2") end)
              local asleep = bot.spawn(bot.sleep, 3600)
              pcall(bot.timeout, 0.01, bot.typing, "3")
              open:cancel()
              asleep:cancel()
              bot.sleep(0.001)
              bot.log.info("done")
            end)
            """)
        scene.say("go")
        #expect(scene.waitForLog("info [pack] done"), "\(scene.log.lines)")
        let open = scene.services.open
        #expect(Set(open.map(\.request.route.path)) == ["/channels/2/typing", "/channels/3/typing"])
        #expect(Set(scene.services.withdrawn) == Set(open.map(\.waiter.question)))
        #expect(scene.services.withdrawn.count == 2)
    }

    @Test("a token in the path needs none of the bot's, however the path is written", arguments: [
        "/webhooks/1/secret", "/webhook%73/1/secret", "/%77ebhooks/1/secret/messages/2", "/webhooks//1/secret", "/interactions/1/secret/callback",
    ])
    func webhookPaths(path: String) throws {
        let request = try #require(try requests("pcall(bot.request, 'PATCH', '\(path)', { content = 'x' })").first)
        #expect(!request.authorized)
        #expect(!request.route.redactedPath.contains("secret"))
    }

    @Test("what is too long is refused before the host copies it", arguments: [
        ("bot.request('GET', '/channels/' .. long)", "the path has more than 8192 bytes"),
        ("bot.delete('1', '2', long)", "the reason is longer than 512 characters"),
        ("bot.send('1', { files = { { name = long, data = 'x' } } })", "with names of at most 1024 bytes"),
        ("bot.send('1', { files = { { name = 'a', data = long }, { name = 'b', data = long }, { name = 'c', data = long } } })", "stopped: requests without an answer of more than 4 MiB"),
        ("local t = {} for i = 1, 60 do t[i] = { 'playing', ('x'):rep(100) } end bot.presence { activities = t }", "longer than the 3000 bytes that a presence may have"),
    ])
    func tooLong(call: String, message: String) throws {
        let scene = try ScriptScene { $0.memoryMegabytes = 4 }
        try scene.load("pack", "bot.on('message_create', function() local long = ('x'):rep(1500000) \(call) end)")
        scene.say("go")
        #expect(scene.waitForLog(message), "\(scene.log.lines)")
        #expect(scene.services.requests.isEmpty && scene.services.presences.isEmpty)
    }
}
