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
        let origin = entry.origin
        origin.edgeRefusals = (status == 403 || status == 429) && fault == nil ? origin.edgeRefusals + 1 : 0
        if let refusal {
            hold(refusal, operation: entry.operation, bucket: bucket, at: now)
        } else if status == 403, origin.edgeRefusals >= 3 {
            let wait = headers.retryAfter ?? limits.edgePause
            // What one origin alone meets, it may have earned by what it asks for; what two meet is about the address.
            if origin.isHost || origins.values.contains(where: { $0 !== origin && $0.edgeRefusals > 0 }) {
                holdEverything(for: wait, at: now)
            } else if !origin.isPaused(at: now) {
                origin.pause = now + wait
                notices.append(.edgePausedOrigin(origin.number, wait))
            }
        }
        // A pack may ask where no bot is let in: only the host's own request tells of the token.
        if status == 401, entry.authorized, origin.isHost, !isTokenRefused {
            isTokenRefused = true
            notices.append(.tokenRefused)
        }
        if status == 401 || status == 403 || refusal?.countsAsInvalid == true { countInvalid(of: entry.origin, at: now) }
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

    private mutating func countInvalid(of origin: Origin, at now: ContinuousClock.Instant) {
        origin.invalid.record(at: now)
        if !origin.isHost, !origin.isPaused(at: now), origin.invalid.count >= limits.invalidPauseOfOne,
            let until = origin.invalid.falls(below: limits.invalidPauseOfOne) {
            origin.pause = until
            notices.append(.pausedOrigin(origin.number, invalidRequests: origin.invalid.count, until - now))
        }
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
            // The first line of all last, because each new one becomes the first.
            for line in old.lines.reversed() {
                for ticket in line.tickets where entries[ticket]?.operation.route == route {
                    entries[ticket]?.bucket = new
                    new.line(of: line.origin).enqueue(ticket, route: route)
                }
                line.removeAll { entries[$0]?.bucket !== old }
            }
            for ticket in old.underWay where entries[ticket]?.operation.route == route {
                entries[ticket]?.bucket = new
                new.underWay.append(ticket)
            }
            old.underWay.removeAll { entries[$0]?.bucket !== old }
            if case .route = former { buckets[old.key] = nil }
            consider(old, at: now)
            consider(new, at: now)
        }
    }
}
