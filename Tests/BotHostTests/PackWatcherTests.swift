import Configuration
import Discord
import Foundation
import LuaEngine
import TestSupport
import Testing

@testable import BotHost

@Suite("Saving files of packs: one new version each time, nothing stale", .serialized)
struct PackWatcherTests {
    /// A scene whose packs are watched.
    private final class Watching {
        let scene: ScriptScene
        private let loop: WatchLoop

        init(_ packs: [String: String]) throws {
            let scene = try ScriptScene { ($0.logLinesPerSecond, $0.logLinesPerMinute) = (10_000, 10_000) }
            self.scene = scene
            for (name, source) in packs { try scene.load(name, source) }
            loop = try WatchLoop(try packs.keys.map { try PackFolder(path: scene.folder.path($0)) }, reloading: scene.threads)
        }

        func reloads(_ pack: String) -> Int { scene.log.lines.count { $0 == "info [\(pack)] reloaded" } }
    }

    private let main = #"bot.on("message_create", function() bot.log.info(require("lib.util")) end)"#

    /// Waits for one new version and makes sure that no second one follows.
    private func expectOneSwap(_ watching: Watching, _ pack: String = "pack", after count: Int) {
        #expect(watching.scene.wait(until: { watching.reloads(pack) > count }), "\(watching.scene.log.lines)")
        usleep(700_000)
        #expect(watching.reloads(pack) == count + 1, "\(watching.scene.log.lines)")
    }

