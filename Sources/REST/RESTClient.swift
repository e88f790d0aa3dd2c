import Discord
package import Reactor

/// Discord's HTTP API for one bot: requests go out as the rate limits allow and come back as a response or one kind of error.
///
/// Loop-confined: made and used on the reactor's thread, where completions run too. Keep it until `shutdown` has completed.
package final class RESTClient {
    /// Told of what a person should know; each notice is one line.
    package var notice: (RateLimiter.Notice) -> Void = { _ in }
    /// Told of every step of every request; `nil` costs nothing.
    package var trace: ((RESTTrace) -> Void)?
    package private(set) var metrics = RESTMetrics()
    /// Requests whose completion has not run: queued, under way, or about to be told.
    package private(set) var outstanding = 0

    private let reactor: Reactor
    private let configuration: RESTConfiguration
    private let baseURL: String
    private let host: String
    private let multi: CurlMulti
    private var limiter: RateLimiter
    private var calls: [RateLimiter.Ticket: RESTCall] = [:]
    private var memory = RefusalMemory()
    private var wakeTimer: TimerToken?
    private var wakeTime: ContinuousClock.Instant?
    private var isPumping = false
    private var closing: Closing?
    private var tokenAsked: ContinuousClock.Instant?

    private struct Closing {
        var timer: TimerToken?
        var completion: () -> Void
    }

    /// - Throws: `.configuration` for a base URL that is none, a CA file that cannot be used, a libcurl that will not do.
    package init(reactor: Reactor, configuration: RESTConfiguration) throws(RESTError) {
        self.reactor = reactor
        self.configuration = configuration
        (baseURL, host) = try Self.check(configuration.baseURL)
        multi = try CurlMulti(reactor: reactor, configuration: configuration, authority: host)
        limiter = RateLimiter(limits: configuration.limits)
    }

    /// Sends `request` when the limits allow; `completion` runs exactly once, in a later turn.
    @discardableResult
    package func perform(_ request: RESTRequest, completion: @escaping (Result<RESTResponse, RESTError>) -> Void) -> RESTCall {
        reactor.assertCurrent()
        let now = reactor.now
        outstanding += 1
        metrics.requests += 1
        let call = RESTCall(
            request, number: metrics.requests, client: self, started: now, deadline: now + (request.deadline ?? configuration.deadline),
            policy: RetryPolicy(replay: request.replay, lane: request.lane, firstPause: configuration.retryPause), completion: completion)
        if let error = refusal(of: call, at: now) {
            fail(call, error)
            return call
        }
        do throws(RateLimiter.Rejection) {
            let ticket = try limiter.submit(request, deadline: call.deadline, at: now)
            call.ticket = ticket
            calls[ticket] = call
            call.deadlineTimer = reactor.schedule(at: call.deadline) { [weak self, weak call] in
                if let self, let call { self.expire(call) }
            }
            pump()
        } catch {
            fail(call, self.error(for: error, of: call, at: now))
        }
        return call
    }

    /// Lets what was asked for finish until `limit` has passed, cancels the rest, and then calls `completion`, in a later turn.
    /// From now on `perform` answers `.cancelled`. Call it once.
    package func shutdown(within limit: Duration, completion: @escaping () -> Void) {
        reactor.assertCurrent()
        precondition(closing == nil, "a REST client is shut down once")
        let timer = reactor.schedule(after: limit) { [weak self] in self?.cancelAll() }
        closing = Closing(timer: timer, completion: completion)
        reactor.nextTurn { self.finishClosing() }
    }

    /// Cancels every request; their completions get `.cancelled` in the next turn.
    package func cancelAll() {
        for call in calls.values.sorted(by: { $0.number < $1.number }) { cancel(call) }
    }

    func cancel(_ call: RESTCall) {
        reactor.assertCurrent()
        if case .done = call.state { return }
        fail(call, RESTError(.cancelled, "the request was cancelled", route: call.name))
        pump()
    }

    private func finishClosing() {
        guard outstanding == 0, let closing = closing.take() else { return }
        if let timer = closing.timer { reactor.cancel(timer) }
        self.closing = Closing(timer: nil, completion: {})
        closing.completion()
    }
}

@available(*, unavailable) extension RESTClient: Sendable {}

// MARK: - Before sending

extension RESTClient {
    /// Splits `https://host[:port]/path` and drops a slash at its end.
    private static func check(_ url: String) throws(RESTError) -> (url: String, host: String) {
        let scheme = ["https://", "http://"].first { url.hasPrefix($0) }
        let authority = scheme.map { url.dropFirst($0.count).prefix { $0 != "/" } } ?? ""
        guard !authority.isEmpty, !authority.contains("@"), !url.contains("?"), !url.contains("#"),
            url.utf8.allSatisfy({ 0x21 <= $0 && $0 <= 0x7E }) else {
            throw RESTError(.configuration, "“\(url)” is no base URL; [discord] api_url must look like https://discord.com/api/v10")
        }
        return (url.hasSuffix("/") ? String(url.dropLast()) : url, String(authority))
    }

