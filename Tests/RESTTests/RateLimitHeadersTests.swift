import Testing

@testable import REST

@Suite("Rate-limit headers") struct RateLimitHeadersTests {
    @Test("the documented example")
    func example() {
        var headers = RateLimitHeaders()
        for (name, value) in [
            ("X-RateLimit-Limit", "5"), ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1470173023"),
            ("X-RateLimit-Reset-After", "1.25"), ("x-ratelimit-bucket", "abcd1234"), ("X-RateLimit-Scope", "shared"),
            ("X-RateLimit-Global", "true"), ("Retry-After", "65"), ("Server", "cloudflare"),
        ] { headers.absorb(name: name, value: value) }
        #expect(headers.limit == 5)
        #expect(headers.remaining == 0)
        #expect(headers.resetAfter == .milliseconds(1250))
        #expect(headers.bucket == "abcd1234")
        #expect(headers.scope == .shared)
        #expect(headers.isGlobal)
        #expect(headers.retryAfter == .seconds(65))
    }

    @Test("what is no number of seconds is absent, and no wait is longer than 30 days", arguments: ["", "-1", "nan", "inf", "1e999", "Wed, 21 Oct 2015 07:28:00 GMT"])
    func nonsense(text: String) {
        #expect(RateLimitHeaders.seconds(text) == nil)
        #expect(RateLimitHeaders.seconds("9e18") == .seconds(30 * 86_400))
    }
}

@Suite("What a 429 is about") struct RateLimitRefusalTests {
    private func refusal(_ fields: [(String, String)], body: String, status: Int = 429) -> RateLimitRefusal? {
        var headers = RateLimitHeaders()
        for (name, value) in fields { headers.absorb(name: name, value: value) }
        return RateLimitRefusal(status: status, headers: headers, fault: DiscordFault(Array(body.utf8)))
    }

    @Test("user scope: the bucket; the longer of header and body counts")
    func user() {
        let refusal = refusal([("X-RateLimit-Scope", "user"), ("X-RateLimit-Remaining", "0"), ("Retry-After", "1")], body: #"{"message":"You are being rate limited.","retry_after":1.5,"global":false}"#)
        #expect(refusal?.reach == .bucket)
        #expect(refusal?.retryAfter == .milliseconds(1500))
        #expect(refusal?.countsAsInvalid == true)
    }

    @Test("shared scope: this operation only, and not an invalid request")
    func shared() {
        let refusal = refusal([("X-RateLimit-Scope", "shared"), ("X-RateLimit-Remaining", "9"), ("Retry-After", "1337")], body: #"{"message":"The resource is being rate limited.","retry_after":1336.57,"global":false}"#)
        #expect(refusal?.reach == .operation)
        #expect(refusal?.retryAfter == .seconds(1337))
        #expect(refusal?.countsAsInvalid == false)
    }

    @Test("requests left in the bucket: a hidden limit of this operation")
    func hidden() {
        #expect(refusal([("X-RateLimit-Scope", "user"), ("X-RateLimit-Remaining", "4"), ("Retry-After", "600")], body: #"{"retry_after":600}"#)?.reach == .operation)
    }

    @Test("global by header, scope or body", arguments: [[("X-RateLimit-Global", "true")], [("X-RateLimit-Scope", "global")], []])
    func global(fields: [(String, String)]) {
        #expect(refusal(fields, body: #"{"retry_after":2,"global":true}"#)?.reach == .global)
        #expect(fields.isEmpty || refusal(fields, body: #"{"retry_after":2}"#)?.reach == .global)
    }

    @Test("HTML is not Discord's answer", arguments: ["<html>error code: 1015</html>", "error code: 1015", "", "[]", "1015"])
    func edge(body: String) {
        #expect(refusal([("Retry-After", "120")], body: body)?.reach == .edge)
        #expect(refusal([("Retry-After", "120")], body: body)?.retryAfter == .seconds(120))
    }

    @Test("other statuses refuse nothing", arguments: [200, 204, 400, 401, 403, 404, 500, 503])
    func others(status: Int) {
        #expect(refusal([], body: "{}", status: status) == nil)
    }
}
