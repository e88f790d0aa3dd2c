internal import Configuration
internal import LuaEngine
internal import Logging
internal import Reactor

/// Time: `bot.after`, `bot.every`, `bot.sleep`.
extension PackGeneration {
    /// host.timer(delay, repeats, name, function) → key
    func timer(_ call: inout LuaCall) -> LuaOutcome {
        guard let delay = delay(&call, 1) else { return .raised }
        let repeats = call.arguments.isTrue(2)
        guard !repeats || delay >= .milliseconds(10) else { return call.raise("bot.every repeats at most every 10 ms") }
        // Kept for as long as the timer is, outside the memory that Lua accounts for.
        guard let length = call.arguments.withBytes(3, { $0.count }) else { return call.badArgument(3, expected: "name") }
        guard length <= Self.timerNameBytes, let name = call.arguments.string(3) else {
            return call.raise("a timer's name has at most \(Self.timerNameBytes) bytes")
        }
        guard let function = call.arguments.reference(4) else { return call.badArgument(4, expected: "function") }
        guard phase != .draining && phase != .closed else { return call.raise("this pack is being unloaded") }
        guard timers.count < limits.timers else { return call.stop("stopped: more than \(limits.timers) timers") }
        let key = timers.nextKey()
        let due = reactor.now + delay
        let token = reactor.schedule(at: due) { [weak self] in self?.fire(key) }
        timers[key] = TimerTable.Entry(name: name, function: function, interval: repeats ? delay : nil, token: token, due: due)
        call.results.append(key)
        return .returned
    }

    private static let timerNameBytes = 200

    /// host.cancel_timer(key) → whether it was still to fire
    func cancelTimer(_ call: inout LuaCall) -> LuaOutcome {
        guard let key = call.arguments.integer(1) else { return call.badArgument(1, expected: "timer") }
        let entry = timers[key]
        if let entry { reactor.cancel(entry.token) }
        timers[key] = nil
        call.results.append(entry != nil)
        return .returned
    }

    /// host.sleep(delay)
    func sleep(_ call: inout LuaCall) -> LuaOutcome {
        guard let delay = delay(&call, 1) else { return .raised }
        guard let run = call.wait() else { return .raised }
        setAlarm(run, after: delay, isTimeout: false) { $0.wake(run) }
        return .waiting
    }

    func setAlarm(_ run: LuaRun, after delay: Duration, isTimeout: Bool, _ body: @escaping (PackGeneration) -> Void) {
        let due = reactor.now + delay
        let token = reactor.schedule(at: due) { [weak self] in self.map(body) }
        alarms[run] = Alarm(token: token, due: due, isTimeout: isTimeout)
    }

    /// Whether a run has something to do until `end`: an answer comes, a task goes on, a time is over. One that waits for an event may do so for
    /// ever, and counts for its timeout only, if that.
    func isBusy(until end: ContinuousClock.Instant, countingTimeouts: Bool) -> Bool {
        if requests.count > 0 || !tasks.isIdle { return true }
        return alarms.values.contains { $0.due <= end && (countingTimeouts || !$0.isTimeout) }
    }

    /// Makes a timer that is due run in a later turn.
    private func fire(_ key: Int64) {
        guard var entry = timers[key] else { return }
        if let interval = entry.interval {
            // The next one is counted from when this one was due; ticks missed meanwhile (a suspended machine) are skipped.
            repeat { entry.due += interval } while entry.due <= reactor.now
            entry.token = reactor.schedule(at: entry.due) { [weak self] in self?.fire(key) }
            timers[key] = entry
            // One that has not had its turn since it was last due has it once.
            guard phase == .serving || phase == .loading, !entry.isReady else { return }
        } else if phase == .suspended {
            timers[key]?.isHeld = true
            return
        }
        timers[key]?.isReady = true
        tasks.append(.timer(key))
        pumpLater()
    }

    /// Runs a timer whose turn has come.
    func runTimer(_ key: Int64) {
        guard let entry = timers[key] else { return }
        guard phase == .serving || phase == .loading else {
            if entry.interval == nil { timers[key]?.isHeld = true }
            timers[key]?.isReady = false
            return
        }
        if entry.interval == nil { timers[key] = nil } else { timers[key]?.isReady = false }
        let isBusy = !waiting.isEmpty && waiting.values.contains { role in
            if case .timer(key, _) = role { true } else { false }
        }
        guard !isBusy else {
            log.write(.debug, "timer \(entry.name) is due while its last run still waits; skipped")
            return
        }
        call(entry.function, as: .timer(key: key, name: entry.name))
    }

    /// Runs those that were due once while the pack was suspended.
    func fireHeldTimers() {
        for key in timers.held {
            timers[key]?.isHeld = false
            fire(key)
        }
    }

    func delay(_ call: inout LuaCall, _ index: Int) -> Duration? {
        var given = "\(call.arguments.type(index))"
        if let number = call.arguments.number(index) {
            if let delay = DelayText.seconds(number) { return delay }
            given = call.arguments.integer(index).map(String.init) ?? "\(number)"
        } else if let text = call.arguments.string(index) {
            if let delay = DelayText.parse(text) { return delay }
            given = "'\(text.prefix(40))'"
        }
        _ = call.raise("\(given) is no delay; give a number of seconds, or text like \"500ms\", \"10s\", \"10m\", \"1h30m\"")
        return nil
    }
}
