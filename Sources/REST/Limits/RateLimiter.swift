/// Decides which request may be sent when: Discord's rate limits as a pure machine.
///
/// Requests are grouped in buckets (by the hash Discord names, or by route until it has, and by major parameter) and leave
/// their bucket in the order in which they came: writes one at a time, so that the messages of a channel keep their order on
/// whatever connections they travel, reads as many as the bucket allows. Nothing here reads a clock; `now` never goes back.
///
/// Use: `submit`, then `next` until it is `nil`, and again at `wake` and after every other call. What `next` returns is under
/// way until `finish` or `requeue`; before either, `record` takes the answer if there was one.
package struct RateLimiter: ~Copyable {
    /// A request's name here; a later request's is greater.
    package struct Ticket: Hashable, Comparable, Sendable {
        let number: UInt64
        package static func < (a: Ticket, b: Ticket) -> Bool { a.number < b.number }
    }

    /// Why `submit` did not take a request.
    package enum Rejection: Error, Equatable, Sendable {
        /// So many requests wait already, or so many bytes with them.
        case queueFull(waiting: Int)
        /// Discord refused the token; nothing that needs it is sent any more.
        case tokenRefused
        /// Known to be held until after the request's deadline.
        case heldBeyondDeadline(until: ContinuousClock.Instant)
    }

    /// One method and template on one top-level resource: what a hidden or shared limit is about.
    private struct Operation: Hashable {
        var route: Bucket.RouteName
        var major: String
    }

    private struct Entry {
        var operation: Operation
        var bucket: Bucket
        var isWrite: Bool
        var authorized: Bool
        var byteCount: Int
        var deadline: ContinuousClock.Instant
        var notBefore: ContinuousClock.Instant?
        /// Whether it is counted in `ordinaryUnderWay`. Its bucket cannot tell: an answer may move it to one of the other lane.
        var isCounted = false
    }

    /// What a bucket can do next.
    private enum Choice {
        case send(index: Int)
        case wait(until: ContinuousClock.Instant)
        case nothing
    }

    private let limits: RateLimits
    private var entries: [Ticket: Entry] = [:]
    private var lastNumber: UInt64 = 0
    private var queuedBytes = 0
    /// Requests that wait.
    package private(set) var queuedCount = 0
    /// Whether Discord refused the token with a 401.
    package private(set) var isTokenRefused = false
    private var notices: [Notice] = []

    private var buckets: [Bucket.Key: Bucket] = [:]
    /// The hash Discord named for a method and template.
    private var hashes: [Bucket.RouteName: String] = [:]
    private var operationHolds: [Operation: ContinuousClock.Instant] = [:]

    /// Buckets that may have something to send, served in turn, so that a busy channel does not hold back the others.
    private var ordinaryTurns: [Bucket] = []
    private var interactionTurns: [Bucket] = []
    private var alarms = AlarmList()

    private var window: SendWindow
    private var ordinaryUnderWay = 0
    private var globalHold: ContinuousClock.Instant?
    private var edgeHold: ContinuousClock.Instant?
    private var edgeRefusals = 0
    private var invalid = InvalidRequestWindow()
    private var warnedOfInvalid = false
    private var invalidHold: ContinuousClock.Instant?
    private var lastSweep: ContinuousClock.Instant?

    package init(limits: RateLimits = RateLimits()) {
        self.limits = limits
        window = SendWindow(limit: limits.perSecond, period: .seconds(1) + limits.resetSlack)
    }

    /// Buckets remembered.
    package var bucketCount: Int { buckets.count }
}

// MARK: - Requests in and out

