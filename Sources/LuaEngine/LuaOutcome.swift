/// What the C trampoline does once the host function's frame is gone. Made by the functions of `LuaCall`.
package enum LuaOutcome: Sendable, Equatable {
    /// Return the values of `LuaCall.results`.
    case returned
    /// Raise the error that a function of `LuaCall` left behind.
    case raised
    /// Suspend the run taken from `LuaCall.wait()`.
    case waiting
}
