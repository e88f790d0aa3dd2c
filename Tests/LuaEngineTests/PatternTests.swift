import Testing
@testable import LuaEngine

/// The matcher against Lua's own (manual §6.4.1): results, captures and error messages must be the same.
@Suite("Patterns") struct PatternTests {
    /// Runs every pattern with find, match, gmatch and gsub over every subject and returns all results as one text.
    static func program(_ subjects: String, _ patterns: String) -> String {
        """
        local subjects, patterns, out = \(subjects), \(patterns), {}
        local function show(...)
          local t = {n = select('#', ...), ...}
          for i = 1, t.n do t[i] = tostring(t[i]) end
          out[#out + 1] = table.concat(t, '|')
        end
        local function all(s, p, init)
          local t = {}
          for a, b, c in string.gmatch(s, p, init) do
            t[#t + 1] = tostring(a) .. ',' .. tostring(b) .. ',' .. tostring(c)
            if #t > 20 then break end
          end
          return table.concat(t, ';')
        end
        for _, p in ipairs(patterns) do
          for _, s in ipairs(subjects) do
            show(pcall(string.find, s, p))
            show(pcall(string.find, s, p, 3))
            show(pcall(string.find, s, p, -2))
            show(pcall(string.find, s, p, 1, true))
            show(pcall(string.match, s, p))
            show(pcall(string.match, s, p, 2))
            show(pcall(all, s, p))
            show(pcall(all, s, p, 4))
            show(pcall(string.gsub, s, p, '<%0>'))
            show(pcall(string.gsub, s, p, '%1%%', 2))
            show(pcall(string.gsub, s, p, {a = 'A', b = false, ['1'] = 1}))
            show(pcall(string.gsub, s, p, function(a, b) if b then return b .. a end end))
          end
        end
        return table.concat(out, '\\n')
        """
    }