extension RateLimiter {
    /// Queues a request that may wait until `deadline`.
    package mutating func submit(
        _ request: RESTRequest, deadline: ContinuousClock.Instant, at now: ContinuousClock.Instant
    ) throws(Rejection) -> Ticket {
        if request.authorized, isTokenRefused { throw .tokenRefused }
        sweep(at: now)
        let byteCount = request.body.byteCount
        guard queuedCount < limits.queued, queuedBytes + byteCount <= limits.queuedBytes || queuedCount == 0 else {
            throw .queueFull(waiting: queuedCount)
        }
        let operation = Operation(route: Bucket.RouteName(method: request.method, template: request.route.template), major: request.route.major)
        let bucket = bucket(for: operation, lane: request.lane, at: now)
        if let hold = hold(on: operation, in: bucket), hold > deadline { throw .heldBeyondDeadline(until: hold) }

        lastNumber += 1
        let ticket = Ticket(number: lastNumber)
        entries[ticket] = Entry(
            operation: operation, bucket: bucket, isWrite: request.method.isWrite, authorized: request.authorized,
            byteCount: byteCount, deadline: deadline)
        queuedCount += 1
        queuedBytes += byteCount
        bucket.enqueue(ticket)
        bucket.note(route: operation.route)
        consider(bucket, at: now)
        return ticket
    }

    /// Takes the next request that may be sent now.
    package mutating func next(at now: ContinuousClock.Instant) -> Ticket? {
        while let bucket = alarms.popDue(at: now) { consider(bucket, at: now) }
        if let edgeHold, edgeHold > now { return nil }
        while !interactionTurns.isEmpty {
            let bucket = interactionTurns.removeFirst()
            if let ticket = send(from: bucket, at: now) { return ticket }
        }
        guard ordinaryUnderWay < limits.concurrent, ordinaryGate(at: now) == nil else { return nil }
        while !ordinaryTurns.isEmpty {
            let bucket = ordinaryTurns.removeFirst()
            if let ticket = send(from: bucket, at: now) {
                window.record(at: now)
                entries[ticket]?.isCounted = true
                ordinaryUnderWay += 1
                return ticket
            }
        }
        return nil
    }

    /// The next time at which `next` can have something without another call before it; ask after `next` was `nil`.
    package mutating func wake(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        var time = alarms.soonest()
        if !interactionTurns.isEmpty, let edgeHold { time = min(time ?? edgeHold, edgeHold) }
        if !ordinaryTurns.isEmpty, ordinaryUnderWay < limits.concurrent {
            let gate = ordinaryGate(at: now) ?? now
            time = min(time ?? gate, gate)
        }
        return time
    }

    /// Forgets a request: answered for good, failed for good, or cancelled while it waited or was under way.
    package mutating func finish(_ ticket: Ticket, at now: ContinuousClock.Instant) {
        guard let entry = entries[ticket] else { return }
        if !leave(entry.bucket, ticket), let index = entry.bucket.queue.firstIndex(of: ticket) {
            entry.bucket.queue.remove(at: index)
            queuedCount -= 1
            queuedBytes -= entry.byteCount
        }
        entries[ticket] = nil
        consider(entry.bucket, at: now)
    }

    /// Puts a request that was under way back where it stood; it is not sent before `time`.
    package mutating func requeue(_ ticket: Ticket, notBefore time: ContinuousClock.Instant?, at now: ContinuousClock.Instant) {
        guard let entry = entries[ticket], leave(entry.bucket, ticket) else { return }
        entries[ticket]?.notBefore = time
        entry.bucket.enqueue(ticket)
        queuedCount += 1
        queuedBytes += entry.byteCount
        consider(entry.bucket, at: now)
    }

    /// Everything that waits and needs the token, or everything that waits: to be finished by the caller.
    package func waiting(authorizedOnly: Bool) -> [Ticket] {
        buckets.values.flatMap(\.queue).filter { !authorizedOnly || entries[$0]?.authorized == true }.sorted()
    }

    /// What waits for a hold that ends after its deadline, and when that is: to be failed and finished by the caller.
    package func outlasted() -> [(ticket: Ticket, until: ContinuousClock.Instant)] {
        waiting(authorizedOnly: false).compactMap { ticket in
            guard let entry = entries[ticket], let hold = hold(on: entry.operation, in: entry.bucket), hold > entry.deadline else { return nil }
            return (ticket, hold)
        }
    }

    /// Takes what is to be told.
    package mutating func takeNotices() -> [Notice] {
        defer { notices.removeAll() }
        return notices
    }
}

// MARK: - Answers

