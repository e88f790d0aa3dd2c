import Discord
import Testing

@testable import REST

@Suite("Buckets") struct RateLimiterBucketTests {
    @Test("before the first answer one request is under way for a route and resource, other resources beside it")
    func discovery() throws {
        var scene = LimiterScene()
        let a = try (scene.submit(.read(1)), scene.submit(.read(1)))
        let b = try scene.submit(.read(2))
        #expect(scene.go(at: 0) == [a.0, b])
        #expect(scene.wake(at: 0) == nil)
        scene.answer(a.0, .fields("h", limit: 5, left: 4, resetAfter: 1), at: 100)
        #expect(scene.go(at: 100) == [a.1])
    }

    @Test("remaining 0 waits for Reset-After and the slack, then a whole window opens")
    func window() throws {
        var scene = LimiterScene()
        let tickets = try (0..<5).map { _ in try scene.submit(.read(1)) }
        #expect(scene.go(at: 0) == [tickets[0]])
        scene.answer(tickets[0], .fields("h", limit: 2, left: 1, resetAfter: 1), at: 100)
        #expect(scene.go(at: 100) == [tickets[1]])
        scene.answer(tickets[1], .fields("h", limit: 2, left: 0, resetAfter: 0.9), at: 200)
        #expect(scene.go(at: 200) == [])
        #expect(scene.wake(at: 200) == 950)
        #expect(scene.go(at: 1149) == [])
        #expect(scene.go(at: 1150) == [tickets[2], tickets[3]])
        scene.answer(tickets[3], .fields("h", limit: 2, left: 0, resetAfter: 1), at: 1200)
        scene.answer(tickets[2], .fields("h", limit: 2, left: 1, resetAfter: 1), at: 1200)
        #expect(scene.go(at: 1200) == [], "answers out of order: the least remaining is true")
        #expect(scene.go(at: 2250) == [tickets[4]])
    }

    @Test("writes of one bucket go one at a time, in order; reads share the window")
    func serialWrites() throws {
        var scene = LimiterScene()
        let first = try scene.submit(.write(1))
        #expect(scene.go(at: 0) == [first])
        scene.answer(first, .fields("h", limit: 10, left: 9, resetAfter: 5), at: 10)
        let writes = try (0..<3).map { _ in try scene.submit(.write(1)) }
        #expect(scene.go(at: 10) == [writes[0]])
        scene.answer(writes[0], .fields("h", limit: 10, left: 8, resetAfter: 5), at: 20)
        #expect(scene.go(at: 20) == [writes[1]])

        let read = try scene.submit(.read(1))
        #expect(scene.go(at: 20) == [read])
        scene.answer(read, .fields("r", limit: 5, left: 4, resetAfter: 1), at: 30)
        let reads = try (0..<5).map { _ in try scene.submit(.read(1)) }
        #expect(scene.go(at: 30) == Array(reads[..<4]))
    }

    @Test("routes that turn out to share a hash share the bucket; what waits keeps its order")
    func sharedHash() throws {
        var scene = LimiterScene()
        let edit = RESTRequest(.patch, Route("/channels/{channel.id}/messages/{message.id}", "1", "9"))
        let a = try scene.submit(.write(1)), b = try scene.submit(edit)
        #expect(scene.go(at: 0) == [a, b])
        let c = try scene.submit(edit), d = try scene.submit(.write(1)), e = try scene.submit(edit)
        scene.answer(a, .fields("h", limit: 5, left: 4, resetAfter: 1), at: 10)
        scene.answer(b, .fields("h", limit: 5, left: 3, resetAfter: 1), at: 20)
        #expect(scene.go(at: 20) == [c])
        scene.answer(c, .fields("h", limit: 5, left: 2, resetAfter: 1), at: 30)
        #expect(scene.go(at: 30) == [d])
        scene.answer(d, .fields("h", limit: 5, left: 1, resetAfter: 1), at: 40)
        #expect(scene.go(at: 40) == [e])
        #expect(scene.limiter.bucketCount == 1)
    }

