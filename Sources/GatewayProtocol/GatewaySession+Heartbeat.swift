import Discord

// Heartbeats: the regular schedule, the requested ones, and what their absence means.
extension GatewaySession {
    /// Below this a `heartbeat_interval` is no interval but a way to make us flood the connection.
    static let shortestInterval = Duration.milliseconds(10)

    /// Requested beats that are answered between two regular ones. A peer that asks for more wants to make us flood it.
    static let answerLimit = Limits.gatewayCommands / 2

    /// The first beat comes after a random part of the interval so that shards that connected together do not beat together.
    mutating func startHeartbeat(
        _ interval: Duration, at now: ContinuousClock.Instant, _ chance: Double, into actions: inout [Action]
    ) {
        let first = now + interval * chance
        heartbeat = Heartbeat(interval: interval, last: now, next: first)
        isAcknowledged = true
        actions.append(.setTimer(.heartbeat, at: first))
    }

    mutating func heartbeatDue(at now: ContinuousClock.Instant, _ chance: Double, into actions: inout [Action]) {
        guard var beat = heartbeat else { return }
        // Events are no acknowledgement: they come down a road on which our beats may not go up. The second test finds a machine that was
        // suspended: the server gave the connection up long ago, whatever arrived before.
        guard isAcknowledged, now - beat.last <= beat.interval * 2 else {
            return leaveConnection(at: now, chance, into: &actions)
        }
        isAcknowledged = false
        sendHeartbeat(at: now, into: &actions)
        beat.last = now
        beat.answers = 0
        // The schedule is kept in step with HELLO, not with when we got round to it, unless a whole interval was missed.
        let next = beat.next + beat.interval
        beat.next = next > now ? next : now + beat.interval
        heartbeat = beat
        actions.append(.setTimer(.heartbeat, at: beat.next))
    }

    /// A requested beat is sent at once and does not shift the schedule.
    mutating func heartbeatRequested(at now: ContinuousClock.Instant, into actions: inout [Action]) {
        guard let beat = heartbeat else { return }
        guard beat.answers < Self.answerLimit else { return }
        heartbeat?.answers += 1
        sendHeartbeat(at: now, into: &actions)
    }

    mutating func heartbeatAcknowledged(at now: ContinuousClock.Instant) {
        isAcknowledged = true
        guard let sent = unacknowledgedBeats.first else { return }
        unacknowledgedBeats.removeFirst()
        latency = now - sent
    }

    private mutating func sendHeartbeat(at now: ContinuousClock.Instant, into actions: inout [Action]) {
        if unacknowledgedBeats.count == Self.unacknowledgedBeatLimit { unacknowledgedBeats.removeFirst() }
        unacknowledgedBeats.append(now)
        actions.append(.sendHeartbeat(sequence: lastSequence == Self.noSequence ? nil : lastSequence))
    }
}
