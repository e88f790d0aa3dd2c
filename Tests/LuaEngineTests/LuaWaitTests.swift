import Testing
@testable import LuaEngine

@Suite("Waiting") struct LuaWaitTests {
    /// Runs `body`, answers its single wait with "answer", and gives back what it returned.
    func waited(_ body: String) throws -> String {
        let bench = try Bench()
        let result = bench.run(body)
        guard let run = result.run else { return "did not wait: \(result)" }
        let end = bench.state.resume(run) { $0.append("answer") }
        return end == .finished ? bench.returned : "\(end)"
    }

    @Test("a host call waits wherever Lua can yield", arguments: [
        ("pcall", "return select(2, pcall(test.wait))"),
        ("pcall in pcall", "return select(3, pcall(pcall, test.wait))"),
        ("xpcall", "return select(2, xpcall(test.wait, print))"),
        ("an xpcall handler", "return select(2, xpcall(error, function() return test.wait() end))"),
        ("an __index metamethod", "return setmetatable({}, {__index = function() return test.wait() end}).x"),
        ("a method of an object whose __index is a function",
         "local o = setmetatable({}, {__index = function(_, k) return function(self) return test.wait(k) end end}) return o:fetch()"),
        ("a __newindex metamethod", "local r local t = setmetatable({}, {__newindex = function() r = test.wait() end}) t.x = 1 return r"),
        ("an __eq metamethod", "local r local mt = {__eq = function() r = test.wait() return true end} local _ = setmetatable({}, mt) == setmetatable({}, mt) return r"),
        ("an __lt metamethod", "local r local mt = {__lt = function() r = test.wait() return true end} local _ = setmetatable({}, mt) < setmetatable({}, mt) return r"),
        ("a __le metamethod", "local r local mt = {__le = function() r = test.wait() return true end} local _ = setmetatable({}, mt) <= setmetatable({}, mt) return r"),
        ("a __len metamethod", "return #setmetatable({}, {__len = function() return test.wait() end})"),
        ("a __concat metamethod", "return 'x' .. setmetatable({}, {__concat = function() return test.wait() end})"),
        ("a __unm metamethod", "return -setmetatable({}, {__unm = function() return test.wait() end})"),
        ("a property's function", "local t = setmetatable({}, {__index = setmetatable({}, {__index = function() return test.wait() end})}) return t.x"),
        ("a numeric loop inside nested functions", "local function f() for i = 1, 1 do return (function() return test.wait() end)() end end return f()"),
        ("a tail call", "return test.wait()"),
        ("pcall around a coroutine around pcall", """
            local co = coroutine.wrap(function() local ok, v = pcall(function() return test.wait() end) coroutine.yield('between') return v end)
            local ok, first = pcall(co)
            assert(first == 'between') return co()
            """),
        ("an __add metamethod", "return setmetatable({}, {__add = function() return test.wait() end}) + 1"),
        ("a __call metamethod", "return setmetatable({}, {__call = function() return test.wait() end})()"),
        ("an iterator", "for x in function() return test.wait() end do return x end"),
        ("a __pairs metamethod", "for k, v in pairs(setmetatable({}, {__pairs = function() local x = test.wait() return next, {a = x} end})) do return v end"),
        ("a coroutine of the script", "return select(2, coroutine.resume(coroutine.create(function() return test.wait() end)))"),
        ("coroutine.wrap", "return coroutine.wrap(function() return test.wait() end)()"),
        ("coroutines in coroutines", """
            return coroutine.wrap(function()
              return coroutine.wrap(function() return select(2, pcall(coroutine.wrap(function() return test.wait() end))) end)()
            end)()
            """),
        ("a generator that also yields", """
            local g = coroutine.wrap(function() coroutine.yield(1) local x = test.wait() coroutine.yield(2) return x end)
            g() g() return g()
            """),
        ("a __close handler", """
            local r
            do local c <close> = setmetatable({}, {__close = function() r = test.wait() end}) end
            return r
            """),
    ])
    func waits(_ place: String, _ body: String) throws {
        #expect(try waited(body) == "answer", "\(place)")
    }

    @Test("a required chunk may wait")
    func requiredChunk() throws {
        let bench = try Bench()
        bench.host.modules["lib"] = .source(Array("local test = require 'test' return { x = test.wait() }".utf8), chunk: "lib.lua")
        let run = try #require(bench.run("return require('lib').x, require('lib').x").run)
        #expect(bench.state.resume(run) { $0.append("answer") } == .finished)
        #expect(bench.returned == "answer answer")
    }