    @Test("a known hash still learns each resource's window by one request")
    func otherMajor() throws {
        var scene = LimiterScene()
        let first = try scene.submit(.read(1))
        _ = scene.go(at: 0)
        scene.answer(first, .fields("h", limit: 5, left: 0, resetAfter: 100), at: 0)
        let other = try (0..<2).map { _ in try scene.submit(.read(2)) }
        #expect(scene.go(at: 0) == [other[0]])
    }

    @Test("a route may be given another hash; its requests move and others stay")
    func renamed() throws {
        var scene = LimiterScene()
        let a = try scene.submit(.write(1))
        _ = scene.go(at: 0)
        scene.answer(a, .fields("old", limit: 5, left: 4, resetAfter: 1), at: 0)
        let b = try scene.submit(.write(1)), c = try scene.submit(.write(1))
        #expect(scene.go(at: 0) == [b])
        scene.answer(b, .fields("new", limit: 1, left: 0, resetAfter: 2), at: 10)
        #expect(scene.go(at: 10) == [])
        #expect(scene.go(at: 2060) == [c])
    }

    @Test("a route without limits lets reads run freely")
    func unlimited() throws {
        var scene = LimiterScene()
        let first = try scene.submit(.read(1))
        _ = scene.go(at: 0)
        scene.answer(first, at: 10)
        let reads = try (0..<20).map { _ in try scene.submit(.read(1)) }
        #expect(scene.go(at: 10) == reads)
    }

    @Test("a request without an answer blocks nothing for good")
    func noAnswer() throws {
        var scene = LimiterScene()
        let a = try scene.submit(.read(1)), b = try scene.submit(.read(1))
        #expect(scene.go(at: 0) == [a])
        scene.limiter.finish(a, at: scene.at(10))
        #expect(scene.go(at: 10) == [b])
        scene.answer(b, .fields("h", limit: 1, left: 0, resetAfter: 1), at: 20)
        let c = try scene.submit(.read(1)), d = try scene.submit(.read(1))
        #expect(scene.go(at: 1070) == [c])
        scene.limiter.finish(c, at: scene.at(1080))
        #expect(scene.go(at: 1080) == [d])
    }

    @Test("a server error says nothing about limits")
    func serverError() throws {
        var scene = LimiterScene()
        let a = try scene.submit(.read(1))
        _ = try (scene.submit(.read(1)), scene.submit(.read(1)))
        _ = scene.go(at: 0)
        scene.answer(a, status: 502, at: 10)
        #expect(scene.go(at: 10).count == 1)
    }

    @Test("a write that waits for its retry holds back the writes behind it, not those of other channels")
    func retryKeepsOrder() throws {
        var scene = LimiterScene()
        let a = try scene.submit(.write(1)), b = try scene.submit(.write(1)), other = try scene.submit(.write(2))
        #expect(scene.go(at: 0) == [a, other])
        scene.limiter.requeue(a, notBefore: scene.at(1000), at: scene.at(10))
        #expect(scene.go(at: 10) == [])
        #expect(scene.wake(at: 10) == 990)
        #expect(scene.go(at: 1000) == [a])
        scene.answer(a, at: 1010)
        #expect(scene.go(at: 1010) == [b])
    }

    @Test("channels take turns")
    func fairness() throws {
        var scene = LimiterScene { $0.concurrent = 1 }
        let busy = try (0..<3).map { _ in try scene.submit(.write(1)) }
        let quiet = try scene.submit(.write(2))
        var order: [RateLimiter.Ticket] = []
        for _ in 0..<4 {
            let ticket = try #require(scene.go(at: 0).first)
            order.append(ticket)
            scene.answer(ticket, at: 0)
        }
        #expect(order == [busy[0], quiet, busy[1], busy[2]])
    }

