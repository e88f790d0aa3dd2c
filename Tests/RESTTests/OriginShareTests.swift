import Discord
import Testing

@testable import REST

@Suite("Each origin's share") struct OriginShareTests {
    @Test("the queue is bounded for each in requests and in bytes")
    func queue() throws {
        var scene = LimiterScene { $0.queued = 3; $0.queuedBytes = 100 }
        for _ in 0..<3 { _ = try scene.submit(.write(1).from(1)) }
        #expect(throws: RateLimiter.Rejection.queueFull(waiting: 3)) { try scene.submit(.write(1).from(1)) }
        var large = RESTRequest.write(1).from(2)
        large.body = .json(Array(repeating: 0x20, count: 100))
        let own = try scene.submit(large)
        #expect(throws: RateLimiter.Rejection.queueFull(waiting: 1)) { try scene.submit(large) }
        _ = try scene.submit(.write(1).from(3))
        scene.limiter.finish(own, at: scene.start)
        _ = try scene.submit(large)
        #expect(scene.limiter.queuedCount == 5)
    }

    @Test("one has at most three quarters of what may be under way, the host itself all of it")
    func concurrent() throws {
        var scene = LimiterScene()
        let uploads = try (0..<100).map { try scene.submit(.write($0).from(1)) }
        #expect(scene.go(at: 0) == Array(uploads[..<24]))
        #expect(scene.wake(at: 0) == nil)
        let others = try (0..<10).map { try scene.submit(.write(500 + $0).from(2)) }
        #expect(scene.go(at: 0) == Array(others[..<6]), "three quarters of the eight that are left")
        let third = try (0..<10).map { try scene.submit(.write(700 + $0).from(3)) }
        #expect(scene.go(at: 0) == Array(third[..<1]))
        _ = try scene.submit(.write(800).from(4))
        #expect(scene.go(at: 0) == [], "the last is the host's")
        #expect(scene.wake(at: 0) == nil)
        let host = try scene.submit(.write(900))
        #expect(scene.go(at: 0) == [host])
        for upload in uploads[..<2] { scene.answer(upload, at: 10) }
        #expect(scene.go(at: 10).count == 1)

        var own = LimiterScene()
        for channel in 0..<100 { _ = try own.submit(.write(channel)) }
        #expect(own.go(at: 0).count == 32)
    }

    @Test("interactions are beside it")
    func urgent() throws {
        var scene = LimiterScene { $0.concurrent = 4 }
        let uploads = try (0..<4).map { try scene.submit(.write($0).from(1)) }
        let urgent = try (0..<3).map { try scene.submit(.callback($0).from(1)) }
        #expect(scene.go(at: 0) == urgent + uploads[..<3])
    }

    @Test("a request that the answer moves to another bucket, or that is sent again, is counted until it ends")
    func counted() throws {
        var scene = LimiterScene { $0.concurrent = 2 }
        let first = try scene.submit(.write(1).from(1))
        let second = try scene.submit(.write(2).from(1))
        #expect(scene.go(at: 0) == [first])
        scene.refuse(first, .fields("h", limit: 5, left: 0, resetAfter: 1, retryAfter: 1, scope: .user), at: 0)
        #expect(scene.go(at: 0) == [second])
        #expect(scene.go(at: 1100) == [])
        scene.answer(second, at: 1100)
        #expect(scene.go(at: 1100) == [first])
    }

    @Test("half the invalid requests that pause all pause the one that caused them")
    func invalid() throws {
        var scene = LimiterScene { $0.invalidPause = 20; $0.perSecond = 10_000 }
        try refuse(10, of: 1, in: &scene)
        #expect(scene.limiter.takeNotices() == [.pausedOrigin(1, invalidRequests: 10, .seconds(610))])
        let held = try scene.submit(.read(98).from(1)), open = try scene.submit(.read(99).from(2))
        let urgent = try scene.submit(.callback(1).from(1))
        #expect(scene.go(at: 0) == [urgent, open])
        #expect(scene.wake(at: 0) == 610_000)
        #expect(scene.go(at: 609_999) == [])
        #expect(scene.go(at: 610_000) == [held])
    }

