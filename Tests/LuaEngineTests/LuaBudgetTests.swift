import Testing
@testable import LuaEngine

@Suite("Budgets") struct LuaBudgetTests {
    @Test("CPU time: nothing a script does keeps it running", arguments: [
        "while true do end",
        "local function spin() while true do end end while true do pcall(spin) end",
        "while true do xpcall(error, function() while true do end end) end",
        "xpcall(function() while true do end end, function() while true do end end)",
        "local co = coroutine.create(function() while true do end end) while true do coroutine.resume(co) end",
        "while true do coroutine.wrap(function() while true do end end)() end",
        "while true do coroutine.resume(coroutine.create(function() end)) end",
        "local t = setmetatable({}, {__index = function() while true do end end}) return t.x",
        "do local c <close> = setmetatable({}, {__close = function() while true do end end}) end",
        "local c <close> = setmetatable({}, {__close = function() while true do end end}) error('x')",
        "coroutine.wrap(function() local c <close> = setmetatable({}, {__close = function() while true do end end}) error('x') end)()",
        "error(setmetatable({}, {__tostring = function() while true do end end}))",
        "table.sort({3, 2, 1}, function() while true do end end)",
        "('x'):gsub('.', function() while true do end end)",
        "load(function() while true do end end)",
        "local s = ('a'):rep(60) while true do s:find(('a?'):rep(20)) end",
        "local t = {} for i = 1, 2e5 do t[i] = i % 7 end while true do table.sort(t, math.ult) end",
        "local t = {} for i = 1, 1e5 do t[i] = ('x'):rep(1000) end while true do table.sort(t) end",
        "while true do pcall(pcall, pcall, pcall) end",
        "repeat until pcall(error)",
        "local function f() return f() end f()",
        "local function f(n) return 1 + f(n) end while true do pcall(f, 1) end",
        "for i in coroutine.wrap(function() while true do coroutine.yield(1) end end) do end",
        "local function f(...) return f(1, ...) end f()",
        "goto again ::again:: goto again",
        "local t = setmetatable({}, {__len = function() while true do end end}) return #t",
        "local mt = {__eq = function() while true do end end} return setmetatable({}, mt) == setmetatable({}, mt)",
        "return setmetatable({}, {__concat = function() while true do end end}) .. 'x'",
        "return table.concat(setmetatable({}, {__len = function() return 9 end, __index = function() while true do end end}))",
        "table.insert(setmetatable({}, {__newindex = function() while true do end end}), 1)",
        "return table.unpack(setmetatable({}, {__index = function() while true do end end}), 1, 9)",
        "table.sort(setmetatable({}, {__len = function() return 9 end, __index = function(_, i) return i end, __newindex = function() while true do end end}), function() return true end)",
        "return ('%s'):format(setmetatable({}, {__tostring = function() while true do end end}))",
        "for _ in pairs(setmetatable({}, {__pairs = function() while true do end end})) do end",
        "require('spins')",
        "local t = {} while true do t[1] = next(t) t[1] = nil end",
        "while true do pcall(error, setmetatable({}, {__tostring = error})) end",
        "local co co = coroutine.wrap(function() while true do pcall(coroutine.yield) end end) while true do co() end",
        "while true do select('#', table.unpack({}, 1, 200)) end",
        "while true do pcall(load, 'return 1') end",
        "while true do pcall(string.rep, 'x', 1000) end",
        "local t = {} for i = 1, 1900 do t = setmetatable({}, {__index = t}) end while true do pcall(table.unpack, t, 1, 900000) end",
        "local t = {} for i = 1, 900000 do t[i] = i end while true do pcall(print, table.unpack(t)) end",
        "while true do pcall(string.format, ('%d'):rep(1000), table.unpack({}, 1, 1000)) end",
        "while true do pcall(load, (' '):rep(100):gmatch('.')) end",
        "local set = '[' .. ('b'):rep(8000000) .. ']' while true do pcall(string.find, ('a'):rep(100000), set) end",
        "while true do pcall(string.gsub, ('x'):rep(1000000), '(y-)x', ('%1'):rep(4000000)) end",
    ])
    func cpu(_ body: String) throws {
        let bench = try Bench { $0.cpuStop = .milliseconds(60); $0.cpuWarning = .milliseconds(20) }
        bench.host.modules["spins"] = .source(Array("while true do end".utf8), chunk: "test.lua")
        let failure = try #require(bench.run(body).failure)
        #expect(failure.kind == .cpu, "\(failure.message)")
        #expect(failure.position?.chunk == "test.lua", "the report names a line of the script")
        #expect(failure.message == "stopped: the script used more CPU time than it may")
        #expect(bench.value("return 1") == "1")
    }

    /// Lua looks each global name up in all functions around it: this would take a quarter of an hour.
    static let slowSource = String(repeating: "local function f() local " + String(repeating: "a,", count: 198) + "a ", count: 190)
        + String(repeating: "x=x\n", count: 5 << 20) + String(repeating: " end", count: 190)

    @Test("CPU time: compiling is stopped too, for a script and for the host", .timeLimit(.minutes(2)))
    func compiling() throws {
        let bench = try Bench { $0.cpuStop = .milliseconds(60); $0.sourceBytes = 64 << 20; $0.stringBytes = 64 << 20; $0.memory = 256 << 20 }
        bench.host.modules["slow"] = .source(Array(Self.slowSource.utf8), chunk: "slow.lua")
        let required = try #require(bench.run("pcall(require, 'slow')").failure)
        #expect(required.kind == .cpu && required.position?.line == 2, "\(required)")
        let run = try #require(bench.state.run(Self.slowSource, chunk: "slow.lua").failure)
        #expect(run.kind == .cpu && run.message == "stopped: the script used more CPU time than it may")
        #expect(run.position?.chunk == "slow.lua" && run.position!.line > 1, "how far the compiler came")
        #expect(bench.state.run("error('own')", chunk: "next.lua").failure?.message == "next.lua:1: own")
        #expect(bench.value("return 1") == "1")
    }

