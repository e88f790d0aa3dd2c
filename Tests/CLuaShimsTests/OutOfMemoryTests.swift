import CLuaShims
import Testing

/// The n-th allocation of a state is refused, for every n, once and for good: nothing aborts, nothing leaks (the sanitizer run tells),
/// and what did succeed is what was asked for.
@Suite("Out of memory") struct OutOfMemoryTests {
    static let source = """
        local test = require 'test'
        local t, s = {}, ''
        for i = 1, 40 do t[i] = {i, name = 'item' .. i} s = s .. i end
        table.sort(t, function(a, b) return a[1] > b[1] end)
        local object = setmetatable({}, {__index = function(_, k) return k end, __tostring = function() return 'object' end})
        local parts = {}
        for w in ('one two three'):gmatch('%a+') do parts[#parts + 1] = w:upper():rep(3, '-') end
        local co = coroutine.wrap(function(a) local b = coroutine.yield(a) return b end)
        co(1) co(2)
        local ok, e = pcall(error, {code = 1})
        print(tostring(object), object.field, ('%5.2f %s'):format(1.5, 'x'), s:gsub('1', '<%0>'))
        local f, empty = load('return ... + 1'), load('', '')
        local lib = require 'lib'
        local c <close> = setmetatable({}, {__close = function() end})
        for k in next, {1}, nil, setmetatable({}, {__close = function() end}) do local f = function() return k end break end
        local answer = test.wait()
        assert(coroutine.wrap(function() return test.wait() end)() == 'second')
        coroutine.wrap(function() local t = {} for i = 1, 5 do t[i] = tostring(i) end return table.concat(t) end)()
        return answer, f(1), #parts, lib.x, e.code, test.method(answer)
        """

    /// Everything the shim does, once. Answers whether the script got to its end.
    static func play(_ state: OpaquePointer) -> Bool {
        shim_set_host(state, { _, state, thread, function, _ in
            var run = shim_run_id()
            switch Int(function) {
            case SHIM_ASK_PRINT: return Int32(SHIM_RETURN)
            case SHIM_ASK_MODULE:
                let text = "return { x = 7 }"
                shim_put_string(state, text, text.utf8.count)
                shim_put_string(state, "lib.lua", 7)
                return Int32(SHIM_LOAD)
            case 1:
                return shim_wait(state, thread, &run) == 0 ? Int32(SHIM_RAISE) : Int32(SHIM_WAIT)
            case 2:
                let slot = shim_reference(state, thread, 1)
                if slot >= 0 { shim_release(state, slot) }
                _ = shim_field(state, thread, 1, "id", 2)
                var length = 0
                if shim_encode(state, thread, 1, 0, &length) != nil { shim_put_integer(state, Int64(length)) }
                return Int32(SHIM_RETURN)
            default: return Int32(SHIM_RAISE)
            }
        }, nil)
        var whole = true
        func did(_ status: Int32) { if status != SHIM_FINISHED { whole = false } }
        shim_put_function(state, 1)
        did(shim_define(state, "test.wait"))
        shim_put_function(state, 2)
        did(shim_define(state, "test.method"))
        did(shim_define_prototype(state, 1, "thing"))
        did(shim_define_rule(state, 1, "child", 1))
        shim_put_function(state, 2)
        did(shim_define_member(state, 1, "method", 0))
        shim_put_function(state, 2)
        did(shim_define_member(state, 1, "property", 1))

        var run = shim_run_id()
        var status = shim_run_source(state, source, source.utf8.count, "test.lua", shim_mark(state), &run)
        if status == SHIM_WAITING {
            let document = #"{"id":"1","child":{"id":"2","list":[1,2.5,null,"text\n"]},"long_key_that_is_not_cached_because_it_is_long":{}}"#
            let mark = shim_mark(state)
            document.withCString { text in
                var payload = shim_payload(bytes: text, length: document.utf8.count, encoding: 0, nulls: 0, form: 2, prototype: 1, profile: 1)
                shim_put_payload(state, &payload)
            }
            status = shim_resume(state, &run, mark, 0)
        }
        if status == SHIM_WAITING {
            let mark = shim_mark(state)
            shim_put_string(state, "second", 6)
            status = shim_resume(state, &run, mark, 0)
        }
        did(status)

        // A run that fails with an error table, one that is cancelled, and an event.
        let failing = "local test = require 'test' test.wait()"
        if shim_run_source(state, failing, failing.utf8.count, "failing.lua", shim_mark(state), &run) == SHIM_WAITING {
            let mark = shim_mark(state)
            var error = shim_error()
            "message".withCString { text in
                error.message = text
                error.message_length = 7
                shim_put_error(state, &error)
            }
            if shim_resume(state, &run, mark, 1) != SHIM_FAILED { whole = false }
        }
        if shim_run_source(state, failing, failing.utf8.count, "failing.lua", shim_mark(state), &run) == SHIM_WAITING {
            if shim_cancel(state, run, shim_mark(state)) != SHIM_FAILED { whole = false }
        }
        let depth = "[1,2]".withCString { text in
            var payload = shim_payload(bytes: text, length: 5, encoding: 0, nulls: 0, form: 0, prototype: 0, profile: 0)
            return shim_event_begin(state, &payload)
        }
        if depth >= 0 { shim_event_end(state, depth) } else { whole = false }
        shim_collect(state)
        return whole
    }

    static func limits() -> shim_limits {
        shim_limits(
            memory: 64 << 20, string_bytes: 1 << 20, source_bytes: 1 << 20, table_elements: 1 << 20, cpu_warning: 1_000_000_000,
            cpu_stop: 10_000_000_000, match_steps: 1_000_000, runs: 100, coroutines: 100)
    }

    @Test("the scenario works when memory is there")
    func enough() {
        var limits = Self.limits()
        let state = shim_open(&limits)!
        #expect(Self.play(state))
        shim_close(state)
    }

    /// Once is answered by Lua with a collection and a second try; twice is a failure; for good is a state that has nothing left.
    static let refusals: [Int64] = [1, 2, .max]

    @Test("while a state is opened", arguments: refusals)
    func opening(_ count: Int64) {
        var limits = Self.limits()
        var refused = 0, opened = 0
        var after: Int64 = 0
        while opened < 100 {
            if let state = shim_open_failing(&limits, after, count) {
                opened += 1
                shim_fail_allocations(state, 0, 0)
                #expect(Self.play(state))
                shim_close(state)
            } else {
                refused += 1
                opened = count == 1 ? opened : 0
            }
            after += 1
        }
        #expect(refused > (count == 1 ? 10 : 200))
    }

    @Test("while scripts run", arguments: refusals)
    func running(_ count: Int64) {
        var limits = Self.limits()
        var broken = 0, intact = 0
        var after: Int64 = 0
        while intact < (count == 1 ? 1000 : 20) {
            let state = shim_open(&limits)!
            shim_fail_allocations(state, after, count)
            let whole = Self.play(state)
            // A state that met a refusal stays usable.
            shim_fail_allocations(state, 0, 0)
            #expect(shim_count(state).waiting == 0)
            var run = shim_run_id()
            #expect(shim_run_source(state, "return 1", 8, "after.lua", shim_mark(state), &run) == SHIM_FINISHED)
            shim_close(state)
            if whole {
                intact += 1
            } else {
                broken += 1
                if count > 1 { intact = 0 }         // what only shrinks does without memory
            }
            after += 1
        }
        #expect(count == 1 || broken > 300)
    }
}
