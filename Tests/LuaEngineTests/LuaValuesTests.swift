import Testing
@testable import LuaEngine

@Suite("Values across the boundary") struct LuaValuesTests {
    @Test("every kind of value reaches the script as what it is")
    func arguments() throws {
        let bench = try Bench()
        _ = bench.run("test.keep(function(...) return ... end) test.keep({field = 'kept'})")
        let result = bench.state.call(bench.kept[0]) { values in
            values.appendNil()
            values.append(true)
            values.append(Int64.min)
            values.append(1.5)
            values.append("text\u{0}with zero")
            values.append("")
            values.appendNull()
            values.append(bench.kept[1])
            values.append(function: 0)
        }
        #expect(result == .finished)
        let returned = try #require(bench.state.returned)
        #expect(returned.count == 9)
        #expect(returned.isNilOrNone(1) && returned.isNilOrNone(10) && returned.type(10) == .none)
        #expect(returned.boolean(2) == true && returned.boolean(1) == nil)
        #expect(returned.integer(3) == .min)
        #expect(returned.number(4) == 1.5 && returned.integer(4) == nil)
        #expect(returned.string(5) == "text\u{0}with zero")
        #expect(returned.string(6) == "")
        #expect(returned.isNull(7) && !returned.isNull(1))
        #expect(returned.type(8) == .table)
        #expect(returned.type(9) == .function)
    }

    @Test("reading converts nothing: numbers are not strings, numeric strings not numbers")
    func noConversion() throws {
        let bench = try Bench()
        #expect(bench.value("return 12, '12', 3.0, 2^63, 0/0") != "")
        let values = try #require(bench.state.returned)
        #expect(values.string(1) == nil && values.integer(2) == nil && values.number(2) == nil)
        #expect(values.integer(3) == 3)
        #expect(values.integer(4) == nil && values.integer(5) == nil)
    }

