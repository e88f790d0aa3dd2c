import Foundation
import TestSupport
import Testing

@Suite("Packs of a running moonwire", .serialized)
struct PackManagementTests {
    private func answering(_ text: String) -> String {
        """
        local bot = require "bot"
        bot.on("message_create", function(message)
          if message.content == "!who" then message:reply("\(text) here") end
        end)
        """
    }

    @Test("SIGHUP follows the configuration's list of packs: added, removed and changed ones; a broken list changes nothing")
    func hangUp() throws {
        let folder = try TemporaryFolder()
        for name in ["one", "two", "three"] { try folder.write("\(name)/main.lua", answering(name)) }
        func list(_ names: String...) throws {
            let paths = names.map { "\"\(folder.path($0))\"" }.joined(separator: ", ")
            try folder.write("moonwire.toml", "packs = [\(paths)]\n")
        }
        try list("one", "two")
        let moonwire = try Moonwire(["run", "--config", folder.path("moonwire.toml"), "--simulate"])
        moonwire.type("!who\n")
        #expect(moonwire.waitForOutput("one here").contains("one here") && moonwire.waitForOutput("two here").contains("two here"))

        try folder.write("two/main.lua", answering("second"))
        try list("two", "three")
        moonwire.signal(SIGHUP)
        #expect(moonwire.waitForLog("[two] reloaded").contains("pack 'one' is no longer listed and ends"))
        #expect(moonwire.waitForLog("pack 'three' is added").contains("pack 'three' is added"))
        moonwire.type("!who\n")
        #expect(moonwire.waitForOutput("three here").contains("three here") && moonwire.waitForOutput("second here").contains("second here"))

        try list("two", "missing")
        moonwire.signal(SIGHUP)
        let log = moonwire.waitForLog("the packs go on as they are")
        #expect(log.contains("no pack at '\(folder.path("missing"))'"), "\(log)")
        moonwire.type("!who\n")
        moonwire.endInput()
        let outcome = moonwire.wait()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.components(separatedBy: "one here").count == 2, "\(outcome.output)")
        #expect(outcome.output.components(separatedBy: "three here").count == 3, "\(outcome.output)")
    }

    @Test("SIGHUP loads a pack from where its link leads now; one that does not load there leaves the version before serving")
    func movedLink() throws {
        let folder = try TemporaryFolder()
        for name in ["one", "two"] { try folder.write("\(name)/main.lua", answering(name)) }
        try folder.write("broken/main.lua", "error('no')")
        func link(to name: String) throws {
            try? FileManager.default.removeItem(atPath: folder.path("current"))  // the first time there is none
            try FileManager.default.createSymbolicLink(atPath: folder.path("current"), withDestinationPath: folder.path(name))
        }
        try link(to: "one")
        let moonwire = try Moonwire(["run", folder.path("current"), "--watch", "--simulate"])
        moonwire.type("!who\n")
        #expect(moonwire.waitForOutput("one here").contains("one here"))
        try link(to: "two")
        moonwire.signal(SIGHUP)
        #expect(moonwire.waitForLog("[current] reloaded").contains("[current] reloaded"))
        moonwire.type("!who\n")
        #expect(moonwire.waitForOutput("two here").contains("two here"))
        // What is watched follows.
        try folder.write("two/main.lua", answering("second"))
        #expect(moonwire.waitForLog("[current] reloaded", times: 2).components(separatedBy: "reloaded").count == 3)
        try link(to: "broken")
        moonwire.signal(SIGHUP)
        let log = moonwire.waitForLog("the previous version goes on serving")
        #expect(log.contains("current/main.lua:1: no"), "\(log)")
        moonwire.type("!who\n")
        #expect(moonwire.waitForOutput("second here").contains("second here"))
        moonwire.endInput()
        #expect(moonwire.wait().status == 0)
    }

    @Test("limits of moonwire.toml hold: a pack that floods its limits is suspended, another goes on")
    func limits() throws {
        let folder = try TemporaryFolder()
        try folder.write("hog/main.lua", """
            local bot = require "bot"
            bot.on("message_create", function(message)
              while true do pcall(bot.after, 3600, print) end
            end)
            """)
        try folder.write("honest/main.lua", answering("honest"))
        try folder.write("moonwire.toml", "[limits]\ntimers = 5\noffences = 2\nsuspend_s = 60\n")
        let outcome = try Moonwire.run(
            ["run", folder.path("hog"), folder.path("honest"), "--config", folder.path("moonwire.toml"), "--simulate"], input: "!who\n!who\n!who\n")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.components(separatedBy: "honest here").count == 4, "\(outcome.output)")
        #expect(outcome.errors.contains("[hog] message_create: hog/main.lua:3: stopped: more than 5 timers"), "\(outcome.errors)")
        #expect(outcome.errors.components(separatedBy: "[hog] suspended for 60 s").count == 2, "\(outcome.errors)")
    }

    @Test("bot.shards tells the state of each shard, and the end of the program unloads packs")
    func shards() throws {
        let folder = try TemporaryFolder()
        try folder.write("pack/main.lua", """
            local bot = require "bot"
            bot.on_unload(function() bot.log.info("goodbye") end)
            bot.on("message_create", function(message)
              if message.author.bot then return end
              local shards = bot.shards()
              message:reply(("%d shard: %d of %d, %s"):format(#shards, shards[1].id, shards[1].count, shards[1].status))
            end)
            """)
        let outcome = try Moonwire.run(["run", folder.path("pack"), "--simulate"], input: "!shards\n")
        #expect(outcome.output.contains("1 shard: 0 of 1, online"), "\(outcome.output) \(outcome.errors)")
        #expect(outcome.errors.contains("[pack] goodbye"), "\(outcome.errors)")
    }

    @Test("a Lua library with known crashes is told once, with what is guarded")
    func luaVersion() throws {
        let version = try Moonwire.run(["version"])
        let outcome = try Moonwire.run(["run", "examples/hello", "--simulate"])
        let isOld = version.output.contains("known crashes")
        #expect(outcome.errors.components(separatedBy: "metatables are strong copies").count == (isOld ? 2 : 1), "\(outcome.errors)")
    }
}