    /// What is wrong with a request, or known to be refused, without asking.
    private func refusal(of call: RESTCall, at now: ContinuousClock.Instant) -> RESTError? {
        let request = call.request
        if closing != nil { return RESTError(.cancelled, "the bot is shutting down", route: call.name) }
        if let fault = request.route.fault { return RESTError(.invalidRequest, fault, route: call.name) }
        if request.authorized, configuration.token == nil {
            return RESTError(.unauthorized, "a bot token is needed and none is configured", route: call.name)
        }
        if request.body.byteCount > configuration.requestLimit {
            return RESTError(.invalidRequest, "the body of \(request.body.byteCount) bytes is longer than the limit of \(configuration.requestLimit)", route: call.name)
        }
        if let reason = request.reason, !(1...Limits.auditLogReason).contains(reason.unicodeScalars.count) {
            return RESTError(.invalidRequest, "an audit log reason has 1 to \(Limits.auditLogReason) characters, not \(reason.unicodeScalars.count)", route: call.name)
        }
        if case .multipart(_, let files) = request.body, let file = files.first(where: { !$0.hasPlainType }) {
            return RESTError(.invalidRequest, "the content type of the file “\(file.name)” is no media type", route: call.name)
        }
        return memory.recall(request, at: now)
    }

    private func error(for rejection: RateLimiter.Rejection, of call: RESTCall, at now: ContinuousClock.Instant) -> RESTError {
        switch rejection {
        case .queueFull(let waiting):
            RESTError(.queueFull, "\(waiting) requests wait already; send less, or wait for answers", route: call.name)
        case .tokenRefused:
            Self.tokenRefused(call.name)
        case .heldBeyondDeadline(let until):
            RESTError(.rateLimited, "rate limited for another \((until - now).inSeconds), which is beyond the deadline", route: call.name, status: 429, retryAfter: until - now)
        }
    }

    private static func tokenRefused(_ route: String) -> RESTError {
        RESTError(.unauthorized, "Discord refused the bot token; put a valid one in its place and restart", route: route, status: 401)
    }
}

// MARK: - Sending

extension RESTClient {
    /// Sends what the limiter lets go, and sets the timer for what it does not yet.
    private func pump() {
        guard !isPumping else { return }
        isPumping = true
        let now = reactor.now
        while let ticket = limiter.next(at: now) {
            if let call = calls[ticket] { send(call, at: now) }
        }
        isPumping = false
        setWakeTimer(limiter.wake(at: now))
        for text in limiter.takeNotices() { notice(text) }
    }

    private func setWakeTimer(_ time: ContinuousClock.Instant?) {
        guard time != wakeTime else { return }
        if let wakeTimer { reactor.cancel(wakeTimer) }
        wakeTime = time
        wakeTimer = time.map { time in
            reactor.schedule(at: time) { [weak self] in
                self?.wakeTime = nil
                self?.wakeTimer = nil
                self?.pump()
            }
        }
    }

    private func send(_ call: RESTCall, at now: ContinuousClock.Instant) {
        call.attempts += 1
        metrics.attempts += 1
        if call.attempts > 1 { metrics.retries += 1 }
        metrics.sentBytes += call.request.body.byteCount
        record(call, .sent(attempt: call.attempts, byteCount: call.request.body.byteCount))
        let exchange = exchange(for: call, at: now)
        // The call holds its transfer, and `calls` holds the call as long as the transfer can complete.
        let transfer = multi.start(exchange) { [weak self, weak call] transfer, outcome in
            guard let self, let call else { return }
            metrics.connections += transfer.connectionsMade
            complete(call, outcome, since: now)
        }
        if let transfer {
            call.state = .underWay(transfer, since: now)
        } else {
            reactor.nextTurn { [weak self] in self?.complete(call, .failed(.notStarted), since: now) }
        }
    }

    private func exchange(for call: RESTCall, at now: ContinuousClock.Instant) -> HTTPExchange {
        let request = call.request
        var url = baseURL + request.route.path
        for (index, item) in request.query.enumerated() {
            url += "\(index == 0 ? "?" : "&")\(PercentEncoding.encode(item.name))=\(PercentEncoding.encode(item.value))"
        }
        // Without the second, libcurl would wait for "100 Continue" before a large body.
        var headers = ["Accept: application/json", "Expect:"]
        if request.authorized, let token = configuration.token { headers.append("Authorization: Bot \(token.exposed)") }
        if let reason = request.reason { headers.append("X-Audit-Log-Reason: \(PercentEncoding.encode(reason))") }
        return HTTPExchange(
            method: request.method, url: url, host: host, headers: headers, body: request.body,
            isReplayable: request.replay == .always, timeout: min(configuration.attemptTimeout, call.deadline - now))
    }

    private func record(_ call: RESTCall, _ step: RESTTrace.Step) {
        trace?(RESTTrace(call: call.number, route: call.name, step: step))
    }
}

