import LuaEngine

/// Matches any pattern against any subject, separated by the first 0xFF; traps when Lua's own string library answers otherwise.
func fuzzLuaPattern(_ bytes: UnsafeRawBufferPointer) {
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
    promise(ours == StockLua.run(program), "the matchers differ: \(ours)")
}

/// Runs any bytes as a script under tight budgets; traps when the state does not serve a simple run afterwards.
func fuzzLuaSource(_ bytes: UnsafeRawBufferPointer) {
    let host = FuzzHost()
    let state = host.state()
    defer { state.close() }
    _ = state.run(source: bytes, chunk: "fuzz")
    for run in state.waitingRuns { _ = state.cancel(run) }
    promise(state.waitingRuns.isEmpty)
    promise(state.run("return 1", chunk: "after") == .finished, "the state is unusable")
}
