import Discord
import LuaEngine
import Testing

@testable import BotHost

@Suite("Tasks: bot.spawn, all, race, timeout, wait_for, semaphore")
struct TaskTests {
    /// Runs `body` in a handler and answers what it logged, joined by spaces.
    private func logged(_ body: String, until last: String = "end", _ prepare: (ScriptScene) -> Void = { _ in }) throws -> [String] {
        let scene = try ScriptScene()
        prepare(scene)
        try scene.load("pack", """
            local log = bot.log.info
            local function pause(value) bot.sleep(0.001) return value end
            bot.on("message_create", function(message)
            \(body)
            log("end")
            end)
            """)
        scene.say("go")
        #expect(scene.waitForLog(last == "end" ? "info [pack] end" : last), "\(scene.log.lines)")
        return scene.log.values().filter { $0 != "end" }
    }

    @Test("a task runs beside its spawner; await gives all its results, at once when it has ended")
    func spawn() throws {
        let lines = try logged("""
            local task = bot.spawn(function(a, b) log("task", a, b) return a, nil, b end, 1, 2)
            log("first", task.status)
            log(select("#", task:await()), task:await())
            log(task.status)
            """)
        #expect(lines == ["first running", "task 1 2", "3 1 nil 2", "done"])
    }

    @Test("the error of a task reaches who awaits it, with its own value, traceback and the line that spawned it")
    func taskError() throws {
        let scene = try ScriptScene()
        try scene.load("pack", """
            local function deep() error({ mine = 7 }) end
            bot.on("message_create", function(message)
              local task = bot.spawn(function() bot.sleep(0.001) deep() end)
              local ok, problem = pcall(task.await, task)
              bot.log.info(ok, problem.mine, task.status)
              bot.spawn(function() bot.sleep(0.001) error("bang") end):await()
            end)
            """)
        scene.say("go")
        #expect(scene.waitForLog("info [pack] false 7 failed"), "\(scene.log.lines)")
        #expect(scene.waitForLog("error [pack] message_create: pack/main.lua:6: bang"), "\(scene.log.lines)")
        let report = try #require(scene.log.lines.first { $0.contains("bang") })
        #expect(report.contains("in the coroutine it came from, stack traceback:") && report.contains("spawned at pack/main.lua:6"), "\(report)")
        #expect(!scene.log.lines.contains { $0.contains("task:") }, "an error that somebody awaits is reported once")
    }

    @Test("the error of a task that nobody awaits is logged with the line that spawned it")
    func unobserved() throws {
        let scene = try ScriptScene()
        try scene.load("pack", "bot.spawn(function()\n error('lonely') end)")
        #expect(scene.waitForLog("error [pack] task: pack/main.lua:2: lonely"), "\(scene.log.lines)")
        #expect(scene.log.lines.contains { $0.contains("spawned at pack/main.lua:1") })
    }

    @Test("errors of requests keep code, status, message, route and retry_after through a task")
    func errorFields() throws {
        let lines = try logged("""
            local task = bot.spawn(bot.typing, "1")
            local ok, problem = pcall(task.await, task)
            log(problem.code, problem.status, problem.message, problem.route, problem.retry_after, tostring(problem))
            """) { scene in
            scene.services.answer { _ in
                .failed(LuaErrorValue(message: "no", code: .number(50_013), status: 403, route: "POST /x", retryAfter: 2.5))
            }
        }
        #expect(lines == ["50013 403 no POST /x 2.5 no"])
    }

    @Test("all runs side by side and gives results under the same keys")
    func all() throws {
        let lines = try logged("""
            local order = {}
            local got = bot.all {
              first = function() bot.sleep(0.02) order[#order + 1] = "first" return 1 end,
              second = function() order[#order + 1] = "second" return 2 end,
              bot.spawn(pause, 3),
            }
            log(got.first, got.second, got[1], table.concat(order, " "))
            log(next(bot.all {}))
            """)
        #expect(lines == ["1 2 3 second first", "nil"])
    }

