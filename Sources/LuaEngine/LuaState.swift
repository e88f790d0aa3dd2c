import CLuaShims

/// One sandboxed Lua 5.4 state: a pack's whole Lua side.
///
/// Belongs to the script thread that made it, and does not keep its host alive. Scripts run only inside `run`, `call`, `resume` and
/// `cancel`, and may enter the host from there; the host may then call back into the state.
package final class LuaState {
    let pointer: OpaquePointer
    let account = LuaReferenceAccount()
    package let limits: LuaLimits
    unowned let host: any LuaHost
    /// Whether the state has not been closed.
    package var isOpen: Bool { open }
    private(set) var open = true        // not `package`: reads of those are checked for exclusive access at run time

    /// Makes a state with the sandbox's libraries and nothing else.
    ///
    /// - Throws: `.unavailable` when the process has no memory left or the library found at run time is not Lua 5.4.
    package init(limits: LuaLimits = LuaLimits(), host: any LuaHost) throws(LuaFailure) {
        var c = shim_limits(limits)
        guard let pointer = shim_open(&c) else {
            throw LuaFailure(kind: .unavailable, message: "no Lua 5.4 state could be made")
        }
        self.pointer = pointer
        self.limits = limits
        self.host = host
        // Unretained: close() ends all use of the pointer, at the latest from deinit.
        shim_set_host(pointer, luaHostCall, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit { close() }

    /// C stack, in bytes, that a thread needs on which scripts run: what runs may use before they are told of an overflow, and as much again
    /// for the last call.
    package static let stackBytes = 2 * SHIM_STACK_BYTES

    /// Frees the state. Waiting runs are dropped; cancel them before if their `__close` is to run. Not from inside a run.
    package func close() {
        guard open else { return }
        precondition(shim_is_running(pointer) == 0, "a Lua state is closed by a call from inside it")
        open = false
        shim_close(pointer)
    }

    /// What the state holds now.
    package var statistics: LuaStatistics {
        guard open else { return LuaStatistics(memory: 0, memoryPeak: 0, references: 0, waiting: 0, pooled: 0, coroutines: 0) }
        let counts = shim_count(pointer)
        return LuaStatistics(
            memory: counts.memory, memoryPeak: counts.memory_peak, references: Int(counts.references),
            waiting: Int(counts.waiting), pooled: Int(counts.pooled), coroutines: Int(counts.coroutines))
    }

    /// The thread's CPU time that runs of this state have used, in nanoseconds, sampled every 20 ms: right for many runs, not for one.
    package var cpuTime: Int64 { isOpen ? shim_cpu_time(pointer) : 0 }

    /// Does at most half a millisecond of garbage collection in a moment when the script thread has nothing else to do.
    package func idleStep() -> LuaIdleWork {
        guard open else { return .done }
        releaseDropped()
        return shim_idle_step(pointer) != 0 ? .unfinished : .done
    }

    /// Collects all garbage at once: for tests and after a reload.
    package func collectGarbage() {
        guard open else { return }
        releaseDropped()
        shim_collect(pointer)
    }

    /// Whether documents of a profile are being decoded at once because handlers read most of them.
    func usesEagerForm(_ profile: UInt8) -> Bool { open && shim_eager_left(pointer, profile) > 0 }

    /// How many fields of a profile's documents are being decoded with them because handlers usually read them.
    func usualFields(_ profile: UInt8) -> Int { open ? Int(shim_usual_fields(pointer, profile)) : 0 }

    @inline(__always) func releaseDropped() {
        if account.mayHoldDropped { account.drain { shim_release(pointer, $0) } }
    }
}

@available(*, unavailable)
extension LuaState: Sendable {}