    @Test("CPU time: encoding is stopped too, though functions that are left out make no text", .timeLimit(.minutes(2)))
    func encoding() throws {
        let bench = try Bench { $0.cpuStop = .milliseconds(500) }
        try bench.define("test.encode") { call in
            do throws(LuaEncodeFailure) {
                try call.arguments.withJSON(1, functions: .omitted) { call.results.append($0) }
                return .returned
            } catch {
                return call.raise(error.reason)
            }
        }
        let failure = try #require(bench.run("""
            local functions, lists = {}, {}
            for i = 1, 30000 do functions['f' .. i] = print lists[i] = functions end
            pcall(test.encode, {lists, lists, lists, lists})
            """).failure)
        #expect(failure.kind == .cpu && failure.position?.line == 4, "\(failure)")
    }

    @Test("a slow run is reported once, with its place, and goes on")
    func warning() throws {
        let bench = try Bench { $0.cpuWarning = .milliseconds(20); $0.cpuStop = .seconds(20) }
        #expect(bench.value("""
            local x = 0
            for i = 1, 60000000 do x = x + i end
            return 'done'
            """) == "done")
        #expect(bench.host.overruns.count == 1)
        #expect(bench.host.overruns.first??.chunk == "test.lua")
        #expect(bench.host.overruns.first??.line == 2)
        #expect(bench.value("return 1") == "1")
        #expect(bench.host.overruns.count == 1)
    }

    @Test("memory: what a script holds is bounded, and running out is final", arguments: [
        "local t = {} while true do t[#t + 1] = {} end",
        "local t = {} while true do pcall(function() while true do t[#t + 1] = {} end end) end",
        "local s = 'x' while true do s = s .. s end",
        "local s = 'x' while true do pcall(function() while true do s = s .. s end end) end",
        "local t = {} for i = 1, 1e9 do t[i] = coroutine.create(print) end",
        "local t = {} while true do t[#t + 1] = ('x'):rep(100000) .. #t end",
        "local t = {} while true do t[#t + 1] = function() return t end end",
        "local s = ('x'):rep(1000000) local t = {} while true do t[#t + 1] = s:upper() .. #t end",
        "coroutine.wrap(function() local t = {} while true do t[#t + 1] = {} end end)()",
        "local t = {} local c <close> = setmetatable({}, {__close = function() while true do t[#t + 1] = {} end end}) error('x')",
        "local a = ('x'):rep(4000000) local b = a .. a .. a .. a .. a .. a .. a .. a .. a .. a .. a .. a .. a .. a .. a .. a return #b",
    ])
    func memory(_ body: String) throws {
        let bench = try Bench { $0.memory = 16 << 20; $0.coroutines = .max; $0.cpuStop = .seconds(30) }
        let result = bench.run(body)
        let failure = try #require(result.failure)
        #expect(failure.kind == .memory, "\(failure.message)")
        #expect(bench.state.statistics.memoryPeak < 40 << 20)
        bench.state.collectGarbage()
        #expect(bench.state.statistics.memory < 4 << 20)
        #expect(bench.value("return 1") == "1")
    }

    @Test("coroutines: those alive are counted, and having too many is final", arguments: [
        "local t = {} while true do t[#t + 1] = coroutine.create(print) end",
        "local t = {} while true do pcall(function() while true do t[#t + 1] = coroutine.wrap(print) end end) end",
        "local t = {} coroutine.wrap(function() while true do t[#t + 1] = coroutine.create(print) end end)()",
        "local t = {} while true do t[#t + 1] = coroutine.wrap(coroutine.yield) t[#t]() end",
    ])
    func coroutines(_ body: String) throws {
        let bench = try Bench { $0.coroutines = 1000; $0.cpuStop = .seconds(30) }
        let failure = try #require(bench.run(body).failure)
        #expect(failure.kind == .coroutines, "\(failure.message)")
        #expect(failure.message == "stopped: the script has more coroutines than it may")
        bench.run("")
        bench.state.collectGarbage()
        #expect(bench.state.statistics.coroutines == 0)
        #expect(bench.value("return 1") == "1")
    }

    @Test("coroutines that ended do not count, nor do strings as long as a coroutine")
    func endedCoroutines() throws {
        let bench = try Bench { $0.coroutines = 100; $0.cpuStop = .seconds(30) }
        #expect(bench.value("""
            for i = 1, 20000 do coroutine.wrap(function() end)() end
            local t = {} for i = 1, 400 do t[i] = ('x'):rep(i) .. i end
            for i = 1, 90 do t[i] = coroutine.create(print) end
            return 'ok'
            """) == "ok")
        bench.run("")
        bench.state.collectGarbage()
        #expect(bench.state.statistics.coroutines == 0)
    }

    @Test("garbage is no offence: a script may allocate far more than it holds")
    func garbage() throws {
        let bench = try Bench { $0.memory = 8 << 20; $0.cpuStop = .seconds(60) }
        #expect(bench.value("for i = 1, 300000 do local t = {i, {i}} end return 'ok'") == "ok")
    }

    @Test("source text is bounded")
    func source() throws {
        let bench = try Bench { $0.sourceBytes = 1000 }
        #expect(bench.value("return " + String(repeating: " ", count: 2000) + "1") == "syntax: test.lua: the source is longer than 1000 bytes")
        #expect(bench.value("return load((' '):rep(2000))") == "nil the source is longer than 1000 bytes")
    }
}
