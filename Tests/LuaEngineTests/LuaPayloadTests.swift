import Testing
@testable import LuaEngine

@Suite("JSON to Lua") struct LuaPayloadTests {
    /// What a document becomes, as the JSON it is encoded to again.
    static func decoded(_ text: String, nulls: LuaPayload.Nulls = .kept, form: LuaPayload.Form = .eager) throws -> String {
        let bench = try Bench()
        _ = bench.run("test.keep(function(x) return x end)")
        let result = Array(text.utf8).withUnsafeBytes { bytes in
            bench.state.call(bench.kept[0]) { $0.append(LuaPayload(bytes, nulls: nulls, form: form)) }
        }
        if let failure = result.failure { return failure.message }
        return Bench.text(bench.state.returned!, 1)
    }

    @Test("values", arguments: [
        ("1", "1"), ("-1", "-1"), ("0", "0"), ("9223372036854775807", "9223372036854775807"), ("-9223372036854775808", "-9223372036854775808"),
        ("-9223372036854775809", "-9.2233720368547758e+18"),
        ("9223372036854775808", "9.2233720368547758e+18"), ("1.5", "1.5"), ("-0.25", "-0.25"), ("1e3", "1000.0"), ("1E-2", "0.01"),
        ("1.7976931348623157e308", "1.7976931348623157e+308"), ("5e-324", "5e-324"), ("0.1", "0.1"), ("123456789012345678901234567890", "1.2345678901234568e+29"),
        ("true", "true"), ("false", "false"), ("null", "null"), (#""""#, ""), (#""a""#, "a"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (#""\u0041\u00e9\u20ac\ud83d\ude00""#, "Aé€😀"), (#""\ud83d""#, "\u{fffd}"), (#""\ude00x""#, "\u{fffd}x"), (#""\ud83d\u0041""#, "\u{fffd}A"),
        (#""é€😀""#, "é€😀"), (#""0123456789abcdef0123456789abcdef\n0123456789abcdef""#, "0123456789abcdef0123456789abcdef\n0123456789abcdef"),
        ("[]", "[]"), ("[1,[2,[3]]]", "[1,[2,[3]]]"), (#"{"a":1}"#, #"{"a":1}"#), (" [ 1 , 2 ] ", "[1,2]"), ("[null,1]", "[null,1]"),
        (#"{"a":{"b":{"c":[{}]}}}"#, #"{"a":{"b":{"c":[[]]}}}"#), (#"{"a\nb":1}"#, #"{"a\nb":1}"#),
        (#"{"":1}"#, #"{"":1}"#), (#"{"a_key_that_is_longer_than_sixteen":1}"#, #"{"a_key_that_is_longer_than_sixteen":1}"#),
    ])
    func values(_ text: String, _ expected: String) throws {
        let got = try Self.decoded(text)
        if let a = Double(got), let b = Double(expected) { #expect(a == b) } else { #expect(got == expected) }
    }

    @Test("what is not JSON is refused with its place", arguments: [
        ("", "at byte 0: unexpected end"), ("{", "at byte 1: unexpected end"), ("[1,]", "at byte 3: not a value"), ("{\"a\"}", "at byte 4: expected :"),
        ("{\"a\":1,}", "at byte 7: expected a key"), ("[1 2]", "at byte 3: expected , or ]"), ("{\"a\":1 \"b\"", "at byte 7: expected , or }"),
        ("01", "at byte 1: a number begins with 0"), ("1.", "at byte 2: unexpected end"), ("1.x", "at byte 2: no digit after the point"),
        ("1ex", "at byte 2: no digit in the exponent"), ("-", "at byte 1: unexpected end"), ("-x", "at byte 1: not a value"), ("+1", "at byte 0: not a value"),
        ("nul", "at byte 0: not a value"), ("truE", "at byte 0: not a value"), ("\"abc", "at byte 4: unexpected end"), ("\"a\u{1}\"", "at byte 2: control character"),
        ("\"\\x\"", "at byte 1: bad escape"), ("\"\\u12g4\"", "at byte 2: bad \\u escape"), ("1 2", "at byte 2: something follows"), ("\"\\", "unexpected end"),
        ("\u{feff}1", "at byte 0: not a value"), ("[1]]", "at byte 3: something follows"), ("{1:2}", "at byte 1: expected a key"),
        ("{\"a\u{0}\":1}", "control character"), ("'a'", "not a value"), ("NaN", "not a value"), ("\"\\u00", "unexpected end"),
    ])
    func refused(_ text: String, _ message: String) throws {
        let got = try Self.decoded(text)
        #expect(got.hasPrefix("invalid JSON") && got.contains(message), "\(got)")
    }

    @Test("every prefix of a document is refused")
    func prefixes() throws {
        let text = Array(#"{"id":"123","n":-1.5e2,"list":[true,false,null,"\u00e9\n"],"deep":{"a":{"b":[]}}}"#.utf8)
        let bench = try Bench()
        _ = bench.run("test.keep(function(x) return x end)")
        for length in 0..<text.count {
            let result = text[..<length].withUnsafeBytes { bytes in bench.state.call(bench.kept[0]) { $0.append(LuaPayload(bytes)) } }
            #expect(result.failure?.message.hasPrefix("invalid JSON at byte") == true)
        }
    }

    @Test("nesting is bounded, width is not")
    func shape() throws {
        #expect(try Self.decoded(String(repeating: "[", count: 129) + String(repeating: "]", count: 129)).hasSuffix("nested too deeply"))
        let wide = "[" + (1...5000).map { "\($0)" }.joined(separator: ",") + "]"
        #expect(try Self.decoded(wide) == wide)
        let bench = try Bench()
        _ = bench.run("test.keep(function(x) local n, s = 0, 0 for k, v in pairs(x) do n = n + 1 s = s + v assert(k == 'k' .. v) end return n, s end)")
        let object = Array(("{" + (1...3000).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}").utf8)
        #expect(object.withUnsafeBytes { bytes in bench.state.call(bench.kept[0]) { $0.append(LuaPayload(bytes)) } } == .finished)
        #expect(bench.returned == "3000 4501500")
    }

    @Test("several calls share one decoded event")
    func shared() throws {
        let bench = try Bench()
        _ = bench.run("""
            test.keep(function(e) first = e e.seen = 1 end)
            test.keep(function(e) return rawequal(e, first), e.seen, e.id end)
            """)
        let document = Array(#"{"id":"77"}"#.utf8)
        try document.withUnsafeBytes { bytes in
            try bench.state.withEvent(LuaPayload(bytes)) { event in
                #expect(bench.state.call(bench.kept[0]) { $0.append(event) } == .finished)
                #expect(bench.state.call(bench.kept[1]) { $0.append(event) } == .finished)
                #expect(bench.returned == "true 1 77")
            }
        }
        #expect(throws: LuaFailure.self) { try Array("{".utf8).withUnsafeBytes { try bench.state.withEvent(LuaPayload($0)) { _ in } } }
    }

    @Test("a handler called with an event alone gets it, may wait, and fails as others do")
    func callWithEvent() throws {
        let bench = try Bench()
        bench.run("test.keep(function(...) test.wait() return select('#', ...), (...).id end) test.keep(function(e) error(e.id) end)")
        let results = try Array(#"{"id":"7"}"#.utf8).withUnsafeBytes { document in
            try bench.state.withEvent(LuaPayload(document)) { event in
                (bench.state.call(bench.kept[0], with: event), bench.state.call(bench.kept[1], with: event))
            }
        }
        #expect(results.1.failure?.message == "test.lua:2: 7")
        #expect(bench.state.resume(try #require(results.0.run)) == .finished)
        #expect(bench.returned == "1 7")
    }

    @Test("prototypes give nested objects methods and properties; fields win")
    func prototypes() throws {
        let bench = try Bench()
        let message = LuaPrototypeID(rawValue: 1), user = LuaPrototypeID(rawValue: 2), map = LuaPrototypeID(rawValue: 3)
        for (prototype, name) in [(message, "message"), (user, "user"), (map, "map")] { try bench.state.definePrototype(prototype, name: name) }
        try bench.state.defineRule(message, key: "author", is: user)
        try bench.state.defineRule(message, key: "mentions", is: user)
        try bench.state.defineRule(message, key: "referenced_message", is: message)
        try bench.state.defineRule(message, key: "users", is: map)
        try bench.state.defineRule(map, key: nil, is: user)
        bench.host.functions.append { call in
            call.results.append("replied to " + (call.arguments.field("id", of: 1).flatMap { call.arguments.string($0) } ?? "?"))
            return .returned
        }
        let reply = LuaFunctionID(bench.host.functions.count - 1)
        bench.host.functions.append { call in
            call.results.append("<@" + (call.arguments.field("id", of: 1).flatMap { call.arguments.string($0) } ?? "?") + ">")
            return .returned
        }
        let mention = LuaFunctionID(bench.host.functions.count - 1)
        try bench.state.defineMethod("reply", of: message, .function(reply))
        try bench.state.defineMethod("content", of: message, .string("never seen"))
        try bench.state.defineProperty("mention", of: user, .function(mention))
        _ = bench.run("""
            test.keep(function(m)
              local keys = {}
              for k in pairs(m.author) do keys[#keys + 1] = k end
              return m:reply('x'), m.content, m.author.mention, m.mentions[2].mention, m.referenced_message:reply(), m.users['9'].mention,
                m.unknown, m.author.unknown, #keys, getmetatable(m), pcall(setmetatable, m, nil)
            end)
            """)
        let document = Array(#"""
            {"id":"1","content":"hi","author":{"id":"2"},"mentions":[{"id":"3"},{"id":"4"}],"referenced_message":{"id":"5"},"users":{"9":{"id":"9"}}}
            """#.utf8)
        let result = document.withUnsafeBytes { bytes in bench.state.call(bench.kept[0]) { $0.append(LuaPayload(bytes, prototype: message)) } }
        #expect(result == .finished)
        #expect(bench.returned == "replied to 1 hi <@2> <@4> replied to 5 <@9> nil nil 1 message false cannot change a protected metatable")
    }

    /// A random document, valid JSON.
    static func document(_ random: inout some RandomNumberGenerator, depth: Int) -> String {
        func string() -> String {
            let pieces = ["a", "Z", "0", " ", "é", "€", "😀", #"\n"#, #"\""#, #"\\"#, #"\u0041"#, #"\ud83d\ude00"#, "_", "content", "abcdefghijklmnopqrstuvwxyz"]
            return "\"" + (0..<Int.random(in: 0...6, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined() + "\""
        }
        let space = ["", "", "", " ", "\n", "\t "].randomElement(using: &random)!
        switch Int.random(in: 0...(depth > 0 ? 9 : 6), using: &random) {
        case 0: return space + ["true", "false", "null"].randomElement(using: &random)!
        case 1: return space + "\(Int.random(in: -1_000_000...1_000_000, using: &random))"
        case 2: return space + "\(Double.random(in: -1000...1000, using: &random))"
        case 3: return space + "\(Int.random(in: 0...999, using: &random))e\(Int.random(in: -300...300, using: &random))"
        case 4...6: return space + string()
        case 7:
            return "[" + (0..<Int.random(in: 0...5, using: &random)).map { _ in document(&random, depth: depth - 1) }.joined(separator: ",") + space + "]"
        default:
            let count = Int.random(in: 0...12, using: &random)
            return "{" + (0..<count).map { "\(space)\(string().dropLast())\($0)\"\(space):\(document(&random, depth: depth - 1))" }.joined(separator: ",") + "}"
        }
    }

    static let dump = """
        local function dump(v)
          if type(v) == 'number' then return ('%.17g'):format(v) end
          if type(v) == 'string' then return ('%q'):format(v) end
          if type(v) ~= 'table' then return type(v) == 'userdata' and 'null' or tostring(v) end
          local t = {}
          for k, x in pairs(v) do t[#t + 1] = '[' .. dump(k) .. ']=' .. dump(x) end
          table.sort(t)
          return '{' .. table.concat(t, ',') .. '}'
        end

        """

    static let hasCJSON = StockLua.run("return require('cjson').encode({1})") == "[1]"

    @Test("the same tables as lua-cjson makes", .enabled(if: hasCJSON, "lua-cjson is not installed"), arguments: 1...20)
    func cjson(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let bench = try Bench()
        try bench.define("test.decode") { call in
            call.arguments.withBytes(1) { call.results.append(LuaPayload($0, nulls: .kept)) }
            return .returned
        }
        var documents: [String] = []
        for _ in 0..<40 { documents.append(Self.document(&random, depth: 5)) }
        let list = documents.map { "[=====[\($0)]=====]" }.joined(separator: ",\n")
        let body = "local out = {} for _, d in ipairs({\(list)}) do out[#out + 1] = dump(decode(d)) end return table.concat(out, '\\n')"
        let ours = bench.value("local decode = require('test').decode\n" + Self.dump + body)
        let theirs = StockLua.run("local decode = require('cjson').decode\n" + Self.dump + body)
        #expect(ours.count > 400)
        #expect(ours == theirs)
    }
}

/// A small generator with a seed, so that a failure can be seen again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
