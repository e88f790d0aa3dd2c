import CLuaShims

/// The one entry from C into Swift: the trampoline's host call.
func luaHostCall(
    _ context: UnsafeMutableRawPointer?, _ pointer: OpaquePointer?, _ thread: OpaquePointer?, _ function: Int32, _ count: Int32
) -> Int32 {
    // The context is the LuaState that registered it, which closes its shim state before it goes.
    let state = Unmanaged<LuaState>.fromOpaque(context!).takeUnretainedValue()
    let arguments = LuaArguments(state: state, thread: thread!, count: Int(count))
    var call = LuaCall(arguments: arguments, results: LuaValues(state: state.pointer))
    if function < 0 { return state.answer(function, &call) }
    return switch state.host.call(function, &call) {
    case .returned: Int32(SHIM_RETURN)
    case .raised: Int32(SHIM_RAISE)
    case .waiting: Int32(SHIM_WAIT)
    }
}

extension LuaState {
    /// Answers the engine's own questions: `require`, `print`, and the CPU warning.
    fileprivate func answer(_ question: Int32, _ call: inout LuaCall) -> Int32 {
        switch Int(question) {
        case SHIM_ASK_PRINT:
            _ = call.arguments.withBytes(1) { host.print($0, from: call.position) }
            return Int32(SHIM_RETURN)
        case SHIM_ASK_OVERRAN:
            var nanoseconds: Int64 = 0
            var line: Int32 = 0
            let chunk = shim_overrun(pointer, &nanoseconds, &line)
            let position = chunk.map { LuaPosition(chunk: String(cString: $0), line: Int(line)) }
            host.overran(cpu: .nanoseconds(nanoseconds), at: line == 0 ? nil : position)
            return Int32(SHIM_RETURN)
        default:
            return requireModule(&call)
        }
    }

    private func requireModule(_ call: inout LuaCall) -> Int32 {
        let name = call.arguments.string(1) ?? ""
        switch host.module(name, from: call.position) {
        case .source(let bytes, let chunk):
            bytes.withUnsafeBytes { call.results.append($0) }
            call.results.append(chunk)
            return Int32(SHIM_LOAD)
        case .value(let reference):
            call.results.append(reference)
            return Int32(SHIM_RETURN)
        case .missing(let searched):
            let places = searched.map { "\n\tno file '\($0)'" }.joined()
            _ = call.raise("module '\(name)' not found:\(places)")
            return Int32(SHIM_RAISE)
        case .refused(let reason):
            _ = call.raise(reason)
            return Int32(SHIM_RAISE)
        }
    }

    var currentRun: LuaRun? {
        var id = shim_run_id()
        return shim_current_run(pointer, &id) == 0 ? nil : LuaRun(id)
    }

    func position(_ thread: OpaquePointer) -> LuaPosition? {
        var line: Int32 = 0
        guard let chunk = shim_where(pointer, thread, &line), line > 0 else { return nil }
        return LuaPosition(chunk: String(cString: chunk), line: Int(line))
    }

    func reference(_ thread: OpaquePointer, _ index: Int32) -> LuaReference? {
        releaseDropped()
        let slot = shim_reference(pointer, thread, index)
        return slot < 0 ? nil : LuaReference(slot: slot, account: account)
    }
}
