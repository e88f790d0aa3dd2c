import Discord
import Foundation
import Simulator
import TestSupport
import Testing

@testable import BotHost

@Suite("A bot's packs, managed by name while it runs")
struct PackManagementTests {
    private func answering(_ text: String) -> String {
        """
        local bot = require "bot"
        bot.on("message_create", function(message) if message.content == "!who" then message:reply("\(text) here") end end)
        bot.on_unload(function() bot.log.info("\(text) ends") end)
        """
    }

    @Test("a pack is added, reloaded and removed; what cannot be is answered with the reason and changes nothing")
    func manage() async throws {
        let simulator = try await SimulatorServer.start()
        let folder = try TemporaryFolder()
        for name in ["first", "second"] { try folder.write("\(name)/main.lua", answering(name)) }
        try folder.write("broken/main.lua", "error('no')")
        try folder.write("other/second/main.lua", answering("other"))
        do {
            let bot = try RunningBot(simulator, in: folder, packs: ["first"])
            func add(_ path: String) -> BotFailure? { bot.finish { [path = folder.path(path)] bot, done in bot.addPack(path, done) } }
            #expect(add("second") == nil)
            #expect(bot.ask(\.packNames) == ["first", "second"])
            try await simulator.say("!who")
            _ = try await simulator.botSays("first here")
            _ = try await simulator.botSays("second here")

            #expect(add("other/second")?.description == "a pack called 'second' runs already")
            #expect(add("missing")?.status == .configuration)
            let broken = add("broken")
            #expect(broken?.status == .failure && broken?.description.contains("broken/main.lua:1: no") == true)
            #expect(bot.ask(\.packNames) == ["first", "second"])

            try folder.write("second/main.lua", answering("newer"))
            #expect(bot.finish { bot, done in bot.reloadPack(named: "second", done) } == nil)
            try await simulator.say("!who")
            _ = try await simulator.botSays("newer here")
            try folder.write("second/main.lua", "error('no')")
            #expect(bot.finish { bot, done in bot.reloadPack(named: "second", done) }?.description.contains("second/main.lua:1: no") == true)

            #expect(bot.finish { bot, done in bot.removePack(named: "first", done) } == nil)
            #expect(bot.log.lines.contains("info [first] first ends"))
            #expect(bot.ask(\.packNames) == ["second"])
            #expect(bot.finish { bot, done in bot.removePack(named: "first", done) }?.description == "no pack is called 'first'; running are second")
            let mark = try await simulator.mark()
            try await simulator.say("!who")
            _ = try await simulator.botSays("newer here", after: mark)
            let said = try await simulator.observations().dropFirst(mark).filter { "\($0)".contains("first here") }
            #expect(said.isEmpty)
        }
        await simulator.stop()
    }

    @Test("requests that wait for a rate limit do not go out once the handlers that made them are cancelled")
    func withdrawal() async throws {
        let simulator = try await SimulatorServer.start()
        let folder = try TemporaryFolder()
        try folder.write("first/main.lua", answering("first"))
        try folder.write("flood/main.lua", """
            local bot = require "bot"
            bot.on("message_create", function(message)
              if message.content ~= "!flood" then return end
              for number = 1, 40 do bot.spawn(bot.timeout, 0.5, bot.send, message.channel_id, "flood " .. number) end
              bot.sleep(1)
              message:reply("over")
            end)
            """)
        do {
            let bot = try RunningBot(simulator, in: folder, packs: ["first", "flood"])
            try await simulator.say("!flood")
            _ = try await simulator.botSays("over")
            _ = bot.ask(\.packNames)
            #expect(try await simulator.observations().count { "\($0)".contains("flood ") } < 20, "five at once, and the rest was cancelled")
        }
        await simulator.stop()
    }

