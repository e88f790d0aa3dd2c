internal import Configuration
internal import Discord
internal import LuaEngine
internal import Reactor

/// Tasks of `bot.spawn` and what waits for them.
extension PackGeneration {
    /// host.spawn(object, function, …) → key
    ///
    /// The task begins in a later turn, with a budget of its own.
    func spawn(_ call: inout LuaCall) -> LuaOutcome {
        guard phase != .closed, phase != .suspended else { return call.raise("this pack is being unloaded") }
        guard waiting.count < limits.runs else { return call.stop("stopped: more than \(limits.runs) handlers and tasks wait") }
        guard let object = call.arguments.reference(1), call.arguments.type(2) == .function else { return call.badArgument(2, expected: "function") }
        let run: LuaRun
        do throws(LuaFailure) { run = try call.spawn(from: 2) } catch { return call.stop("stopped: \(error.message)") }
        let key = tasks.add(object, run: run)
        waiting[run] = .task(key)
        pumpLater()
        call.results.append(key)
        return .returned
    }

    /// host.cancel_task(key)
    ///
    /// In a later turn, so that the task never ends below a run that still goes on.
    func cancelTask(_ call: inout LuaCall) -> LuaOutcome {
        guard let key = call.arguments.integer(1) else { return call.badArgument(1, expected: "task") }
        if tasks.cancel(key) { pumpLater() }
        return .returned
    }

    /// host.park(key): waits until `unpark` of the same key.
    func park(_ call: inout LuaCall) -> LuaOutcome {
        guard let key = call.arguments.integer(1) else { return call.badArgument(1, expected: "key") }
        guard let run = call.wait() else { return .raised }
        tasks.park(run, under: key) { waiting[$0] != nil }
        return .waiting
    }

    /// host.unpark(key): lets one of those that wait now go on, in a later turn: the one that has waited longest when it comes to it.
    func unpark(_ call: inout LuaCall) -> LuaOutcome {
        guard let key = call.arguments.integer(1) else { return call.badArgument(1, expected: "key") }
        if tasks.noteUnpark(key) { pumpLater() }
        return .returned
    }

    /// host.parked(key) → how many wait
    func parked(_ call: inout LuaCall) -> LuaOutcome {
        guard let key = call.arguments.integer(1) else { return call.badArgument(1, expected: "key") }
        call.results.append(tasks.parkedCount(key) { waiting[$0] != nil })
        return .returned
    }

    /// host.raise(error, traceback): raises what a task failed with.
    func raise(_ call: inout LuaCall) -> LuaOutcome {
        guard let error = call.arguments.reference(1) else { return call.raise("nil") }
        return call.raise(again: error, traceback: call.arguments.string(2) ?? "")
    }

    /// host.fail(code, message): raises an error table.
    func fail(_ call: inout LuaCall) -> LuaOutcome {
        call.raise(LuaErrorValue(message: call.arguments.string(2) ?? "", code: call.arguments.string(1).map { .word($0) }))
    }

    // MARK: Turns

    /// Works off what is ready, after the present callback.
    func pumpLater() {
        guard !tasks.isPumping else { return }
        tasks.isPumping = true
        reactor.nextTurn { [weak self] in self?.pump() }
    }

    /// Runs what is ready for at most one slice, so that events and answers get their turn.
    private func pump() {
        tasks.isPumping = false
        let clock = ContinuousClock()
        let end = clock.now + ScriptRuntime.slice
        while phase != .closed, let step = tasks.next() {
            switch step {
            case .begin(let key):
                guard let task = tasks[key] else { continue }
                if task.isCancelled { cancel(task.run) } else { wake(task.run) }
            case .cancel(let key):
                if let task = tasks[key] { cancel(task.run) }
            case .timer(let key): runTimer(key)
            case .parked(let key): while let run = tasks.unpark(key), !wake(run) {}
            }
            if clock.now >= end { break }
        }
        if phase != .closed && !tasks.isIdle { pumpLater() }
    }

    // MARK: The end of a task

    /// Hands a failure to whoever waits for the task, now or later; reports it when nobody does.
    func finishTask(_ key: Int64, _ failure: LuaFailure) {
        guard let task = tasks.end(key) else { return report(failure, in: .task(key)) }
        guard phase != .closed, let taskFailed = module.taskFailed else { return }
        let error = state.failedValue
        let isCancelled = failure.kind == .cancelled
        var traceback = failure.traceback
        if let place = failure.spawnedAt { traceback += "\nspawned at \(place)" }
        let told = state.call(taskFailed) { arguments in
            arguments.append(task.object)
            // A stop has no value that a script could hold.
            if let error, !failure.kind.isOffence { arguments.append(error) } else { arguments.append(failure.message) }
            arguments.append(traceback)
            arguments.append(isCancelled)
        }
        if case .finished = told, state.returned?.isTrue(1) == true { return }
        report(failure, in: .task(key))
    }
}
