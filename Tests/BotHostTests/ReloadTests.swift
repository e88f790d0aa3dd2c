import Configuration
import Discord
import Foundation
import LuaEngine
import Reactor
import TestSupport
import Testing

@testable import BotHost

@Suite("Reloading: generations, bot.carry, bot.on_unload")
struct ReloadTests {
    // MARK: Carrying

    @Test("bot.carry hands a table to the next generation, over its defaults")
    func carry() throws {
        let scene = try ScriptScene()
        let source = """
            local state = bot.carry { count = 0, name = "one" }
            bot.on("message_create", function() state.count = state.count + 1 bot.log.info(state.count, state.name, state.new) end)
            """
        try scene.load("pack", source)
        scene.say("go")
        scene.say("go")
        try scene.reload("pack", source.replacingOccurrences(of: "name = \"one\"", with: "name = \"two\", new = \"fresh\""))
        scene.say("go")
        #expect(scene.waitForLog("3 one fresh"), "\(scene.log.lines)")
    }

    @Test("what is carried is a copy that keeps every kind of plain value")
    func plainData() throws {
        let scene = try ScriptScene()
        try scene.load("pack", #"""
            local state = bot.carry("data", {})
            if not state.text then
              state.text, state.flag, state.integer, state.float, state.null = "moon \u{1F319}", true, 9007199254740993, 1.0, bot.null
              state.list, state.empty, state.nested = { 1, { 2 }, "three" }, {}, { a = { b = { c = 1 } } }
              state.sparse = { [2] = "two", [10] = "ten", [-1] = "minus", [1.5] = "half", [true] = "yes", text = "mixed" }
              state[7] = "seven"
            end
            bot.on("message_create", function()
              local s = state
              bot.log.info(s.text, s.flag, s.integer, math.type(s.float), s.null == bot.null, #s.list, s.list[2][1], s.list[3], next(s.empty), s.nested.a.b.c)
              bot.log.info(s.sparse[2], s.sparse[10], s.sparse[-1], s.sparse[1.5], s.sparse[true], s.sparse.text, s[7])
            end)
            """#)
        for _ in 1...3 { try scene.reload() }
        scene.say("go")
        #expect(scene.waitForLog("two ten minus half yes mixed seven"), "\(scene.log.lines)")
        #expect(scene.log.values().first == "moon \u{1F319} true 9007199254740993 float true 3 2 three nil 1")
    }

    @Test("what cannot be carried over is told with its place, and the next generation begins afresh", arguments: [
        ("{ f = print }", "f: a function cannot be carried over"),
        ("{ a = { [1] = coroutine.create(print) } }", "a[1]: a thread cannot be carried over"),
        ("{ x = 0/0 }", "x: not a finite number"),
        ("(function() local t = {} t.self = { t } return t end)()", "self[1]: a table inside itself cannot be carried over"),
        ("{ big = ('x'):rep(40 * 1024) }", "40 KiB are more than the 16 that may be carried over"),
    ])
    func notPlain(value: String, reason: String) throws {
        let scene = try ScriptScene { $0.carryKilobytes = 16 }
        try scene.load("pack", "local state = bot.carry { fresh = true } if state.fresh then state.fresh = false state.value = \(value) end")
        try scene.reload("pack", "bot.log.info('fresh', bot.carry { fresh = 'yes' }.fresh)")
        #expect(scene.log.values().contains("fresh yes"), "\(scene.log.lines)")
        #expect(scene.log.lines.contains { $0.contains("warning [pack] bot.carry begins afresh: ") && $0.contains(reason) }, "\(scene.log.lines)")
    }

    @Test("tables have names of their own; two without a name are refused")
    func names() throws {
        let scene = try ScriptScene()
        try scene.load("pack", "bot.carry('a', { v = 1 }) bot.carry('b', { v = 2 })")
        try scene.reload("pack", "bot.log.info(bot.carry('b').v, bot.carry('a').v, bot.carry('c').v)")
        #expect(scene.log.values() == ["2 1 nil"])
        #expect(try scene.reload("pack", "bot.carry {} bot.carry {}")?.message.contains("has a table without a name already") == true)
    }

    @Test("a main chunk that waits carries what the old version had when it asked; the old one serves meanwhile")
    func slowLoad() throws {
        let scene = try ScriptScene()
        let count = "local s = bot.carry { n = 0 } bot.on('message_create', function() s.n = s.n + 1 bot.log.info('n', s.n) end)"
        try scene.load("pack", count)
        try scene.write("pack", "bot.typing('1') " + count)
        let reloaded = Handover<Bool>()
        scene.thread.perform { $0.pack.load { failure in reloaded.give(failure == nil) } }
        #expect(scene.wait(until: { !scene.services.waiters.isEmpty }))
        scene.say("go")
        #expect(scene.waitForLog("n 1"))
        let waiter = scene.services.waiters[0]
        waiter.answer(.document(Array("{}".utf8)))
        #expect(reloaded.take())
        scene.say("go")
        #expect(scene.waitForLog("n 2"), "\(scene.log.lines)")
    }

    @Test("a main chunk that does not come to its end is told of")
    func endlessLoad() throws {
        let scene = try ScriptScene()
        try scene.load("pack", "")
        try scene.write("pack", "while true do bot.sleep(0.1) end")
        scene.thread.perform { $0.pack.load { _ in } }
        #expect(scene.waitForLog("warning [pack] the main chunk still waits after 5 s, and nothing of this version is served until it has returned"))
    }

    // MARK: Unloading

    @Test("on_unload runs when the next version serves, last first, may wait, and what it leaves behind is not carried")
    func unload() throws {
        let scene = try ScriptScene()
        try scene.load("pack", """
            local state = bot.carry { n = 1 }
            bot.on_unload(function() bot.log.info("first") end)
            bot.on_unload(function() state.n = 2 bot.sleep(0.001) bot.log.info("second, after a wait") end)
            """)
        try scene.reload("pack", "bot.log.info('new', bot.carry {}.n)")
        #expect(scene.waitForLog("second, after a wait"), "\(scene.log.lines)")
        #expect(scene.log.values() == ["new 1", "first", "second, after a wait"])
    }

    @Test("a version that does not load neither unloads the old one nor runs its own on_unload")
    func failedLoad() throws {
        let scene = try ScriptScene()
        try scene.load("pack", "bot.on_unload(function() bot.log.info('old') end)")
        #expect(try scene.reload("pack", "bot.on_unload(function() bot.log.info('new') end) error('no')") != nil)
        #expect(scene.settle())
        #expect(scene.log.values() == [])
    }

    @Test("a handler of the old version may finish, also one that waits for an event, while the new one serves")
    func drain() throws {
        let scene = try ScriptScene()
        try scene.load("pack", """
            bot.on("message_create", function(message)
              bot.log.info("old", message.content, bot.wait_for("message_create").content)
            end)
            """)
        scene.say("question")
        #expect(scene.wait(until: { scene.ask { $0.waitingCount } == 1 }))
        try scene.reload("pack", "bot.on('message_create', function(message) bot.log.info('new', message.content) end)")
        scene.say("answer")
        #expect(scene.settle())
        #expect(Set(scene.log.values()) == ["new answer", "old question answer"], "\(scene.log.lines)")
        #expect(scene.wait(until: { scene.ask { $0.pack.draining.isEmpty } }))
    }

    // MARK: Events

    @Test("numbered events during hundreds of reloads are each handled once, in order")
    func exactlyOnce() throws {
        let scene = try ScriptScene { ($0.logLinesPerSecond, $0.logLinesPerMinute, $0.logKilobytesPerMinute) = (100_000, 1_000_000, 100_000) }
        scene.services.answer { _ in .document(Array("{}".utf8)) }
        // Every third version waits in its main chunk, every third handler waits too.
        try scene.load("pack", """
            local state = bot.carry { generation = 0 }
            state.generation = state.generation + 1
            if state.generation % 3 == 0 then bot.typing("1") end
            bot.on("message_create", function(message)
              bot.log.info("event", message.content)
              if tonumber(message.content) % 3 == 0 then bot.typing("2") end
            end)
            """)
        let reloads = 300
        let done = Handover<Bool>()
        scene.thread.perform { runtime in Self.reload(runtime, times: reloads) { done.give(true) } }
        var events = 0
        while events < 3000 || scene.ask("pack", { $0.generationNumber }) <= reloads {
            for _ in 1...10 {
                events += 1
                scene.say("\(events)")
            }
        }
        _ = done.take()
        #expect(scene.waitForLog("event \(events)"))
        #expect(scene.settle())
        #expect(scene.log.values() == (1...events).map { "event \($0)" })
        #expect(scene.log.lines.count { $0.hasSuffix("reloaded") } == reloads)
    }

    /// Reloads the pack so many times, each when the one before serves.
    private static func reload(_ runtime: ScriptRuntime, times: Int, _ done: @escaping @Sendable () -> Void) {
        guard times > 0 else { return done() }
        runtime.pack.load { _ in
            let bound = LoopBound(runtime, on: runtime.reactor)
            runtime.reactor.handle.post { reload(bound.value, times: times - 1, done) }
        }
    }

    // MARK: Growth

    private static func descriptors() throws -> Int {
        #if os(Linux)
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        #else
        try FileManager.default.contentsOfDirectory(atPath: "/dev/fd").count
        #endif
    }

    @Test("10,000 reloads leave nothing behind: generations, timers, references, memory of the state")
    func growth() throws {
        let scene = try ScriptScene()
        try scene.load("pack", """
            local state = bot.carry { count = 0 }
            state.count = state.count + 1
            bot.on("message_create", function() bot.log.info("count", state.count) end)
            bot.on("typing_start", function() end)
            bot.every(3600, function() end)
            bot.after(3600, function() end)
            bot.on_unload(function() end)
            bot.spawn(bot.timeout, 3600, function() end)
            bot.semaphore(1):acquire()
            """)
        let reloads = 10_000
        func run(_ count: Int) {
            let done = Handover<Bool>()
            scene.thread.perform { runtime in Self.reload(runtime, times: count) { done.give(true) } }
            _ = done.take()
        }
        struct Counts: Equatable {
            var generations: Int, timers: Int, references: Int, alarms: Int, waiting: Int, ready: Int
        }
        func counts() -> Counts {
            scene.ask { runtime in
                let pack = runtime.pack
                return Counts(
                    generations: runtime.generationCount, timers: runtime.reactor.timerCount, references: pack.serving!.state.statistics.references,
                    alarms: pack.serving!.alarms.count, waiting: runtime.waitingCount, ready: pack.serving!.tasks.ready.count)
            }
        }
        run(50)
        #expect(scene.wait(until: { scene.ask { $0.pack.draining.isEmpty && $0.waitingCount == 0 } }))
        let before = counts()
        let memory = scene.ask { $0.pack.serving!.state.collectGarbage(); return $0.pack.serving!.state.statistics.memory }
        let descriptors = try Self.descriptors()
        run(reloads)
        #expect(scene.wait(until: { scene.ask { $0.pack.draining.isEmpty && $0.waitingCount == 0 } }))
        #expect(counts() == before)
        #expect(scene.ask { $0.pack.serving!.state.collectGarbage(); return $0.pack.serving!.state.statistics.memory } <= memory + 256)
        // Other suites run beside this one and open files of their own.
        #expect(try Self.descriptors() < descriptors + 100)
        scene.say("go")
        #expect(scene.waitForLog("count \(reloads + 51)"), "\(scene.log.lines.suffix(3))")
    }
}
