import Configuration
import Foundation
import TestSupport
import Testing

@testable import BotHost

@Suite("A hostile pack beside an honest one")
struct IsolationTests {
    /// The pack that `scripts/measure-isolation` runs too, and the names of what it does.
    private static let hostile = (try? String(contentsOfFile: #filePath.replacingOccurrences(
        of: "Tests/BotHostTests/IsolationTests.swift", with: "Benchmarks/Isolation/hostile/main.lua"), encoding: .utf8)) ?? ""
    private static let attacks = hostile.split(separator: "\n").compactMap { line in
        line.hasPrefix("attacks[\"") ? line.split(separator: "\"")[1] : nil
    }.map(String.init)

    /// All of it, one after another, each until it suspends the hostile pack. The honest one answers every event in order, each before
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
        #expect(Self.attacks.count >= 25)
        try scene.folder.write("hostile/main.lua", Self.hostile)
        #expect(try scene.load(try PackFolder(path: scene.folder.path("hostile"))) == nil)
        try scene.load("pack", "bot.on('message_create', function(m) bot.log.info('answer', m.id) end)")

        let end = Date().addingTimeInterval(seconds)
        var sent = 0, rounds = 0
        repeat {
            for attack in Self.attacks {
                let before = scene.log.suspensions
                for _ in 1...4 {
                    sent += 1
                    scene.deliver(#"{"id":"\#(sent)","channel_id":"2","guild_id":"4","content":"\#(attack)","author":{"id":"3"}}"#)
                }
                #expect(scene.wait(until: { scene.log.answered == sent }), "\(attack): \(scene.log.answered) of \(sent)")
                if !Self.bounded.contains(attack) {
                    #expect(scene.wait(until: { scene.log.suspensions > before }), "\(attack) was not suspended")
                }
                // A new version begins with a clean slate, and one that comes back with what it had: timers would go on to slow every attack down.
                if rounds % 2 == 0 || attack == "timers" {
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
    private static let bounded: Set<String> = [
        "cpu in patterns", "errors", "carry", "requests within the limits", "requests everywhere", "member requests",
    ]
}

extension RecordingLog {
    /// The number of the last event that the honest pack answered.
    fileprivate var answered: Int { values().last.flatMap { Int($0.dropFirst("answer ".count)) } ?? 0 }

    /// How often the hostile pack was suspended.
    fileprivate var suspensions: Int { lines.count { $0.hasPrefix("error [hostile] suspended for") } }
}
