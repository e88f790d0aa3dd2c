/// Decides which request may be sent when: Discord's rate limits as a pure machine.
///
/// Requests are grouped in buckets (by the hash Discord names, or by route until it has, and by major parameter), and those of
/// one origin leave their bucket in the order in which they came: writes one at a time, so that the messages of a channel keep
/// their order on whatever connections they travel, reads as many as the bucket allows. Nothing here reads a clock; `now` never
/// goes back.
///
/// Origins take turns, in each bucket and over all of them. Before a request that is its origin's only one, every other origin
/// sends at most one in the same bucket, and at most two in all while the bucket is open, however many it has waiting.
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
        /// So many requests of the same origin wait already, or as many bytes as may with them.
        case queueFull(waiting: Int)
        /// Discord refused the token; nothing that needs it is sent any more.
        case tokenRefused
        /// Known to be held, or its origin to be paused, until after the request's deadline.
        case heldBeyondDeadline(until: ContinuousClock.Instant)
    }

    /// One method and template on one top-level resource: what a hidden or shared limit is about.
    struct Operation: Hashable {
        var route: Bucket.RouteName
        var major: String
    }

    struct Entry {
        var operation: Operation
        var origin: Origin
        var bucket: Bucket
        var isWrite: Bool
        var authorized: Bool
        var byteCount: Int
        var deadline: ContinuousClock.Instant
        var notBefore: ContinuousClock.Instant?
        /// Whether it is counted in `ordinaryUnderWay`. Its bucket cannot tell: an answer may move it to one of the other lane.
        var isCounted = false
    }

    /// What a line can do next.
    enum Choice {
        case send(index: Int)
        case wait(until: ContinuousClock.Instant)
        case nothing
    }

    let limits: RateLimits
    var entries: [Ticket: Entry] = [:]
    var lastNumber: UInt64 = 0
    /// Requests that wait.
    package internal(set) var queuedCount = 0
    /// Whether Discord refused the token with a 401.
    package internal(set) var isTokenRefused = false
    var notices: [Notice] = []

    var buckets: [Bucket.Key: Bucket] = [:]
    /// The hash Discord named for a method and template.
    var hashes: [Bucket.RouteName: String] = [:]
    var operationHolds: [Operation: ContinuousClock.Instant] = [:]

    var origins: [Int: Origin] = [:]
    /// Lines that may have something to send, so that neither a busy origin nor a busy channel holds back the others.
    let ordinaryTurns = TurnList()
    let interactionTurns = TurnList()
    var alarms = AlarmList()

    var window: SendWindow
    var ordinaryUnderWay = 0
    var globalHold: ContinuousClock.Instant?
    var edgeHold: ContinuousClock.Instant?
    var invalid = InvalidRequestWindow()
    var warnedOfInvalid = false
    var invalidHold: ContinuousClock.Instant?
    var lastSweep: ContinuousClock.Instant?

    package init(limits: RateLimits = RateLimits()) {
        self.limits = limits
        window = SendWindow(limit: limits.perSecond, period: .seconds(1) + limits.resetSlack)
    }

    /// Whether more than one pack has asked for something lately.
    private var isShared: Bool { origins.count > (origins[0] == nil ? 1 : 2) }

    /// Buckets remembered.
    package var bucketCount: Int { buckets.count }
    /// Origins remembered.
    package var originCount: Int { origins.count }
}

// MARK: - Requests in and out

extension RateLimiter {
    /// Queues a request that may wait until `deadline`.
    package mutating func submit(
        _ request: RESTRequest, deadline: ContinuousClock.Instant, at now: ContinuousClock.Instant
    ) throws(Rejection) -> Ticket {
        if request.authorized, isTokenRefused { throw .tokenRefused }
        sweep(at: now)
        let origin = origin(request.origin, at: now)
        let byteCount = request.body.byteCount
        guard origin.queuedCount < limits.queued, origin.queuedBytes + byteCount <= limits.queuedBytes || origin.queuedCount == 0 else {
            throw .queueFull(waiting: origin.queuedCount)
        }
        let operation = Operation(route: Bucket.RouteName(method: request.method, template: request.route.template), major: request.route.major)
        let bucket = bucket(for: operation, lane: request.lane, at: now)
        let entry = Entry(
            operation: operation, origin: origin, bucket: bucket, isWrite: request.method.isWrite, authorized: request.authorized,
            byteCount: byteCount, deadline: deadline)
        if let hold = hold(on: entry), hold > deadline { throw .heldBeyondDeadline(until: hold) }

        lastNumber += 1
        let ticket = Ticket(number: lastNumber)
        entries[ticket] = entry
        origin.outstanding += 1
        enqueue(ticket, entry)
        consider(bucket, at: now)
        return ticket
    }