    private func watching(_ packs: [String]) throws -> Watching {
        try Watching(Dictionary(uniqueKeysWithValues: packs.map { ($0, #"pcall(require, "lib.util") "# + main) }))
    }

    @Test("an edit of a file that is required, a save by renaming, several files at once, a deletion: one swap each")
    func saves() throws {
        let watching = try watching(["pack"])
        let scene = watching.scene
        func heard(_ text: String) -> Bool {
            scene.say("go")
            return scene.waitForLog("info [pack] \(text)")
        }
        try scene.folder.write("pack/lib/util.lua", "return 'one'")
        expectOneSwap(watching, after: 0)
        #expect(heard("one"))

        try scene.folder.write("pack/lib/.util.lua.swp", "editor")
        try scene.folder.write("pack/lib/util.lua~new", "return 'two'")
        try FileManager.default.removeItem(atPath: scene.folder.path("pack/lib/util.lua"))
        try FileManager.default.moveItem(atPath: scene.folder.path("pack/lib/util.lua~new"), toPath: scene.folder.path("pack/lib/util.lua"))
        expectOneSwap(watching, after: 1)
        #expect(heard("two"))

        try scene.folder.write("pack/lib/other.lua", "return 'three'")
        try scene.folder.write("pack/lib/util.lua", "return require 'lib.other'")
        try scene.folder.write("pack/lib/deep/er.lua", "return 1")
        expectOneSwap(watching, after: 2)
        #expect(heard("three"))

        try FileManager.default.removeItem(atPath: scene.folder.path("pack/lib/deep/er.lua"))
        expectOneSwap(watching, after: 3)
        #expect(heard("three"))
        try FileManager.default.removeItem(atPath: scene.folder.path("pack/lib/other.lua"))
        expectOneSwap(watching, after: 4)
        scene.say("go")
        #expect(scene.waitForLog("module 'lib.other' not found"), "a module that is gone is not kept from before")
        #expect(scene.log.lines.count { $0.contains("error") && $0.contains("not loaded") } == 0)

        try scene.folder.write("pack/lib/util.lua", "return 'five'")
        expectOneSwap(watching, after: 5)
        #expect(heard("five"))
        try FileManager.default.moveItem(atPath: scene.folder.path("pack/lib"), toPath: scene.folder.path("elsewhere"))
        expectOneSwap(watching, after: 6)
        scene.say("go")
        #expect(scene.waitForLog("module 'lib.util' not found"), "nor is one whose folder was moved away")
    }

    @Test("a single-file pack names the modules beside it that it read, so that they are watched too")
    func singleFile() throws {
        let scene = try ScriptScene()
        try scene.folder.write("bot.lua", "require 'helper'")
        try scene.folder.write("helper.lua", "return require 'deep.other'")
        try scene.folder.write("deep/other.lua", "return 1")
        let pack = try PackFolder(path: scene.folder.path("bot.lua"))
        #expect(try scene.load(pack) == nil)
        #expect(scene.services.files == [pack.root + "/helper.lua", pack.root + "/deep/other.lua"])
    }

    @Test("several packs saved together are swapped once each")
    func severalPacks() throws {
        let watching = try watching(["pack", "other", "third"])
        for pack in ["pack", "other"] { try watching.scene.folder.write("\(pack)/lib/util.lua", "return '\(pack)'") }
        expectOneSwap(watching, "pack", after: 0)
        #expect(watching.reloads("other") == 1 && watching.reloads("third") == 0)
        watching.scene.say("go")
        #expect(watching.scene.waitForLog("info [pack] pack") && watching.scene.waitForLog("info [other] other"))
    }
}

@Suite("Packs that come and go at run time")
struct RuntimePacksTests {
    @Test("a pack can be added, reloaded and removed by name while others serve")
    func comeAndGo() throws {
        let scene = try ScriptScene()
        func source(_ name: String) -> String { "bot.on('message_create', function(m) bot.log.info('\(name)', m.content) end)" }
        try scene.load("first", source("first"))
        try scene.load("second", source("second"))
        scene.say("both")
        #expect(scene.waitForLog("[first] first both") && scene.waitForLog("[second] second both"))
        #expect(try scene.reload("second", source("newer")) == nil)
        scene.say("renewed")
        #expect(scene.waitForLog("[second] newer renewed"))
        scene.unload("first")
        scene.say("one")
        #expect(scene.waitForLog("[second] newer one"))
        #expect(!scene.log.lines.contains("info [first] first one"))
        #expect(try scene.reload("first")?.message == "the pack is being unloaded")
        #expect(try scene.load("first", source("back")) == nil)
        scene.say("again")
        #expect(scene.waitForLog("[first] back again"))
    }

    @Test("what a removed pack listened to is no longer subscribed to")
    func subscriptions() throws {
        let scene = try ScriptScene()
        try scene.load("first", "bot.on('typing_start', print)")
        try scene.load("second", "bot.on('message_create', print)")
        #expect(scene.services.subscribed("first") == [.typingStart] && scene.services.subscribed("second") == [.messageCreate])
        scene.unload("first")
        #expect(scene.services.subscribed("first") == [] && scene.services.subscribed("second") == [.messageCreate])
    }

    @Test("a pack that is removed unloads: on_unload runs, what waits may finish, and the completion comes after it")
    func removal() throws {
        let scene = try ScriptScene()
        try scene.load("pack", """
            bot.on_unload(function() bot.sleep(0.01) bot.log.info("unloaded") end)
            bot.spawn(function() bot.sleep(0.02) bot.log.info("finished") end)
            bot.every(0.01, function() bot.log.info("tick") end)
            """)
        scene.unload()
        #expect(scene.log.values().filter { $0 != "tick" } == ["unloaded", "finished"], "\(scene.log.lines)")
        #expect(scene.wait(until: { scene.ask { $0.generationCount } == 0 }))
    }

    @Test("of reloads that overtake each other the newest wins, and each is answered with its outcome")
    func overtaking() throws {
        let scene = try ScriptScene()
        try scene.load("pack", "bot.log.info('first')")
        try scene.write("pack", "bot.typing('1') bot.log.info('second')")
        func overtake(by source: String) throws -> (overtaken: String?, newest: String?) {
            let overtaken = Handover<String?>()
            let waiters = scene.services.waiters.count
            scene.thread.perform { $0.pack.load { failure in overtaken.give(failure?.message) } }
            #expect(scene.wait(until: { scene.services.waiters.count > waiters }))
            let newest = try scene.reload("pack", source)?.message
            return (overtaken.take(), newest)
        }
        #expect(try overtake(by: "bot.log.info('third')") == (nil, nil))
        #expect(scene.wait(until: { scene.ask { $0.generationCount } == 1 }))
        #expect(scene.log.values() == ["first", "third"])
        try scene.write("pack", "bot.typing('1')")
        let failure = "pack/main.lua:1: no"
        #expect(try overtake(by: "error('no')") == (failure, failure))
    }
}
