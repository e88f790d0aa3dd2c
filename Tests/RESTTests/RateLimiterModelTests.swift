import TestSupport
import Testing

@testable import REST

@Suite("The limiter against a model of Discord") struct RateLimiterModelTests {
    /// A server that counts windows as Discord does and answers after a random delay, against a limiter that sends as fast as it may.
    @Test("no request is ever refused, none is lost, each channel's order is kept", arguments: 1...8)
    func model(seed: Int) throws {
        var random = SplitMix64(state: UInt64(seed))
        var scene = LimiterScene { $0.perSecond = 30 }
        var windows: [String: (count: Int, ends: Int)] = [:]
        var sentTimes: [Int] = []
        var submitted: [RateLimiter.Ticket: (key: String, order: Int, limit: Int, span: Int, hash: String)] = [:]
        var arrivals: [(time: Int, ticket: RateLimiter.Ticket, reply: RateLimitHeaders)] = []
        var served: [String: [Int]] = [:]
        let total = 400
        for order in 0..<total {
            let channel = Int.random(in: 1...6, using: &random)
            let writes = Bool.random(using: &random)
            let ticket = try scene.submit(writes ? .write(channel) : .read(channel))
            submitted[ticket] = ("\(writes)/\(channel)", order, writes ? 5 : 9, writes ? 2000 : 700, writes ? "w" : "r")
        }
        var now = 0
        var answered = 0
        while answered < total {
            for ticket in scene.go(at: now) {
                let fact = try #require(submitted[ticket])
                served[fact.key, default: []].append(fact.order)
                sentTimes.append(now)
                var window = windows[fact.key] ?? (0, now + fact.span)
                if window.ends <= now { window = (0, now + fact.span) }
                window.count += 1
                try #require(window.count <= fact.limit, "429 at \(now)")
                windows[fact.key] = window
                let delay = Int.random(in: 5...120, using: &random)
                let left = Double(max(0, window.ends - now - delay)) / 1000
                arrivals.append((now + delay, ticket, .fields(fact.hash, limit: fact.limit, left: fact.limit - window.count, resetAfter: left)))
            }
            let wake = scene.wake(at: now).map { now + max(1, $0) }
            let arrival = arrivals.map(\.time).min()
            now = try #require([wake, arrival].compactMap { $0 }.min(), "stuck at \(now) with \(total - answered) left")
            for due in arrivals where due.time <= now {
                scene.answer(due.ticket, due.reply, at: now)
                answered += 1
            }
            arrivals.removeAll { $0.time <= now }
        }
        for (key, orders) in served where key.hasPrefix("true") { #expect(orders == orders.sorted()) }
        for (index, time) in sentTimes.enumerated() where index >= 30 { #expect(time - sentTimes[index - 30] >= 1000) }
        #expect(scene.limiter.queuedCount == 0)
    }
}
