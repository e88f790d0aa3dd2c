import Configuration
import LuaEngine
import Testing

@testable import BotHost

@Suite("What a pack can make the host keep")
struct HostMemoryTests {
    // MARK: The log

    @Test("a line keeps no more of its values than is shown, however many and long they are", arguments: [
        (#"local big, all = ("x"):rep(1 << 20), {} for i = 1, 100 do all[i] = big end bot.log.info(table.unpack(all))"#, 104_841_315),
        (#"print(("x"):rep(1 << 20))"#, 1_032_192),
        (#"bot.log.info({ ("x"):rep(1 << 20) }, { "never encoded" })"#, 1_032_197),
        // 16384 of 20000 are kept, and each is shown as three bytes.
        (#"bot.log.info(("\1"):rep(20000))"#, 3616 + 32_768),
    ])
    func longLine(source: String, more: Int) throws {
        let scene = try ScriptScene()
        #expect(try scene.load("pack", source) == nil)
        #expect(scene.waitForLog("… (at least \(more) bytes more)"), "\(scene.log.lines.map { $0.suffix(100) })")
        #expect(scene.log.lines.allSatisfy { $0.utf8.count < 17_000 })
    }

    @Test("values are joined by spaces, and what would steer a terminal is replaced")
    func shortLine() throws {
        let scene = try ScriptScene()
        #expect(try scene.load("pack", #"bot.log.info("a", 1, 1.5, true, nil, { 2 }, print, "\27[2J")"#) == nil)
        #expect(scene.log.values() == ["a 1 1.5 true nil [2] function \u{FFFD}[2J"])
    }

    @Test("lines beyond a minute's bytes are left out and counted like those beyond the number of lines")
    func bytes() throws {
        let scene = try ScriptScene { $0.logKilobytesPerMinute = 64 }
        try scene.load("pack", #"for i = 1, 20 do bot.log.info(("x"):rep(16 << 10)) end"#)
        scene.unload()
        #expect(scene.log.values().count == 4)
        let notice = "warning [pack] suppressed 16 lines: a pack may log 100 a second and 1000 a minute, and 64 KiB a minute"
        #expect(scene.log.lines.contains(notice), "\(scene.log.lines.map { $0.prefix(100) })")
    }

    @Test("the line that uses the bytes of a minute up is the last one in it")
    func budget() {
        var limits = LimitSettings()
        limits.logKilobytesPerMinute = 1
        var budget = LineBudget(limits)
        let begin = ContinuousClock.now
        #expect(budget.admit(at: begin) == .written)
        budget.spend(1023)
        #expect(budget.admit(at: begin + .seconds(5)) == .written)
        budget.spend(1023)
        #expect(budget.admit(at: begin + .seconds(10)) == .suppressed(until: begin + .seconds(60)))
        #expect(budget.admit(at: begin + .seconds(60)) == .written)
    }

    // MARK: Names

    @Test("a timer's name has at most 200 bytes", arguments: ["after", "every"])
    func timerName(function: String) throws {
        let scene = try ScriptScene()
        #expect(try scene.load("pack", #"bot.\#(function)(60, ("x"):rep(200), print)"#) == nil)
        let failure = try scene.load("pack", #"bot.\#(function)(60, ("x"):rep(201), print)"#)
        #expect(failure?.message.hasSuffix("a timer's name has at most 200 bytes") == true, "\(String(describing: failure))")
    }

    @Test("a long name of no event is answered without a suggestion, and not repeated whole")
    func eventName() throws {
        let scene = try ScriptScene()
        let failure = try scene.load("pack", #"bot.on(("x"):rep(1 << 19), print)"#)
        let shown = String(repeating: "x", count: 100) + "…"
        #expect(
            failure?.message
                == "pack/main.lua:1: unknown event '\(shown)'; events have Discord's names in lower case, like 'message_create'")
    }

    // MARK: What is ready

    /// The number of steps that are ready when a main chunk has returned.
    private func ready(after source: String, in scene: ScriptScene) throws -> Int {
        try scene.load("pack", "")
        try scene.write("pack", source)
        let ready = Handover<Int>()
        let failure = scene.finish { runtime, done in
            runtime.pack.load { failure in
                ready.give(runtime.pack.serving?.tasks.ready.count ?? -1)
                done(failure)
            }
        }
        #expect(failure == nil)
        return ready.take()
    }

    @Test("a task is cancelled once, however often it is asked for")
    func cancel() throws {
        let scene = try ScriptScene()
        let source = "local task = bot.spawn(bot.sleep, 60) for i = 1, 10000 do task:cancel() end"
        #expect(try ready(after: source, in: scene) == 2, "its begin and its end")
        #expect(scene.settle())
    }

    @Test("a permit that nobody waits for leaves nothing behind")
    func release() throws {
        let scene = try ScriptScene()
        let source = """
            local gate = bot.semaphore(1)
            for i = 1, 10000 do gate:acquire():release() end
            for i = 1, 1000 do bot.semaphore(1):acquire():release() end
            """
        #expect(try ready(after: source, in: scene) == 0)
    }

    @Test("permits released in one go are one step at a time, and wake as many as there are permits")
    func releaseMany() throws {
        let scene = try ScriptScene()
        let source = """
            local gate, permits, begun = bot.semaphore(50), {}, 0
            for i = 1, 50 do permits[i] = gate:acquire() end
            for i = 1, 60 do
              bot.spawn(function() begun = begun + 1 gate:acquire() bot.log.info("permit", i) end)
            end
            while begun < 60 do bot.sleep(0.001) end
            for i = 1, 50 do permits[i]:release() end
            """
        #expect(try ready(after: source, in: scene) == 1)
        #expect(scene.waitForLog("permit 50"), "\(scene.log.lines)")
        #expect(scene.wait(until: { scene.ask { $0.pack.serving!.tasks.isIdle } }))
        #expect(scene.log.values() == (1...50).map { "permit \($0)" })
        #expect(scene.ask { $0.pack.serving!.tasks.parkedRuns } == 10)
    }

    @Test("who parks behind those that are about to be woken is woken too when there are permits for all")
    func parkBehind() throws {
        let scene = try ScriptScene()
        try scene.load("pack", """
            bot.on("message_create", function()
              local gate, begun = bot.semaphore(2), false
              local a, b = gate:acquire(), gate:acquire()
              bot.spawn(function() begun = true gate:acquire() bot.log.info("first") end)
              while not begun do bot.sleep(0.001) end
              a:release() b:release()
              gate:acquire()
              bot.log.info("second")
            end)
            """)
        scene.say("go")
        #expect(scene.waitForLog("second"), "\(scene.log.lines)")
        #expect(scene.log.values() == ["first", "second"])
    }

    @Test("what has been taken goes, also when there is always something left")
    func taken() {
        var table = TaskTable()
        table.append(.timer(0))
        var longest = 0
        for key in 1...10_000 {
            table.append(.timer(Int64(key)))
            guard case .timer(Int64(key - 1))? = table.next() else {
                Issue.record("step \(key - 1) is lost")
                return
            }
            longest = max(longest, table.ready.count)
        }
        #expect(longest < 200)
    }

    @Test("runs that were cancelled while they were parked do not heap up")
    func parked() throws {
        let scene = try ScriptScene()
        try scene.load("pack", """
            bot.on("message_create", function()
              local forever = bot.spawn(bot.sleep, 3600)
              for i = 1, 300 do
                local begun
                local task = bot.spawn(function() begun = true forever:await() end)
                while not begun do bot.sleep(0.0001) end
                task:cancel()
              end
              forever:cancel()
              bot.log.info("end")
            end)
            """)
        scene.say("go")
        #expect(scene.waitForLog("info [pack] end"), "\(scene.log.lines)")
        #expect(scene.ask { $0.pack.serving!.tasks.parkedRuns } <= 64)
    }
}
