import LuaEngine

/// A host with three functions: `keep` hands the benchmark its handler, `wait` waits, `nothing` returns.
final class BenchmarkHost: LuaHost {
    var kept: LuaReference?

    /// A state in which `source` has run, without CPU budgets that a benchmark could meet.
    func state(_ source: String) -> LuaState {
        do {
            try LuaClock.start()
            var limits = LuaLimits()
            limits.cpuStop = .seconds(600)
            limits.cpuWarning = .seconds(600)
            let state = try LuaState(limits: limits, host: self)
            for (id, name) in ["keep", "wait", "nothing"].enumerated() { try state.define("_G.\(name)", .function(LuaFunctionID(id))) }
            if case .failed(let failure) = state.run(source, chunk: "benchmark") { throw failure }
            return state
        } catch {
            preconditionFailure("\(error)")
        }
    }

    func call(_ function: LuaFunctionID, _ call: inout LuaCall) -> LuaOutcome {
        switch function {
        case 0: kept = call.arguments.reference(1)
        case 1: return call.wait() == nil ? .raised : .waiting
        default: break
        }
        return .returned
    }

    func module(_ name: String, from position: LuaPosition?) -> LuaModule { .missing(searched: []) }
    func print(_ line: UnsafeRawBufferPointer, from position: LuaPosition?) {}
    func overran(cpu: Duration, at position: LuaPosition?) {}
}