    @Test("idle buckets are forgotten, busy and limited ones are not")
    func forgotten() throws {
        var scene = LimiterScene { $0.perSecond = 10_000; $0.concurrent = 10_000 }
        for channel in 0..<100 {
            let ticket = try scene.submit(.read(channel))
            _ = scene.go(at: 0)
            scene.answer(ticket, .fields("h", limit: 1, left: 0, resetAfter: channel == 0 ? 3600 : 1), at: 0)
        }
        #expect(scene.limiter.bucketCount == 100)
        _ = try scene.submit(.read(1), at: 100_000)
        #expect(scene.limiter.bucketCount == 100)
        _ = try scene.submit(.read(2), at: 400_000)
        #expect(scene.limiter.bucketCount == 3, "the one that is limited, the one that waits, the new one")
    }
}

@Suite("429") struct RateLimiterRefusalTests {
    @Test("user scope: the bucket waits and the request stays first")
    func user() throws {
        var scene = LimiterScene()
        let a = try scene.submit(.write(1)), b = try scene.submit(.write(1)), other = try scene.submit(.write(2))
        #expect(scene.go(at: 0) == [a, other])
        scene.refuse(a, .fields("h", limit: 5, left: 0, resetAfter: 2, retryAfter: 2, scope: .user), at: 100)
        #expect(scene.go(at: 100) == [])
        #expect(scene.wake(at: 100) == 2050)
        #expect(scene.go(at: 2150) == [a])
        scene.answer(a, at: 2200)
        #expect(scene.go(at: 2200) == [b])
    }

    @Test("shared and hidden limits stop that operation only (scenario 21)", arguments: [RateLimitHeaders.Scope.shared, .user])
    func operation(scope: RateLimitHeaders.Scope) throws {
        var scene = LimiterScene()
        let rename = RESTRequest(.patch, Route("/channels/{channel.id}", "1"))
        let read = RESTRequest(.get, Route("/channels/{channel.id}", "1"))
        for request in [rename, read] {
            let ticket = try scene.submit(request)
            _ = scene.go(at: 0)
            scene.answer(ticket, .fields("h", limit: 10, left: 9, resetAfter: 5), at: 0)
        }
        let a = try scene.submit(rename), b = try scene.submit(read), c = try scene.submit(rename)
        #expect(scene.go(at: 0) == [a, b])
        scene.refuse(a, .fields("h", limit: 10, left: 9, resetAfter: 5, retryAfter: 1337, scope: scope), at: 10)
        let d = try scene.submit(read, at: 10)
        #expect(scene.go(at: 10) == [d])
        #expect(scene.go(at: 1_337_059) == [])
        #expect(scene.go(at: 1_337_060) == [a])
        _ = c
    }

    @Test("global: everything but interactions waits (scenario 22)")
    func global() throws {
        var scene = LimiterScene()
        let a = try scene.submit(.read(1))
        _ = scene.go(at: 0)
        let waiting = try (2..<30).map { try scene.submit(.read($0), at: 5) }
        scene.refuse(a, .fields(retryAfter: 3, scope: .global, global: true), at: 10)
        let urgent = try scene.submit(.callback(7), at: 20)
        #expect(scene.go(at: 20) == [urgent])
        #expect(scene.wake(at: 20) == 3040)
        #expect(scene.limiter.takeNotices() == [.globalLimit(.seconds(3))])
        #expect(Set(scene.go(at: 3060)) == Set(waiting + [a]))
    }

    @Test("HTML from the proxy stops everything, interactions too, for Retry-After or five minutes (scenario 24)", arguments: [(60.0, 60_000), (nil, 300_000)])
    func edge(retryAfter: Double?, span: Int) throws {
        var scene = LimiterScene()
        let a = try scene.submit(.read(1))
        _ = scene.go(at: 0)
        scene.refuse(a, .fields(retryAfter: retryAfter), body: "<html>", at: 0)
        let urgent = try scene.submit(.callback(7))
        #expect(scene.go(at: span - 1) == [])
        #expect(scene.wake(at: 0) == span)
        #expect(scene.go(at: span + 50) == [urgent, a])
        #expect(scene.limiter.takeNotices() == [.blockedByEdge(.milliseconds(span))])
    }