    @Test("a hundred arguments and results pass, and documents between them")
    func many() throws {
        let bench = try Bench()
        _ = bench.run("test.keep(function(...) return select('#', ...), ... end)")
        let document = Array(#"{"a":[1,2,{"b":null}]}"#.utf8)
        let result = document.withUnsafeBytes { bytes in
            bench.state.call(bench.kept[0]) { values in
                for i in 0..<100 { values.append(i) }
                values.append(LuaPayload(bytes))
                values.append(LuaPayload(bytes, nulls: .kept))
            }
        }
        #expect(result == .finished)
        let values = try #require(bench.state.returned)
        #expect(values.integer(1) == 102 && values.integer(101) == 99)
        #expect(Bench.text(values, 102) == #"{"a":[1,2,[]]}"#)
        #expect(Bench.text(values, 103) == #"{"a":[1,2,{"b":null}]}"#)
    }

    @Test("a document that does not parse raises where it would have arrived")
    func badDocument() throws {
        let bench = try Bench()
        try bench.define("test.document") { call in
            Array("{\"a\":]".utf8).withUnsafeBytes { call.results.append(LuaPayload($0)) }
            return .returned
        }
        #expect(bench.value("return pcall(require('test').document)") == "false invalid JSON at byte 5: not a value")
        let run = try #require(bench.run("return pcall(test.wait)").run)
        let result = Array("[1".utf8).withUnsafeBytes { bytes in bench.state.resume(run) { $0.append(LuaPayload(bytes)) } }
        #expect(result == .finished)
        #expect(bench.returned == "false invalid JSON at byte 2: unexpected end")
    }

    @Test("fields of a table argument are read raw, by name")
    func fields() throws {
        let bench = try Bench()
        var seen: [String] = []
        try bench.define("test.options") { call in
            let arguments = call.arguments
            seen.append(arguments.field("timeout", of: 1).flatMap { arguments.number($0) }.map { "\($0)" } ?? "none")
            seen.append(arguments.field("match", of: 1).map { "\(arguments.type($0))" } ?? "none")
            seen.append(arguments.field("absent", of: 1) == nil ? "none" : "some")
            seen.append(arguments.field("x", of: 2) == nil ? "none" : "some")
            return .returned
        }
        #expect(bench.value("""
            require('test').options(setmetatable({timeout = 2.5, match = print}, {__index = error}), 'not a table')
            return 1
            """) == "1")
        #expect(seen == ["2.5", "function", "none", "none"])
    }

    @Test("argument errors speak Lua's words")
    func badArguments() throws {
        let bench = try Bench()
        try bench.define("test.send") { call in call.badArgument(1, expected: "string") }
        try bench.define("test.range") { call in call.badArgument(2, "number out of range") }
        try bench.define("test.refuse") { call in call.raise("not today") }
        #expect(bench.value("local test = require 'test' return select(2, pcall(function() test.send(nil) end))")
            == "test.lua:1: bad argument #1 to 'send' (string expected, got nil)")
        #expect(bench.value("local test = require 'test' return select(2, pcall(function() test.range(1, 2) end))")
            == "test.lua:1: bad argument #2 to 'range' (number out of range)")
        #expect(bench.value("local test = require 'test' return select(2, pcall(test.send))")
            == "bad argument #1 to 'test.send' (string expected, got no value)")
        #expect(bench.value("local test = require 'test' return select(2, pcall(function() test.refuse() end))") == "test.lua:1: not today")
    }

    @Test("the host may call back into the state from a host function, with values of its own in flight")
    func nested() throws {
        let bench = try Bench()
        var results: [LuaResult] = []
        try bench.define("test.callback") { [unowned bench] call in
            call.results.append("before")
            let function = call.arguments.reference(1)!
            results.append(bench.state.call(function) { $0.append("inner") })
            call.results.append(bench.state.returned?.string(1) ?? "nothing")
            return .returned
        }
        #expect(bench.value("local test = require 'test' return test.callback(function(x) return x .. '!' end), select(2, test.callback(print))")
            == "before nothing")
        #expect(results == [.finished, .finished])
        #expect(bench.value("local test = require 'test' return pcall(test.callback, function() error('inside') end)") == "true before nothing")
        #expect(results.last?.failure?.message == "test.lua:1: inside")
    }

    @Test("a nested run may wait by itself without the outer one waiting")
    func nestedWait() throws {
        let bench = try Bench()
        try bench.define("test.start") { [unowned bench] call in
            call.results.append(bench.state.call(call.arguments.reference(1)!).run != nil)
            return .returned
        }
        #expect(bench.run("return test.start(function() test.note(test.wait()) end)") == .finished)
        #expect(bench.returned == "true")
        #expect(bench.state.resume(bench.waits[0]) { $0.append("late") } == .finished)
        #expect(bench.noted == ["late"])
    }

    @Test("host objects carry kind and number, have methods, and cannot be forged or opened")
    func objects() throws {
        let bench = try Bench()
        let kind = LuaPrototypeID(rawValue: 7), other = LuaPrototypeID(rawValue: 8)
        try bench.state.definePrototype(kind, name: "timer")
        try bench.state.definePrototype(other, name: "other")
        var seen: [LuaObject?] = []
        bench.host.functions.append { call in
            seen.append(call.arguments.object(1, kind: kind))
            return .returned
        }
        try bench.state.defineMethod("stop", of: kind, .function(LuaFunctionID(bench.host.functions.count - 1)))
        try bench.define("test.timer") { call in
            call.results.append(LuaObject(kind: kind, identity: 1 << 40))
            call.results.append(LuaObject(kind: other, identity: 2))
            return .returned
        }
        #expect(bench.value("""
            local a, b = require('test').timer()
            a:stop() a.stop(b) a.stop({}) a.stop(nil)
            return type(a), getmetatable(a), pcall(setmetatable, a, {}), tostring(a):match('^%a+: '), pcall(function() a.x = 1 end)
            """).hasPrefix("userdata timer false bad argument #1 to 'setmetatable' (table expected, got timer)") == false)
        #expect(seen == [LuaObject(kind: kind, identity: 1 << 40), nil, nil, nil])
    }

    @Test("require: the host's modules, sources, values, and what is missing or goes round")
    func require_() throws {
        let bench = try Bench()
        bench.host.modules["lib.util"] = .source(Array("local name = ... return { name = name }".utf8), chunk: "lib/util.lua")
        bench.host.modules["broken"] = .source(Array("return 1 +".utf8), chunk: "broken.lua")
        bench.host.modules["fails"] = .source(Array("local x = nil\nreturn x.y".utf8), chunk: "fails.lua")
        bench.host.modules["a"] = .source(Array("return require 'b'".utf8), chunk: "a.lua")
        bench.host.modules["b"] = .source(Array("return require 'a'".utf8), chunk: "b.lua")
        bench.host.modules["refused"] = .refused("the pack may not use 'refused'")
        #expect(bench.value("return require('lib.util').name, rawequal(require('lib.util'), require('lib.util'))") == "lib.util true")
        #expect(bench.value("return select(2, pcall(require, 'broken'))") == "broken.lua:1: unexpected symbol near <eof>")
        #expect(bench.value("return select(2, pcall(require, 'fails'))") == "fails.lua:2: attempt to index a nil value (local 'x')")
        #expect(bench.value("return select(2, pcall(require, 'fails'))") == "fails.lua:2: attempt to index a nil value (local 'x')")
        #expect(bench.value("return select(2, pcall(require, 'a'))") == "b.lua:1: module 'a' requires itself")
        #expect(bench.value("return select(2, pcall(require, 'none'))") == "module 'none' not found:\n\tno file 'none.lua'")
        #expect(bench.value("return select(2, pcall(require, 'refused'))") == "the pack may not use 'refused'")
        #expect(bench.value("return require('string') == string, require('_G') == _G") == "true true")
        let failure = try #require(bench.state.run("require 'fails'", chunk: "main.lua").failure)
        #expect(failure.position == LuaPosition(chunk: "fails.lua", line: 2))
        #expect(failure.traceback.contains("main.lua:1"))
    }

    @Test("print joins its arguments by tabs and tells where it was called")
    func print_() throws {
        let bench = try Bench()
        _ = bench.run("print('a', 1, nil, true, setmetatable({}, {__tostring = function() return 'T' end})) print()")
        #expect(bench.host.printed == ["a\t1\tnil\ttrue\tT", ""])
    }
}