// MARK: - After sending

extension RESTClient {
    private func complete(_ call: RESTCall, _ outcome: HTTPOutcome, since start: ContinuousClock.Instant) {
        if case .done = call.state { return }
        call.state = .waiting
        let now = reactor.now
        switch outcome {
        case .answered(let answer):
            metrics.answered(after: now - start, status: answer.status, byteCount: answer.body.count)
            record(call, .answered(status: answer.status, byteCount: answer.body.count, latency: now - start, limits: answer.limits))
            settle(call, answer, at: now)
        case .failed(let failure):
            metrics.broken += 1
            record(call, .broken(failure.message))
            let error = RESTError(failure.kind, failure.message, route: call.name)
            again(call, call.policy.failed(failure, random: .random(in: 0..<1)), orFailWith: error, at: now)
        }
        pump()
    }

    private func settle(_ call: RESTCall, _ answer: HTTPAnswer, at now: ContinuousClock.Instant) {
        guard let ticket = call.ticket else { return }
        // Only these bodies can be an error of Discord's; the others are not parsed.
        let fault = answer.status >= 400 || answer.status == 202 ? DiscordFault(answer.body) : nil
        let wasRefused = limiter.isTokenRefused
        limiter.record(status: answer.status, headers: answer.limits, fault: fault, for: ticket, at: now)

        if answer.status == 401, call.request.authorized, call.request.origin != 0 { askAboutToken(at: now) }

        let decision = call.policy.answered(status: answer.status, fault: fault, random: .random(in: 0..<1))
        if decision == .giveUp, (200..<300).contains(answer.status) || answer.status == 304 {
            memory.record(nil, of: call.request, at: now)
            let response = RESTResponse(
                status: answer.status, body: answer.body, limits: answer.limits, elapsed: now - call.started, attempts: call.attempts)
            finish(call, .success(response))
        } else {
            let error = RESTError(answer, fault: fault, route: call.name)
            memory.record(error, of: call.request, at: now)
            again(call, decision, orFailWith: error, at: now)
        }
        if [401, 403, 429].contains(answer.status) {
            for (ticket, until) in limiter.outlasted() {
                if let waiting = calls[ticket] { fail(waiting, self.error(for: .heldBeyondDeadline(until: until), of: waiting, at: now)) }
            }
        }
        if limiter.isTokenRefused, !wasRefused {
            for ticket in limiter.waiting(authorizedOnly: true) {
                if let waiting = calls[ticket] { fail(waiting, Self.tokenRefused(waiting.name)) }
            }
        }
    }

    /// A 401 to somebody's request may be about the token or about the request: one of the host's own tells. At most once a minute.
    private func askAboutToken(at now: ContinuousClock.Instant) {
        guard !limiter.isTokenRefused, tokenAsked.map({ now - $0 >= .seconds(60) }) ?? true else { return }
        tokenAsked = now
        perform(RESTRequest(.get, Route("/users/@me"))) { _ in }
    }

    /// Sends `call` again if `decision` says so and the deadline leaves room for it.
    private func again(_ call: RESTCall, _ decision: RetryPolicy.Decision, orFailWith error: RESTError, at now: ContinuousClock.Instant) {
        let pause: Duration?
        switch decision {
        case .giveUp: return fail(call, error)
        case .whenAllowed: pause = nil
        case .after(let time): pause = time
        }
        guard let ticket = call.ticket, now + (pause ?? error.retryAfter ?? .zero) < call.deadline else { return fail(call, error) }
        record(call, .again(after: pause))
        limiter.requeue(ticket, notBefore: pause.map { now + $0 }, at: now)
    }

    private func expire(_ call: RESTCall) {
        call.deadlineTimer = nil
        if case .done = call.state { return }
        let span = call.deadline - call.started
        let error = if case .underWay = call.state {
            RESTError(.timedOut, "no answer from \(host) within \(span.inSeconds)", route: call.name)
        } else {
            RESTError(.timedOut, "still waiting for its rate limit after \(span.inSeconds), with \(limiter.queuedCount) requests waiting", route: call.name)
        }
        fail(call, error)
        pump()
    }

    private func fail(_ call: RESTCall, _ error: RESTError) {
        if case .underWay(let transfer, _) = call.state { multi.cancel(transfer) }
        record(call, .failed(error))
        finish(call, .failure(error))
    }

    /// Ends the call and tells its owner in the next turn, when no machine here is in the middle of something.
    private func finish(_ call: RESTCall, _ result: Result<RESTResponse, RESTError>) {
        call.state = .done
        if let timer = call.deadlineTimer.take() { reactor.cancel(timer) }
        if let ticket = call.ticket {
            calls[ticket] = nil
            limiter.finish(ticket, at: reactor.now)
        }
        if case .success = result { metrics.succeeded += 1 } else { metrics.failed += 1 }
        reactor.nextTurn {
            let completion = call.completion.take()
            completion?(result)
            self.outstanding -= 1
            self.finishClosing()
        }
    }
}