    @Test("one 403 from the proxy may be about the content; three in a row are about us")
    func edge403() throws {
        var scene = LimiterScene()
        for round in 0..<3 {
            #expect(scene.limiter.takeNotices() == [], "round \(round)")
            let ticket = try scene.submit(.read(round))
            #expect(scene.go(at: 0) == [ticket])
            scene.answer(ticket, status: 403, at: 0)
        }
        #expect(scene.limiter.takeNotices() == [.blockedByEdge(.seconds(300))])
        _ = try scene.submit(.read(9))
        #expect(scene.go(at: 299_999) == [])
    }

    @Test("a wait that outlasts the deadline is told at once")
    func outlasting() throws {
        var scene = LimiterScene()
        let a = try scene.submit(.write(1))
        _ = scene.go(at: 0)
        scene.refuse(a, .fields("h", limit: 5, left: 3, resetAfter: 2, retryAfter: 600, scope: .user), at: 0)
        let until = scene.at(600_050)
        #expect(throws: RateLimiter.Rejection.heldBeyondDeadline(until: until)) { try scene.submit(.write(1), at: 1, deadline: 300_000) }
        _ = try scene.submit(.write(2), at: 1, deadline: 300_000)
    }
}

@Suite("Limits over all buckets") struct RateLimiterGlobalTests {
    @Test("fifty in any second and its slack, interactions beside them")
    func perSecond() throws {
        var scene = LimiterScene { $0.concurrent = 1000 }
        for channel in 0..<120 { _ = try scene.submit(.read(channel)) }
        let urgent = try (0..<100).map { try scene.submit(.callback($0)) }
        let first = scene.go(at: 0)
        #expect(first.count == 150)
        #expect(Set(urgent).isSubset(of: first))
        #expect(scene.wake(at: 0) == 1050)
        #expect(scene.go(at: 1049) == [])
        #expect(scene.go(at: 1050).count == 50)
        #expect(scene.go(at: 1500) == [])
        #expect(scene.go(at: 2100).count == 20)
    }

    @Test("so many under way at once, interactions beside them")
    func concurrent() throws {
        var scene = LimiterScene { $0.concurrent = 4 }
        for channel in 0..<6 { _ = try scene.submit(.read(channel)) }
        let urgent = try scene.submit(.callback(1))
        let under = scene.go(at: 0)
        #expect(under.count == 5 && under.first == urgent)
        #expect(scene.wake(at: 0) == nil)
        scene.answer(under[1], at: 10)
        #expect(scene.go(at: 10).count == 1)
    }

    @Test("requests of both lanes that turn out to share a bucket are counted as they were sent", arguments: [true, false])
    func sharedLanes(interactionFirst: Bool) throws {
        var scene = LimiterScene { $0.concurrent = 1 }
        let raw = try scene.submit(.raw(.post, path: "/webhooks/1/t"))
        let followUp = try scene.submit(.createFollowup(application: .init(rawValue: 1), token: "t", Array("{}".utf8)))
        #expect(scene.go(at: 0) == [followUp, raw])
        for ticket in interactionFirst ? [followUp, raw] : [raw, followUp] {
            scene.answer(ticket, .fields("h", limit: 5, left: 3, resetAfter: 5), at: 10)
        }
        let reads = try (1...2).map { try scene.submit(.read($0), at: 20) }
        #expect(scene.go(at: 20) == [reads[0]])
        scene.answer(reads[0], at: 30)
        #expect(scene.go(at: 30) == [reads[1]])
    }

