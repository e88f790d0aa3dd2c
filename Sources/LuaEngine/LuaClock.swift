import CLuaShims

/// The clock of a script thread, which CPU budgets are measured with.
///
/// On Linux a timer signals the thread every 20 ms while runs come and go, and is off while there are none; elsewhere a watchdog thread signals
/// it. Judged is the thread's own CPU time. Without a running clock no script is ever stopped.
package enum LuaClock {
    /// Starts the calling thread's clock; once per script thread, before its first run. Starting twice does nothing.
    package static func start() throws(LuaFailure) {
        let code = shim_clock_start()
        guard code == 0 else {
            throw LuaFailure(kind: .unavailable, message: "the script thread's CPU clock cannot be started (errno \(code))")
        }
    }

    /// Stops the calling thread's clock, before the thread ends.
    package static func stop() { shim_clock_stop() }
}
