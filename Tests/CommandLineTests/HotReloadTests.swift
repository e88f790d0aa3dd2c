import Foundation
import TestSupport
import Testing

@Suite("Hot reload: saving a file swaps the pack", .serialized)
struct HotReloadTests {
    private func script(_ answer: String) -> String {
        """
        local bot = require "bot"
        bot.on("message_create", function(message)
          if message.content == "!version" then message:reply(require("lib.answer") .. "\(answer)") end
        end)
        """
    }

    @Test("a save swaps, a broken save leaves the old version serving and shows the line, a mended one swaps again; so does SIGHUP")
    func reload() throws {
        let folder = try TemporaryFolder()
        try folder.write("pack/main.lua", script("one"))
        try folder.write("pack/lib/answer.lua", "return 'version '")
        let moonwire = try Moonwire(["run", folder.path("pack"), "--watch", "--simulate"])
        moonwire.type("!version\n")
        #expect(moonwire.waitForOutput(": version one").contains(": version one"))

        try folder.write("pack/main.lua", script("two"))
        #expect(moonwire.waitForLog("[pack] reloaded").contains("reloaded"))
        moonwire.type("!version\n")
        #expect(moonwire.waitForOutput(": version two").contains(": version two"))

        try folder.write("pack/main.lua", "local bot = require 'bot'\nbot.on(")
        let log = moonwire.waitForLog("the previous version goes on serving")
        #expect(log.contains("pack/main.lua:2:") && moonwire.waitForLog("2 | bot.on(").contains("2 | bot.on("), "\(log)")
        moonwire.type("!version\n")
        try folder.write("pack/lib/answer.lua", "return 'release '")
        try folder.write("pack/main.lua", script("three"))
        #expect(moonwire.waitForLog("reloaded\n", times: 2).components(separatedBy: "reloaded").count > 2)
        moonwire.type("!version\n")
        #expect(moonwire.waitForOutput(": release three").contains(": release three"))

        moonwire.signal(SIGHUP)
        #expect(moonwire.waitForLog("reloaded\n", times: 3).components(separatedBy: "reloaded\n").count > 3)
        moonwire.endInput()
        let outcome = moonwire.wait()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.components(separatedBy: ": version two").count == 3, "the old version answered while the new one was broken")
    }
}
