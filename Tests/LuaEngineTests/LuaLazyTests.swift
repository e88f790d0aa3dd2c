import Testing
@testable import LuaEngine

/// A document that is decoded as it is read looks to a script as one decoded at once.
@Suite("Lazy documents") struct LuaLazyTests {
    static let message = LuaPrototypeID(rawValue: 1), user = LuaPrototypeID(rawValue: 2)

    static func bench() throws -> Bench {
        let bench = try Bench()
        try bench.state.definePrototype(message, name: "message")
        try bench.state.definePrototype(user, name: "user")
        try bench.state.defineRule(message, key: "author", is: user)
        try bench.state.defineMethod("shout", of: message, .string("a method"))
        bench.host.functions.append { call in
            call.results.append("<@" + (call.arguments.field("id", of: 1).flatMap { call.arguments.string($0) } ?? "?") + ">")
            return .returned
        }
        try bench.state.defineProperty("mention", of: user, .function(LuaFunctionID(bench.host.functions.count - 1)))
        try bench.define("test.encode") { call in
            do throws(LuaEncodeFailure) {
                try call.arguments.withJSON(1) { call.results.append($0) }
                return .returned
            } catch {
                return call.raise("\(error)")
            }
        }
        return bench
    }

    static let document = #"""
        {"type":0,"tts":false,"content":"hello \"there\"","nonce":null,"author":{"id":"42","username":"sky","flags":64,"avatar":null,"bot":false,"name":"x"},
         "mentions":[{"id":"1","username":"a","flags":1,"bot":true},{"id":"2","username":"b","flags":2,"bot":false}],"embeds":[],"nested":{"a":{"b":{"c":[1,2,[3]],"d":"e","f":1.5,"g":-7}}},
         "channel_id":"77","timestamp":"2026-11-01T00:00:00+00:00","pinned":false,"float":12.75,"id":"900","guild_id":"5","unicode":"\u00e9\ud83d\ude00"}
        """#

    /// What a function of the document returns, by form; `after` so many earlier documents were handled by the same function.
    static func outcome(
        _ body: String, form: LuaPayload.Form, document: String = document, prototype: LuaPrototypeID = message, after: Int = 0
    ) throws -> String {
        let bench = try bench()
        bench.run("test.keep(function(m) \(body) end)")
        let result = Array(document.utf8).withUnsafeBytes { bytes in
            func send() -> LuaResult { bench.state.call(bench.kept[0]) { $0.append(LuaPayload(bytes, prototype: prototype, form: form)) } }
            for _ in 0..<after { _ = send() }
            return send()
        }
        if let failure = result.failure { return "failed: \(failure.message)" }
        return bench.returned
    }

    @Test("every way to look at it", arguments: [
        "return m.content, m.author.id, m.channel_id, m.float, m.type, m.tts, m.unicode",
        "return m.nonce, m.missing, m[1], m[true], m.author.avatar, m['']",
        "return rawequal(m.author, m.author), m.author == m.author, m.mentions[1] == m.mentions[1]",
        "local n = 0 for k, v in pairs(m) do n = n + 1 end return n",
        "local t = {} for k, v in pairs(m) do t[#t + 1] = k .. ':' .. type(v) end table.sort(t) return table.concat(t, ' ')",
        "local t = {} for k, v in next, m do t[#t + 1] = k .. ':' .. type(v) end table.sort(t) return table.concat(t, ' ')",
        "local _ = m.content local t = {} for k in pairs(m) do t[#t + 1] = k end table.sort(t) return table.concat(t, ' ')",
        "m.content = nil local t = {} for k in pairs(m) do t[#t + 1] = k end table.sort(t) return m.content, table.concat(t, ' ')",
        "local c = m.content m.content = nil local t = {} for k in pairs(m) do t[#t + 1] = k end table.sort(t) return c, m.content, #t",
        "m.content = 'changed' m.new = 1 return m.content, m.new, rawget(m, 'content')",
        "m.author = nil return m.author", "m.author = {id = 'other'} return m.author.id, getmetatable(m.author)",
        "rawset(m, 'content', 'raw') return m.content", "rawset(m, 'content', nil) return m.content, rawget(m, 'content')",
        "return rawget(m, 'content'), rawget(m, 'missing'), rawget(m, 'nonce'), rawget(m, 'author').id, rawget(m, 1)",
        "return #m, rawlen(m), next({}, nil), type(next(m)), select('#', next(m))",
        "m[1] = 'x' m[2] = 'y' local n = 0 for _ in pairs(m) do n = n + 1 end return #m, m[1], n, ipairs(m)",
        "for i, v in ipairs(m.mentions) do if v.id ~= tostring(i) then return 'wrong' end end return #m.mentions, m.mentions[2].username",
        "return #m.embeds, next(m.embeds), m.nested.a.b.c[3][1], m.nested.a.b.f, m.nested.a.b.g",
        "return m.shout, m.author.mention, rawget(m, 'shout'), m.author.shout",
        "m.shout = 'own' return m.shout",
        "return getmetatable(m), getmetatable(m.author), getmetatable(m.nested), getmetatable(m.mentions)",
        "return (pcall(setmetatable, m, {}))", "return (pcall(setmetatable, m.nested, {__index = {z = 26}})), m.nested.z, m.nested.a.b.d",
        "local o = setmetatable({}, {__index = m}) return o.content, o.missing, o.author.id, rawget(o, 'content')",
        "local o = setmetatable({}, {__index = m.nested.a}) return o.b.d, o.c",
        "local o = setmetatable({}, m.nested) return getmetatable(o) == m.nested",
        "return type(m), type(m.author), (tostring(m):gsub('0x%x+', '')), (tostring(m.nested):gsub('0x%x+', ''))",
        "local keys = {} for k in pairs(m.author) do keys[#keys + 1] = k end table.sort(keys) return table.concat(keys, ' ')",
        "for k in pairs(m) do m[k] = nil end return next(m), m.content, m.shout",
        "for k, v in pairs(m) do if type(v) == 'string' then m[k] = v:upper() end end return m.content, m.id",
        "local seen = {} for k in pairs(m) do if seen[k] then return 'twice ' .. k end seen[k] = true end return 'once each'",
        "return pcall(function() m[nil] = 1 end)", "return pcall(function() m[0/0] = 1 end)", "return pcall(next, m, 'no such key')",
        "return (('$content in $channel_id'):gsub('%$([%w_]+)', m))", "return load('return content .. id', 'c', 't', m)()",
        "return table.concat({m.id, m.guild_id}, '-'), ('%s'):format(m.author.username)",
        "local co = coroutine.wrap(function(x) coroutine.yield(x.author.id) return x.content end) return co(m), co()",
        "local copy = {} for k, v in pairs(m) do copy[k] = v end return copy.content, copy.author == m.author",
        "return rawequal(m, m), m ~= m.author, not m.missing",
        "m.self = m return m.self.self.id", "local a = m.author a.name = nil return a.name, m.author.name, a.username",
        "return pcall(table.insert, m, 'x'), m[1]", "return table.unpack(m)", "return pcall(function() return m.content.x.y end)",
        "return math.type(m.type), math.type(m.float), m.type + m.author.flags",
    ])
    func same(_ body: String) throws {
        let eager = try Self.outcome(body, form: .eager)
        #expect(try Self.outcome(body, form: .lazy) == eager)
        #expect(!eager.hasPrefix("failed: test.lua:1: syntax"))
        // What is usually read is decoded with the document, and still nobody can tell.
        #expect(try Self.outcome(body, form: .lazy, after: 12) == eager)
        // Without a prototype the tables are plain.
        #expect(try Self.outcome(body, form: .lazy, prototype: .none) == Self.outcome(body, form: .eager, prototype: .none))
    }

    @Test("it is encoded as it was, whatever was read or changed before", arguments: [
        "", "local _ = m.content", "local _ = m.author", "local _ = m.author.id, m.nested.a", "m.content = 'x'", "m.author = nil", "m.nested.a.b.c[1] = 9", "m.new = {1}",
        "for _ in pairs(m) do end", "m.mentions[1].id = nil",
    ])
    func encoded(_ before: String) throws {
        let body = "local test = require 'test' \(before) return test.encode(m)"
        let eager = try Self.outcome(body, form: .eager)
        #expect(try Self.outcome(body, form: .lazy).utf8.sorted() == eager.utf8.sorted())
        #expect(try Self.outcome(body, form: .lazy, after: 12).utf8.sorted() == eager.utf8.sorted())
        #expect(eager.hasPrefix("{"))
    }

    @Test("random documents, looked at in random order", arguments: 1...30)
    func random(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        for _ in 0..<10 {
            let document = "{" + (0..<8).map { "\"k\($0)\":\(LuaPayloadTests.document(&random, depth: 4))" }.joined(separator: ", ") + "}"
            let order = (0..<8).shuffled(using: &random).prefix(5).map { "local _ = m.k\($0) if type(_) == 'table' then local a = next(_) _ = a and _[a] end" }.joined(separator: " ")
            let body = LuaPayloadTests.dump + order + " return dump(m)"
            let eager = try Self.outcome(body, form: .eager, document: document)
            #expect(try Self.outcome(body, form: .lazy, document: document) == eager)
            #expect(try Self.outcome(body, form: .lazy, document: document, after: 10) == eager)
        }
    }

    @Test("the same with ETF")
    func etf() throws {
        typealias E = LuaPayloadETFTests
        let author: [UInt8] = [116, 0, 0, 0, 5] + E.atom("id") + [110, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8] + E.atom("name") + E.binary("sky")
            + E.atom("bot") + E.atom("true") + E.atom("avatar") + E.atom("nil") + E.binary("flags") + [97, 64]
        let term: [UInt8] = [131, 116, 0, 0, 0, 6] + E.atom("author") + author + E.atom("content") + E.binary("hello") + E.atom("list")
            + [108, 0, 0, 0, 2, 97, 1] + author + [106] + E.atom("float") + [70, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0] + E.atom("none") + E.atom("nil") + E.atom("id") + E.binary("9")
        for body in [
            "return m.author.id, m.author.mention, m.content, m.list[2].name, m.float, m.none, m.missing, m.shout",
            "local t = {} for k, v in pairs(m) do t[#t + 1] = k .. type(v) end table.sort(t) return table.concat(t, ' ')",
            LuaPayloadTests.dump + "local _ = m.author.id return dump(m)",
        ] {
            let outcomes = try [LuaPayload.Form.eager, .lazy].map { form in
                let bench = try Self.bench()
                bench.run("test.keep(function(m) \(body) end)")
                let results = term.withUnsafeBytes { bytes in
                    (0..<12).map { _ in
                        bench.state.call(bench.kept[0]) { $0.append(LuaPayload(bytes, encoding: .etf, prototype: Self.message, form: form)) }
                    }
                }
                return results.last?.failure?.message ?? bench.returned
            }
            #expect(outcomes[0] == outcomes[1])
            #expect(outcomes[0].count > 20)
        }
        for length in 0..<term.count {
            let bench = try Self.bench()
            bench.run("test.keep(function(m) return next(m) end)")
            let result = term[..<length].withUnsafeBytes { bytes in
                bench.state.call(bench.kept[0]) { $0.append(LuaPayload(bytes, encoding: .etf, form: .lazy)) }
            }
            #expect(result.failure?.message.hasPrefix("invalid ETF") == true)
        }
    }

    @Test("what is broken at the top is refused at once, what is broken inside when it is read")
    func broken() throws {
        for length in 1..<Self.document.utf8.count {
            let prefix = String(decoding: Array(Self.document.utf8)[..<length], as: UTF8.self)
            #expect(try Self.outcome("return 1", form: .lazy, document: prefix).hasPrefix("failed: invalid JSON"))
        }
        let inside = #"{"a":1,"b":2,"c":3,"d":{"x":tru,"y":[1,}}"#
        #expect(try Self.outcome("return m.a", form: .lazy, document: inside).hasPrefix("failed: invalid JSON"))
        let nested = #"{"a":1,"b":2,"c":3,"d":{"x":tru,"y":[1,]},"e":"\x"}"#
        #expect(try Self.outcome("return m.a, pcall(function() return m.d end)", form: .lazy, document: nested).hasPrefix("1 false test.lua:2: invalid JSON at byte 28"))
        #expect(try Self.outcome("return m.a, pcall(pairs, m)", form: .lazy, document: nested).hasPrefix("1 false invalid JSON"))
        #expect(try Self.outcome("return m.a, pcall(function() return m.e end)", form: .lazy, document: nested).hasPrefix("1 false test.lua:2: invalid JSON at byte 47: bad escape"))
    }

    @Test("of equal keys the first counts, however many stand between them", arguments: [1, 511, 512, 600, 1100])
    func equalKeys(distance: Int) throws {
        let document = #"{"id":1,"x":null,"# + (1...distance).map { #""k\#($0)":\#($0)"# }.joined(separator: ",") + #","id":2,"x":3,"id":4,"late":5,"late":6}"#
        for form in [LuaPayload.Form.eager, .lazy] {
            #expect(try Self.outcome("return m.id, m.x, m.late, m.k1", form: form, document: document) == "1 3 5 1")
            #expect(try Self.outcome("local n = 0 for _ in pairs(m) do n = n + 1 end return m.id, m.late, n", form: form, document: document) == "1 5 \(distance + 3)")
        }
    }

    @Test("the time it takes to read all does not grow with the square of the number of fields: no budget would end it")
    func manyFields() throws {
        let document = "{" + (1...200_000).map { #""k\#($0 + 100_000)":1"# }.joined(separator: ",") + "}"
        #expect(try Self.outcome("local n = 0 for k, v in pairs(m) do n = n + v end return n", form: .lazy, document: document) == "200000")
        #expect(try Self.outcome("m.k100001 = nil m.k100002 = 5 local n = 0 for k, v in pairs(m) do n = n + v end return n", form: .lazy, document: document) == "200003")
    }

    @Test("what is broken inside of a field that does not count is found when all is read")
    func brokenEqualKey() throws {
        let long = String(repeating: "x", count: 200)
        let document = #"{"a":{"p":1,"q":2,"r":3,"s":"\#(long)"},"b":2,"c":3,"a":{"p":1,"q":tru,"r":3,"s":"\#(long)"},"d":4}"#
        #expect(try Self.outcome("return m.a.q, pcall(pairs, m)", form: .lazy, document: document).hasPrefix("2 false invalid JSON"))
    }

    @Test("fields are found across every alignment of the scanner's blocks")
    func alignment() throws {
        for pad in 0..<130 {
            let filler = String(repeating: pad % 3 == 0 ? #"\\"# : #"\""#, count: pad / 2) + String(repeating: "x", count: pad % 7)
            let document = #"{"pad":"\#(filler)","o":{"q":"}\"{","r":[{},"]"]},"s":"\\","t":7,"u":{"v":"\\\""},"end":"yes"}"#
            #expect(try Self.outcome("return m.t, m['end'], m.o.q, m.o.r[2], m.s, m.u.v, #m.pad", form: .lazy, document: document)
                == Self.outcome("return m.t, m['end'], m.o.q, m.o.r[2], m.s, m.u.v, #m.pad", form: .eager, document: document))
        }
    }

    @Test("a kept part keeps working after the event is gone, and the document goes when nothing needs it")
    func keptParts() throws {
        let bench = try Self.bench()
        bench.run("test.keep(function(m) author = m.author message = m end) test.keep(function() local id = message.id message = nil return author.id, author.username, id end)")
        try Array(Self.document.utf8).withUnsafeBytes { bytes in
            try bench.state.withEvent(LuaPayload(bytes, prototype: Self.message, form: .lazy)) { event in
                #expect(bench.state.call(bench.kept[0]) { $0.append(event) } == .finished)
            }
        }
        bench.state.collectGarbage()
        #expect(bench.state.call(bench.kept[1]) == .finished)
        #expect(bench.returned == "42 sky 900")
    }

    @Test("fields that handlers usually read are decoded with the document, and no longer when they are not read any more")
    func usual() throws {
        let bench = try Self.bench()
        bench.run("test.keep(function(m) return m.content, m.author.id end) test.keep(function(m) return m.channel_id end)")
        func send(_ handler: Int, _ count: Int) {
            Array(Self.document.utf8).withUnsafeBytes { bytes in
                for _ in 0..<count { _ = bench.state.call(bench.kept[handler]) { $0.append(LuaPayload(bytes, prototype: Self.message)) } }
            }
        }
        send(0, 2)
        #expect(bench.state.usualFields(254) == 0)
        send(0, 10)
        #expect(bench.state.usualFields(254) == 2)
        #expect(bench.returned == "hello \"there\" 42")
        send(1, 1000)
        #expect(bench.state.usualFields(254) == 1)
        #expect(bench.returned == "77")
    }

    @Test("of equal keys the first counts in every form")
    func equalKeys() throws {
        let document = #"{"a":1,"b":{"c":[1,2]},"a":2,"d":"\#(String(repeating: "x", count: 200))","b":3,"e":4}"#
        for body in ["return m.a, m.b.c[2], m.e", "for k in pairs(m) do end return m.a, m.b.c[1]", "m.a = nil return m.a, m.e"] {
            let eager = try Self.outcome(body, form: .eager, document: document)
            #expect(try Self.outcome(body, form: .lazy, document: document) == eager)
            #expect(try Self.outcome(body, form: .lazy, document: document, after: 12) == eager)
        }
    }

    @Test("usual fields nest only so deep: a document cannot make the decoder run out of stack")
    func deepUsual() throws {
        var document = #"{"author":null,"a":1,"b":2,"c":3,"d":4}"#
        for _ in 0..<300 { document = #"{"reference":\#(document),"a":1,"b":2,"c":3,"d":4}"# }
        let bench = try Self.bench()
        try bench.state.defineRule(Self.message, key: "reference", is: Self.message)
        bench.run("test.keep(function(m) local n = 0 while m.reference do n = n + 1 m = m.reference end return n, m.d end)")
        Array(document.utf8).withUnsafeBytes { bytes in
            for _ in 0..<20 {
                #expect(bench.state.call(bench.kept[0]) { $0.append(LuaPayload(bytes, prototype: Self.message, form: .lazy)) } == .finished)
                #expect(bench.returned == "300 4")
            }
        }
    }

    @Test("a usual field that does not parse is an error of the run, as in a document decoded at once")
    func brokenUsual() throws {
        let bench = try Self.bench()
        bench.run("test.keep(function(m) return pcall(function() return m.content end) end)")
        let good = Array(#"{"content":"x","a":1,"b":2,"c":3}"#.utf8), bad = Array(#"{"content":"\x","a":1,"b":2,"c":3}"#.utf8)
        func send(_ document: [UInt8]) -> LuaResult {
            document.withUnsafeBytes { bytes in
                bench.state.call(bench.kept[0]) { $0.append(LuaPayload(bytes, prototype: Self.message, form: .lazy)) }
            }
        }
        #expect(send(bad) == .finished)
        #expect(bench.returned == "false test.lua:2: invalid JSON at byte 12: bad escape")
        for _ in 0..<12 { #expect(send(good) == .finished) }
        #expect(send(bad).failure?.message == "invalid JSON at byte 12: bad escape")
        #expect(send(good) == .finished)
        #expect(bench.returned == "true x")
    }

    @Test("documents that handlers read whole are decoded at once after a while")
    func adaptive() throws {
        let bench = try Self.bench()
        bench.run("test.keep(function(m) for k in pairs(m) do end end) test.keep(function(m) return m.content end)")
        func send(_ handler: Int, _ count: Int) {
            Array(Self.document.utf8).withUnsafeBytes { bytes in
                for _ in 0..<count { _ = bench.state.call(bench.kept[handler]) { $0.append(LuaPayload(bytes, prototype: Self.message)) } }
            }
        }
        send(0, 200)
        #expect(bench.state.usesEagerForm(254))
        send(1, 1200)
        #expect(!bench.state.usesEagerForm(254))
    }
}
