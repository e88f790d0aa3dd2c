import Discord

// From the wish to be online to READY or RESUMED, and the requested way out.
extension GatewaySession {
    mutating func started(into actions: inout [Action]) {
        guard phase == .idle else { return }
        login(into: &actions)
    }

    mutating func login(into actions: inout [Action]) {
        guard let resumePoint else {
            phase = .connecting(.identify)
            actions.append(.connect(.gateway))
            return
        }
        phase = .connecting(.resume)
        // The resume URL is preferred but may be down; RESUME works on the general one too, so every other retry goes there.
        let useGateway = failedDials >= 2 && !failedDials.isMultiple(of: 2)
        actions.append(.connect(useGateway ? .gateway : .resume(url: resumePoint.url)))
    }

    mutating func connected(at now: ContinuousClock.Instant, into actions: inout [Action]) {
        guard case .connecting(let login) = phase else { return }
        failedDials = 0
        phase = .awaitingHello(login)
        actions.append(.setTimer(.deadline, at: now + timing.helloDeadline))
    }

    mutating func connectionFailed(at now: ContinuousClock.Instant, _ chance: Double, into actions: inout [Action]) {
        guard case .connecting = phase else { return }
        failedDials += 1
        backOff(at: now, chance, into: &actions)
    }

    mutating func helloReceived(
        _ interval: Duration, at now: ContinuousClock.Instant, _ chance: Double, into actions: inout [Action]
    ) {
        guard case .awaitingHello(let login) = phase else { return }
        guard interval >= Self.shortestInterval else { return streamBroken(at: now, chance, into: &actions) }
        startHeartbeat(interval, at: now, chance, into: &actions)
        switch login {
        case .identify:
            phase = .waitingForPermit
            actions.append(.cancelTimer(.deadline))
            actions.append(.requestIdentifyPermit)
        case .resume:
            phase = .resuming
            isLoggedIn = true
            if let resumePoint { actions.append(.sendResume(resumePoint)) }
            actions.append(.setTimer(.deadline, at: now + timing.resumedDeadline))
        }
    }

    mutating func identifyPermitted(at now: ContinuousClock.Instant, into actions: inout [Action]) {
        guard phase == .waitingForPermit else { return }
        phase = .identifying
        isLoggedIn = true
        lastSequence = Self.noSequence
        identifies += 1
        actions.append(.sendIdentify)
        actions.append(.setTimer(.deadline, at: now + timing.readyDeadline))
    }

    mutating func readyReceived(
        _ sessionID: String, _ url: String, at now: ContinuousClock.Instant, into actions: inout [Action]
    ) {
        guard phase == .identifying else { return }
        identity = (sessionID, url)
        becomeReady(at: now, resumed: false, into: &actions)
    }

    mutating func resumedReceived(at now: ContinuousClock.Instant, into actions: inout [Action]) {
        guard phase == .resuming else { return }
        becomeReady(at: now, resumed: true, into: &actions)
    }

    private mutating func becomeReady(at now: ContinuousClock.Instant, resumed: Bool, into actions: inout [Action]) {
        phase = .ready
        readySince = now
        failedResumes = 0
        refusedIdentifies = 0
        actions.append(.cancelTimer(.deadline))
        if !resumed, let resumePoint { actions.append(.saveResumePoint(resumePoint)) }
        actions.append(.announceReady(resumed: resumed))
    }

    mutating func leaveRequested(_ keepingSession: Bool, into actions: inout [Action]) {
        // 1000 and 1001 invalidate the session, any other code keeps it for a few minutes.
        let farewell: GatewayCloseCode = keepingSession ? .resuming : .leaving
        switch phase {
        case .leaving, .stopped, .failed:
            return
        case .awaitingHello, .waitingForPermit, .identifying, .resuming, .ready:
            endConnection(into: &actions)
            phase = .leaving
            actions.append(.close(farewell))
        case .connecting:
            actions.append(.abandon(farewell))
            phase = .stopped
        case .backingOff:
            actions.append(.cancelTimer(.reconnect))
            phase = .stopped
        case .idle:
            phase = .stopped
        }
        if !keepingSession {
            forgetSession(into: &actions)
        } else if let resumePoint {
            actions.append(.saveResumePoint(resumePoint))
        }
        if phase == .stopped { actions.append(.stop) }
    }

    mutating func forgetSession(into actions: inout [Action]) {
        lastSequence = Self.noSequence
        guard identity != nil else { return }
        identity = nil
        actions.append(.forgetResumePoint)
    }
}
