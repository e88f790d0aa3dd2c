/// What one Lua state may use. One value, handed over when the state is made.
///
/// Crossing a limit ends the run that crossed it with an error which `pcall` does not swallow; the state stays usable.
package struct LuaLimits: Sendable, Equatable {
    /// Bytes that live Lua objects may take after a full collection. Default 64 MiB: room for some thousands of decoded events.
    package var memory = 64 << 20
    /// Thread CPU time after which a run is reported through `LuaHost.overran`, once per run. Resolution 20 ms.
    package var cpuWarning: Duration = .milliseconds(100)
    /// Thread CPU time after which a run is stopped. A wait ends a run's clock: the resumed part starts from zero. Resolution 20 ms.
    package var cpuStop: Duration = .seconds(1)
    /// Longest string, in bytes, that the string library builds or that is handed to a host function. Default 8 MiB.
    package var stringBytes = 8 << 20
    /// Longest source text, in bytes, that is compiled. Default 1 MiB: the compiler runs outside every hook.
    package var sourceBytes = 1 << 20
    /// Steps one call of `find`, `match`, `gmatch` or `gsub` may take. Default 10 million, about 50 ms.
    package var matchSteps = 10_000_000
    /// Elements one call of a `table` function may touch. Default 4 million.
    package var tableElements = 4_000_000
    /// Runs that may exist at a time, waiting ones included. Default 10,000; each waiting run takes about 1.2 KB.
    package var runs = 10_000
    /// Coroutines that scripts may have alive at a time with `coroutine.create` and `wrap`, those of runs not counted. Default 10,000; each
    /// takes about 1.1 KB.
    package var coroutines = 10_000

    package init() {}
}
