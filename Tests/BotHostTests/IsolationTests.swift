import Configuration
import Foundation
import Testing

@testable import BotHost

@Suite("A hostile pack beside an honest one")
struct IsolationTests {
    /// Each is what a hostile pack does at an event.
    static let attacks: [(name: String, source: String)] = [
        ("cpu", "while true do end"),
        ("cpu behind pcall", "while true do pcall(function() while true do end end) end"),
        ("cpu in coroutines", "while true do coroutine.wrap(function() while true do end end)() end"),
        ("cpu in patterns", #"("a"):rep(60):find(("a?"):rep(60) .. ("a"):rep(61))"#),
        ("memory", "local t = {} while true do t[#t + 1] = ('x'):rep(1 << 20) .. #t end"),
        ("memory behind pcall", "kept = kept or {} while true do pcall(function() kept[#kept + 1] = ('x'):rep(1 << 20) .. #kept end) end"),
        ("coroutines", "local all = {} while true do all[#all + 1] = coroutine.create(print) end"),
        ("timers", "while true do bot.every(0.01, function() local t = os.clock() while os.clock() - t < 0.02 do end end) end"),
        ("tasks", "local function bomb() bot.spawn(bomb) bot.spawn(bomb) end bomb()"),
        ("sleeping tasks", "while true do bot.spawn(bot.sleep, 3600) end"),
        ("waiting tasks", "while true do bot.spawn(bot.wait_for, 'message_create', { match = function() while true do end end }) end"),
        ("log", "while true do bot.log.info(('x'):rep(1 << 16)) end"),
        ("print", "while true do print('flood') end"),
        ("requests", "while true do bot.spawn(bot.send, '1', ('x'):rep(1 << 16)) end"),
        ("presences", "while true do bot.presence { status = 'idle' } end"),
        ("handlers", "while true do bot.on('message_create', function() while true do end end) end"),
        ("errors", "for i = 1, 100 do bot.spawn(error, ('x'):rep(1 << 16)) end error(setmetatable({}, { __tostring = function() while true do end end }))"),
        ("cleanup", "local c <close> = setmetatable({}, { __close = function() while true do end end }) while true do end"),
        ("many cleanups", """
            for i = 1, 900 do
              bot.spawn(function() local c <close> = setmetatable({}, { __close = function() while true do end end }) bot.sleep(3600) end)
            end
            bot.sleep(0.001)
            while true do end
            """),
        ("semaphores", "local gate = bot.semaphore(1) gate:acquire() while true do bot.spawn(gate.acquire, gate) end"),
        ("carry", "kept = kept or {} for i = 1, 1e6 do kept[i] = { i } end"),
        ("unload", "bot.on_unload(function() while true do end end) while true do end"),
    ]

    /// Everything above, one after another, each until it suspends the hostile pack. The honest one answers every event in order, each before
    /// the next attack begins, and is never told of.
    @Test("tries everything, and the honest pack answers every event in order")
    func attack() throws {
        // MOONWIRE_ATTACK_SECONDS=300 goes on for minutes.
        let seconds = ProcessInfo.processInfo.environment["MOONWIRE_ATTACK_SECONDS"].flatMap(Double.init) ?? 0
        let scene = try ScriptScene { limits in
            (limits.cpuStopMilliseconds, limits.cpuWarnMilliseconds, limits.memoryMegabytes) = (60, 40, 16)
            (limits.offences, limits.suspendSeconds, limits.suspendMaximumSeconds) = (3, 1, 1)
            (limits.runs, limits.coroutines, limits.timers) = (1000, 1000, 50)
            (limits.logLinesPerSecond, limits.logLinesPerMinute) = (10_000, 10_000)
        }
        let branches = Self.attacks.map { "attacks[\"\($0.name)\"] = function() \($0.source) end" }.joined(separator: "\n")
        try scene.load("hostile", "local attacks = {} \(branches)\nbot.on('message_create', function(m) if attacks[m.content] then attacks[m.content]() end end)")
        try scene.load("pack", "bot.on('message_create', function(m) bot.log.info('answer', m.id) end)")

        let end = Date().addingTimeInterval(seconds)
        var sent = 0, rounds = 0
        repeat {
            for attack in Self.attacks {
                let before = scene.log.suspensions
                for _ in 1...4 {
                    sent += 1
                    scene.deliver(#"{"id":"\#(sent)","channel_id":"2","content":"\#(attack.name)","author":{"id":"3"}}"#)
                }
                #expect(scene.wait(until: { scene.log.answered == sent }), "\(attack.name): \(scene.log.answered) of \(sent)")
                if !Self.bounded.contains(attack.name) {
                    #expect(scene.wait(until: { scene.log.suspensions > before }), "\(attack.name) was not suspended")
                }
                // A new version begins with a clean slate, and one that comes back with what it had: timers would go on to slow every attack down.
                if rounds % 2 == 0 || attack.name == "timers" {
                    try scene.reload("hostile")
                } else {
                    #expect(scene.wait(until: { scene.ask("hostile") { $0.pack.serving?.phase == .serving } }))
                }
            }
            rounds += 1
        } while Date() < end
        #expect(scene.log.values() == (1...sent).map { "answer \($0)" })
        #expect(!scene.log.lines.contains { $0.hasPrefix("error [pack]") || $0.hasPrefix("warning [pack]") })
        if seconds > 0 { print("\(rounds) rounds, \(sent) events, \(scene.log.suspensions) suspensions") }
    }

    /// These exceed nothing: they are bounded where they happen.
    private static let bounded: Set<String> = ["cpu in patterns", "errors", "carry"]
}

extension RecordingLog {
    /// The number of the last event that the honest pack answered.
    fileprivate var answered: Int { values().last.flatMap { Int($0.dropFirst("answer ".count)) } ?? 0 }

    /// How often the hostile pack was suspended.
    fileprivate var suspensions: Int { lines.count { $0.hasPrefix("error [hostile] suspended for") } }
}