extension RateLimiter {
    /// Learns from an answer to a request under way. `fault` is its body if that is an error of Discord's.
    package mutating func record(
        status: Int, headers: RateLimitHeaders, fault: DiscordFault?, for ticket: Ticket, at now: ContinuousClock.Instant
    ) {
        guard let entry = entries[ticket] else { return }
        if let hash = headers.bucket { name(entry.operation.route, hash, at: now) }
        guard let bucket = entries[ticket]?.bucket else { return }
        if headers.limit != nil || (200..<300).contains(status) { bucket.learn(headers, slack: limits.resetSlack, at: now) }

        let refusal = RateLimitRefusal(status: status, headers: headers, fault: fault)
        edgeRefusals = (status == 403 || status == 429) && fault == nil ? edgeRefusals + 1 : 0
        if let refusal {
            hold(refusal, operation: entry.operation, bucket: bucket, at: now)
        } else if status == 403, edgeRefusals >= 3 {
            holdEverything(for: headers.retryAfter ?? limits.edgePause, at: now)
        }
        if status == 401, entry.authorized, !isTokenRefused {
            isTokenRefused = true
            notices.append(.tokenRefused)
        }
        if status == 401 || status == 403 || refusal?.countsAsInvalid == true { countInvalid(at: now) }
    }

    private mutating func hold(_ refusal: RateLimitRefusal, operation: Operation, bucket: Bucket, at now: ContinuousClock.Instant) {
        // A 429 always says for how long; the second is for one that does not.
        let wait = refusal.retryAfter ?? .seconds(1)
        let until = now + wait + limits.resetSlack
        switch refusal.reach {
        case .bucket: bucket.hold = until
        case .operation: operationHolds[operation] = until
        case .global:
            globalHold = max(until, globalHold ?? until)
            notices.append(.globalLimit(wait))
        case .edge: holdEverything(for: refusal.retryAfter ?? limits.edgePause, at: now)
        }
    }

    private mutating func holdEverything(for wait: Duration, at now: ContinuousClock.Instant) {
        edgeHold = max(now + wait, edgeHold ?? now)
        notices.append(.blockedByEdge(wait))
    }

    private mutating func countInvalid(at now: ContinuousClock.Instant) {
        invalid.record(at: now)
        if invalid.count < limits.invalidWarning { warnedOfInvalid = false }
        if invalid.count >= limits.invalidWarning, !warnedOfInvalid {
            warnedOfInvalid = true
            notices.append(.invalidRequests(invalid.count))
        }
        if invalid.count >= limits.invalidPause, invalidHold.map({ $0 <= now }) ?? true, let until = invalid.falls(below: limits.invalidPause) {
            invalidHold = until
            notices.append(.pausedForInvalidRequests(invalid.count, until - now))
        }
    }

    /// Moves what belongs to `route` into the buckets of `hash`, in order, when Discord names or renames its group.
    private mutating func name(_ route: Bucket.RouteName, _ hash: String, at now: ContinuousClock.Instant) {
        let former = group(of: route)
        guard former != .hash(hash) else { return }
        hashes[route] = hash
        for old in buckets.values where old.key.group == former {
            let key = Bucket.Key(group: .hash(hash), major: old.key.major)
            let new = buckets[key] ?? Bucket(key: key, lane: old.lane, at: now)
            if buckets.updateValue(new, forKey: key) == nil {
                new.allowance = old.allowance
                new.hold = old.hold
            }
            for ticket in old.queue where entries[ticket]?.operation.route == route {
                entries[ticket]?.bucket = new
                new.enqueue(ticket)
                new.note(route: route)
            }
            for ticket in old.underWay where entries[ticket]?.operation.route == route {
                entries[ticket]?.bucket = new
                new.underWay.append(ticket)
            }
            old.queue.removeAll { entries[$0]?.bucket !== old }
            old.underWay.removeAll { entries[$0]?.bucket !== old }
            if case .route = former { buckets[old.key] = nil }
            consider(old, at: now)
            consider(new, at: now)
        }
    }
}

// MARK: - Turns

extension RateLimiter {
    private mutating func bucket(for operation: Operation, lane: RESTRequest.Lane, at now: ContinuousClock.Instant) -> Bucket {
        let key = Bucket.Key(group: group(of: operation.route), major: operation.major)
        if let bucket = buckets[key] { return bucket }
        let bucket = Bucket(key: key, lane: lane, at: now)
        buckets[key] = bucket
        return bucket
    }

