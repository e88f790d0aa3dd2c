import Configuration
import Discord
import Foundation
import Testing

@testable import BotHost

@Suite("Packs, each on a thread of its own")
struct PackRosterTests {
    private func answering(_ text: String) -> String { "bot.on('message_create', function(m) bot.log.info('\(text)', m.content) end)" }

    /// Stands still inside of a call when it hears "stand": `RecordingLog.hold` makes it.
    private let standing = "bot.on('message_create', function(m) if m.content == 'stand' then bot.log.info('standing') end bot.log.info('heard', m.content) end)"

    /// A pack that stands still until the hold is let go, beside one that answers.
    private func sceneWithStandingPack(
        stallPatience: Duration = .seconds(60), beside other: String? = nil
    ) throws -> (RosterScene, RecordingLog.Hold) {
        let scene = try RosterScene(stallPatience: stallPatience)
        try scene.add("still", standing)
        try scene.add("pack", other ?? answering("answer"))
        let hold = scene.log.hold("standing")
        scene.say("stand")
        #expect(holds({ hold.isHolding }))
        return (scene, hold)
    }

    @Test("a pack that stands still keeps no other from its events, and nothing else from its end")
    func standstill() throws {
        let (scene, hold) = try sceneWithStandingPack()
        for number in 1...100 { scene.say("\(number)") }
        #expect(scene.waitForLog("answer 100"))
        #expect(scene.log.values() == ["answer stand"] + (1...100).map { "answer \($0)" })
        #expect(!scene.log.lines.contains { $0.contains("heard") })
        try scene.write("pack", answering("newer"))
        #expect(scene.reload("pack") == nil)
        scene.remove("pack")
        hold.letGo()
        #expect(scene.waitForLog("info [still] heard 100"))
        #expect(scene.log.lines.filter { $0.hasPrefix("info [still] heard") } == ["info [still] heard stand"] + (1...100).map { "info [still] heard \($0)" })
    }

    @Test("who waits for all packs waits for the one that stands still; whether one works is known from the first that does")
    func questions() throws {
        let (scene, hold) = try sceneWithStandingPack()
        let handled: Handover<Bool> = scene.begin { roster, done in roster.onceHandled { done(true) } }
        let isWorking: Handover<Bool> = scene.begin { roster, done in roster.askWhetherWorking(on: .messageCreate, done) }
        #expect(handled.take(within: .milliseconds(50)) == nil)
        #expect(isWorking.take(within: .milliseconds(50)) == nil, "the other has said no, which decides nothing")
        try scene.write("pack", "bot.on('message_create', function() bot.sleep(3600) end)")
        #expect(scene.reload("pack") == nil)
        scene.say("sleep")
        #expect(scene.begin { roster, done in roster.askWhetherWorking(on: .messageCreate, done) }.take())
        #expect(!scene.begin { roster, done in roster.askWhetherWorking(on: .interactionCreate, done) }.take(), "nobody listens to those")
        hold.letGo()
        #expect(handled.take())
        #expect(!isWorking.take())
    }

    @Test("a pack gets what it listens to; all of it is subscribed to, and no longer when the pack has gone")
    func subscriptions() throws {
        let scene = try RosterScene()
        try scene.add("first", "bot.on('typing_start', function() bot.log.info('typing') end)")
        try scene.add("second", answering("message"))
        #expect(holds({ scene.road.subscribed == [.typingStart, .messageCreate] }))
        scene.say("hello")
        scene.deliver("{}", as: .typingStart)
        #expect(scene.waitForLog("info [first] typing") && scene.waitForLog("info [second] message hello"))
        scene.remove("first")
        #expect(scene.road.subscribed == [.messageCreate])
        #expect(scene.ask { $0.folders.map(\.name) } == ["second"])
    }

    @Test("a pack that is taken away handles what it was delivered, unloads, and leaves no thread behind")
    func removal() throws {
        let scene = try RosterScene()
        try scene.add("other", "")
        for number in 1...50 {
            try scene.add("leaver", "bot.on_unload(function() bot.sleep(0.001) bot.log.info('unloaded') end) " + answering("answer"))
            scene.say("\(number)")
            scene.remove("leaver")
        }
        let written = scene.log.lines.filter { $0.hasPrefix("info [leaver]") }
        #expect(written == (1...50).flatMap { ["info [leaver] answer \($0)", "info [leaver] unloaded"] })
        #expect(holds { threads(named: "leaver") == 0 })
    }

    @Test("a question to a pack that has just gone has an answer") func askedLate() throws {
        let scene = try RosterScene()
        try scene.add("pack", "")
        let answers: Handover<[Bool]> = scene.begin { roster, done in
            let pack = roster["pack"]!
            var answers: [Bool] = []
            func note(_ answer: Bool?) {
                answers.append(answer == nil)
                if answers.count == 2 { done(answers) }
            }
            roster.remove(pack) {
                pack.ask({ (_, done: @escaping (Bool) -> Void) in done(true) }, note)
                pack.askOnceHandled({ _ in true }, note)
            }
        }
        #expect(answers.take(within: .seconds(10)) == [true, true])
    }

