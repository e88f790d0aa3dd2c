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
        guard let name = call.arguments.string(3) else { return call.badArgument(3, expected: "name") }
        guard let function = call.arguments.reference(4) else { return call.badArgument(4, expected: "function") }
        guard phase == .loading || phase == .serving else { return call.raise("this pack is being unloaded") }
        guard timers.count < Self.timerLimit else { return call.raise("too many timers: a pack may have \(Self.timerLimit)") }
        let key = timers.nextKey()
        let due = reactor.now + delay
        let token = reactor.schedule(at: due) { [weak self] in self?.fire(key) }
        timers[key] = TimerTable.Entry(name: name, function: function, interval: repeats ? delay : nil, token: token, due: due)
        call.results.append(key)
        return .returned
    }

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
        reactor.schedule(after: delay) { [weak self] in self?.wake(run) }
        return .waiting
    }

    private func fire(_ key: Int64) {
        guard var entry = timers[key] else { return }
        if let interval = entry.interval {
            // The next one is counted from when this one was due; ticks missed meanwhile (a suspended machine) are skipped.
            repeat { entry.due += interval } while entry.due <= reactor.now
            entry.token = reactor.schedule(at: entry.due) { [weak self] in self?.fire(key) }
            timers[key] = entry
        } else {
            timers[key] = nil
        }
        guard !waiting.values.contains("timer \(entry.name) #\(key)") else {
            logger.debug("timer \(entry.name) is due while its last run still waits; skipped")
            return
        }
        self.call(entry.function, as: "timer \(entry.name) #\(key)")
    }

    private func delay(_ call: inout LuaCall, _ index: Int) -> Duration? {
        if let number = call.arguments.number(index) {
            if let delay = DelayText.seconds(number) { return delay }
        } else if let text = call.arguments.string(index) {
            if let delay = DelayText.parse(text) { return delay }
        }
        _ = call.badArgument(index, "a delay is a number of seconds, or text like \"500ms\", \"10s\", \"10m\", \"1h30m\"")
        return nil
    }

    /// Timers one generation may have.
    private static let timerLimit = 1000
}