    @Test("the first error of all is raised and ends the others, whose __close runs")
    func allFails() throws {
        let lines = try logged("""
            local ok, problem = pcall(bot.all, {
              function() local c <close> = setmetatable({}, { __close = function() log("closed") end }) bot.sleep(3600) end,
              function() bot.sleep(0.001) error("broken", 0) end,
            })
            log(ok, problem)
            bot.sleep(0.01)
            """)
        #expect(lines == ["false broken", "closed"])
    }

    @Test("race gives the first to end by its key, and ends the others")
    func race() throws {
        let lines = try logged("""
            local late = bot.spawn(bot.sleep, 3600)
            log(bot.race { slow = late, quick = function() return pause("a"), "b" end })
            bot.sleep(0.01)
            log(late.status)
            log(pcall(bot.race, { function() error("first", 0) end, bot.spawn(bot.sleep, 3600) }))
            log(pcall(bot.race, {}))
            """)
        #expect(lines == ["quick a b", "cancelled", "false first", "false bot.race needs at least one function"])
    }

    @Test("a timeout cancels what takes too long, raises with code timeout, and leaves what is quick alone")
    func timeout() throws {
        let lines = try logged("""
            local ok, problem = pcall(bot.timeout, 0.01, function()
              local c <close> = setmetatable({}, { __close = function() log("closed") end })
              bot.sleep(3600)
            end)
            log(ok, problem.code, problem.message)
            bot.sleep(0.01)
            log(bot.timeout("10s", pause, "quick"))
            """)
        #expect(lines == ["false timeout timed out after 0.01 s", "closed", "quick"])
    }

    @Test("a cancelled task sees its error once, cannot go on waiting, and awaiting it raises")
    func cancel() throws {
        let lines = try logged("""
            local task = bot.spawn(function()
              local ok, problem = pcall(bot.sleep, 3600)
              log(ok, problem.code)
              pcall(bot.sleep, 3600)
              log("swallowed")
            end)
            bot.sleep(0.001)
            task:cancel()
            log(pcall(task.await, task))
            log(task.status)
            local unborn = bot.spawn(function() log("never") end)
            unborn:cancel() unborn:cancel()
            bot.sleep(0.01)
            log(unborn.status)
            """).filter { !$0.hasPrefix("false {") }
        #expect(lines == ["false cancelled", "false cancelled", "cancelled", "cancelled"])
    }

    @Test("a task that is given something else than functions says so", arguments: [
        ("bot.spawn(1)", "bad argument #1 to 'spawn' (function expected, got number)"),
        ("bot.all(1)", "bad argument #1 to 'all' (table of functions expected, got number)"),
        ("bot.all { 1 }", "bad argument #1 to 'all' ([1] must be a function or a task, got number)"),
        ("bot.timeout(1)", "bad argument #2 to 'timeout' (function expected, got nil)"),
        ("bot.wait_for(1)", "bad argument #1 to 'wait_for' (event name expected, got number)"),
        ("bot.wait_for('mesage_create')", "unknown event 'mesage_create'; did you mean 'message_create'?"),
        ("bot.semaphore(0)", "bad argument #1 to 'semaphore' (whole number from 1 expected, got number)"),
    ])
    func badArguments(source: String, message: String) throws {
        let scene = try ScriptScene()
        let failure = try scene.load("pack", source)
        #expect(failure?.message == "pack/main.lua:1: " + message)
    }

    // MARK: Events

    @Test("wait_for gives the next event that match wants, and nothing that came before")
    func waitFor() throws {
        let scene = try ScriptScene()
        try scene.load("pack", """
            bot.on("message_create", function(message)
              if message.content ~= "ask" then return end
              local answer = bot.wait_for("message_create", { timeout = 3600, match = function(m) return m.content:find("yes") end })
              bot.log.info("got", answer.content)
            end)
            """)
        for text in ["yes before", "ask", "no", "yes after", "yes again"] { scene.say(text) }
        #expect(scene.waitForLog("info [pack] got yes after"), "\(scene.log.lines)")
        #expect(scene.settle())
        #expect(scene.log.values() == ["got yes after"])
    }

