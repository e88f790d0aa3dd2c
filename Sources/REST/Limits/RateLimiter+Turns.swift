extension RateLimiter {
    mutating func bucket(for operation: Operation, lane: RESTRequest.Lane, at now: ContinuousClock.Instant) -> Bucket {
        let key = Bucket.Key(group: group(of: operation.route), major: operation.major)
        if let bucket = buckets[key] { return bucket }
        let bucket = Bucket(key: key, lane: lane, at: now)
        buckets[key] = bucket
        return bucket
    }

    func group(of route: Bucket.RouteName) -> Bucket.Key.Group {
        hashes[route].map { .hash($0) } ?? .route(route)
    }

    /// Ends a request's being under way; false if it was not.
    mutating func leave(_ bucket: Bucket, _ ticket: Ticket) -> Bool {
        guard let index = bucket.underWay.firstIndex(of: ticket) else { return false }
        bucket.underWay.remove(at: index)
        if entries[ticket]?.isCounted == true {
            entries[ticket]?.isCounted = false
            ordinaryUnderWay -= 1
        }
        return true
    }

    /// Gives the bucket a turn or an alarm if it has something to send now or later.
    mutating func consider(_ bucket: Bucket, at now: ContinuousClock.Instant) {
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

    mutating func send(from bucket: Bucket, at now: ContinuousClock.Instant) -> Ticket? {
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
    func hold(on operation: Operation, in bucket: Bucket) -> ContinuousClock.Instant? {
        let own = later(bucket.hold, operationHolds[operation])
        return later(own, bucket.lane == .ordinary ? later(edgeHold, globalHold) : edgeHold)
    }

    /// Until when ordinary requests wait as a whole; `nil` if they need not.
    func ordinaryGate(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        let gate = later(later(globalHold, edgeHold), later(invalidHold, window.opens(at: now)))
        return gate.flatMap { $0 > now ? $0 : nil }
    }

    private func later(_ a: ContinuousClock.Instant?, _ b: ContinuousClock.Instant?) -> ContinuousClock.Instant? {
        guard let a, let b else { return a ?? b }
        return max(a, b)
    }

    /// Forgets idle buckets and past holds, at most once a minute.
    mutating func sweep(at now: ContinuousClock.Instant) {
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