    @Test("a pack whose main chunk does not return keeps the others from nothing; it joins them when it has loaded")
    func slowLoad() async throws {
        let simulator = try await SimulatorServer.start()
        let folder = try TemporaryFolder()
        try folder.write("first/main.lua", answering("first"))
        try folder.write("slow/main.lua", """
            local bot = require "bot"
            while not pcall(require, "go") do bot.sleep(0.01) end
            bot.on("typing_start", function() bot.log.info("typing") end)
            """)
        do {
            let bot = try RunningBot(simulator, in: folder, packs: ["slow", "first"])
            #expect(bot.log.lines.contains("error [-] the others serve without 'slow', which joins them when it has loaded"))
            try await simulator.say("!who")
            _ = try await simulator.botSays("first here")
            try folder.write("slow/go.lua", "return true")
            let joined = bot.log.wait(for: "logging in again")
            #expect(joined, "\(bot.log.lines)")
        }
        await simulator.stop()
    }

    @Test("one that loads after the others' patience does not wait for one that never does")
    func twoSlowLoads() async throws {
        let simulator = try await SimulatorServer.start()
        let folder = try TemporaryFolder()
        try folder.write("late/main.lua", "require('bot').sleep(0.3) " + answering("late"))
        try folder.write("never/main.lua", "require('bot').sleep(3600)")
        do {
            let bot = try RunningBot(simulator, in: folder, packs: ["late", "never"])
            #expect(bot.log.lines.contains("error [-] the others serve without 'never', which joins them when it has loaded"))
            try await simulator.say("!who")
            _ = try await simulator.botSays("late here")
        }
        await simulator.stop()
    }

    @Test("packs that need other intents at the same moment cost one login")
    func oneLogin() async throws {
        let simulator = try await SimulatorServer.start()
        let folder = try TemporaryFolder()
        for name in ["first", "second"] { try folder.write("\(name)/main.lua", answering(name)) }
        do {
            let bot = try RunningBot(simulator, in: folder, packs: ["first", "second"])
            try folder.write("first/main.lua", answering("newer") + "bot.on('typing_start', print)")
            try folder.write("second/main.lua", answering("second") + "bot.on('message_reaction_add', print) bot.on('voice_state_update', print)")
            #expect(bot.finish { bot, done in
                var left = 2
                for name in ["first", "second"] {
                    bot.reloadPack(named: name) { failure in
                        left -= 1
                        if failure != nil || left == 0 { done(failure) }
                    }
                }
            } == nil)
            #expect(holds { bot.log.lines.count { $0.contains("is online as") } == 2 }, "\(bot.log.lines)")
            try await simulator.say("!who")
            _ = try await simulator.botSays("newer here")
            _ = try await simulator.botSays("second here")
            #expect(bot.log.lines.count { $0.contains("logging in again") } == 1, "\(bot.log.lines)")
            #expect(bot.log.lines.count { $0.contains("is online as") } == 2)
            #expect(bot.ask { $0.intents.isSuperset(of: [.guildMessageTyping, .guildMessageReactions, .guildVoiceStates]) })
        }
        await simulator.stop()
    }

    @Test("one that does not load at the start keeps the others from nothing")
    func brokenAtStart() async throws {
        let simulator = try await SimulatorServer.start()
        let folder = try TemporaryFolder()
        try folder.write("first/main.lua", answering("first"))
        try folder.write("broken/main.lua", "error(('long'):rep(1e5))")
        do {
            let bot = try RunningBot(simulator, in: folder, packs: ["broken", "first"])
            #expect(bot.log.lines.contains("error [-] the others serve without 'broken', which joins them when it has loaded"))
            #expect(bot.log.lines.allSatisfy { $0.utf8.count < 20_000 })
            try await simulator.say("!who")
            _ = try await simulator.botSays("first here")
            try folder.write("broken/main.lua", answering("mended"))
            #expect(bot.finish { bot, done in bot.reloadPack(named: "broken", done) } == nil)
            try await simulator.say("!who")
            _ = try await simulator.botSays("mended here")
        }
        await simulator.stop()
    }
}
