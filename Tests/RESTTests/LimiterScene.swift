import Discord
import Testing

@testable import REST

/// Times are milliseconds from an arbitrary start; the slack after every reset is 50.
struct LimiterScene: ~Copyable {
    var limiter: RateLimiter
    let start = ContinuousClock.now

    init(_ change: (inout RateLimits) -> Void = { _ in }) {
        var limits = RateLimits()
        change(&limits)
        limiter = RateLimiter(limits: limits)
    }

    func at(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }

    mutating func submit(_ request: RESTRequest, at time: Int = 0, deadline: Int = 3_600_000) throws -> RateLimiter.Ticket {
        try limiter.submit(request, deadline: at(deadline), at: at(time))
    }

    /// Everything that may go at `time`.
    mutating func go(at time: Int) -> [RateLimiter.Ticket] {
        var tickets: [RateLimiter.Ticket] = []
        while let ticket = limiter.next(at: at(time)) { tickets.append(ticket) }
        return tickets
    }

    /// Milliseconds until the machine wants to be asked again.
    mutating func wake(at time: Int) -> Int? {
        limiter.wake(at: at(time)).map { Int((($0 - at(time)) / .milliseconds(1)).rounded()) }
    }

    /// An answer with these headers ends the request.
    mutating func answer(_ ticket: RateLimiter.Ticket, _ headers: RateLimitHeaders = .init(), status: Int = 200, at time: Int) {
        limiter.record(status: status, headers: headers, fault: nil, for: ticket, at: at(time))
        limiter.finish(ticket, at: at(time))
    }

    /// The first `count` requests that leave when each is answered, without any word about limits, before the next may go.
    mutating func serve(_ count: Int = .max, at time: Int = 0) -> [RateLimiter.Ticket] {
        var order: [RateLimiter.Ticket] = []
        while order.count < count, let ticket = limiter.next(at: at(time)) {
            order.append(ticket)
            answer(ticket, at: time)
        }
        return order
    }

    /// A 429 puts it back.
    mutating func refuse(_ ticket: RateLimiter.Ticket, _ headers: RateLimitHeaders, body: String = "{}", at time: Int) {
        limiter.record(status: 429, headers: headers, fault: DiscordFault(Array(body.utf8)), for: ticket, at: at(time))
        limiter.requeue(ticket, notBefore: nil, at: at(time))
    }
}

extension RESTRequest {
    static func write(_ channel: Int) -> RESTRequest { RESTRequest(.post, Route("/channels/{channel.id}/messages", "\(channel)")) }
    static func read(_ channel: Int) -> RESTRequest { RESTRequest(.get, Route("/channels/{channel.id}/messages", "\(channel)")) }
    static func callback(_ id: Int) -> RESTRequest { .interactionCallback(.init(rawValue: UInt64(id)), token: "t", Array("{}".utf8)) }
    static func followUp(_ token: String) -> RESTRequest { .createFollowup(application: .init(rawValue: 1), token: token, Array("{}".utf8)) }

    func from(_ origin: Int) -> RESTRequest {
        var request = self
        request.origin = origin
        return request
    }
}

extension RateLimitHeaders {
    static func fields(
        _ bucket: String? = nil, limit: Int? = nil, left: Int? = nil, resetAfter: Double? = nil, retryAfter: Double? = nil, scope: Scope? = nil,
        global: Bool = false
    ) -> RateLimitHeaders {
        var headers = RateLimitHeaders()
        headers.bucket = bucket
        headers.limit = limit
        headers.remaining = left
        headers.resetAfter = resetAfter.map { .seconds($0) }
        headers.retryAfter = retryAfter.map { .seconds($0) }
        headers.scope = scope
        headers.isGlobal = global
        return headers
    }
}
