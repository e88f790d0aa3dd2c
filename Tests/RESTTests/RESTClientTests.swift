import Discord
import JSON
import Testing

@testable import REST

private func post(_ channel: Int, _ text: String = "{}") -> RESTRequest {
    RESTRequest(.post, Route("/channels/{channel.id}/messages", "\(channel)"), body: .json(Array(text.utf8)))
}
private func get(_ path: String) -> RESTRequest { .raw(.get, path: path) }

@Suite("REST client against Python's http.server: what goes over the wire") struct RESTClientWireTests {
    @Test("method, path, query, headers and body as asked for")
    func request() async throws {
        var first = RESTRequest(.patch, Route("/guilds/{guild.id}/members/{user.id}", "5", "6"), body: .json(Array(#"{"nick":"ä"}"#.utf8)), reason: "spam & Spaß")
        first.query = [("a b", "c&d"), ("a b", "é")]
        let session = try await Session.run([:], [first]) { configuration, _ in configuration.userAgent = "DiscordBot (https://example.org, 1.0)" }
        let seen = session.record
        #expect(seen.lines == ["PATCH /guilds/5/members/6?a%20b=c%26d&a%20b=%C3%A9"])
        #expect(seen.header("authorization", of: 0) == "Bot \(Session.token)")
        #expect(seen.header("user-agent", of: 0) == "DiscordBot (https://example.org, 1.0)")
        #expect(seen.header("content-type", of: 0) == "application/json")
        #expect(seen.header("x-audit-log-reason", of: 0) == "spam%20%26%20Spa%C3%9F")
        #expect(seen.header("expect", of: 0) == nil)
        #expect(seen.requests[0]["length"]?.integerValue == 13)
        #expect(session.results[0].response?.status == 200)
        #expect(session.results[0].response?.body == Array("{}".utf8))
    }

    @Test("a body only where one was given", arguments: HTTPMethod.allCases)
    func empty(method: HTTPMethod) async throws {
        let session = try await Session.run([:], [.raw(method, path: "/x/1")])
        #expect(session.record.lines == ["\(method.rawValue) /x/1"])
        #expect(session.record.header("content-type", of: 0) == nil)
        #expect(session.record.header("content-length", of: 0) == (method == .get || method == .delete ? nil : "0"))
        #expect(session.results[0].response?.status == 200)
    }

    @Test("bodies of any length arrive whole, repeatable or not", arguments: [1, 1023, 1024, 65_535, 65_536, 3_000_000])
    func bodies(count: Int) async throws {
        var once = post(1)
        once.body = .json(Array(repeating: UInt8(ascii: "x"), count: count))
        var twice = once
        twice.replay = .always
        let session = try await Session.run([:], [once, twice])
        #expect(session.record.requests.map { $0["length"]?.integerValue } == [Int64(count), Int64(count)])
    }

    @Test("files as multipart/form-data (RFC 7578), read by Python's email parser")
    func multipart() async throws {
        let files = [
            UploadFile(name: "a \"quoted\".png", contentType: "image/png", bytes: Array(repeating: 7, count: 300_000)),
            UploadFile(name: "empty\r\nContent-Type: text/html\r\n.txt", bytes: []),
        ]
        let session = try await Session.run([:], [.createMessage(in: .init(rawValue: 1), Array(#"{"content":"hi"}"#.utf8), files: files)])
        let parts = try #require(session.record.requests.first?["parts"]?.arrayValue)
        #expect(parts.map { $0["name"]?.stringValue } == ["payload_json", "files[0]", "files[1]"])
        #expect(parts.map { $0["type"]?.stringValue } == ["application/json", "image/png", "application/octet-stream"])
        #expect(parts[0]["text"]?.stringValue?.hasSuffix(#""content":"hi"}"#) == true)
        #expect(parts[1]["length"]?.integerValue == 300_000)
        #expect(parts[2]["length"]?.integerValue == 0)
        #expect(parts[1]["filename"]?.stringValue?.contains("quoted") == true)
    }

    @Test("interaction endpoints carry no bot token")
    func unauthorized() async throws {
        let callback = RESTRequest.interactionCallback(.init(rawValue: 4), token: "aW50", Array(#"{"type":5}"#.utf8), withResponse: true)
        let session = try await Session.run(["plan": ["POST /interactions/4/aW50/callback": [["status": 204]]]], [callback])
        #expect(session.record.lines == ["POST /interactions/4/aW50/callback?with_response=true"])
        #expect(session.record.header("authorization", of: 0) == nil)
        #expect(session.results[0].response?.status == 204)
        #expect(session.results[0].response?.body == [])
    }

    @Test("no secret in the trace")
    func trace() async throws {
        let follow = RESTRequest.createFollowup(application: .init(rawValue: 1), token: "s3cret", Array("{}".utf8))
        let session = try await Session.run(["plan": ["POST /webhooks/1/s3cret": [["status": 404, "body": #"{"code":10015,"message":"Unknown Webhook"}"#]]]], [follow, get("/users/@me")])
        #expect(session.trace.count >= 5)
        #expect(!session.trace.contains { $0.contains("s3cret") || $0.contains(Session.token) })
        #expect(session.results[0].error?.description == "POST /webhooks/1/{interaction.token}: Unknown Webhook (HTTP 404, code 10015)")
    }

    @Test("connections are kept: one after another, a hundred requests take one")
    func keepAlive() async throws {
        let session = try await Session.run([:], (0..<100).map { post(1, #"{"n":\#($0)}"#) })
        #expect(session.record.connections == 1)
        #expect(session.metrics.connections == 1)
        #expect(session.record.requests.map { $0["body"]?.stringValue } == (0..<100).map { #"{"n":\#($0)}"# })
    }

    @Test("a thousand requests at once: each channel's arrive in order and none is refused")
    func thousand() async throws {
        let requests = (0..<1000).map { post($0 % 10 + 1, #"{"n":\#($0)}"#) }
        let session = try await Session.run(["bucket": ["limit": 40, "window": 0.02]], requests)
        #expect(session.results.allSatisfy { $0.response != nil })
        #expect(session.record.refused == 0)
        #expect(session.record.requests.count == 1000)
        for channel in 1...10 {
            let bodies = session.record.requests.filter { $0["path"]?.stringValue == "/channels/\(channel)/messages" }.map { $0["body"]?.stringValue }
            #expect(bodies == (0..<1000).filter { $0 % 10 + 1 == channel }.map { #"{"n":\#($0)}"# })
        }
        #expect(session.record.connections <= 32)
    }
}

@Suite("REST client: limits, errors, retries") struct RESTClientPolicyTests {
    @Test("a bucket that the server counts is never overrun")
    func bucket() async throws {
        let session = try await Session.run(["bucket": ["limit": 3, "window": 0.05]], (0..<12).map { _ in get("/channels/1/messages") })
        #expect(session.record.refused == 0)
        #expect(session.results.allSatisfy { $0.response != nil })
    }

    @Test("a 429 is obeyed, and the channel keeps its order")
    func refused() async throws {
        let refusal: JSONValue = ["status": 429, "headers": ["Retry-After": "0.02", "X-RateLimit-Scope": "user"], "body": #"{"message":"slow","retry_after":0.02,"global":false}"#]
        let session = try await Session.run(["plan": ["POST /channels/1/messages": [refusal, refusal, [:]]]], [post(1, "1"), post(1, "2"), post(1, "3")])
        #expect(session.record.requests.map { $0["body"]?.stringValue } == ["1", "1", "1", "2", "3"])
        #expect(session.order == [0, 1, 2])
        #expect(session.results[0].response?.attempts == 3)
        #expect(session.metrics.rateLimited == 2)
    }

    @Test("after five 429s the error says so")
    func refusedForGood() async throws {
        let refusal: JSONValue = ["status": 429, "headers": ["Retry-After": "0.01"], "body": #"{"message":"You are being rate limited.","retry_after":0.01,"code":20028}"#]
        let session = try await Session.run(["plan": ["POST /channels/1/messages": [refusal]]], [post(1)])
        #expect(session.record.requests.count == 5)
        let error = try #require(session.results[0].error)
        #expect(error.kind == .rateLimited && error.status == 429 && error.code == .channelWriteLimit && error.retryAfter == .milliseconds(10))
    }

    @Test("a wait longer than the deadline is an error at once, for what waits behind it too")
    func longWait() async throws {
        let refusal: JSONValue = ["status": 429, "headers": ["Retry-After": "1337", "X-RateLimit-Scope": "shared", "X-RateLimit-Remaining": "9"], "body": #"{"message":"The resource is being rate limited.","retry_after":1337}"#]
        let session = try await Session.run(["plan": ["POST /channels/1/messages": [refusal]]], [post(1), post(1)])
        #expect(session.record.requests.count == 1)
        #expect(session.results.map { $0.error?.kind } == [.rateLimited, .rateLimited])
        #expect(session.results.allSatisfy { $0.error?.status == 429 })
        #expect(session.results[0].error?.retryAfter == .seconds(1337))
    }

    @Test("a global 429 stops the queue, which then goes on; an interaction overtakes it (scenario 22)")
    func global() async throws {
        let plan: JSONValue = ["plan": ["GET /channels/11/messages": [["pause": 0.5], [:]], "POST /interactions/4/aW50/callback": [["status": 204]]]]
        let session = try await Session.run(plan, program: "server.py", configure: { configuration, _ in configuration.limits.concurrent = 1 }) { client, _, done in
            var session = Session()
            func finished(_ result: Result<RESTResponse, RESTError>) {
                session.results.append(result)
                if session.results.count == 201 { done(session) }
            }
            let tell = client.notice
            client.notice = { [unowned client] notice in
                tell(notice)
                client.perform(.interactionCallback(.init(rawValue: 4), token: "aW50", Array(#"{"type":5}"#.utf8)), completion: finished)
            }
            for channel in 1...200 { client.perform(get("/channels/\(channel)/messages"), completion: finished) }
        }
        #expect(session.results.allSatisfy { $0.response != nil })
        #expect(session.record.requests.count == 202)
        #expect(session.record.refused == 0, "nothing else was sent before the wait was over")
        let lines = session.record.lines.filter { $0 == "GET /channels/11/messages" || $0.hasPrefix("POST") }
        #expect(lines == ["GET /channels/11/messages", "POST /interactions/4/aW50/callback", "GET /channels/11/messages"])
        #expect(session.notices == [.globalLimit(.milliseconds(500))])
        #expect(session.notices.first.map { "\($0)" } == "Discord's global rate limit is reached: all requests but interactions wait 0.5 s")
    }

    @Test("401: what waits fails without being sent (scenario 24)")
    func unauthorized() async throws {
        let session = try await Session.run(["plan": ["GET /users/@me": [["status": 401, "body": #"{"message":"401: Unauthorized","code":0}"#]]]], (0..<5).map { _ in get("/users/@me") })
        #expect(session.record.requests.count == 1)
        #expect(session.results.allSatisfy { $0.error?.kind == .unauthorized && $0.error?.status == 401 })
        #expect(session.results[0].error?.description == "GET /users/@me: 401: Unauthorized (HTTP 401)")
        #expect(session.notices == [.tokenRefused])
    }

    @Test("401 to a pack's request: the host asks once itself, and believes that")
    func doubtedToken() async throws {
        let refused = ["status": 401, "body": #"{"message":"401: Unauthorized","code":0}"#] as JSONValue
        func session(_ plan: JSONValue) async throws -> Session {
            try await Session.run(["plan": plan], program: "server.py", configure: { _, _ in }) { client, _, done in
                var session = Session()
                // One after another, so that the host's question has an answer long before the last of them.
                func next() {
                    var request = get(session.results.count < 2 ? "/oauth2/@me" : "/channels/1")
                    request.origin = 1
                    client.perform(request) { result in
                        session.results.append(result)
                        if session.results.count == 30 { done(session) } else { next() }
                    }
                }
                next()
            }
        }
        let own = try await session(["GET /oauth2/@me": [refused]])
        #expect(own.record.lines.filter { $0 == "GET /users/@me" }.count == 1)
        #expect(own.results.last?.response?.status == 200)
        #expect(own.notices == [])
        let bad = try await session(["GET /oauth2/@me": [refused], "GET /users/@me": [refused]])
        #expect(bad.notices == [.tokenRefused])
        #expect(bad.results.last?.error?.kind == .unauthorized)
    }

    @Test("three 403s for one call, then no more are sent (scenario 24)")
    func forbidden() async throws {
        let session = try await Session.run(["plan": ["POST /channels/1/messages": [["status": 403, "body": #"{"message":"Missing Permissions","code":50013}"#]]]], [post(1)]) { _, _ in }
        #expect(session.results[0].error?.description == "POST /channels/1/messages: Missing Permissions (HTTP 403, code 50013)")
        let loop = try await Session.run(["plan": ["POST /channels/1/messages": [["status": 403, "body": #"{"message":"Missing Permissions","code":50013}"#]]]], program: "server.py", configure: { _, _ in }) { client, _, done in
            var session = Session()
            func next() {
                client.perform(post(1)) { result in
                    session.results.append(result)
                    if session.results.count == 10 { done(session) } else { next() }
                }
            }
            next()
        }
        #expect(loop.results.allSatisfy { $0.error?.code == .missingPermissions && $0.error?.status == 403 })
        #expect(loop.record.requests.count == 3)
    }

    @Test("HTML instead of JSON: everything stops, and the error says who it was (scenario 24)")
    func edge() async throws {
        let session = try await Session.run(["plan": ["GET /users/@me": [["status": 429, "headers": ["Retry-After": "0.05", "Content-Type": "text/html"], "body": "<html>1015</html>"], [:]]]], [get("/users/@me"), get("/channels/1")])
        #expect(session.notices == [.blockedByEdge(.milliseconds(50))])
        #expect(session.results.allSatisfy { $0.response != nil })
        let refused = try await Session.run(["plan": ["GET /users/@me": [["status": 403, "body": "<html>Sorry, you have been blocked</html>"]]]], [get("/users/@me")])
        #expect(refused.results[0].error?.kind == .blocked)
    }

    @Test("server errors are retried where repeating is safe (scenario 23)")
    func serverErrors() async throws {
        let bad: JSONValue = ["status": 502, "body": "<html>bad gateway</html>"]
        let plan: JSONValue = ["plan": ["GET /a": [bad, bad, bad, [:]], "GET /b": [bad], "POST /channels/1/messages": [bad, [:]], "POST /channels/2/messages": [bad, [:]]]]
        let session = try await Session.run(plan, [get("/a"), get("/b"), post(1), .createMessage(in: .init(rawValue: 2), Array(#"{"content":"x"}"#.utf8))])
        #expect(session.results[0].response?.attempts == 4)
        #expect(session.results[1].error?.status == 502)
        #expect(session.results[2].error?.status == 502)
        #expect(session.results[3].response?.attempts == 2)
        let bodies = session.record.requests.filter { $0["path"]?.stringValue == "/channels/2/messages" }.map { $0["body"]?.stringValue }
        #expect(bodies.count == 2 && bodies[0] == bodies[1], "the same nonce both times")
        #expect(session.record.lines.filter { $0 == "GET /b" }.count == 4)
    }

    @Test("a connection cut in the middle of an answer is retried where repeating is safe")
    func cut() async throws {
        let cut: JSONValue = ["body": "0123456789", "times": 100, "cut": 500]
        let session = try await Session.run(["plan": ["GET /a": [cut, ["body": "whole"]], "POST /channels/1/messages": [cut]]], [get("/a"), post(1)])
        #expect(session.results[0].response?.body == Array("whole".utf8))
        #expect(session.results[1].error?.kind == .transport)
        #expect(session.record.lines.filter { $0.hasPrefix("POST") }.count == 1)
    }

    @Test("a reused connection that dies without an answer: a POST that may not be repeated is not")
    func deadConnection() async throws {
        let plan: JSONValue = ["plan": ["POST /channels/1/messages": [[:], ["drop": true], [:]], "PUT /pins/1": [[:], ["drop": true], [:]]]]
        let once = try await Session.run(plan, [post(1, "1"), post(1, "2")])
        #expect(once.results[0].response != nil)
        #expect(once.results[1].error?.kind == .transport)
        #expect(once.record.requests.map { $0["body"]?.stringValue } == ["1", "2"])
        #expect(once.results[1].error?.message.hasSuffix("not sent again, because it could take effect twice") == true)
        let empty = try await Session.run(plan, [.raw(.post, path: "/channels/1/messages"), .raw(.post, path: "/channels/1/messages")])
        #expect(empty.results[1].error?.kind == .transport)
        #expect(empty.record.requests.count == 2)
        let always = try await Session.run(plan, [.raw(.put, path: "/pins/1"), .raw(.put, path: "/pins/1")])
        #expect(always.results.allSatisfy { $0.response != nil })
        #expect(always.record.requests.count == 3)
    }

    @Test("a redirect is not followed; the error names the host, not the path, which may hold a token", arguments: [301, 302, 307, 308])
    func redirect(status: Int) async throws {
        let follow = RESTRequest.createFollowup(application: .init(rawValue: 1), token: "s3cret", Array("{}".utf8))
        let answer: JSONValue = ["status": .integer(Int64(status)), "headers": ["Location": "https://elsewhere.test/api/webhooks/1/s3cret?wait=true"]]
        let session = try await Session.run(["plan": ["POST /webhooks/1/s3cret": [answer]]], [follow])
        #expect(session.record.lines == ["POST /webhooks/1/s3cret"])
        let error = try #require(session.results[0].error)
        #expect(error.status == status)
        #expect(error.message == "the server wants this to go elsewhere (https://elsewhere.test); redirects are not followed, correct [discord] api_url")
        #expect(!session.trace.contains { $0.contains("s3cret") })
    }

    @Test("a redirect to what is no plain URL: the error does not repeat it", arguments: ["/elsewhere", "", "https://", "https://a:b@c/", "ftp://a/", "https://a\u{1B}[2J/"])
    func oddRedirect(location: String) async throws {
        let session = try await Session.run(["plan": ["GET /a": [["status": 302, "headers": ["Location": .string(location)]]]]], [get("/a")])
        #expect(session.results[0].error?.message == "the server wants this to go elsewhere; redirects are not followed, correct [discord] api_url")
    }

    @Test("an answer longer than the limit is refused, by its header or while it comes")
    func tooLarge() async throws {
        let session = try await Session.run(["plan": ["GET /a": [["body": "0123456789", "times": 200_000]], "GET /b": [["body": "0123456789", "times": 100]], "GET /c": [["body": "x", "times": 1001, "cut": 0]]]], [get("/a"), get("/b"), get("/c")]) { configuration, _ in
            configuration.responseLimit = 1000
        }
        #expect(session.results[0].error?.kind == .tooLarge)
        #expect(session.results[0].error?.message == "the answer is longer than the limit of 1000 bytes")
        #expect(session.results[1].response?.body.count == 1000)
        #expect(session.results[2].error?.kind == .tooLarge, "its header says so, and nothing else comes")
        #expect(session.metrics.attempts == 3)
    }

    @Test("a byte now and then does not outlast the deadline")
    func slow() async throws {
        var request = get("/a")
        request.deadline = .seconds(1)
        let session = try await Session.run(["plan": ["GET /a": [["body": "0123456789", "times": 1000, "drip": 0.05]]]], [request])
        let error = try #require(session.results[0].error)
        #expect(error.kind == .timedOut)
        #expect(error.description.hasPrefix("GET /a: no answer from 127.0.0.1:"))
        #expect(session.record.requests.count == 1)
    }

    @Test("the deadline passes in the queue too")
    func slowQueue() async throws {
        var second = get("/channels/1")
        second.deadline = .seconds(1)
        let session = try await Session.run(["bucket": ["limit": 1, "window": 60]], [get("/channels/1"), second])
        #expect(session.results[0].response?.status == 200)
        #expect(session.results[1].error?.description == "GET /channels/1: still waiting for its rate limit after 1 s, with 1 requests waiting")
        #expect(session.record.requests.count == 1)
    }

    @Test("a server error whose retry would come too late is the error")
    func lateRetry() async throws {
        let session = try await Session.run(["plan": ["GET /a": [["status": 503]]]], [get("/a")]) { configuration, _ in configuration.retryPause = .seconds(400) }
        #expect(session.results[0].error?.status == 503)
        #expect(session.metrics.attempts == 1)
    }

    @Test("an attempt's own limit leaves time for another")
    func attemptTimeout() async throws {
        let session = try await Session.run(["plan": ["GET /a": [["delay": 60], ["body": "second"]]]], [get("/a")]) { configuration, _ in
            configuration.attemptTimeout = .seconds(1)
        }
        #expect(session.results[0].response?.body == Array("second".utf8))
    }

    @Test("field errors are in the message")
    func fields() async throws {
        let body = #"{"code":50035,"message":"Invalid Form Body","errors":{"embeds":{"0":{"title":{"_errors":[{"code":"BASE_TYPE_MAX_LENGTH","message":"Must be 256 or fewer in length."}]}}}}}"#
        let session = try await Session.run(["plan": ["POST /channels/1/messages": [["status": 400, "body": .string(body)]]]], [post(1)])
        #expect(session.results[0].error?.description == "POST /channels/1/messages: Invalid Form Body: embeds[0].title: Must be 256 or fewer in length. (HTTP 400, code 50035)")
    }

    @Test("what cannot be sent is refused here")
    func refusedHere() async throws {
        var reason = post(1)
        reason.reason = String(repeating: "ä", count: 513)
        var large = post(1)
        large.body = .json(Array(repeating: 0x20, count: 2000))
        var smuggler = post(1)
        smuggler.body = .multipart(payload: [], files: [UploadFile(name: "a", contentType: "text/plain\r\nX: y", bytes: [])])
        let session = try await Session.run([:], [reason, large, .raw(.get, path: "/channels/../users/@me"), smuggler]) { configuration, _ in configuration.requestLimit = 1000 }
        #expect(session.results.map { $0.error?.kind } == [.invalidRequest, .invalidRequest, .invalidRequest, .invalidRequest])
        #expect(session.record.requests.isEmpty)
        let bare = try await Session.run([:], [post(1)]) { configuration, _ in configuration.token = nil }
        #expect(bare.results[0].error?.kind == .unauthorized)
        #expect(bare.record.requests.isEmpty)
    }

    @Test("a full queue is an error, and what it took is sent")
    func queueFull() async throws {
        let session = try await Session.run([:], (0..<10).map { post(1, "\($0)") }) { configuration, _ in configuration.limits.queued = 4 }
        #expect(session.results.filter { $0.error?.kind == .queueFull }.count == 5)
        #expect(session.record.requests.map { $0["body"]?.stringValue } == ["0", "1", "2", "3", "4"])
    }
}
