import Testing

@testable import REST

@Suite("Routes: template, path, major parameter") struct RouteTests {
    @Test("parameters are filled in order; the template stays as the name of the limit")
    func fills() {
        let route = Route("/channels/{channel.id}/messages/{message.id}", "7", "9")
        #expect(route.template == "/channels/{channel.id}/messages/{message.id}")
        #expect(route.path == "/channels/7/messages/9")
        #expect(route.redactedPath == route.path)
        #expect(route.fault == nil)
    }

    @Test(
        "the major parameter is the top-level channel, guild or webhook (Discord, Rate Limits)",
        arguments: [
            (Route("/channels/{channel.id}/messages/{message.id}", "7", "9"), "7"),
            (Route("/guilds/{guild.id}/members/{user.id}", "5", "6"), "5"),
            (Route("/webhooks/{webhook.id}/{webhook.token}", "3", "s3cret"), "3:s3cret"),
            (Route("/webhooks/{webhook.id}", "3"), "3"),
            (Route("/interactions/{interaction.id}/{interaction.token}/callback", "4", "t"), "4:t"),
            (Route("/users/@me/channels"), ""),
            (Route("/users/{user.id}", "8"), ""),
            (Route("/applications/{application.id}/guilds/{guild.id}/commands", "1", "2"), ""),
        ])
    func major(route: Route, expected: String) {
        #expect(route.major == expected)
    }

    @Test("an emoji is one percent-encoded segment (RFC 3986 §2.1)")
    func emoji() {
        let route = Route("/channels/{channel.id}/messages/{message.id}/reactions/{emoji}/@me", "1", "2", "🌕")
        #expect(route.path == "/channels/1/messages/2/reactions/%F0%9F%8C%95/@me")
        #expect(Route("/x/{emoji}", "moon:41771983429993937").path == "/x/moon%3A41771983429993937")
        #expect(Route("/x/{name}", "a/b?c#d e").path == "/x/a%2Fb%3Fc%23d%20e")
    }

    @Test("a token in the path is not in the form for people")
    func redaction() {
        let route = Route("/webhooks/{webhook.id}/{webhook.token}/messages/@original", "3", "s3cret")
        #expect(route.path == "/webhooks/3/s3cret/messages/@original")
        #expect(route.redactedPath == "/webhooks/3/{webhook.token}/messages/@original")
    }

    @Test("a parameter that would lead to another endpoint is a fault", arguments: ["", ".", ".."])
    func dotSegments(value: String) {
        #expect(Route("/channels/{channel.id}", value).fault != nil)
    }

    @Test(
        "a path that a script wrote is grouped and redacted like ours",
        arguments: [
            ("/channels/41771983423143937/messages", "/channels/{id}/messages", "/channels/41771983423143937/messages", "41771983423143937"),
            ("channels/7/messages/9/", "/channels/{id}/messages/{id}", "/channels/7/messages/9", "7"),
            ("/webhooks/3/s3cret", "/webhooks/{id}/{token}", "/webhooks/3/{token}", "3:s3cret"),
            ("/interactions/3/aW50/callback", "/interactions/{id}/{token}/callback", "/interactions/3/{token}/callback", "3:aW50"),
            ("/channels/1/messages/2/reactions/🌕/@me", "/channels/{id}/messages/{id}/reactions/{emoji}/@me", "/channels/1/messages/2/reactions/%F0%9F%8C%95/@me", "1"),
            ("/channels/1/messages/2/reactions/%F0%9F%8C%95/@me", "/channels/{id}/messages/{id}/reactions/{emoji}/@me", "/channels/1/messages/2/reactions/%F0%9F%8C%95/@me", "1"),
            ("/invites/abc", "/invites/{code}", "/invites/abc", ""),
            ("/users/@me", "/users/@me", "/users/@me", ""),
        ])
    func raw(path: String, template: String, redacted: String, major: String) {
        let route = Route(path: path)
        #expect(route.template == template)
        #expect(route.redactedPath == redacted)
        #expect(route.major == major)
        #expect(route.fault == nil)
    }

    @Test("a raw path cannot climb out of the API's version", arguments: ["/..", "/channels/../users/@me", "/%2e%2e/oauth2", "/channels/%2E", "", "/"])
    func climbing(path: String) {
        #expect(Route(path: path).fault != nil)
    }
}
