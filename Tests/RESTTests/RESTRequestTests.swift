import Discord
import Testing

@testable import REST

private let c = Snowflake(rawValue: 11), m = Snowflake(rawValue: 22), g = Snowflake(rawValue: 33), u = Snowflake(rawValue: 44), r = Snowflake(rawValue: 55), a = Snowflake(rawValue: 66)
private let json = Array("{}".utf8)

@Suite("Request builders: method, path and body of Discord's documentation") struct RESTRequestTests {
    @Test(arguments: [
        (RESTRequest.gatewayBot(), "GET /gateway/bot", ""),
        (.currentApplication(), "GET /applications/@me", ""),
        (.currentUser(), "GET /users/@me", ""),
        (.user(u), "GET /users/44", ""),
        (.editMessage(m, in: c, json), "PATCH /channels/11/messages/22", "{}"),
        (.deleteMessage(m, in: c), "DELETE /channels/11/messages/22", ""),
        (.deleteMessages([m, u], in: c), "POST /channels/11/messages/bulk-delete", #"{"messages":["22","44"]}"#),
        (.message(m, in: c), "GET /channels/11/messages/22", ""),
        (.messages(in: c, limit: 5, before: m), "GET /channels/11/messages?limit=5&before=22", ""),
        (.triggerTyping(in: c), "POST /channels/11/typing", ""),
        (.addReaction("🌕", to: m, in: c), "PUT /channels/11/messages/22/reactions/%F0%9F%8C%95/@me", ""),
        (.removeReaction("moon:66", from: m, in: c), "DELETE /channels/11/messages/22/reactions/moon%3A66/@me", ""),
        (.removeReaction("moon:66", of: u, from: m, in: c), "DELETE /channels/11/messages/22/reactions/moon%3A66/44", ""),
        (.clearReactions(of: m, in: c), "DELETE /channels/11/messages/22/reactions", ""),
        (.clearReactions("moon:66", of: m, in: c), "DELETE /channels/11/messages/22/reactions/moon%3A66", ""),
        (.pins(in: c, before: "2026-01-02T03:04:05Z"), "GET /channels/11/messages/pins?limit=50&before=2026-01-02T03:04:05Z", ""),
        (.pin(m, in: c), "PUT /channels/11/messages/pins/22", ""),
        (.unpin(m, in: c), "DELETE /channels/11/messages/pins/22", ""),
        (.channel(c), "GET /channels/11", ""),
        (.modifyChannel(c, json), "PATCH /channels/11", "{}"),
        (.startThread(in: c, from: m, json), "POST /channels/11/messages/22/threads", "{}"),
        (.startThread(in: c, json), "POST /channels/11/threads", "{}"),
        (.createDM(with: u), "POST /users/@me/channels", #"{"recipient_id":"44"}"#),
        (.guild(g, withCounts: true), "GET /guilds/33?with_counts=true", ""),
        (.member(u, of: g), "GET /guilds/33/members/44", ""),
        (.modifyMember(u, of: g, json), "PATCH /guilds/33/members/44", "{}"),
        (.timeout(u, of: g, until: "2026-01-02T03:04:05Z"), "PATCH /guilds/33/members/44", #"{"communication_disabled_until":"2026-01-02T03:04:05Z"}"#),
        (.timeout(u, of: g, until: nil), "PATCH /guilds/33/members/44", #"{"communication_disabled_until":null}"#),
        (.kick(u, from: g), "DELETE /guilds/33/members/44", ""),
        (.ban(u, from: g, deletingSeconds: 60), "PUT /guilds/33/bans/44", #"{"delete_message_seconds":60}"#),
        (.unban(u, from: g), "DELETE /guilds/33/bans/44", ""),
        (.addRole(r, to: u, of: g), "PUT /guilds/33/members/44/roles/55", ""),
        (.removeRole(r, from: u, of: g), "DELETE /guilds/33/members/44/roles/55", ""),
        (.commands(of: a), "GET /applications/66/commands", ""),
        (.overwriteCommands(of: a, guild: g, Array("[]".utf8)), "PUT /applications/66/guilds/33/commands", "[]"),
    ] as [(RESTRequest, String, String)])
    func ordinary(request: RESTRequest, line: String, body: String) {
        check(request, line, body)
        #expect(request.authorized)
        #expect(request.lane == .ordinary)
    }

    @Test("interaction endpoints need no bot token and are outside the global limit", arguments: [
        (.interactionCallback(m, token: "t", json), "POST /interactions/22/t/callback", "{}"),
        (.originalResponse(application: a, token: "t"), "GET /webhooks/66/t/messages/@original", ""),
        (.editOriginalResponse(application: a, token: "t", json), "PATCH /webhooks/66/t/messages/@original", "{}"),
        (.deleteOriginalResponse(application: a, token: "t"), "DELETE /webhooks/66/t/messages/@original", ""),
        (.createFollowup(application: a, token: "t", json), "POST /webhooks/66/t", "{}"),
        (.editFollowup(m, application: a, token: "t", json), "PATCH /webhooks/66/t/messages/22", "{}"),
        (.deleteFollowup(m, application: a, token: "t"), "DELETE /webhooks/66/t/messages/22", ""),
    ] as [(RESTRequest, String, String)])
    func interactions(request: RESTRequest, line: String, body: String) {
        check(request, line, body)
        #expect(!request.authorized)
        #expect(request.lane == .interaction)
    }

    @Test("an interaction is answered within three seconds or not at all")
    func callbackDeadline() {
        #expect(RESTRequest.interactionCallback(m, token: "t", json).deadline == .seconds(3))
        #expect(RESTRequest.interactionCallback(m, token: "t", json).replay == .unlessWritten)
    }

    private func check(_ request: RESTRequest, _ line: String, _ body: String) {
        let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        #expect("\(request.method.rawValue) \(request.route.path)\(query.isEmpty ? "" : "?\(query)")" == line)
        switch request.body {
        case .none: #expect(body.isEmpty)
        case .json(let bytes): #expect(String(decoding: bytes, as: UTF8.self) == body)
        case .multipart: Issue.record("no files were given")
        }
        #expect(request.route.fault == nil)
    }
}
