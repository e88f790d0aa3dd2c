import Testing
@testable import LuaEngine

@Suite("Runs") struct LuaRunTests {
    @Test("a main chunk runs, and what it returned can be read")
    func mainChunk() throws {
        let bench = try Bench()
        #expect(bench.value("return 1 + 1, 'a' .. 'b', nil, true, 0.5, {1, {x = 'y'}}") == #"2 ab nil true 0.5 [1,{"x":"y"}]"#)
    }

    @Test("a syntax error names the chunk and the line")
    func syntaxError() throws {
        let bench = try Bench()
        let failure = try #require(bench.state.run("x = = 1", chunk: "main.lua").failure)
        #expect(failure.kind == .syntax)
        #expect(failure.message == "main.lua:1: unexpected symbol near '='")
    }

    @Test("an error has its message, its place and the traceback of the coroutine that failed")
    func errorTraceback() throws {
        let bench = try Bench()
        let failure = try #require(bench.state.run("""
            local function inner() error('boom') end
            local function outer() inner() end
            outer()
            """, chunk: "main.lua").failure)
        #expect(failure.kind == .error)
        #expect(failure.message == "main.lua:1: boom")
        #expect(failure.position == LuaPosition(chunk: "main.lua", line: 1))
        #expect(failure.traceback.contains("main.lua:2: in upvalue 'inner'") || failure.traceback.contains("main.lua:2: in local 'outer'")
            || failure.traceback.contains("main.lua:2: in function"))
        #expect(failure.traceback.hasPrefix("stack traceback:"))
    }

    @Test("a waiting host call returns what the run is resumed with")
    func waiting() throws {
        let bench = try Bench()
        let result = bench.run("return test.wait(1) + test.wait(2)")
        let first = try #require(result.run)
        let second = try #require(bench.state.resume(first) { $0.append(40) }.run)
        #expect(bench.state.resume(first) { $0.append(1) } == .stale)
        #expect(bench.state.resume(second) { $0.append(2) } == .finished)
        #expect(bench.returned == "42")
        #expect(bench.state.statistics.waiting == 0)
    }

    @Test("a resumed run can be handed an error table, which it may catch")
    func resumeRaising() throws {
        let bench = try Bench()
        let run = try #require(bench.run("""
            local ok, e = pcall(test.wait)
            return ok, e.code, e.status, e.message, e.route, e.retry_after, tostring(e)
            """).run)
        let error = LuaErrorValue(
            message: "Missing Access", code: .number(50001), status: 403, route: "POST /channels/:id/messages", retryAfter: 1.5)
        #expect(bench.state.resume(run, raising: error) == .finished)
        #expect(bench.returned == "false 50001 403 Missing Access POST /channels/:id/messages 1.5 Missing Access")
        let other = try #require(bench.run("test.wait()").run)
        let failure = try #require(bench.state.resume(other, raising: error).failure)
        #expect(failure.value == error)
        #expect(failure.message == "Missing Access")
        #expect(failure.position?.line == 2)
    }
}