    @Test("an event nobody has a handler for is subscribed to when it is waited for; a timeout gives nothing")
    func waitForOther() throws {
        let scene = try ScriptScene()
        try scene.load("pack", """
            bot.on("message_create", function()
              bot.log.info("timeout", bot.wait_for("typing_start", { timeout = 0.01 }))
              bot.log.info("typing", bot.wait_for("typing_start").user_id)
            end)
            """)
        scene.say("go")
        #expect(scene.waitForLog("info [pack] timeout"))
        #expect(scene.wait(until: { scene.services.subscribed() == [.messageCreate, .typingStart] }))
        scene.deliver(#"{"user_id":"5"}"#, as: .typingStart)
        #expect(scene.waitForLog("info [pack] typing 5"), "\(scene.log.lines)")
    }

    @Test("an error in match, or a wait in it, is raised in the handler that waits")
    func badMatch() throws {
        let scene = try ScriptScene()
        try scene.load("pack", """
            bot.on("message_create", function(message)
              if message.content ~= "ask" then return end
              bot.log.info(pcall(bot.wait_for, "message_create", { match = function(m) error("unmatched", 0) end }))
              bot.log.info(select(2, pcall(bot.wait_for, "message_create", { match = function(m) bot.sleep(1) end })).message)
            end)
            """)
        for text in ["ask", "one", "two"] { scene.say(text) }
        #expect(scene.waitForLog("match of bot.wait_for(\"message_create\") must not wait"), "\(scene.log.lines)")
        #expect(scene.log.values().first == "false unmatched")
    }

    // MARK: Semaphores

    @Test("at most so many hold a permit; it is handed on in the order of asking, also when its holder fails or is cancelled")
    func semaphore() throws {
        let lines = try logged("""
            local gate, inside, most = bot.semaphore(2), 0, 0
            local function work(n)
              local permit <close> = gate:acquire()
              inside = inside + 1
              most = math.max(most, inside)
              bot.sleep(0.001)
              inside = inside - 1
              log(n)
              if n == 2 then error("two") end
            end
            local tasks = {}
            for n = 1, 6 do tasks[n] = bot.spawn(work, n) end
            local doomed = bot.spawn(function() gate:with(log, "never") end)
            bot.sleep(0.0005)
            doomed:cancel()
            for n = 1, 6 do pcall(tasks[n].await, tasks[n]) end
            log("most", most)
            log(gate:with(function(...) return ... end, "a", "b"))
            """)
        #expect(lines == ["1", "2", "3", "4", "5", "6", "most 2", "a b"])
    }

    @Test("a permit is given back once, however often it is released")
    func permit() throws {
        let lines = try logged("""
            local gate = bot.semaphore(1)
            local permit = gate:acquire()
            permit:release() permit:release()
            local again <close> = gate:acquire()
            log((bot.race { blocked = function() gate:acquire() end, time = function() bot.sleep(0.01) end }))
            """)
        #expect(lines == ["time"])
    }

    @Test("many tasks, each waiting for the one before, all end and leave nothing behind")
    func chain() throws {
        let scene = try ScriptScene()
        try scene.load("pack", """
            bot.on("message_create", function()
              local last = bot.spawn(function() bot.sleep(0.001) return 0 end)
              for i = 1, 500 do
                local before = last
                last = bot.spawn(function() return before:await() + 1 end)
              end
              bot.log.info("sum", last:await())
            end)
            """)
        scene.say("go")
        #expect(scene.waitForLog("info [pack] sum 500"), "\(scene.log.lines)")
        #expect(scene.settle())
        #expect(scene.ask { $0.pack.serving!.alarms.isEmpty && $0.pack.serving!.tasks.isIdle })
    }

    @Test("bot.shards waits for the shards' state")
    func shards() throws {
        #expect(try logged("for _, shard in ipairs(bot.shards()) do log(shard.id, shard.status) end") == ["0 online"])
    }
}
