import Configuration
import Discord
import JSON
import LuaEngine
import Testing

@testable import BotHost

@Suite("What one pack may use")
struct BudgetTests {
    @Test("a limit that is exceeded ends the run past pcall, and the report names pack, event and line", arguments: [
        ("for i = 1, 20 do bot.after(60, print) end", "stopped: more than 10 timers"),
        ("for i = 1, 20 do bot.on('ready', print) end", "stopped: more than 10 handlers"),
        ("for i = 1, 20 do bot.on_unload(print) end", "stopped: more than 10 handlers"),
        ("for i = 1, 50 do bot.spawn(bot.sleep, 60) end", "stopped: more than 20 handlers and tasks wait"),
        ("local all = {} for i = 1, 90 do all[i] = coroutine.create(print) end", "stopped: the script has more coroutines than it may"),
        ("local t = {} for i = 1, 1e8 do t[i] = i .. 'x' end", "stopped: the script used more memory than it may"),
        ("while true do end", "stopped: the script used more CPU time than it may"),
        ("for i = 1, 500 do bot.log.info(i) end", "stopped: more than 30 log lines too many in one run"),
    ])
    func limit(source: String, message: String) throws {
        let scene = try ScriptScene { limits in
            (limits.timers, limits.handlers, limits.runs, limits.coroutines) = (10, 10, 20, 60)
            (limits.memoryMegabytes, limits.cpuStopMilliseconds) = (4, 100)
            (limits.logLinesPerSecond, limits.logLinesPerMinute) = (20, 30)
        }
        try scene.load("pack", """
            bot.on("message_create", function(message)
              while true do pcall(function() \(source) end) end
              print("swallowed")
            end)
            """)
        scene.say("go")
        let head = "error [pack] message_create: pack/main.lua:2: \(message)"
        #expect(scene.waitForLog(head), "\(scene.log.lines)")
        #expect(!scene.log.lines.contains { $0.contains("swallowed") })
    }

    @Test("requests without an answer are bounded in number and bytes")
    func requests() throws {
        let scene = try ScriptScene { ($0.requests, $0.memoryMegabytes) = (3, 4) }
        try scene.load("pack", """
            bot.on("message_create", function(message)
              for i = 1, 10 do bot.spawn(bot.send, "1", message.content == "large" and ("x"):rep(1 << 20) or "x") end
            end)
            """)
        scene.say("small")
        #expect(scene.waitForLog("task: stopped: more than 3 requests without an answer"), "\(scene.log.lines)")
        #expect(scene.services.requests.count == 3)
    }

    @Test("an answer frees its place, whether somebody still waits for it or not")
    func answers() throws {
        let scene = try ScriptScene { $0.requests = 1 }
        scene.services.answer { _ in .document(Array("{}".utf8)) }
        try scene.load("pack", """
            bot.on("message_create", function(message)
              for i = 1, 100 do bot.typing("1") end
              bot.log.info("all")
            end)
            """)
        scene.say("go")
        #expect(scene.waitForLog("info [pack] all"), "\(scene.log.lines)")
    }