    @Test("where Lua cannot yield, the error says where that is", arguments: [
        ("table.sort({3, 2, 1}, function(a, b)\n test.wait() return a < b end)", "test.lua:3: cannot wait inside table.sort (test.wait)"),
        ("string.gsub('abc', '.', function()\n return test.wait() end)", "test.lua:3: cannot wait inside string.gsub (test.wait)"),
        ("tostring(setmetatable({}, {__tostring = function()\n return test.wait() end}))", "test.lua:3: cannot wait inside tostring (test.wait)"),
        ("table.sort({2, 1}, coroutine.wrap(function()\n test.wait() end))", "cannot wait inside table.sort (test.wait)"),
        ("local e table.sort({2, 1}, function()\n e = select(2, pcall(test.wait)) end) error(e, 0)", "cannot wait inside table.sort (test.wait)"),
        ("load(function()\n test.wait() end)", "test.lua:3: cannot wait inside load (test.wait)"),
        ("table.concat(setmetatable({}, {__len = function() return 1 end, __index = function()\n return test.wait() end}))",
         "test.lua:3: cannot wait inside table.concat (test.wait)"),
        ("table.insert(setmetatable({}, {__newindex = function()\n test.wait() end}), 1)", "test.lua:3: cannot wait inside table.insert (test.wait)"),
        ("table.unpack(setmetatable({}, {__index = function()\n return test.wait() end}), 1, 1)", "test.lua:3: cannot wait inside table.unpack (test.wait)"),
        ("print(setmetatable({}, {__tostring = function()\n return test.wait() end}))", "test.lua:3: cannot wait inside print (test.wait)"),
        ("('%s'):format(setmetatable({}, {__tostring = function()\n return test.wait() end}))", "test.lua:3: cannot wait inside string.format (test.wait)"),
        ("coroutine.wrap(function() table.sort({2, 1}, function()\n return test.wait() end) end)()", "test.lua:3: cannot wait inside table.sort (test.wait)"),
        ("table.sort({2, 1}, function()\n return require('waits') end)", "waits.lua:1: cannot wait inside table.sort (test.wait)"),
    ])
    func cannotWait(_ body: String, _ message: String) throws {
        let bench = try Bench()
        bench.host.modules["waits"] = .source(Array("require('test').wait()".utf8), chunk: "waits.lua")
        let failure = try #require(bench.run(body).failure)
        #expect(failure.message.hasSuffix(message), "\(failure.message)")
        #expect(bench.waits.isEmpty)
        #expect(bench.run("test.wait()").run != nil, "a refused wait leaves the state able to wait")
    }

    @Test("an error value's __tostring, which the host asks for, cannot wait")
    func tostringOfError() throws {
        let bench = try Bench()
        let failure = try #require(bench.run("error(setmetatable({}, {__tostring = function() return test.wait() end}))").failure)
        #expect(failure.message == "(the error value's __tostring failed)")
        #expect(bench.waits.isEmpty && bench.state.statistics.waiting == 0)
    }

    @Test("a script cannot resume, close or steal a coroutine that waits for the host")
    func stolenCoroutine() throws {
        let bench = try Bench()
        let run = try #require(bench.run("co = coroutine.create(function() return test.wait() end) return coroutine.resume(co)").run)
        #expect(bench.value("return coroutine.status(co), coroutine.resume(co, 'stolen')")
            == "normal false cannot resume non-suspended coroutine")
        #expect(bench.value("return pcall(coroutine.close, co)") == "false cannot close a normal coroutine")
        #expect(bench.state.resume(run) { $0.append("answer") } == .finished)
        #expect(bench.returned == "true answer")
    }

    @Test("a run's own coroutine cannot be resumed, closed or met again by a script that kept it")
    func keptThread() throws {
        let bench = try Bench()
        let run = try #require(bench.run("me = coroutine.running() test.wait()").run)
        #expect(bench.value("return coroutine.status(me), coroutine.resume(me)") == "normal false cannot resume non-suspended coroutine")
        #expect(bench.state.resume(run) == .finished)
        #expect(bench.value("return coroutine.status(me), coroutine.resume(me)") == "dead false cannot resume dead coroutine")
        #expect(bench.value("return coroutine.running() == me") == "false")
    }

    @Test("yielding to the host without a host call is an error")
    func yieldOutside() throws {
        let bench = try Bench()
        #expect(bench.value("return coroutine.isyieldable(), pcall(coroutine.yield)") == "false false attempt to yield from outside a coroutine")
    }

    @Test("stale and repeated resumptions do nothing")
    func stale() throws {
        let bench = try Bench()
        let run = try #require(bench.run("test.wait()").run)
        #expect(bench.state.resume(run) == .finished)
        #expect(bench.state.resume(run) == .stale)
        #expect(bench.state.cancel(run) == .stale)
        let next = try #require(bench.run("test.wait()").run)
        #expect(next.slot == run.slot)
        #expect(bench.state.resume(run) == .stale)
        #expect(bench.state.cancel(next).failure?.kind == .cancelled)
    }

    @Test("a cancelled run may clean up once and cannot wait again; __close runs")
    func cancel() throws {
        let bench = try Bench()
        let run = try #require(bench.run("""
            local c <close> = setmetatable({}, {__close = function(_, e) test.note('closed', tostring(e)) end})
            local ok, e = pcall(test.wait)
            test.note('caught', ok, e.code)
            pcall(test.wait)
            test.note('not reached')
            """).run)
        let failure = try #require(bench.state.cancel(run).failure)
        #expect(failure.kind == .cancelled)
        #expect(bench.noted.first == "caught false cancelled")
        #expect(bench.noted.count == 1)
    }

    @Test("a cancelled run closes its variables")
    func cancelCloses() throws {
        let bench = try Bench()
        let run = try #require(bench.run("""
            local c <close> = setmetatable({}, {__close = function(_, e) test.note('closed', tostring(e)) end})
            test.wait()
            """).run)
        #expect(bench.state.cancel(run).failure?.kind == .cancelled)
        #expect(bench.noted == ["closed cancelled"])
        #expect(bench.state.waitingRuns.isEmpty)
    }

    @Test("a thousand runs wait at a time, and the limit is told")
    func many() throws {
        let bench = try Bench { $0.runs = 1000 }
        for _ in 0..<1000 { #expect(bench.run("test.wait()").run != nil) }
        #expect(bench.run("test.wait()").failure?.kind == .unavailable)
        #expect(bench.state.waitingRuns.count == 1000)
        for run in bench.waits { #expect(bench.state.resume(run) == .finished) }
        #expect(bench.state.statistics.waiting == 0)
    }
}