    @Test("401 with the token ends everything that needs it (scenario 24)")
    func unauthorized() throws {
        var scene = LimiterScene()
        let a = try scene.submit(.read(1)), b = try scene.submit(.read(1))
        let urgent = try (scene.submit(.callback(1)), scene.submit(.callback(2)))
        _ = scene.go(at: 0)
        scene.answer(urgent.0, status: 401, at: 0)
        #expect(scene.limiter.isTokenRefused == false, "an interaction's own token is not the bot's")
        scene.answer(a, status: 401, at: 0)
        #expect(scene.limiter.isTokenRefused == true)
        #expect(scene.limiter.takeNotices() == [.tokenRefused])
        #expect(scene.limiter.waiting(authorizedOnly: true) == [b])
        #expect(throws: RateLimiter.Rejection.tokenRefused) { try scene.submit(.read(2)) }
        _ = try scene.submit(.callback(3))
    }

    @Test("invalid requests: told at the warning mark, paused at the second, open again as they age")
    func invalid() throws {
        var scene = LimiterScene { $0.invalidWarning = 10; $0.invalidPause = 20; $0.perSecond = 10_000 }
        for number in 0..<20 {
            let ticket = try scene.submit(.read(number), at: number * 1000)
            #expect(scene.go(at: number * 1000) == [ticket])
            scene.limiter.record(status: 403, headers: .init(), fault: DiscordFault(Array("{}".utf8)), for: ticket, at: scene.at(number * 1000))
            scene.limiter.finish(ticket, at: scene.at(number * 1000))
            let expected: [RateLimiter.Notice] = switch number {
            case 9: [.invalidRequests(10)]
            case 19: [.pausedForInvalidRequests(20, .seconds(600 + 10 - 19))]
            default: []
            }
            #expect(scene.limiter.takeNotices() == expected)
        }
        let held = try scene.submit(.read(99), at: 19_000)
        let urgent = try scene.submit(.callback(1), at: 19_000)
        #expect(scene.go(at: 19_000) == [urgent])
        #expect(scene.go(at: 609_999) == [])
        #expect(scene.go(at: 610_000) == [held])
    }

    @Test("a shared 429 is no invalid request; a user's is")
    func counted() throws {
        for (scope, notices) in [(RateLimitHeaders.Scope.shared, [RateLimiter.Notice]()), (.user, [.invalidRequests(1)])] {
            var scene = LimiterScene { $0.invalidWarning = 1 }
            let ticket = try scene.submit(.read(1))
            _ = scene.go(at: 0)
            scene.refuse(ticket, .fields(retryAfter: 1, scope: scope), at: 0)
            #expect(scene.limiter.takeNotices() == notices)
        }
    }

    @Test("the queue is bounded in requests and in bytes")
    func bounded() throws {
        var scene = LimiterScene { $0.queued = 3; $0.queuedBytes = 100 }
        for _ in 0..<3 { _ = try scene.submit(.write(1)) }
        #expect(throws: RateLimiter.Rejection.queueFull(waiting: 3)) { try scene.submit(.write(1)) }
        let first = scene.go(at: 0)
        #expect(first.count == 1 && scene.limiter.queuedCount == 2)
        var large = RESTRequest.write(2)
        large.body = .json(Array(repeating: 0x20, count: 101))
        #expect(throws: RateLimiter.Rejection.queueFull(waiting: 2)) { try scene.submit(large) }
        large.body = .json(Array(repeating: 0x20, count: 100))
        let fits = try scene.submit(large)
        scene.limiter.finish(fits, at: scene.start)
        _ = try scene.submit(large)
    }

    @Test("what is withdrawn is not sent, and what came back keeps its place")
    func withdrawn() throws {
        var scene = LimiterScene()
        let tickets = try (0..<4).map { _ in try scene.submit(.write(1)) }
        #expect(scene.go(at: 0) == [tickets[0]])
        scene.limiter.finish(tickets[1], at: scene.start)
        scene.limiter.requeue(tickets[0], notBefore: nil, at: scene.start)
        var order: [RateLimiter.Ticket] = []
        while let ticket = scene.go(at: 0).first {
            order.append(ticket)
            scene.answer(ticket, at: 0)
        }
        #expect(order == [tickets[0], tickets[2], tickets[3]])
        #expect(scene.limiter.queuedCount == 0)
    }
}
