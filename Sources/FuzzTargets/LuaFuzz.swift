import CLuaShims
import LuaEngine

/// Decodes any bytes as a document, JSON or ETF as the first byte chooses, at once and as it is read; traps when the two forms differ in
/// what a script can tell, or when what is encoded from them does not decode again.
package func fuzzLuaDocument(_ bytes: UnsafeRawBufferPointer) {
    guard let choice = bytes.first else { return }
    let host = FuzzHost()
    let state = host.state()
    defer { state.close() }
    let body = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    let encoding: LuaPayload.Encoding = choice & 1 == 0 ? .json : .etf
    let nulls: LuaPayload.Nulls = choice & 2 == 0 ? .absent : .kept
    let eager = host.encoded(state, LuaPayload(body, encoding: encoding, nulls: nulls, form: .eager))
    let lazy = host.encoded(state, LuaPayload(body, encoding: encoding, nulls: nulls, form: .lazy))
    guard let eager else {
        precondition(lazy == nil, "a document that is refused at once was read to its end")
        return
    }
    // Tables have no order; equal keys of one object make the outcome depend on which one counts, and that is the same in both.
    precondition(lazy.map { $0.sorted() } == eager.sorted(), "the forms of a document differ")
    let again = eager.withUnsafeBytes { host.encoded(state, LuaPayload($0, nulls: .kept, form: .eager)) }
    precondition(again.map { $0.sorted() } == eager.sorted(), "what was encoded does not decode to the same")
}

/// Matches any pattern against any subject, separated by the first 0xFF; traps when Lua's own string library answers otherwise.
package func fuzzLuaPattern(_ bytes: UnsafeRawBufferPointer) {
    let parts = bytes.prefix(200).split(separator: 0xFF, maxSplits: 1, omittingEmptySubsequences: false).map { Array($0) }
    guard parts.count == 2 else { return }
    func quoted(_ bytes: [UInt8]) -> String { "\"" + bytes.map { "\\\($0 / 100)\($0 / 10 % 10)\($0 % 10)" }.joined() + "\"" }
    let program = """
        local s, p, out = \(quoted(parts[0])), \(quoted(parts[1])), {}
        local function show(...)
          local t = {n = select('#', ...), ...}
          for i = 1, t.n do t[i] = tostring(t[i]) end
          out[#out + 1] = table.concat(t, '|')
        end
        show(pcall(string.find, s, p))
        show(pcall(string.match, s, p, 2))
        show(pcall(string.gsub, s, p, '%0%1'))
        show(pcall(function() local t = {} for a, b in s:gmatch(p) do t[#t + 1] = tostring(a) .. tostring(b) end return table.concat(t, ';') end))
        return table.concat(out, '\\n')
        """
    let host = FuzzHost()
    let state = host.state()
    defer { state.close() }
    guard state.run(program, chunk: "fuzz") == .finished, let ours = state.returned?.string(1) else { return }
    // Lua's own matcher has no budget: where ours ran out, it might not come back.
    if ours.contains("too many steps") { return }
    precondition(ours == stockLua(program), "the matchers differ")
}

/// Runs any bytes as a script under tight budgets; traps when the state does not serve a simple run afterwards.
package func fuzzLuaSource(_ bytes: UnsafeRawBufferPointer) {
    let host = FuzzHost()
    let state = host.state()
    defer { state.close() }
    _ = state.run(source: bytes, chunk: "fuzz")
    for run in state.waitingRuns { _ = state.cancel(run) }
    precondition(state.waitingRuns.isEmpty)
    precondition(state.run("return 1", chunk: "after") == .finished, "the state is unusable")
}

/// Answers nothing: a host whose scripts have the sandbox alone, and one function that waits.
private final class FuzzHost: LuaHost {
    private var identity: LuaReference?

    func state() -> LuaState {
        var limits = LuaLimits()
        limits.memory = 8 << 20
        limits.cpuStop = .milliseconds(200)
        limits.matchSteps = 200_000
        do {
            try LuaClock.start()
            let state = try LuaState(limits: limits, host: self)
            try state.define("_G.wait", .function(0))
            try state.define("_G.keep", .function(1))
            _ = state.run("keep(function(...) return ... end)", chunk: "fuzz")
            return state
        } catch {
            preconditionFailure("\(error)")
        }
    }

    func call(_ function: LuaFunctionID, _ call: inout LuaCall) -> LuaOutcome {
        if function == 0 { return call.wait() == nil ? .raised : .waiting }
        if identity == nil { identity = call.arguments.reference(1) }
        return .returned
    }

    func module(_ name: String, from position: LuaPosition?) -> LuaModule { .missing(searched: []) }
    func print(_ line: UnsafeRawBufferPointer, from position: LuaPosition?) {}
    func overran(cpu: Duration, at position: LuaPosition?) {}

    /// A document, decoded and encoded again; `nil` when it is refused on either way.
    func encoded(_ state: LuaState, _ payload: LuaPayload) -> [UInt8]? {
        guard let identity, state.call(identity, { $0.append(payload) }) == .finished, let values = state.returned else { return nil }
        do throws(LuaEncodeFailure) { return try values.withJSON(1) { Array($0) } } catch { return nil }
    }
}

private func stockLua(_ program: String) -> String {
    guard let L = luaL_newstate() else { preconditionFailure("no state") }
    defer { lua_close(L) }
    luaL_openlibs(L)
    // Nothing here jumps over a Swift frame: loading answers a status, and the chunk runs inside lua_pcallk.
    var length = 0
    guard luaL_loadbufferx(L, program, program.utf8.count, "@fuzz", "t") == LUA_OK, lua_pcallk(L, 0, 1, 0, 0, nil) == LUA_OK,
        let text = lua_tolstring(L, -1, &length)
    else { return "failed" }
    return String(decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self)
}
