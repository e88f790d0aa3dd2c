import LuaEngine

/// Answers nothing: a host whose scripts have the sandbox alone, and one function that waits.
final class FuzzHost: LuaHost {
    private var kept: LuaReference?

    /// A prototype that every object inside of one of its objects has too.
    static let thing = LuaPrototypeID(rawValue: 1)

    /// A state; `keeping` is an expression whose value, a function, `called(_:_:)` calls.
    func state(keeping function: String = "nil") -> LuaState {
        var limits = LuaLimits()
        limits.memory = 8 << 20
        limits.cpuStop = .milliseconds(200)
        limits.matchSteps = 200_000
        do {
            try LuaClock.start()
            let state = try LuaState(limits: limits, host: self)
            try state.define("_G.wait", .function(0))
            try state.define("_G.keep", .function(1))
            try state.definePrototype(Self.thing, name: "thing")
            try state.defineRule(Self.thing, key: nil, is: Self.thing)
            promise(state.run("keep(\(function))", chunk: "fuzz") == .finished)
            return state
        } catch {
            broken("\(error)")
        }
    }

    func call(_ function: LuaFunctionID, _ call: inout LuaCall) -> LuaOutcome {
        if function == 0 { return call.wait() == nil ? .raised : .waiting }
        if kept == nil { kept = call.arguments.reference(1) }
        return .returned
    }

    func module(_ name: String, from position: LuaPosition?) -> LuaModule { .missing(searched: []) }
    func print(_ line: UnsafeRawBufferPointer, from position: LuaPosition?) {}
    func overran(cpu: Duration, at position: LuaPosition?) {}

    /// What the kept function returns for a document; `nil` when decoding it fails.
    func called(_ state: LuaState, _ payload: LuaPayload) -> LuaArguments? {
        guard let kept, state.call(kept, { $0.append(payload) }) == .finished else { return nil }
        return state.returned
    }
}
