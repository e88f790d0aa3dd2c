import CLuaShims
import LuaEngine

/// Ways into Lua and out of it, with nothing to do on the other side.
enum CallBenchmark {
    /// False when there is no such kind.
    static func run(_ kind: String, _ count: Int) -> Bool {
        let nanoseconds: Double
        switch kind {
        case "pcall": nanoseconds = stock(count)
        case "run", "wait": nanoseconds = runs(waits: kind == "wait", count)
        case "host", "loop": nanoseconds = loop(kind == "host" ? "nothing()" : "", count)
        default: return false
        }
        print("\((nanoseconds / Double(count) * 10).rounded() / 10) ns each")
        return true
    }

    private static func stock(_ count: Int) -> Double {
        let lua = StockLua("return function(e) end")
        let start = LuaBenchmark.now
        for _ in 0..<count {
            lua_pushvalue(lua.state, -1)
            lua_pushnil(lua.state)
            lua_pcallk(lua.state, 1, 0, 0, 0, nil)
        }
        return LuaBenchmark.now - start
    }

    private static func runs(waits: Bool, _ count: Int) -> Double {
        let host = BenchmarkHost()
        let state = host.state("keep(function(e) \(waits ? "wait()" : "") end)")
        let function = host.kept!
        return Array("1".utf8).withUnsafeBytes { document in
            do throws(LuaFailure) {
                return try state.withEvent(LuaPayload(document)) { event in
                    let start = LuaBenchmark.now
                    for _ in 0..<count {
                        if case .waiting(let run) = state.call(function, with: event) { _ = state.resume(run) }
                    }
                    return LuaBenchmark.now - start
                }
            } catch {
                preconditionFailure(error.message)
            }
        }
    }

    private static func loop(_ body: String, _ count: Int) -> Double {
        let host = BenchmarkHost()
        let state = host.state("keep(function(count) local nothing = nothing for i = 1, count do \(body) end end)")
        let function = host.kept!
        let start = LuaBenchmark.now
        _ = state.call(function) { $0.append(count) }
        return LuaBenchmark.now - start
    }
}
