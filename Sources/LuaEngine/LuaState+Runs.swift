import CLuaShims

extension LuaState {
    /// Compiles `source` and runs it as a main chunk in a coroutine of its own, so that it may wait.
    ///
    /// - Parameter chunk: the name that error messages and tracebacks show, such as `main.lua`.
    package func run(
        source: UnsafeRawBufferPointer, chunk: String, _ arguments: (inout LuaValues) -> Void = { _ in }
    ) -> LuaResult {
        start(arguments) { mark, id in
            shim_run_source(pointer, source.baseAddress, source.count, chunk, mark, &id)
        }
    }

    /// Compiles text as a main chunk and runs it.
    package func run(_ source: String, chunk: String, _ arguments: (inout LuaValues) -> Void = { _ in }) -> LuaResult {
        var source = source
        return source.withUTF8 { run(source: UnsafeRawBufferPointer($0), chunk: chunk, arguments) }
    }

    /// Compiles `source` without running it; `nil` when it compiles.
    package func check(source: UnsafeRawBufferPointer, chunk: String) -> LuaFailure? {
        guard open else { return .closed }
        return shim_check_source(pointer, source.baseAddress, source.count, chunk) == SHIM_FINISHED ? nil : failure()
    }

    /// Calls a function, in a pooled coroutine, with the values that `arguments` appends.
    package func call(_ function: LuaReference, _ arguments: (inout LuaValues) -> Void = { _ in }) -> LuaResult {
        precondition(function.account === account, "a reference of another state")
        return start(arguments) { mark, id in shim_run(pointer, function.slot, mark, &id) }
    }

    /// Calls a handler with an event alone: the same as appending it, in fewer steps.
    package func call(_ handler: LuaReference, with event: LuaEvent) -> LuaResult {
        precondition(handler.account === account, "a reference of another state")
        guard open else { return .failed(.closed) }
        releaseDropped()
        var id = shim_run_id()
        return result(shim_run_event(pointer, handler.slot, event.depth, &id), id)
    }

    /// Lets a waiting run go on: its host function returns the values that `results` appends.
    package func resume(_ run: LuaRun, _ results: (inout LuaValues) -> Void = { _ in }) -> LuaResult {
        start(results) { mark, id in
            id = run.id
            return shim_resume(pointer, &id, mark, 0)
        }
    }

    /// Lets a waiting run go on: its host function raises `error`.
    package func resume(_ run: LuaRun, raising error: LuaErrorValue) -> LuaResult {
        start({ $0.append(error) }) { mark, id in
            id = run.id
            return shim_resume(pointer, &id, mark, 1)
        }
    }

    /// Lets a waiting run go on: its host function raises a value of the script's own, such as the error of a run it waited for.
    package func resume(_ run: LuaRun, raising value: LuaReference) -> LuaResult {
        precondition(value.account === account, "a reference of another state")
        return start({ $0.append(value) }) { mark, id in
            id = run.id
            return shim_resume(pointer, &id, mark, 1)
        }
    }

    /// Ends a waiting run: its host function raises an error, which the script may catch once to clean up, and every further wait raises for
    /// good. To-be-closed variables are closed. Never answers `.waiting`; `.finished` when the script caught the error and returned.
    ///
    /// - Parameter error: what the script sees; by default `{ message = "cancelled", code = "cancelled" }`.
    package func cancel(_ run: LuaRun, as error: LuaErrorValue? = nil) -> LuaResult {
        start({ values in if let error { values.append(error) } }) { mark, id in
            id = run.id
            return shim_cancel(pointer, id, mark)
        }
    }

    /// Ends a waiting run without running anything of it: it sees no error, and its to-be-closed variables are not closed.
    package func drop(_ run: LuaRun) {
        guard isOpen else { return }
        shim_drop(pointer, run.id)
    }

    /// The runs that wait now, in no particular order.
    package var waitingRuns: [LuaRun] {
        guard open else { return [] }
        var runs: [LuaRun] = []
        var id = shim_run_id()
        var slot = shim_next_waiting(pointer, 0, &id)
        while slot >= 0 {
            runs.append(LuaRun(id))
            slot = shim_next_waiting(pointer, UInt32(slot) + 1, &id)
        }
        return runs
    }

    /// What the last finished run returned; valid until the next run of this state starts.
    package var returned: LuaArguments? {
        guard open else { return nil }
        var count: Int32 = 0
        guard let thread = shim_returned(pointer, &count) else { return nil }
        return LuaArguments(state: self, thread: thread, count: Int(count))
    }

    /// The error value of the last run that failed, of any type, for raising it elsewhere; `nil` once the next run of this state has started.
    package var failedValue: LuaReference? {
        guard open else { return nil }
        releaseDropped()
        let slot = shim_failed_value(pointer)
        return slot < 0 ? nil : LuaReference(slot: slot, account: account)
    }

    /// Decodes a document once for several calls, which pass it on with `LuaValues.append(_: LuaEvent)`.
    package func withEvent<R>(_ payload: LuaPayload, _ body: (LuaEvent) -> R) throws(LuaFailure) -> R {
        guard open else { throw .closed }
        releaseDropped()
        var payload = shim_payload(payload)
        let depth = shim_event_begin(pointer, &payload)
        guard depth >= 0 else { throw failure() }
        defer { shim_event_end(pointer, depth) }
        return body(LuaEvent(depth: depth))
    }

    private func start(_ fill: (inout LuaValues) -> Void, _ body: (Int32, inout shim_run_id) -> Int32) -> LuaResult {
        guard open else { return .failed(.closed) }
        releaseDropped()
        let mark = shim_mark(pointer)
        var values = LuaValues(state: pointer)
        fill(&values)
        var id = shim_run_id()
        return result(body(mark, &id), id)
    }

    private func result(_ answer: Int32, _ id: shim_run_id) -> LuaResult {
        switch Int(answer) {
        case SHIM_FINISHED: .finished
        case SHIM_WAITING: .waiting(LuaRun(id))
        case SHIM_FAILED: .failed(failure())
        default: .stale
        }
    }
}
