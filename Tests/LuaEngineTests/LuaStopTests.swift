import Foundation
import Testing

@testable import LuaEngine

@Suite("A host's own limits, and errors raised once more")
struct LuaStopTests {
    @Test("a stop by the host ends the run past pcall, xpcall, coroutines and loops, and names the line", arguments: [
        "test.stop()",
        "pcall(test.stop) test.note('swallowed')",
        "while true do pcall(test.stop) end",
        "xpcall(test.stop, function() test.note('handled') end) test.note('swallowed')",
        "coroutine.wrap(function() pcall(test.stop) end)() test.note('swallowed')",
        "local c <close> = setmetatable({}, { __close = function() test.note('closed') end }) test.stop()",
    ])
    func stop(source: String) throws {
        let bench = try Bench()
        try bench.define("test.stop") { $0.stop("stopped: more than seven doors") }
        let failure = try #require(bench.run(source).failure)
        #expect(failure.kind == .limit)
        #expect(failure.message == "stopped: more than seven doors")
        #expect(failure.position?.chunk == "test.lua" && failure.position?.line == 2)
        #expect(bench.noted == [])
        #expect(bench.value("return 1") == "1", "the state goes on")
    }

    @Test("a run that is dropped sees nothing of it, is not resumed any more, and leaves its place to others")
    func drop() throws {
        let bench = try Bench { $0.runs = 2 }
        let run = try #require(bench.run("""
            local c <close> = setmetatable({}, { __close = function() test.note('closed') end })
            pcall(test.wait) test.note('went on')
            """).run)
        bench.state.drop(run)
        bench.state.drop(run)
        #expect(bench.state.resume(run) == .stale && bench.state.cancel(run) == .stale)
        #expect(bench.state.statistics.waiting == 0)
        for _ in 0..<5 { #expect(bench.value("return 1") == "1") }
        bench.state.collectGarbage()
        #expect(bench.noted == [])
    }

    @Test("the CPU time of a state's runs is counted")
    func cpuTime() throws {
        let bench = try Bench { $0.cpuStop = .milliseconds(200) }
        #expect(bench.state.cpuTime == 0)
        bench.run("while true do end")
        #expect((150_000_000...400_000_000).contains(bench.state.cpuTime))
    }

    @Test("a stopped run's __close cannot go on, wherever the stop found it, and the next run is stopped as well", arguments: [
        "local c <close> = setmetatable({}, { __close = function() while true do end end }) while true do end",
        "local c <close> = setmetatable({}, { __close = function() while true do end end }) error('ended')",
        "pcall(function() local c <close> = setmetatable({}, { __close = function() while true do end end }) while true do end end)",
        """
        coroutine.wrap(function()
          local c <close> = setmetatable({}, { __close = function() while true do end end })
          while true do end
        end)()
        """,
        """
        local co = coroutine.create(function()
          local c <close> = setmetatable({}, { __close = function() while true do end end })
          coroutine.yield()
        end)
        coroutine.resume(co) coroutine.close(co)
        """,
    ])
    func spinningClose(source: String) throws {
        let bench = try Bench { $0.cpuStop = .milliseconds(40) }
        for _ in 0..<3 { #expect(bench.run(source).failure?.kind == .cpu) }
        #expect(bench.value("return 1") == "1")
    }

    @Test("a thread that sleeps and spins in turn is stopped every time")
    func sleepAndSpin() throws {
        let bench = try Bench { $0.cpuStop = .milliseconds(40) }
        for round in 0..<60 {
            #expect(bench.run("while true do end").failure?.kind == .cpu, "round \(round)")
            usleep(UInt32(round % 7) * 15_000)
        }
    }

    @Test("an error that is raised again keeps the traceback of where it came from")
    func again() throws {
        let bench = try Bench()
        var failed: LuaReference?
        try bench.define("test.again") { $0.raise(again: failed!, traceback: "stack traceback:\n\tfar away") }
        let first = try #require(bench.run("error({ mine = true })").failure)
        failed = bench.state.failedValue
        #expect(first.message == "(error object is a table value)")
        let second = try #require(bench.run("test.again()").failure)
        #expect(second.traceback.contains("in the coroutine it came from, stack traceback:\n\tfar away"))
        #expect(bench.value("local test = require 'test' local ok, e = pcall(test.again) return e.mine") == "true")
    }
}