    private func group(of route: Bucket.RouteName) -> Bucket.Key.Group {
        hashes[route].map { .hash($0) } ?? .route(route)
    }

    /// Ends a request's being under way; false if it was not.
    private mutating func leave(_ bucket: Bucket, _ ticket: Ticket) -> Bool {
        guard let index = bucket.underWay.firstIndex(of: ticket) else { return false }
        bucket.underWay.remove(at: index)
        if entries[ticket]?.isCounted == true {
            entries[ticket]?.isCounted = false
            ordinaryUnderWay -= 1
        }
        return true
    }

    /// Gives the bucket a turn or an alarm if it has something to send now or later.
    private mutating func consider(_ bucket: Bucket, at now: ContinuousClock.Instant) {
        switch choice(in: bucket, at: now) {
        case .nothing: bucket.alarm = nil
        case .wait(let time): alarms.set(bucket, at: time)
        case .send:
            guard !bucket.isInTurn else { return }
            bucket.isInTurn = true
            if bucket.lane == .interaction { interactionTurns.append(bucket) } else { ordinaryTurns.append(bucket) }
        }
    }

    /// The first request that may leave the bucket: a write only if no write is under way or waits before it.
    private func choice(in bucket: Bucket, at now: ContinuousClock.Instant) -> Choice {
        guard !bucket.queue.isEmpty else { return .nothing }
        switch bucket.opening(at: now) {
        case .at(let time): return .wait(until: time)
        case .afterAnswer: return .nothing
        case .now: break
        }
        var writeBefore = bucket.underWay.contains { entries[$0]?.isWrite == true }
        var soonest: ContinuousClock.Instant?
        for (index, ticket) in bucket.queue.enumerated() {
            guard let entry = entries[ticket] else { continue }
            // Where all are the same write, what keeps back the first keeps back the rest, however many.
            if index > 0, entry.isWrite, !bucket.isMixed { break }
            guard !(entry.isWrite && writeBefore) else { continue }
            if let hold = operationHolds[entry.operation], hold > now {
                soonest = min(hold, soonest ?? hold)
            } else if let time = entry.notBefore, time > now {
                soonest = min(time, soonest ?? time)
                if entry.isWrite { writeBefore = true }
            } else {
                return .send(index: index)
            }
        }
        return soonest.map { .wait(until: $0) } ?? .nothing
    }

    private mutating func send(from bucket: Bucket, at now: ContinuousClock.Instant) -> Ticket? {
        bucket.isInTurn = false
        guard case .send(let index) = choice(in: bucket, at: now) else {
            consider(bucket, at: now)
            return nil
        }
        let ticket = bucket.queue.remove(at: index)
        queuedCount -= 1
        queuedBytes -= entries[ticket]?.byteCount ?? 0
        bucket.send(ticket, at: now)
        consider(bucket, at: now)
        return ticket
    }

    /// The last of the holds that 429s put on a request, past or to come.
    private func hold(on operation: Operation, in bucket: Bucket) -> ContinuousClock.Instant? {
        let own = later(bucket.hold, operationHolds[operation])
        return later(own, bucket.lane == .ordinary ? later(edgeHold, globalHold) : edgeHold)
    }

    /// Until when ordinary requests wait as a whole; `nil` if they need not.
    private func ordinaryGate(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        let gate = later(later(globalHold, edgeHold), later(invalidHold, window.opens(at: now)))
        return gate.flatMap { $0 > now ? $0 : nil }
    }

    private func later(_ a: ContinuousClock.Instant?, _ b: ContinuousClock.Instant?) -> ContinuousClock.Instant? {
        guard let a, let b else { return a ?? b }
        return max(a, b)
    }

    /// Forgets idle buckets and past holds, at most once a minute.
    private mutating func sweep(at now: ContinuousClock.Instant) {
        guard let last = lastSweep else {
            lastSweep = now
            return
        }
        guard now - last >= .seconds(60) else { return }
        lastSweep = now
        let limit = now - limits.idleSpan
        buckets = buckets.filter { !$0.value.isIdle(since: limit, at: now) }
        operationHolds = operationHolds.filter { $0.value > now }
        // Only a script that makes up paths can have so many; templates of ours are few.
        if hashes.count > 4096 { hashes.removeAll() }
    }
}