    private func threads(named name: String) -> Int {
        #if os(Linux)
        // One that has just ended has no name any more.
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return tasks.count { (try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8)) == name + "\n" }
        #else
        return 0
        #endif
    }

    // MARK: Packs that do not come back

    @Test("one that does not come back is given up by name; a question that it was asked has an answer, and the others go on")
    func lost() throws {
        let (scene, hold) = try sceneWithStandingPack(stallPatience: .milliseconds(1))
        let handled: Handover<Bool> = scene.begin { roster, done in roster.onceHandled { done(true) } }
        #expect(holds({
            scene.ask { $0.watchForStalls() }
            return scene.log.lines.contains { $0.contains("critical [-] the pack 'still' has not come back") }
        }))
        #expect(handled.take())
        #expect(!scene.road.areAllLost)
        scene.say("on")
        #expect(scene.waitForLog("info [pack] answer on"))
        #expect(scene.log.lines.count { $0.contains("has not come back") } == 1)

        // On another thread, while the old one still stands.
        try scene.write("still", answering("mended"))
        #expect(scene.reload("still") == nil)
        scene.say("again")
        #expect(scene.waitForLog("info [still] mended again"))
        hold.letGo()
        #expect(scene.waitForLog("info [still] heard stand"), "what it was in the middle of comes to its end")
        scene.say("last")
        #expect(scene.waitForLog("info [still] mended last"))
        #expect(!scene.log.lines.contains("info [still] heard last"))
    }

    @Test("one that is given up while it loads or leaves has not loaded, and has gone")
    func lostOnTheWay() throws {
        let (scene, hold) = try sceneWithStandingPack(stallPatience: .milliseconds(1))
        let reloaded: Handover<BotFailure?> = scene.begin { roster, done in roster.reload(roster["still"]!, done) }
        let removed: Handover<Bool> = scene.begin { roster, done in roster.remove(roster["still"]!) { done(true) } }
        #expect(holds({
            scene.ask { $0.watchForStalls() }
            return removed.take(within: .milliseconds(1)) == true
        }))
        #expect(reloaded.take()?.description.contains("does not come back") == true)
        #expect(scene.ask { $0.packs.map(\.folder.name) } == ["pack"])
        hold.letGo()
    }

    @Test("when none is left that could serve, the bot is told")
    func allLost() throws {
        let scene = try RosterScene(stallPatience: .milliseconds(1))
        try scene.add("still", standing)
        let hold = scene.log.hold("standing")
        scene.say("stand")
        #expect(holds({
            scene.ask { $0.watchForStalls() }
            return scene.road.areAllLost
        }))
        hold.letGo()
    }

    @Test("the end does not wait for ever for a pack that stands still")
    func end() throws {
        let (scene, hold) = try sceneWithStandingPack()
        scene.stop()
        #expect(scene.log.lines.contains("error [-] the pack 'still' does not come back; the bot ends without it"))
        hold.letGo()
    }

    @Test("the end waits for what a pack that was taken away still does, and answers no question: what is not handled must not count as handled")
    func endWithQuestions() throws {
        let (scene, hold) = try sceneWithStandingPack()
        let handled: Handover<Bool> = scene.begin { roster, done in roster.onceHandled { done(true) } }
        let removed: Handover<Bool> = scene.begin { roster, done in roster.remove(roster["still"]!) { done(true) } }
        scene.stop()
        #expect(scene.log.lines.contains("error [-] the pack 'still' does not come back; the bot ends without it"))
        #expect(handled.take(within: .zero) == nil)
        #expect(removed.take(within: .zero) == nil)
        hold.letGo()
    }

    // MARK: Pace

    @Test("a pack that is far behind keeps the gateway unread for a moment, and then not again for a while")
    func pace() throws {
        let (scene, hold) = try sceneWithStandingPack(beside: "")
        let long = String(repeating: "x", count: 100_000)
        for _ in 1...20 { scene.say(long) }
        #expect(holds({ scene.road.receiving == [false, true] }))
        for _ in 1...20 { scene.say(long) }
        #expect(scene.ask { _ in true })
        #expect(scene.road.receiving == [false, true])
        hold.letGo()
    }

    @Test("what a pack sheds is told with its name, and what others got is complete")
    func shedding() throws {
        let scene = try RosterScene { $0.queueMegabytes = 1 }
        try scene.add("still", standing)
        try scene.add("pack", "bot.on('message_create', function(m) bot.log.info(#m.content) end)")
        let hold = scene.log.hold("standing")
        scene.say("stand")
        #expect(holds({ hold.isHolding }))
        for number in 1...30 {
            scene.say(String(repeating: "x", count: 100_000 + number))
            #expect(scene.waitForLog("info [pack] \(100_000 + number)"))
        }
        scene.ask { $0.tellShedEvents() }
        #expect(scene.log.lines.contains("warning [-] the pack 'still' does not keep up; events dropped in the last minute: 20 × MESSAGE_CREATE"), "\(scene.log.lines)")
        #expect(scene.ask { $0.shedCounts.reduce(0, +) } == 20)
        hold.letGo()
        scene.remove("still")
        #expect(scene.ask { $0.shedCounts.reduce(0, +) } == 20)
    }
}