    @Test("log lines beyond the limit are left out, and their number is told")
    func suppressed() throws {
        let scene = try ScriptScene { ($0.logLinesPerSecond, $0.logLinesPerMinute) = (5, 100) }
        try scene.load("pack", #"bot.on("message_create", function() for i = 1, 25 do bot.log.info("line", i) end end)"#)
        scene.say("go")
        #expect(scene.waitForLog("warning [pack] suppressed 20 lines: a pack may log 5 a second and 100 a minute"), "\(scene.log.lines)")
        #expect(scene.log.values().filter { $0.hasPrefix("line") } == (1...5).map { "line \($0)" })
    }

    @Test("errors of scripts count as lines: a handler that raises at every event floods no log")
    func errors() throws {
        let scene = try ScriptScene { ($0.logLinesPerSecond, $0.logLinesPerMinute) = (5, 100) }
        try scene.load("pack", #"bot.on("message_create", function() error("again") end)"#)
        for _ in 1...30 { scene.say("go") }
        #expect(scene.waitForLog("suppressed 2"), "\(scene.log.lines)")
        #expect(scene.log.lines.count { $0.contains("again") } <= 10)
    }

    @Test("one long line is cut")
    func longLine() throws {
        let scene = try ScriptScene()
        try scene.load("pack", #"bot.log.info(("x"):rep(100000))"#)
        #expect(scene.waitForLog("bytes more)"))
        #expect(scene.log.lines.allSatisfy { $0.utf8.count < 20_000 })
    }

    @Test("of the presences that a script sets in one go the newest is sent")
    func presence() throws {
        let scene = try ScriptScene()
        try scene.load("pack", "for _, status in ipairs { 'idle', 'dnd', 'online' } do bot.presence { status = status } end")
        #expect(scene.wait(until: { !scene.services.presences.isEmpty }))
        #expect(scene.services.presences.map(\.status) == [.online])
    }

    @Test("a source file larger than allowed is refused with its name")
    func source() throws {
        let scene = try ScriptScene { $0.sourceKilobytes = 16 }
        let failure = try scene.load("pack", "--" + String(repeating: "x", count: 20_000))
        #expect(failure?.message.contains("main.lua: larger than 16384 bytes") == true, "\(String(describing: failure))")
    }

    // MARK: Suspension

    private let spin = """
        bot.on("message_create", function(message)
          if message.content == "spin" then while true do end end
          bot.log.info("heard", message.content)
        end)
        bot.every(0.05, function() bot.log.debug("tick") end)
        bot.after(0.5, "once", function() bot.log.info("once") end)
        """

    @Test("a pack that goes on exceeding its limits is suspended and comes back, and others do not notice")
    func suspension() throws {
        let scene = try ScriptScene { ($0.cpuStopMilliseconds, $0.offences, $0.suspendSeconds) = (40, 3, 1) }
        try scene.load("other", #"bot.on("message_create", function(message) bot.log.info("other", message.content) end)"#)
        try scene.load("pack", spin)
        for _ in 1...3 { scene.say("spin") }
        scene.say("meanwhile")
        #expect(scene.waitForLog("error [pack] suspended for 1 s, exceeded its limits 3 times within a minute; last: message_create: pack/main.lua:2: stopped"), "\(scene.log.lines)")
        #expect(scene.waitForLog("info [other] other meanwhile"))
        #expect(scene.waitForLog("notice [pack] serves again; 1 event passed it by meanwhile"), "\(scene.log.lines)")
        scene.say("again")
        #expect(scene.waitForLog("info [pack] heard again"))
        #expect(!scene.log.lines.contains("info [pack] heard meanwhile"))
        #expect(scene.waitForLog("info [pack] once"), "a timer that was due meanwhile comes late, not never")
        #expect(scene.log.lines.count { $0.contains("other spin") } == 3)
        #expect(scene.log.lines.count { $0.contains("suspended for") } == 1)
    }

    @Test("what waits in a suspended pack is cancelled, and its __close runs")
    func suspensionCancels() throws {
        let scene = try ScriptScene { ($0.cpuStopMilliseconds, $0.offences, $0.suspendSeconds) = (40, 2, 60) }
        try scene.load("pack", """
            bot.on("message_create", function(message)
              if message.content == "spin" then while true do end end
              local closing <close> = setmetatable({}, { __close = function() bot.log.info("closed") end })
              bot.sleep(3600)
            end)
            """)
        scene.say("wait")
        for _ in 1...2 { scene.say("spin") }
        #expect(scene.waitForLog("info [pack] closed"), "\(scene.log.lines)")
        #expect(scene.ask { $0.waitingCount } == 0)
    }

    @Test("a new version of a suspended pack serves at once")
    func reloadEndsSuspension() throws {
        let scene = try ScriptScene { ($0.cpuStopMilliseconds, $0.offences, $0.suspendSeconds) = (40, 1, 3600) }
        try scene.load("pack", spin)
        scene.say("spin")
        #expect(scene.waitForLog("suspended for 3600 s"), "\(scene.log.lines)")
        try scene.reload("pack", #"bot.on("message_create", function(message) bot.log.info("mended", message.content) end)"#)
        scene.say("hello")
        #expect(scene.waitForLog("info [pack] mended hello"), "\(scene.log.lines)")
    }

    @Test("many runs that are each just short enough are an offence together when they keep the thread in one go")
    func share() throws {
        let scene = try ScriptScene { ($0.cpuStopMilliseconds, $0.cpuWarnMilliseconds, $0.offences) = (200, 1000, 1) }
        try scene.load("pack", """
            local function burn() local begun = os.clock() while os.clock() - begun < 0.1 do end end
            for i = 1, 30 do bot.on("message_create", burn) end
            """)
        scene.say("go")
        #expect(scene.waitForLog("last: its runs held its thread for"), "\(scene.log.lines)")
    }
}