    @Test("its requests that cannot outwait the pause fail at once")
    func outlasted() throws {
        var scene = LimiterScene { $0.invalidPause = 20; $0.perSecond = 10_000; $0.concurrent = 4 }
        let fast = try (0..<4).map { try scene.submit(.read($0).from(1), deadline: 300_000) }
        let other = try scene.submit(.read(5).from(2), deadline: 300_000)
        #expect(scene.go(at: 0) == [fast[0], other, fast[1]])
        for _ in 0..<10 {
            scene.limiter.record(status: 403, headers: .init(), fault: DiscordFault(Array("{}".utf8)), for: fast[0], at: scene.start)
        }
        #expect(scene.limiter.outlasted().map(\.ticket) == [fast[2], fast[3]])
        #expect(scene.limiter.outlasted().map(\.until) == [scene.at(610_000), scene.at(610_000)])
        #expect(throws: RateLimiter.Rejection.heldBeyondDeadline(until: scene.at(610_000))) {
            try scene.submit(.read(1).from(1), deadline: 300_000)
        }
        _ = try scene.submit(.callback(1).from(1), deadline: 300_000)
        _ = try scene.submit(.read(1).from(2), deadline: 300_000)
    }

    @Test("the host is paused with all only, and two that are paused themselves pause all as a last resort")
    func lastResort() throws {
        var scene = LimiterScene { $0.invalidPause = 20; $0.perSecond = 10_000 }
        try refuse(15, of: 0, in: &scene)
        #expect(scene.limiter.takeNotices() == [])
        try refuse(5, of: 1, in: &scene)
        #expect(scene.limiter.takeNotices() == [.pausedForInvalidRequests(20, .seconds(610))])
    }

    @Test("of the requests in a second an origin has at most three quarters of what the others leave, unless it is alone")
    func second() throws {
        var scene = LimiterScene { $0.perSecond = 40; $0.concurrent = 1000 }
        for channel in 0..<100 { _ = try scene.submit(.write(channel).from(1)) }
        #expect(scene.go(at: 0).count == 40)
        let other = try scene.submit(.write(500).from(2), at: 10)
        #expect(scene.go(at: 10) == [])
        #expect(scene.wake(at: 10) == 1040)
        let next = scene.go(at: 1050)
        #expect(next.contains(other))
        #expect(next.count == 1 + 29, "three quarters of 39")
        let late = try scene.submit(.write(501).from(2), at: 1060)
        #expect(scene.go(at: 1060) == [late])
    }

    @Test("refusals of the proxy before Discord hold whoever earned them, and all once a second origin meets them")
    func edge() throws {
        var scene = LimiterScene()
        func refuse(_ count: Int, of origin: Int, at time: Int, _ scene: inout LimiterScene) throws {
            for number in 0..<count {
                let ticket = try scene.submit(.read(number).from(origin), at: time)
                #expect(scene.go(at: time) == [ticket])
                scene.answer(ticket, status: 403, at: time)
            }
        }
        try refuse(3, of: 1, at: 0, &scene)
        #expect(scene.limiter.takeNotices() == [.edgePausedOrigin(1, .seconds(300))])
        let held = try scene.submit(.read(7).from(1)), other = try scene.submit(.read(7).from(2))
        #expect(scene.go(at: 0) == [other])
        scene.answer(other, at: 0)
        #expect(scene.go(at: 300_000) == [held])
        scene.answer(held, status: 403, at: 300_000)
        try refuse(3, of: 2, at: 300_000, &scene)
        #expect(scene.limiter.takeNotices() == [.edgePausedOrigin(1, .seconds(300)), .blockedByEdge(.seconds(300))])
    }

    @Test("401: only the host's own request tells of the token")
    func unauthorized() throws {
        var scene = LimiterScene()
        let packs = try scene.submit(.read(1).from(1))
        _ = scene.go(at: 0)
        scene.answer(packs, status: 401, at: 0)
        #expect(scene.limiter.isTokenRefused == false)
        let own = try scene.submit(.read(1))
        _ = scene.go(at: 0)
        scene.answer(own, status: 401, at: 0)
        #expect(scene.limiter.isTokenRefused == true)
    }

    @Test("origins that are idle are forgotten, with their lines in buckets that are not")
    func forgotten() throws {
        var scene = LimiterScene { $0.perSecond = 10_000 }
        for origin in 1...100 {
            _ = try scene.submit(.read(1).from(origin))
            _ = scene.serve()
        }
        #expect(scene.limiter.originCount == 100)
        try refuse(1, of: 101, in: &scene)
        let slow = try scene.submit(.read(1).from(102), at: 100_000)
        #expect(scene.go(at: 100_000) == [slow])
        _ = try scene.submit(.read(2).from(103), at: 400_000)
        #expect(scene.limiter.originCount == 3, "the one whose refusal still counts, the one that has one under way, the one that asks")
        #expect(scene.limiter.buckets.values.map(\.lines.count) == [1, 1])
        scene.answer(slow, at: 400_000)
        _ = scene.serve(at: 400_000)
        _ = try scene.submit(.read(2).from(103), at: 700_000)
        #expect(scene.limiter.originCount == 1)
    }

    private func refuse(_ count: Int, of origin: Int, in scene: inout LimiterScene) throws {
        for number in 0..<count {
            let ticket = try scene.submit(.read(1000 * origin + number).from(origin))
            #expect(scene.go(at: 0) == [ticket])
            scene.limiter.record(status: 403, headers: .init(), fault: DiscordFault(Array("{}".utf8)), for: ticket, at: scene.start)
            scene.limiter.finish(ticket, at: scene.start)
        }
    }
}