    static func compare(_ subjects: String, _ patterns: String) throws {
        let bench = try Bench { $0.cpuStop = .seconds(60); $0.cpuWarning = .seconds(60) }
        let program = program(subjects, patterns)
        let ours = bench.value(program), stock = StockLua.run(program)
        if ours != stock {
            let pairs = zip(ours.split(separator: "\n", omittingEmptySubsequences: false), stock.split(separator: "\n", omittingEmptySubsequences: false))
            let different = pairs.filter { $0.0 != $0.1 }.prefix(5)
            Issue.record("\(different.map { "ours: \($0.0)\nLua's: \($0.1)" }.joined(separator: "\n"))")
        }
        #expect(ours.utf8.count == stock.utf8.count)
        #expect(ours.split(separator: "\n").count > 10)
    }

    @Test("what the manual describes")
    func manual() throws {
        try Self.compare(
            #"{'', 'a', 'abc', 'hello world from Lua', 'key = value', 'THE (quick) fox', '  trim  ', 'x^2 + y^2', '[[nested]]', 'a.b-c', '\0a\0b', 'äöü', ('ab'):rep(50)}"#,
            """
            {'', 'a', '.', '.*', '.-', '.+', 'a?', 'a*b', 'a-b', '^a', 'a$', '^$', '$', '^', '%a+', '%A+', '%d*', '%s+', '%S+', '%w+', '%W', '%p',
             '%u+', '%l+', '%x+', '%c', '%g+', '%z', '(%w+)', '(%w+) (%w+)', '()', '()a()', '(a)(b)(c)', '(a*(.)%w(%s*))', '%f[%w]%w+', '%f[%W]',
             '%b()', '%b[]', '(%w)%1', '([\\'"])(.-)%1', '[abc]', '[^abc]+', '[a-c]+', '[%a_][%w_]*', '[]]', '[^]]', '[a-]', '[-a]', '[%-]', '%.', '%%',
             '^%s*(.-)%s*$', '(%w+)%s*=%s*(%w+)', 'a.-c', '\\0', '[\\0]', '((((a))))', '(a?)(b?)', '.-b$', '[^%s]+', '[%d%.]+', '%-', 'l+', '(.)(.)(.)'}
            """)
    }

    @Test("malformed patterns are told in the same words")
    func malformed() throws {
        try Self.compare(
            "{'', 'abc', '(abc', '[a]'}",
            """
            {'%', '[', '[a', '[^', '[]', '[^]', '(', ')', '(a', 'a)', '%b', '%bx', '%f', '%fa', '%1', '%2(a)', '(%1)', '(()', 'a%', '[a%', '[%',
             ('(a)'):rep(33), ('(a)'):rep(32), ('a?'):rep(250), '%f[', 'a*%', '(a)%2', '[z-a]', '%0', '*', '?', '+', '-', '^*', 'a**', '[[', ']]'}
            """)
    }

    @Test("generated patterns over generated subjects", arguments: 1...8)
    func generated(_ seed: Int) throws {
        let subjects = """
            (function()
              local state = \(seed) * 7919
              local function random(n) state = (state * 1103515245 + 12345) % 2147483648 return state // 65536 % n + 1 end
              local letters = {'a', 'b', 'c', ' ', '1', '(', ')', '-', '%', '.', '\\n', 'A'}
              local t = {}
              for i = 1, 12 do
                local s = {}
                for j = 1, random(14) - 1 do s[j] = letters[random(#letters)] end
                t[i] = table.concat(s)
              end
              return t
            end)()
            """
        let patterns = """
            (function()
              local state = \(seed) * 104729
              local function random(n) state = (state * 1103515245 + 12345) % 2147483648 return state // 65536 % n + 1 end
              local pieces = {'a', 'b', '.', '%a', '%d', '%s', '%w', '[ab]', '[^a]', '[a-c1]', '(', ')', '()', '%1', '%b()', '%f[%w]', '^', '$', '-', '*', '+', '?',
                              '%', '[', ']', '%%', 'c', '%A', '[%a-]', '%2', ' '}
              local t = {}
              for i = 1, 150 do
                local s = {}
                for j = 1, random(7) do s[j] = pieces[random(#pieces)] end
                t[i] = table.concat(s)
              end
              return t
            end)()
            """
        try Self.compare(subjects, patterns)
    }

    @Test("gsub's own errors", arguments: [
        "('abc'):gsub('b', '%2')", "('abc'):gsub('b', '%x')", "('abc'):gsub('b', '%')", "('abc'):gsub('b', function() return {} end)",
        "('abc'):gsub('(b', 'x')", "('abc'):gsub('b', true)", "('abc'):gsub()", "('abc'):gsub('b', 'x', 'y')", "('abc'):gsub('()', '%1')",
        "('abc'):gsub('b', 5)", "('abc'):gsub('', '-')", "('abc'):gsub('.', '%0%0', -1)", "('abc'):find()", "('abc'):rep()", "('abc'):rep(1e100)",
        "('%d'):format('x')", "('%d'):format()", "('%d'):format(1.5)", "('%s %s'):format(1)", "('%y'):format(1)", "('%10.3s|'):format('abcdef')",
        "('%q'):format('a\\n\"')", "('%5s%-5s|'):format(true, nil)", "('%i'):format(3)", "string.pack('i4c3', 1, 'abc')", "string.pack('c', 'x')",
        "('%'):format()", "('%5'):format(1)", "('%s'):format(setmetatable({}, {__tostring = function() return 'T' end}))",
        "('%s'):format(setmetatable({}, {__tostring = function() return 1 end}))", "('%s'):format(setmetatable({}, {__tostring = function() return {} end}))",
    ])
    func same(_ call: String) throws {
        let bench = try Bench()
        // A number is a string to __tostring's check in both, so the results are compared as text.
        let program = "local t = table.pack(pcall(function() return \(call) end)) for i = 1, t.n do t[i] = tostring(t[i]) end return table.concat(t, '|')"
        #expect(bench.value(program) == StockLua.run(program))
    }

    @Test("patterns that take forever are stopped", arguments: [
        "('a'):rep(60):find(('a?'):rep(60) .. ('a'):rep(61))",
        "(('a'):rep(200000)):find('.-b')",
        "('a'):rep(100000):match(('a-'):rep(40) .. 'b')",
        "('a'):rep(100000):gsub(('a*'):rep(30) .. 'b', '')",
        "('a'):rep(1000000):find(('a'):rep(500000) .. 'b', 1, true)",
        "for x in ('a'):rep(100000):gmatch('(.-)%1b') do end",
    ])
    func blowUp(_ call: String) throws {
        let bench = try Bench { $0.matchSteps = 1_000_000; $0.cpuStop = .seconds(60); $0.cpuWarning = .seconds(60) }
        #expect(bench.value("return select(2, pcall(function() \(call.hasPrefix("for") ? call : "return " + call) end))")
            == "test.lua:1: pattern too complex (too many steps)")
    }
}
