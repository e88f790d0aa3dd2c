import Discord

// How a connection ends, what that means for the session, and how long to pause.
extension GatewaySession {
    var isConnected: Bool {
        switch phase {
        case .awaitingHello, .waitingForPermit, .identifying, .resuming, .ready: true
        default: false
        }
    }

    mutating func reconnectRequested(at now: ContinuousClock.Instant, _ chance: Double, into actions: inout [Action]) {
        guard isConnected else { return }
        leaveConnection(at: now, chance, atOnce: true, into: &actions)
    }

    mutating func streamBroken(at now: ContinuousClock.Instant, _ chance: Double, into actions: inout [Action]) {
        if phase == .leaving { return left(into: &actions) }
        guard isConnected else { return }
        leaveConnection(at: now, chance, into: &actions)
    }

    mutating func deadlinePassed(at now: ContinuousClock.Instant, _ chance: Double, into actions: inout [Action]) {
        guard isConnected, phase != .ready else { return }
        leaveConnection(at: now, chance, into: &actions)
    }

    mutating func pauseEnded(into actions: inout [Action]) {
        guard case .backingOff = phase else { return }
        login(into: &actions)
    }

    /// Leaves a connection that is of no use any more and RESUMEs on another.
    mutating func leaveConnection(
        at now: ContinuousClock.Instant, _ chance: Double, atOnce: Bool = false, into actions: inout [Action]
    ) {
        loseConnection(at: now, into: &actions)
        actions.append(.abandon(.resuming))
        if atOnce, setbacks == 0 {
            setbacks = 1
            login(into: &actions)
        } else {
            backOff(at: now, chance, into: &actions)
        }
    }

    /// op 9. The random pause of one to five seconds was in Discord's documentation until 2022; repeated refusals lengthen it.
    mutating func sessionInvalidated(
        _ resumable: Bool, at now: ContinuousClock.Instant, _ chance: Double, into actions: inout [Action]
    ) {
        guard isConnected else { return }
        if phase == .identifying { refusedIdentifies += 1 }
        loseConnection(at: now, into: &actions)
        actions.append(.abandon(.resuming))
        guard refusedIdentifies < timing.refusalLimit else {
            return fail(.identifyRefused(times: refusedIdentifies), into: &actions)
        }
        if !resumable { forgetSession(into: &actions) }
        invalidations += 1
        setbacks += 1
        let (shortest, longest) = (timing.invalidSessionPause.lowerBound, timing.invalidSessionPause.upperBound)
        let pause = invalidations == 1 ? shortest + (longest - shortest) * chance : growingPause(after: invalidations, chance)
        wait(pause, from: now, into: &actions)
    }

    mutating func connectionClosed(
        _ code: GatewayCloseCode?, at now: ContinuousClock.Instant, _ chance: Double, into actions: inout [Action]
    ) {
        if phase == .leaving { return left(into: &actions) }
        guard isConnected else { return }
        loseConnection(at: now, into: &actions)
        guard let code else { return backOff(at: now, chance, into: &actions) }

        switch code.disposition {
        case .fatal(let reason):
            fail(.closed(reason), into: &actions)
        case .resume:
            backOff(at: now, chance, into: &actions)
        case .identify:
            forgetSession(into: &actions)
            backOff(at: now, chance, into: &actions)
        case .resumeAfter(let pause):
            setbacks += 1
            wait(pause + .seconds(5) * chance, from: now, into: &actions)
        case .resumeOnce:
            guard suspectCode == code else {
                suspectCode = code
                return backOff(at: now, chance, into: &actions)
            }
            forgetSession(into: &actions)
            setbacks += 1
            wait(timing.backoffCap * (1 + chance), from: now, into: &actions)
        }
    }

    /// Books the end of a connection: what it cost, and whether the shard had recovered before.
    private mutating func loseConnection(at now: ContinuousClock.Instant, into actions: inout [Action]) {
        switch phase {
        case .resuming:
            failedResumes += 1
            if failedResumes >= timing.resumeLimit {
                failedResumes = 0
                forgetSession(into: &actions)
            }
        case .identifying:
            lastSequence = Self.noSequence
        case .ready:
            if let readySince, now - readySince >= timing.steadyAfter {
                setbacks = 0
                identifies = 0
                invalidations = 0
                suspectCode = nil
            }
        default:
            break
        }
        endConnection(into: &actions)
    }

    /// Forgets everything that belongs to a connection.
    mutating func endConnection(into actions: inout [Action]) {
        switch phase {
        case .waitingForPermit: actions.append(.withdrawPermitRequest)
        case .awaitingHello, .identifying, .resuming: actions.append(.cancelTimer(.deadline))
        default: break
        }
        if heartbeat != nil { actions.append(.cancelTimer(.heartbeat)) }
        heartbeat = nil
        unacknowledgedBeats.removeAll(keepingCapacity: true)
        isLoggedIn = false
        readySince = nil
    }

    /// Pauses with full jitter. IDENTIFYs whose sessions do not last pause longer, because each costs a session start.
    mutating func backOff(at now: ContinuousClock.Instant, _ chance: Double, into actions: inout [Action]) {
        let ceiling = min(timing.backoffCap, timing.backoffBase * (1 << min(setbacks, 16)))
        setbacks += 1
        var pause = ceiling * chance
        if resumePoint == nil, identifies > 1 { pause = max(pause, growingPause(after: identifies, chance)) }
        wait(pause, from: now, into: &actions)
    }

    /// From the longest plain pause to twice that after the second in a row, then doubling up to the cap: each range begins where the one
    /// before ended.
    private func growingPause(after count: Int, _ chance: Double) -> Duration {
        let ceiling = min(timing.refusalCap, timing.invalidSessionPause.upperBound * (1 << min(count - 1, 16)))
        return ceiling / 2 * (1 + chance)
    }

    private mutating func wait(_ pause: Duration, from now: ContinuousClock.Instant, into actions: inout [Action]) {
        phase = .backingOff(until: now + pause)
        actions.append(.setTimer(.reconnect, at: now + pause))
    }

    private mutating func left(into actions: inout [Action]) {
        phase = .stopped
        actions.append(.stop)
    }

    private mutating func fail(_ failure: Failure, into actions: inout [Action]) {
        forgetSession(into: &actions)
        phase = .failed
        actions.append(.fail(failure))
    }
}
