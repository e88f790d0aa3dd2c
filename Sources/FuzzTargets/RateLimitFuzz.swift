import REST

/// Answers, separated by empty lines: the first line's digits are the status, lines with a colon are header fields, and from a line that begins with
/// a brace on it is the body. Three requests get them in turn.
func fuzzRateLimits(_ bytes: UnsafeRawBufferPointer) {
    let answers = Array(bytes).split(separator: [10, 10]).prefix(16).map(Answer.init)
    var limiter = RateLimiter()
    var now = ContinuousClock.now
    let requests = [
        RESTRequest(.get, Route("/channels/{id}/messages", "1")), RESTRequest(.post, Route("/channels/{id}/messages", "1")),
        RESTRequest(.post, Route("/channels/{id}/messages", "2")),
    ]
    for request in requests { _ = ifReadable { try limiter.submit(request, deadline: now + .seconds(1 << 32), at: now) } }
    var turn = 0
    // Each answer may send its request back; after the last, every request ends when it is let go.
    for _ in 0..<(4 * (answers.count + requests.count)) {
        if limiter.isTokenRefused {
            for ticket in limiter.waiting(authorizedOnly: true) { limiter.finish(ticket, at: now) }
        }
        guard let ticket = limiter.next(at: now) else {
            guard limiter.queuedCount > 0 else { return }
            guard let wake = limiter.wake(at: now) else { broken("a request waits for nothing") }
            promise(wake > now, "awake with nothing to do")
            promise(wake - now <= .seconds(31 * 86_400), "a wait beyond any limit")
            now = wake
            continue
        }
        defer { turn += 1 }
        guard turn < answers.count else {
            limiter.finish(ticket, at: now)
            continue
        }
        let answer = answers[turn]
        limiter.record(status: answer.status, headers: answer.headers, fault: answer.fault, for: ticket, at: now)
        if answer.status == 429 { limiter.requeue(ticket, notBefore: nil, at: now) } else { limiter.finish(ticket, at: now) }
        for notice in limiter.takeNotices() { promise(!notice.description.utf8.contains(10), "a notice of several lines") }
    }
    promise(limiter.queuedCount == 0, "a request was never let go")
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
