import CLuaShims

/// One call of a host function by a script. Valid until the host function returns.
package struct LuaCall {
    /// What the script passed.
    package let arguments: LuaArguments
    /// What the function gives back, when its outcome is `.returned`.
    package var results: LuaValues

    var state: LuaState { arguments.state }

    /// The run that makes the call.
    package var run: LuaRun? { state.currentRun }

    /// Where the script made the call.
    package var position: LuaPosition? { state.position(arguments.thread) }

    /// Takes the current run for a wait; the function must then return `.waiting`, and somebody resume or cancel the run once.
    ///
    /// `nil` when the script cannot wait here (inside a sort comparator, a `gsub` callback, a `__tostring`), or when the run was cancelled;
    /// the function must then return `.raised` without having started anything. Call this first and start the operation after.
    package mutating func wait() -> LuaRun? {
        var id = shim_run_id()
        guard shim_wait(results.state, arguments.thread, &id) != 0 else { return nil }
        return LuaRun(id)
    }

    /// Makes a run of the function at argument `first`, with the arguments behind it as its own. It begins when the host resumes it, which may
    /// be inside this call or after it; cancelled before that, it never runs. Its failure tells where it was spawned.
    ///
    /// - Throws: `.unavailable` at the limit of runs, `.memory`.
    package func spawn(from first: Int) throws(LuaFailure) -> LuaRun {
        precondition(arguments.type(first) == .function, "only a function can be spawned")
        var id = shim_run_id()
        let count = Int32(arguments.count - first + 1)
        guard shim_spawn(results.state, arguments.thread, Int32(first), count, &id) == SHIM_WAITING else { throw state.failure() }
        return LuaRun(id)
    }

    /// Raises a text, with the script's position in front as `error` does.
    package mutating func raise(_ message: String) -> LuaOutcome {
        var message = message
        message.withUTF8 { shim_put_message(results.state, $0.baseAddress, $0.count) }
        return .raised
    }

    /// Raises an error table.
    package mutating func raise(_ error: LuaErrorValue) -> LuaOutcome {
        error.put(in: results.state)
        return .raised
    }

    /// Raises a value of the script's own once more, such as the error of a run that the script waited for.
    ///
    /// - Parameter traceback: where it was first raised; stands in the traceback of a run that this error ends.
    package mutating func raise(again value: LuaReference, traceback: String) -> LuaOutcome {
        precondition(value.account === state.account, "a reference of another state")
        var traceback = traceback
        traceback.withUTF8 { shim_put_again(results.state, value.slot, $0.baseAddress, $0.count) }
        return .raised
    }

    /// Ends the run, which exceeded a limit of the host's own, with a failure of kind `.limit` that nothing in the script swallows.
    package mutating func stop(_ message: String) -> LuaOutcome {
        var message = message
        message.withUTF8 { shim_stop(results.state, $0.baseAddress, $0.count) }
        return .raised
    }

    /// Raises `bad argument #1 to 'send' (string expected, got nil)`; for methods, `self` is not counted.
    package mutating func badArgument(_ index: Int, expected: String) -> LuaOutcome {
        badArgument(index, expected, isType: true)
    }

    /// Raises `bad argument #1 to 'send' (explanation)`.
    package mutating func badArgument(_ index: Int, _ explanation: String) -> LuaOutcome {
        badArgument(index, explanation, isType: false)
    }

    private mutating func badArgument(_ index: Int, _ text: String, isType: Bool) -> LuaOutcome {
        var text = text
        text.withUTF8 { shim_put_bad_argument(results.state, Int32(index), $0.baseAddress, $0.count, isType ? 1 : 0) }
        return .raised
    }
}
