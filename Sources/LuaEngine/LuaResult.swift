/// How far a run got.
package enum LuaResult: Sendable, Equatable {
    /// The run returned. `LuaState.returned` reads its values until the next run starts.
    case finished
    /// A host function took a `LuaWait`; the run goes on with `LuaState.resume`.
    case waiting(LuaRun)
    /// The run ended with an error. Indirect, so that the other results fit into registers.
    indirect case failed(LuaFailure)
    /// The handle names no waiting run: it ended before, or the state was closed. Nothing was done.
    case stale
}
