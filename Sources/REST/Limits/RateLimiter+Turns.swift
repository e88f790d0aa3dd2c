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

    /// The origin of that number, made if there is none.
    mutating func origin(_ number: Int, at now: ContinuousClock.Instant) -> Origin {
        if let origin = origins[number] { return origin }
        let origin = Origin(number, at: now)
        origins[number] = origin
        return origin
    }

    /// Ends a request's being under way; false if it was not.
    mutating func leave(_ bucket: Bucket, _ ticket: Ticket) -> Bool {
        guard let index = bucket.underWay.firstIndex(of: ticket) else { return false }
        bucket.underWay.remove(at: index)
        if entries[ticket]?.isCounted == true {
            entries[ticket]?.isCounted = false
            entries[ticket]?.origin.underWay -= 1
            ordinaryUnderWay -= 1
        }
        return true
    }

    /// Gives each line of the bucket a turn if it has something to send now, and the bucket an alarm if one has later.
    mutating func consider(_ bucket: Bucket, at now: ContinuousClock.Instant) {
        var soonest: ContinuousClock.Instant?
        for line in bucket.lines {
            switch choice(in: line, of: bucket, at: now) {
            case .nothing: break
            case .wait(let time): soonest = min(time, soonest ?? time)
            case .send: if !line.isInTurn { turns(of: bucket.lane).append(line, of: bucket) }
            }
        }
        if let soonest { alarms.set(bucket, at: soonest) } else { bucket.alarm = nil }
    }

    private func turns(of lane: RESTRequest.Lane) -> TurnList { lane == .interaction ? interactionTurns : ordinaryTurns }

    /// The first request that may leave the line: a write only if no write is under way in the bucket or waits before it in the line.
    private func choice(in line: RequestLine, of bucket: Bucket, at now: ContinuousClock.Instant) -> Choice {
        guard !line.tickets.isEmpty else { return .nothing }
        switch bucket.opening(at: now) {
        case .at(let time): return .wait(until: time)
        case .afterAnswer: return .nothing
        case .now: break
        }
        var writeBefore = bucket.underWay.contains { entries[$0]?.isWrite == true }
        var soonest: ContinuousClock.Instant?
        for (index, ticket) in line.tickets.enumerated() {
            guard let entry = entries[ticket] else { continue }
            // Where all are the same write, what keeps back the first keeps back the rest, however many.
            if index > 0, entry.isWrite, !line.isMixed { break }
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

    /// Takes the next request from the lines of origins that `may` send.
    mutating func take(from turns: TurnList, at now: ContinuousClock.Instant, where may: (Origin) -> Bool) -> Ticket? {
        while let (line, bucket) = turns.first(where: may) {
            guard case .send(let index) = choice(in: line, of: bucket, at: now) else {
                turns.remove(line)
                consider(bucket, at: now)
                continue
            }
            let ticket: Ticket
            if let (older, index) = older(than: line, in: bucket, of: turns, at: now, where: may) {
                turns.advance(older)
                ticket = bucket.send(index, of: older, at: now)
            } else {
                turns.endTurn(of: line)
                ticket = bucket.send(index, of: line, at: now)
            }
            if let entry = entries[ticket] { dequeue(entry) }
            consider(bucket, at: now)
            return ticket
        }
        return nil
    }

    /// A line that the bucket served longer ago than `line`, and that can send in its place: it has its origin's next turn in advance,
    /// for otherwise one that always asks in this bucket could keep it from one that asks in many.
    private func older(
        than line: RequestLine, in bucket: Bucket, of turns: TurnList, at now: ContinuousClock.Instant, where may: (Origin) -> Bool
    ) -> (RequestLine, index: Int)? {
        for other in bucket.lines {
            if other === line { break }
            if may(other.origin), turns.canAdvance(other.origin), case .send(let index) = choice(in: other, of: bucket, at: now) { return (other, index) }
        }
        return nil
    }

    /// The last of the holds that 429s put on a request, or of its origin's pause, past or to come.
    func hold(on entry: Entry) -> ContinuousClock.Instant? {
        let own = later(later(entry.bucket.hold, operationHolds[entry.operation]), edgeHold)
        return entry.bucket.lane == .ordinary ? later(own, later(globalHold, entry.origin.pause)) : own
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

    /// Forgets idle buckets and origins and past holds, at most once a minute.
    mutating func sweep(at now: ContinuousClock.Instant) {
        guard let last = lastSweep else {
            lastSweep = now
            return
        }
        guard now - last >= .seconds(60) else { return }
        lastSweep = now
        let limit = now - limits.idleSpan
        buckets = buckets.filter { !$0.value.isIdle(since: limit, at: now) }
        for origin in origins.values { origin.invalid.expire(at: now) }
        let idle = origins.filter { $0.value.isIdle(since: limit) }
        if !idle.isEmpty {
            for number in idle.keys { origins[number] = nil }
            for bucket in buckets.values { bucket.forgetLines { idle[$0.number] === $0 } }
        }
        operationHolds = operationHolds.filter { $0.value > now }
        // Only a script that makes up paths can have so many; templates of ours are few.
        if hashes.count > 4096 { hashes.removeAll() }
    }
}
