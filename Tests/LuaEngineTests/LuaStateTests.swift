import CLuaShims
import Testing
@testable import LuaEngine

@Suite("States") struct LuaStateTests {
    @Test("the library tells its release")
    func version() {
        let version = LuaVersion.library
        #expect(version.major == 5 && version.minor == 4)
        #expect(version.description.hasPrefix("5.4."))
        #expect(LuaVersion(major: 5, minor: 4, release: 4) < .sound)
        #expect((LuaVersion(major: 5, minor: 4, release: 4).guards != nil) && LuaVersion.sound.guards == nil)
    }

    @Test("idle moments collect what is worth it, and then there is nothing to do")
    func idle() throws {
        let bench = try Bench()
        bench.run("local t = {} for i = 1, 50000 do t[i] = {i} end")
        let before = bench.state.statistics.memory
        var steps = 0
        while bench.state.idleStep() == .unfinished { steps += 1 }
        #expect(bench.state.statistics.memory < before / 2)
        #expect(bench.state.idleStep() == .done)
        bench.run("return 1")
        #expect(bench.state.idleStep() == .done, "a small run leaves nothing worth collecting")
        #expect(steps < 10_000)
    }

    @Test("closing ends everything: runs, references, and later calls say so")
    func closing() throws {
        let bench = try Bench()
        let run = try #require(bench.run("test.keep(print) test.wait()").run)
        bench.state.close()
        bench.state.close()
        #expect(!bench.state.isOpen)
        #expect(bench.state.resume(run).failure?.kind == .unavailable)
        #expect(bench.state.call(bench.kept[0]).failure?.kind == .unavailable)
        #expect(bench.state.returned == nil && bench.state.waitingRuns.isEmpty && bench.state.idleStep() == .done)
        #expect(throws: LuaFailure.self) { try bench.state.define("_G.x", .integer(1)) }
        #expect(bench.state.statistics.memory == 0)
    }

    @Test("states share nothing")
    func separate() throws {
        let a = try Bench(), b = try Bench()
        _ = a.value("x = 1 string.upper = nil table.insert = nil")
        #expect(b.value("return x, ('a'):upper(), table.insert ~= nil") == "nil A true")
    }

    @Test("definitions make tables on the way and keep what is there")
    func definitions() throws {
        let bench = try Bench()
        try bench.state.define("_G.answer", .integer(42))
        try bench.state.define("bot.log.level", .string("info"))
        try bench.state.define("bot.null", .null)
        try bench.state.define("bot.pi", .number(3.25))
        try bench.state.define("bot.on", .boolean(true))
        try Array(#"{"a":[1,2]}"#.utf8).withUnsafeBytes { try bench.state.define("bot.table", .document(LuaPayload($0))) }
        #expect(bench.value("local bot = require 'bot' return answer, bot.log.level, bot.null, bot.pi, bot.on, bot.table.a[2], tostring(bot.null)")
            == "42 info null 3.25 true 2 null")
        #expect(throws: LuaFailure.self) { try bench.state.define("bot.pi.x", .integer(1)) }
        #expect(throws: LuaFailure.self) { try bench.state.defineMethod("x", of: LuaPrototypeID(rawValue: 9), .integer(1)) }
    }

    @Test("os.clock is the CPU time of the process, os.time and os.date the calendar's")
    func clocks() throws {
        let bench = try Bench()
        #expect(bench.value("local a = os.clock() local x = 0 for i = 1, 3000000 do x = x + i end return math.type(a), os.clock() > a") == "float true")
        #expect(bench.value("return os.time{year = 2026, month = 11, day = 24, hour = 12} - os.time{year = 2026, month = 11, day = 23, hour = 12}, os.difftime(5, 3)")
            == "86400 2")
        #expect(bench.value("return os.date('!%Y-%m-%d %H:%M:%S', 0), os.date('!*t', 86400).day, math.type(os.time())") == "1970-01-01 00:00:00 2 integer")
    }

    @Test("checking compiles and runs nothing")
    func check() throws {
        let bench = try Bench()
        func check(_ text: String) -> LuaFailure? { Array(text.utf8).withUnsafeBytes { bench.state.check(source: $0, chunk: "c.lua") } }
        #expect(check("ran = true") == nil)
        #expect(check("#!/usr/bin/env lua\nreturn 1") == nil)
        #expect(check("return")?.kind == nil)
        #expect(check("x = ")?.message == "c.lua:1: unexpected symbol near <eof>")
        #expect(check("\u{1b}Lua")?.kind == .syntax)
        #expect(bench.value("return ran") == "nil")
    }

    @Test("the traceback of an error inside the script's own coroutine has both stacks")
    func innerTraceback() throws {
        let bench = try Bench()
        let failure = try #require(bench.state.run("""
            local function deep() error('inside') end
            local co = coroutine.wrap(function()
              deep()
            end)
            co()
            """, chunk: "main.lua").failure)
        #expect(failure.message.hasSuffix("main.lua:1: inside"))
        #expect(failure.traceback.contains("in the coroutine it came from"))
        #expect(failure.traceback.contains("main.lua:3:") && failure.traceback.contains("main.lua:5:"))
    }

    @Test("tracebacks name the host's functions")
    func names() throws {
        let bench = try Bench()
        try bench.define("bot.channel.send") { call in call.raise("refused") }
        let failure = try #require(bench.state.run("require('bot').channel.send()", chunk: "main.lua").failure)
        #expect(failure.traceback.contains("in function 'bot.channel.send'"))
        #expect(failure.message == "main.lua:1: refused")
    }
}
