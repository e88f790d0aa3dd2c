import TestSupport
import Testing

@testable import REST

@Suite("Origins under random traffic") struct OriginModelTests {
    /// One origin keeps hundreds of requests waiting, in the quiet one's buckets too, one keeps a few, and the quiet one waits for each answer.
    @Test("a flood holds back a quiet one's request by one request in its bucket and by two in all", arguments: 1...12)
    func model(seed: Int) throws {
        var traffic = Traffic(seed: UInt64(seed))
        while traffic.quietServed < 60 { try traffic.step() }
        for (line, tickets) in traffic.written { #expect(tickets == tickets.sorted(), "\(line)") }
    }
}

private struct Traffic: ~Copyable {
    private struct Fact {
        var origin: Int
        var channel: Int
        var isWrite: Bool
        /// Sends of each other origin: in the request's bucket since it was submitted, and in all since its bucket was open last.
        var inBucket: [Int: Int] = [:]
        var inAll: [Int: Int] = [:]
    }

    private static let flooder = 1, busy = 2, quiet = 3
    private var scene = LimiterScene { $0.perSecond = 30; $0.concurrent = 40 }
    private var random: SplitMix64
    private var now = 0
    private var facts: [RateLimiter.Ticket: Fact] = [:]
    private var waiting: [Int: Int] = [:]
    private var pending: RateLimiter.Ticket?
    private var nextQuiet = 50
    private var windows: [String: (count: Int, ends: Int)] = [:]
    private var arrivals: [(time: Int, ticket: RateLimiter.Ticket, reply: RateLimitHeaders)] = []
    private(set) var quietServed = 0
    /// By origin and channel, the order in which writes left.
    private(set) var written: [String: [RateLimiter.Ticket]] = [:]

    init(seed: UInt64) { random = SplitMix64(state: seed) }

    /// Fills the queues, lets go what may, and goes on to the next thing that happens.
    mutating func step() throws {
        while waiting[Self.flooder, default: 0] < 200 { try submit(Self.flooder, channels: 1...40) }
        while waiting[Self.busy, default: 0] < 4 { try submit(Self.busy, channels: 1...6) }
        if pending == nil, nextQuiet <= now { pending = try submit(Self.quiet, channels: 1...6) }
        while true {
            let isOpen = if let pending { isOpen(pending) } else { false }
            guard let ticket = scene.limiter.next(at: scene.at(now)) else { break }
            try count(ticket, isOpen: isOpen)
            answerLater(ticket)
        }
        let wake = scene.wake(at: now).map { now + max(1, $0) }
        now = try #require(([wake, arrivals.map(\.time).min()] + (pending == nil ? [max(nextQuiet, now + 1)] : [])).compactMap { $0 }.min())
        for due in arrivals where due.time <= now {
            scene.answer(due.ticket, due.reply, at: now)
            facts[due.ticket] = nil
            if due.ticket == pending {
                pending = nil
                quietServed += 1
                nextQuiet = now + Int.random(in: 0...100, using: &random)
            }
        }
        arrivals.removeAll { $0.time <= now }
    }

    @discardableResult
    private mutating func submit(_ origin: Int, channels: ClosedRange<Int>) throws -> RateLimiter.Ticket {
        let channel = Int.random(in: channels, using: &random)
        let isWrite = Bool.random(using: &random)
        let request: RESTRequest = isWrite ? .write(channel) : .read(channel)
        let ticket = try scene.submit(request.from(origin), at: now)
        facts[ticket] = Fact(origin: origin, channel: channel, isWrite: isWrite)
        waiting[origin, default: 0] += 1
        return ticket
    }

    /// Whether nothing but turns holds the request back.
    private func isOpen(_ ticket: RateLimiter.Ticket) -> Bool {
        guard let bucket = scene.limiter.entries[ticket]?.bucket, case .now = bucket.opening(at: scene.at(now)) else { return false }
        return facts[ticket]?.isWrite == false || bucket.underWay.isEmpty
    }

    private mutating func count(_ sent: RateLimiter.Ticket, isOpen: Bool) throws {
        let fact = try #require(facts[sent])
        waiting[fact.origin, default: 0] -= 1
        if fact.isWrite { written["\(fact.origin)/\(fact.channel)", default: []].append(sent) }
        guard let pending, sent != pending, var own = facts[pending], !arrivals.contains(where: { $0.ticket == pending }) else { return }
        if fact.channel == own.channel, fact.isWrite == own.isWrite { own.inBucket[fact.origin, default: 0] += 1 }
        if isOpen { own.inAll[fact.origin, default: 0] += 1 } else { own.inAll = [:] }
        facts[pending] = own
        try #require(own.inBucket.values.allSatisfy { $0 <= 1 }, "in its bucket: \(own) at \(now)")
        try #require(own.inAll.values.allSatisfy { $0 <= 2 }, "in all: \(own) at \(now)")
    }

    /// Discord's answer after a random while: five writes of a channel in two seconds, reads without a limit.
    private mutating func answerLater(_ ticket: RateLimiter.Ticket) {
        guard let fact = facts[ticket] else { return }
        let delay = Int.random(in: 5...120, using: &random)
        guard fact.isWrite else { return arrivals.append((now + delay, ticket, .fields("r"))) }
        let key = "\(fact.channel)"
        var window = windows[key] ?? (0, now + 2000)
        if window.ends <= now { window = (0, now + 2000) }
        window.count += 1
        windows[key] = window
        let left = Double(max(0, window.ends - now - delay)) / 1000
        arrivals.append((now + delay, ticket, .fields("w", limit: 5, left: 5 - window.count, resetAfter: left)))
    }
}
