internal import Configuration
internal import Discord
internal import LuaEngine
internal import Reactor

/// A run that waits for an event.
struct Expectation {
    let run: LuaRun
    /// Decides whether an event is the one; `nil`: any is.
    let match: LuaReference?
}

/// Listening to events: `bot.on` and `bot.wait_for`.
extension PackGeneration {
    /// host.on(event, handler)
    func on(_ call: inout LuaCall) -> LuaOutcome {
        guard let event = eventName(&call) else { return .raised }
        guard let handler = call.arguments.reference(2) else { return call.badArgument(2, expected: "function") }
        guard phase != .draining && phase != .closed else { return call.raise("this pack is being unloaded") }
        guard handlerCount < limits.handlers else { return call.stop("stopped: more than \(limits.handlers) handlers") }
        handlerCount += 1
        handlers[Int(event.rawValue)].append(handler)
        if phase == .serving { subscriptionsChanged() }
        return .returned
    }

    /// host.wait_for(event, timeout, match) → the event's object, or nothing once the time is over
    func waitFor(_ call: inout LuaCall) -> LuaOutcome {
        guard let event = eventName(&call) else { return .raised }
        guard phase == .serving || phase == .draining else {
            return call.raise("events come once the main chunk has returned; wait for them in a handler or a task")
        }
        var timeout: Duration?
        if !call.arguments.isNilOrNone(2) {
            guard let delay = delay(&call, 2) else { return .raised }
            timeout = delay
        }
        let match = call.arguments.isNilOrNone(3) ? nil : call.arguments.reference(3)
        guard let run = call.wait() else { return .raised }
        var waiters = expected.removeValue(forKey: event) ?? []
        // Now and then, so that cancelled ones do not heap up for an event that never comes.
        if waiters.count >= 8 && waiters.count & (waiters.count - 1) == 0 { waiters.removeAll { waiting[$0.run] == nil } }
        waiters.append(Expectation(run: run, match: match))
        expected[event] = waiters
        if let timeout { setAlarm(run, after: timeout, isTimeout: true) { $0.giveUp(run, waitingFor: event) } }
        if awaited.insert(event).inserted { subscriptionsChanged() }
        return .waiting
    }

    private func giveUp(_ run: LuaRun, waitingFor event: EventName) {
        expected[event]?.removeAll { $0.run == run }
        wake(run)
    }

    /// Whether a run goes on by itself, and not only when the next event comes.
    var isWorking: Bool {
        !tasks.isIdle || waiting.keys.contains { run in !expected.values.contains { $0.contains { $0.run == run } } }
    }

    private func eventName(_ call: inout LuaCall) -> EventName? {
        // No event's name is nearly so long, and the error shows no more of it.
        guard let name = call.arguments.withBytes(1, { String(decoding: $0.prefix(100), as: UTF8.self) + ($0.count > 100 ? "…" : "") }) else {
            _ = call.badArgument(1, expected: "event name")
            return nil
        }
        if let event = EventName(name), event.luaName == name { return event }
        let nearest = EditDistance.nearest(to: name.lowercased(), among: EventName.allCases.map(\.luaName))
        _ = call.raise(
            "unknown event '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "; events have Discord's names in lower case, like 'message_create'"))
        return nil
    }

    // MARK: Handing events over

    /// Calls every handler of `event` with the decoded payload, which they share, and then whoever waited for it before.
    func dispatch(_ event: EventName, _ payload: LuaPayload) {
        let listeners = handlers[Int(event.rawValue)]
        guard phase == .serving || phase == .draining else {
            if phase == .suspended && !listeners.isEmpty { missedEvents += 1 }
            return
        }
        // A handler that begins to wait for this event waits for the next one.
        let waiters = expected.isEmpty ? nil : expected.removeValue(forKey: event)
        guard !listeners.isEmpty || waiters != nil else { return }
        var payload = payload
        payload.prototype = Prototype(of: event).id
        payload.profile = event.rawValue
        do throws(LuaFailure) {
            try state.withEvent(payload) { decoded in
                for handler in listeners where phase == .serving {
                    settle(state.call(handler, with: decoded), as: .event(event))
                }
                if let waiters { offer(event, decoded, to: waiters) }
            }
        } catch {
            fail(error, .event(event))
        }
    }

    /// Gives an event to those that waited for it before it came; who does not want it waits on.
    func offer(_ event: EventName, _ decoded: LuaEvent, to waiters: [Expectation]) {
        var waitOn: [Expectation] = []
        for waiter in waiters where waiting[waiter.run] != nil {
            if let match = waiter.match {
                switch verdict(of: match, on: event, decoded) {
                case .wanted: break
                case .unwanted:
                    waitOn.append(waiter)
                    continue
                case .failed(let error):
                    guard let role = take(waiter.run) else { continue }
                    if let error {
                        settle(state.resume(waiter.run, raising: error), as: role)
                    } else {
                        settle(state.resume(waiter.run, raising: LuaErrorValue(message: "\(RunRole.match(event)) must not wait")), as: role)
                    }
                    continue
                }
            }
            guard let role = take(waiter.run) else { continue }
            settle(state.resume(waiter.run) { $0.append(decoded) }, as: role)
        }
        if !waitOn.isEmpty { expected[event] = waitOn + (expected[event] ?? []) }
    }

    private enum Verdict { case wanted, unwanted, failed(LuaReference?) }

    /// Asks a match function, in a run of its own. Its error belongs to the run that waits.
    private func verdict(of match: LuaReference, on event: EventName, _ decoded: LuaEvent) -> Verdict {
        switch state.call(match, { $0.append(decoded) }) {
        case .finished:
            return state.returned?.isTrue(1) == true ? .wanted : .unwanted
        case .waiting(let run):
            _ = state.cancel(run)
            return .failed(nil)
        case .failed(let failure):
            guard failure.kind.isOffence else { return .failed(state.failedValue) }
            settle(.failed(failure), as: .match(event))
            return .unwanted
        case .stale:
            return .unwanted
        }
    }
}
