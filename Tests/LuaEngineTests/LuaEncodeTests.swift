import Testing
@testable import LuaEngine

@Suite("Lua to JSON") struct LuaEncodeTests {
    static func encoded(_ expression: String, functions: LuaArguments.Functions = .refused) throws -> String {
        let bench = try Bench()
        #expect(bench.state.run("return " + expression, chunk: "test.lua") == .finished)
        do {
            return try bench.state.returned!.withJSON(1, functions: functions) { String(decoding: $0, as: UTF8.self) }
        } catch {
            return "! \(error)"
        }
    }

    @Test("values", arguments: [
        ("nil", "null"), ("true", "true"), ("1", "1"), ("-5", "-5"), ("1.5", "1.5"), ("86400.0", "86400"), ("2^53", "9007199254740992.0"),
        ("0.1", "0.1"), ("1e300", "1e+300"), ("1/3", "0.3333333333333333"), ("math.mininteger", "-9223372036854775808"), ("'x'", "\"x\""),
        (#"'q"b\\s\n\t\1\127/'"#, #""q\"b\\s\n\t\u0001"# + "\u{7f}/\""), ("'é€😀'", "\"é€😀\""), ("{}", "[]"), ("{1, 2, {3}}", "[1,2,[3]]"),
        ("{a = 1}", #"{"a":1}"#), ("{[10] = 'x'}", #"{"10":"x"}"#), ("{a = {b = {c = {}}}}", #"{"a":{"b":{"c":[]}}}"#),
        ("{[3] = 3, [2] = 2, [1] = 1}", "[1,2,3]"),
        ("setmetatable({a = 1}, {__index = {b = 2}, __pairs = error, __len = error, __tostring = error})", #"{"a":1}"#),
    ])
    func values(_ expression: String, _ expected: String) throws {
        let got = try Self.encoded(expression)
        if let a = Double(got), let b = Double(expected) { #expect(a == b) } else { #expect(got == expected) }
    }

    @Test("what cannot be encoded is named by its path", arguments: [
        ("{embeds = {{title = print}}}", "! embeds[1].title: a function cannot be encoded"), ("print", "! a function cannot be encoded"),
        ("{a = {1, 2, nil, 4}}", "! a: the list has holes"), ("{1, 2, x = 3}", "! the table has both a list and other keys"),
        ("{a = {[true] = 1}}", "! a: a key is neither a string nor an integer"), ("{[1.5] = 1}", "! a key is neither a string nor an integer"),
        ("{n = 0/0}", "! n: the number is not finite"), ("{n = {1, 1/0}}", "! n[2]: the number is not finite"),
        (#"{content = "\xff"}"#, "! content: the string is not valid UTF-8"), (#"{["\xed\xa0\x80"] = 1}"#, "! \u{fffd}\u{fffd}\u{fffd}: the string is not valid UTF-8"),
        (#"{"\xc0\x80"}"#, "! [1]: the string is not valid UTF-8"), (#"{"\xf4\x90\x80\x80"}"#, "! [1]: the string is not valid UTF-8"),
        ("(function() local t = {} t.t = t return t end)()", "the table is nested more than 100 deep, or contains itself"),
        ("{co = coroutine.create(print)}", "! co: a thread cannot be encoded"),
    ])
    func refused(_ expression: String, _ expected: String) throws {
        let got = try Self.encoded(expression)
        #expect(got == expected || (expected.hasPrefix("the table") && got.hasSuffix(expected)), "\(got)")
    }

    @Test("functions can be left out")
    func functionsOmitted() throws {
        #expect(try Self.encoded("{a = print, b = {c = 1, d = print}}", functions: .omitted) == #"{"b":{"c":1}}"#)
    }

    @Test("a text longer than a string may be is refused")
    func tooLong() throws {
        let bench = try Bench { $0.stringBytes = 1 << 16 }
        #expect(bench.state.run("local t = {} for i = 1, 1000 do t[i] = ('x'):rep(1000) end return t", chunk: "t") == .finished)
        #expect(throws: LuaEncodeFailure.self) { try bench.state.returned!.withJSON(1) { _ in } }
    }

    @Test("documents survive the way in and out", arguments: 1...20)
    func roundTrip(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        for _ in 0..<10 {
            let once = try LuaPayloadTests.decoded("[" + LuaPayloadTests.document(&random, depth: 4) + "]")
            let twice = try LuaPayloadTests.decoded(once)
            // Tables have no order, so compare what does not depend on it.
            #expect(once.utf8.sorted() == twice.utf8.sorted())
        }
    }
}
