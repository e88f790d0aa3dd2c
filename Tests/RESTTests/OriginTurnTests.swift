import Discord
import Testing

@testable import REST

@Suite("Origins take turns") struct OriginTurnTests {
    private let flooder = 1
    private let quiet = 2

    @Test("in one bucket: a thousand requests of one hold back another's by one of them")
    func inBucket() throws {
        var scene = LimiterScene { $0.perSecond = 10_000 }
        let flood = try (0..<1000).map { _ in try scene.submit(.write(1).from(flooder)) }
        #expect(scene.go(at: 0) == [flood[0]])
        let replies = try (0..<3).map { _ in try scene.submit(.write(1).from(quiet)) }
        #expect(scene.go(at: 0) == [], "a write waits while another's is under way")
        scene.answer(flood[0], at: 0)
        #expect(scene.serve() == [replies[0], flood[1], replies[1], flood[2], replies[2]] + flood[3...])
    }

    @Test("over buckets: a thousand channels of one hold back another's channel by one request")
    func overBuckets() throws {
        var scene = LimiterScene { $0.perSecond = 10_000 }
        let flood = try (0..<1000).map { try scene.submit(.write($0).from(flooder)) }
        let replies = try (0..<3).map { _ in try scene.submit(.write(5000).from(quiet)) }
        #expect(scene.serve(6) == [flood[0], replies[0], flood[1], replies[1], flood[2], replies[2]])
        #expect(scene.serve() == Array(flood[3...]))
    }

    @Test("a bucket far back in one's row stands at the front of another's")
    func sharedBucket() throws {
        var scene = LimiterScene { $0.perSecond = 10_000 }
        let flood = try (0..<1000).map { try scene.submit(.write($0).from(flooder)) }
        let replies = try (0..<3).map { _ in try scene.submit(.write(999).from(quiet)) }
        #expect(scene.serve(3) == [flood[0], replies[0], flood[1]])
        #expect(scene.serve(2) == [flood[999], replies[1]], "in the bucket it is the flooder's turn, which it takes in advance")
        #expect(scene.serve(2) == [replies[2], flood[2]])
    }

    @Test("one that asks in a single bucket without end leaves that bucket to another that has many")
    func busyBeside() throws {
        var scene = LimiterScene { $0.perSecond = 10_000 }
        var last = try scene.submit(.write(1).from(flooder))
        let busy = try (1...100).reversed().map { try scene.submit(.write($0).from(quiet)) }
        var order: [RateLimiter.Ticket] = []
        for _ in 0..<6 {
            let next = scene.limiter.next(at: scene.start)
            let ticket = try #require(next)
            order.append(ticket)
            if ticket == last { last = try scene.submit(.write(1).from(flooder)) }
            scene.answer(ticket, at: 0)
        }
        #expect(order.firstIndex(of: busy[99]).map { $0 < 4 } == true)
    }

    @Test("two that share many buckets take at most one turn in advance from a third", arguments: [true, false])
    func together(areAnswered: Bool) throws {
        var scene = LimiterScene { $0.perSecond = 10_000 }
        for origin in [1, 2] {
            for channel in 0..<500 { _ = try scene.submit(.write(channel).from(origin)) }
        }
        let own = try (0..<3).map { try scene.submit(.write(5000 + $0).from(3)) }
        if areAnswered {
            #expect(Set(own).isSubset(of: scene.serve(10)))
        } else {
            #expect(Set(own).isSubset(of: scene.go(at: 0).prefix(10)))
        }
    }

    @Test("a request that waits for its retry, or whose operation is held, holds back nobody else's")
    func requeued() throws {
        var scene = LimiterScene()
        let retried = try scene.submit(.write(1).from(flooder))
        #expect(scene.go(at: 0) == [retried])
        let behind = try scene.submit(.write(1).from(flooder)), other = try scene.submit(.write(1).from(quiet))
        scene.limiter.requeue(retried, notBefore: scene.at(1000), at: scene.start)
        #expect(scene.go(at: 0) == [other])
        scene.answer(other, at: 10)
        #expect(scene.go(at: 10) == [])
        #expect(scene.wake(at: 10) == 990)
        #expect(scene.go(at: 1000) == [retried])
        scene.answer(retried, at: 1010)
        #expect(scene.go(at: 1010) == [behind])
    }

    @Test("in both lanes, and interactions of one overtake the ordinary requests of all")
    func lanes() throws {
        var scene = LimiterScene { $0.concurrent = 1 }
        let ordinary = try (0..<3).map { try scene.submit(.write($0).from(flooder)) }
        let flood = try (0..<100).map { try scene.submit(.followUp($0 < 50 ? "same" : "\($0)").from(flooder)) }
        let reply = try scene.submit(.write(7).from(quiet))
        let urgent = try (scene.submit(.followUp("own").from(quiet)), scene.submit(.followUp("same").from(quiet)))
        #expect(scene.serve(2) == [urgent.1, flood[0]], "where one never sent, it comes first")
        #expect(scene.serve(2) == [flood[50], urgent.0])
        #expect(Set(scene.serve(98)) == Set(flood).subtracting([flood[0], flood[50]]))
        #expect(scene.serve() == [ordinary[0], reply, ordinary[1], ordinary[2]])
    }

    @Test("when routes turn out to share a bucket, each one's requests keep their order and take turns")
    func renamed() throws {
        var scene = LimiterScene()
        let edit = RESTRequest(.patch, Route("/channels/{channel.id}/messages/{message.id}", "1", "9"))
        let first = try (scene.submit(.write(1).from(1)), scene.submit(edit.from(2)))
        #expect(scene.go(at: 0) == [first.0, first.1])
        let one = try [scene.submit(edit.from(1)), scene.submit(.write(1).from(1)), scene.submit(edit.from(1))]
        let two = try [scene.submit(.write(1).from(2)), scene.submit(edit.from(2)), scene.submit(.write(1).from(2))]
        scene.answer(first.0, .fields("h", limit: 50, left: 49, resetAfter: 1), at: 10)
        scene.answer(first.1, .fields("h", limit: 50, left: 48, resetAfter: 1), at: 20)
        let order = scene.serve(at: 20)
        #expect(order.filter(one.contains) == one)
        #expect(order.filter(two.contains) == two)
        #expect(zip(order, order.dropFirst()).allSatisfy { one.contains($0) != one.contains($1) }, "they alternate")
        #expect(scene.limiter.bucketCount == 1)
    }

    @Test("a single one's requests leave in the order of its buckets' turns", arguments: [0, 1])
    func single(origin: Int) throws {
        var scene = LimiterScene()
        let a = try (0..<4).map { _ in try scene.submit(.write(1).from(origin)) }
        let b = try (0..<2).map { _ in try scene.submit(.read(2).from(origin)) }
        let c = try (0..<3).map { _ in try scene.submit(.write(3).from(origin)) }
        #expect(scene.serve() == [a[0], b[0], c[0], a[1], b[1], c[1], a[2], c[2], a[3]])
    }
}
