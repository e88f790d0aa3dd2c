/// What a Lua state asks of the program that embeds it. Every call comes on the script thread, from inside a run.
package protocol LuaHost: AnyObject {
    /// A script called the host function registered under `function`.
    func call(_ function: LuaFunctionID, _ call: inout LuaCall) -> LuaOutcome

    /// A script called `require(name)` for a module that is neither loaded nor defined by the host.
    ///
    /// - Parameter position: where `require` was called, so that a dependency's own files can be told from the pack's.
    func module(_ name: String, from position: LuaPosition?) -> LuaModule

    /// A script called `print`; `line` has the arguments joined by tabs, without a line end, valid during the call.
    func print(_ line: UnsafeRawBufferPointer, from position: LuaPosition?)

    /// The current run has used more CPU time than `LuaLimits.cpuWarning` and goes on. Called after the run, or before it waits.
    func overran(cpu: Duration, at position: LuaPosition?)
}

/// The host's own number for a host function.
package typealias LuaFunctionID = Int32