    /// Takes the next request that may be sent now.
    package mutating func next(at now: ContinuousClock.Instant) -> Ticket? {
        while let bucket = alarms.popDue(at: now) { consider(bucket, at: now) }
        if let edgeHold, edgeHold > now { return nil }
        if let ticket = take(from: interactionTurns, at: now, where: { _ in true }) { return ticket }
        window.expire(at: now)
        let (limits, all, shares, isShared) = (limits, ordinaryUnderWay, window.shares, isShared)
        guard all < limits.concurrent, ordinaryGate(at: now) == nil,
            let ticket = take(from: ordinaryTurns, at: now, where: { origin in
                origin.hasRoom(beside: all, limits) && !origin.isPaused(at: now) && (!isShared || origin.isHost || shares.remain(for: origin))
            })
        else { return nil }
        guard let origin = entries[ticket]?.origin else { return nil }
        window.record(origin, at: now)
        entries[ticket]?.isCounted = true
        origin.underWay += 1
        ordinaryUnderWay += 1
        return ticket
    }

    /// The next time at which `next` can have something without another call before it; ask after `next` was `nil`.
    package mutating func wake(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        var time = alarms.soonest()
        if !interactionTurns.isEmpty, let edgeHold { time = min(time ?? edgeHold, edgeHold) }
        if ordinaryUnderWay < limits.concurrent {
            let gate = ordinaryGate(at: now) ?? now
            for origin in ordinaryTurns.origins where origin.hasRoom(beside: ordinaryUnderWay, limits) {
                var opening = max(gate, origin.pause ?? gate)
                if isShared, !origin.isHost, !window.shares.remain(for: origin), let room = window.nextRoom { opening = max(opening, room) }
                time = min(time ?? opening, opening)
            }
        }
        return time
    }

    /// Forgets a request: answered for good, failed for good, or cancelled while it waited or was under way.
    package mutating func finish(_ ticket: Ticket, at now: ContinuousClock.Instant) {
        guard let entry = entries[ticket] else { return }
        if !leave(entry.bucket, ticket) {
            entry.bucket.line(of: entry.origin).remove(ticket)
            dequeue(entry)
        }
        entries[ticket] = nil
        entry.origin.outstanding -= 1
        entry.origin.lastUse = now
        consider(entry.bucket, at: now)
    }

    /// Puts a request that was under way back where it stood; it is not sent before `time`.
    package mutating func requeue(_ ticket: Ticket, notBefore time: ContinuousClock.Instant?, at now: ContinuousClock.Instant) {
        guard let entry = entries[ticket], leave(entry.bucket, ticket) else { return }
        entries[ticket]?.notBefore = time
        enqueue(ticket, entry)
        consider(entry.bucket, at: now)
    }

    private mutating func enqueue(_ ticket: Ticket, _ entry: Entry) {
        entry.bucket.line(of: entry.origin).enqueue(ticket, route: entry.operation.route)
        entry.origin.enqueue(byteCount: entry.byteCount)
        queuedCount += 1
    }

    mutating func dequeue(_ entry: Entry) {
        entry.origin.dequeue(byteCount: entry.byteCount)
        queuedCount -= 1
    }

    /// Everything that waits and needs the token, or everything that waits: to be finished by the caller.
    package func waiting(authorizedOnly: Bool) -> [Ticket] {
        buckets.values.flatMap { $0.lines.flatMap(\.tickets) }.filter { !authorizedOnly || entries[$0]?.authorized == true }.sorted()
    }

    /// What waits for a hold or a pause that ends after its deadline, and when that is: to be failed and finished by the caller.
    package func outlasted() -> [(ticket: Ticket, until: ContinuousClock.Instant)] {
        let held = buckets.values.flatMap { $0.lines.flatMap(\.tickets) }.compactMap { ticket -> (ticket: Ticket, until: ContinuousClock.Instant)? in
            guard let entry = entries[ticket], let hold = hold(on: entry), hold > entry.deadline else { return nil }
            return (ticket, hold)
        }
        return held.sorted { $0.ticket < $1.ticket }
    }

    /// Takes what is to be told.
    package mutating func takeNotices() -> [Notice] {
        defer { notices.removeAll() }
        return notices
    }
}
