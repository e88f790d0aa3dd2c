import REST

/// Answers, separated by empty lines: the first line's digits are the status, lines with a colon are header fields, and from a line that begins with
/// a brace on it is the body. Requests of three origins get them in turn, each when as much is under way as may be.
func fuzzRateLimits(_ bytes: UnsafeRawBufferPointer) {
    var scene = RateLimitScene(Array(bytes).split(separator: [10, 10]).prefix(16).map(Answer.init))
    scene.run()
}

private struct RateLimitScene: ~Copyable {
    private struct Request {
        var origin: Int
        var isWrite: Bool
        var channel: String
    }

    private let answers: [Answer]
    private let limits: RateLimits
    private var limiter: RateLimiter
    private var now = ContinuousClock.now
    private var waiting: [RateLimiter.Ticket: Request] = [:]
    private var underWay: [(ticket: RateLimiter.Ticket, request: Request)] = []
    private var answered = 0

    init(_ answers: [Answer]) {
        self.answers = answers
        var limits = RateLimits()
        limits.concurrent = 4
        limits.invalidPause = 8
        self.limits = limits
        limiter = RateLimiter(limits: limits)
        for origin in [1, 1, 2, 0] {
            submit(.get, "1", origin)
            submit(.post, "1", origin)
            submit(.post, "\(2 + origin)", origin)
        }
    }

    private mutating func submit(_ method: HTTPMethod, _ channel: String, _ origin: Int) {
        var request = RESTRequest(method, Route("/channels/{id}/messages", channel))
        request.origin = origin
        guard let ticket = ifReadable({ try limiter.submit(request, deadline: now + .seconds(1 << 32), at: now) }) else { broken("a request was not taken") }
        waiting[ticket] = Request(origin: origin, isWrite: method == .post, channel: channel)
    }

    /// Each answer may send its request back; after the last, every request ends when it is let go.
    mutating func run() {
        for _ in 0..<(8 * (answers.count + waiting.count)) {
            promise(limiter.queuedCount == waiting.count, "a request was lost")
            if limiter.isTokenRefused {
                for ticket in limiter.waiting(authorizedOnly: true) {
                    limiter.finish(ticket, at: now)
                    waiting[ticket] = nil
                }
            }
            if let ticket = limiter.next(at: now) {
                leave(ticket)
            } else if !underWay.isEmpty {
                answer()
            } else if waiting.isEmpty {
                return
            } else {
                guard let wake = limiter.wake(at: now) else { broken("a request waits for nothing") }
                promise(wake > now, "awake with nothing to do")
                promise(wake - now <= .seconds(31 * 86_400), "a wait beyond any limit")
                now = wake
            }
        }
        broken("a request was never let go")
    }

    private mutating func leave(_ ticket: RateLimiter.Ticket) {
        guard let request = waiting.removeValue(forKey: ticket) else { broken("a request that does not wait was let go") }
        let older = waiting.contains { $0.key < ticket && $0.value.origin == request.origin && $0.value.channel == request.channel && $0.value.isWrite }
        promise(!(request.isWrite && older), "a write has overtaken another of its origin")
        promise(!(request.isWrite && underWay.contains { $0.request.isWrite && $0.request.channel == request.channel }), "two writes at once")
        underWay.append((ticket, request))
        promise(underWay.count <= limits.concurrent, "too many under way")
        promise(request.origin == 0 || underWay.count { $0.request.origin == request.origin } <= limits.concurrentOfOne, "one has too many under way")
    }

    private mutating func answer() {
        let (ticket, request) = underWay.removeFirst()
        guard answered < answers.count else { return limiter.finish(ticket, at: now) }
        let answer = answers[answered]
        answered += 1
        limiter.record(status: answer.status, headers: answer.headers, fault: answer.fault, for: ticket, at: now)
        if answer.status == 429 {
            limiter.requeue(ticket, notBefore: nil, at: now)
            waiting[ticket] = request
        } else {
            limiter.finish(ticket, at: now)
        }
        for notice in limiter.takeNotices() { promise(!notice.description.utf8.contains(10), "a notice of several lines") }
    }
}

private struct Answer {
    let status: Int
    var headers = RateLimitHeaders()
    var fault: DiscordFault?

    init(_ bytes: ArraySlice<UInt8>) {
        var lines = bytes.split(separator: 10)[...]
        status = lines.popFirst().flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 200
        while let line = lines.first {
            if line.first == UInt8(ascii: "{") {
                fault = DiscordFault(Array(lines.joined(separator: [10])))
                break
            }
            lines = lines.dropFirst()
            let field = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
            guard field.count == 2 else { continue }
            headers.absorb(name: String(decoding: field[0], as: UTF8.self), value: String(decoding: field[1], as: UTF8.self))
        }
        for wait in [headers.resetAfter, headers.retryAfter, fault?.retryAfter] {
            promise(wait.map { $0 >= .zero && $0 <= .seconds(30 * 86_400) } ?? true, "a wait out of range")
        }
        promise(headers.bucket?.isEmpty != true)
        promise(fault?.summary.unicodeScalars.contains { $0.value < 0x20 } != true, "a control character in an error message")
    }
}
