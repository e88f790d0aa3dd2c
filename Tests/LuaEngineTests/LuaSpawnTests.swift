import Testing
@testable import LuaEngine

@Suite("Spawned runs") struct LuaSpawnTests {
    /// A bench whose `test.spawn(fn, ...)` leaves the run in `spawned`.
    final class SpawnBench {
        let bench: Bench
        var spawned: [LuaRun] = []

        init(_ adjust: (inout LuaLimits) -> Void = { _ in }) throws {
            bench = try Bench(adjust)
            try bench.define("test.spawn") { [unowned self] call in
                do throws(LuaFailure) { spawned.append(try call.spawn(from: 1)) } catch { return call.raise(error.message) }
                return .returned
            }
        }
    }

    @Test("a spawned run begins when the host resumes it, with its arguments")
    func begins() throws {
        let b = try SpawnBench()
        #expect(b.bench.run("test.spawn(function(...) test.note('ran', ...) return select('#', ...) end, 1, nil, 'x')") == .finished)
        #expect(b.bench.noted.isEmpty)
        #expect(b.bench.state.statistics.waiting == 1)
        #expect(b.bench.state.resume(b.spawned[0]) == .finished)
        #expect(b.bench.noted == ["ran 1 nil x"] && b.bench.returned == "3")
        #expect(b.bench.state.resume(b.spawned[0]) == .stale)
        #expect(b.bench.state.statistics.waiting == 0)
    }

    @Test("it may wait, and be resumed inside the call that spawned it")
    func insideTheCall() throws {
        let b = try SpawnBench()
        try b.bench.define("test.start") { [unowned b] call in
            guard let run = try? call.spawn(from: 1) else { return call.raise("not spawned") }
            call.results.append(b.bench.state.resume(run).run != nil)
            return .returned
        }
        let result = b.bench.run("local started = test.start(function(a) test.note(a) test.wait() test.note('on') end, 'first') test.note(started)")
        #expect(result == .finished)
        #expect(b.bench.noted == ["first", "true"])
        #expect(b.bench.state.resume(b.bench.waits[0]) == .finished)
        #expect(b.bench.noted.last == "on")
    }

    @Test("a spawned run that is cancelled before it began never runs")
    func cancelledBefore() throws {
        let b = try SpawnBench()
        b.bench.run("test.spawn(function() local c <close> = setmetatable({}, {__close = function() test.note('closed') end}) test.note('ran') end)")
        let failure = try #require(b.bench.state.cancel(b.spawned[0]).failure)
        #expect(failure.kind == .cancelled && failure.message == "cancelled")
        #expect(b.bench.noted.isEmpty)
        #expect(b.bench.state.resume(b.spawned[0]) == .stale)
    }

    @Test("its failure has the traceback of its own coroutine and the line that spawned it")
    func failure() throws {
        let b = try SpawnBench()
        _ = b.bench.state.run("""
            local test = require 'test'
            local function inner() error('boom') end
            local function work() test.wait() inner() end
            test.spawn(work)
            """, chunk: "main.lua")
        let waiting = try #require(b.bench.state.resume(b.spawned[0]).run)
        let failure = try #require(b.bench.state.resume(waiting).failure)
        #expect(failure.message == "main.lua:2: boom")
        #expect(failure.spawnedAt == LuaPosition(chunk: "main.lua", line: 4))
        #expect(failure.traceback.contains("main.lua:3:") && !failure.traceback.contains("main.lua:4:"))
        // The slot's next run was not spawned.
        #expect(b.bench.run("error('x')").failure?.spawnedAt == nil)
    }

    @Test("a failed run's error value can be raised in the run that waits for it, of whatever type it is")
    func errorValue() throws {
        let b = try SpawnBench()
        let parent = try #require(b.bench.run("""
            local thrown = {}
            test.spawn(function() error(thrown) end)
            local ok, e = pcall(test.wait)
            return ok, rawequal(e, thrown)
            """).run)
        #expect(b.bench.state.resume(b.spawned[0]).failure?.kind == .error)
        let value = try #require(b.bench.state.failedValue)
        #expect(b.bench.state.resume(parent, raising: value) == .finished)
        #expect(b.bench.returned == "false true")
        #expect(b.bench.state.failedValue == nil)
    }

    @Test("a run is cancelled with an error that says why; it is caught once, and __close sees it")
    func reason() throws {
        let b = try SpawnBench()
        b.bench.run("""
            test.spawn(function()
              local c <close> = setmetatable({}, {__close = function(_, e) test.note('closed', e.message) end})
              local ok, e = pcall(test.wait)
              test.note(ok, e.code, tostring(e))
              test.wait()
            end)
            """)
        let run = try #require(b.bench.state.resume(b.spawned[0]).run)
        let failure = try #require(b.bench.state.cancel(run, as: LuaErrorValue(message: "the pack was reloaded", code: .word("reload"))).failure)
        #expect(b.bench.noted == ["false reload the pack was reloaded"])
        #expect(failure.kind == .cancelled)
    }

    @Test("a cancelled run that returns is finished")
    func finishedAnyway() throws {
        let bench = try Bench()
        let run = try #require(bench.run("return pcall(test.wait) and 1 or 2").run)
        #expect(bench.state.cancel(run) == .finished)
        #expect(bench.returned == "2")
    }

    @Test("at the limit of runs nothing is spawned, and the script is told")
    func limit() throws {
        let b = try SpawnBench { $0.runs = 3 }
        #expect(b.bench.run("for i = 1, 5 do test.spawn(print) end").failure?.message == "test.lua:2: too many runs are waiting")
        #expect(b.spawned.count == 2)
        for run in b.spawned { #expect(b.bench.state.cancel(run).failure?.kind == .cancelled) }
        #expect(b.bench.run("test.spawn(print)") == .finished)
    }

    @Test("a spawned run that never began is dropped with its state")
    func dropped() throws {
        let b = try SpawnBench()
        b.bench.run("test.spawn(print, {})")
        #expect(b.bench.state.waitingRuns == b.spawned)
        b.bench.state.close()
        #expect(b.bench.state.resume(b.spawned[0]).failure?.kind == .unavailable)
    }
}
