import Foundation
import TestSupport
import Testing

@Suite("moonwire run --simulate, as a user runs it", .serialized)
struct SimulatedRunTests {
    @Test("!ping on standard input prints the bot's pong")
    func ping() throws {
        let outcome = try Moonwire.run(["run", "examples/hello", "--simulate"], input: "!ping\n")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n")
        let question = try #require(lines.firstIndex { $0.hasSuffix(": !ping") })
        let answer = try #require(lines.firstIndex { $0.hasSuffix(": pong") })
        #expect(question < answer)
    }

    @Test("each line waits for the answers to the one before, so a transcript is always the same")
    func transcript() throws {
        let outcome = try Moonwire.run(["run", "examples/echo", "--simulate"], input: "one\ntwo\nthree")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let words = outcome.output.split(separator: "\n").compactMap { $0.split(separator: ": ").last.map(String.init) }
        #expect(words.filter { ["one", "two", "three"].contains($0.replacingOccurrences(of: " [embed]", with: "")) }
            == ["one", "one [embed]", "two", "two [embed]", "three", "three [embed]"])
    }

    @Test("several packs answer")
    func severalPacks() throws {
        let outcome = try Moonwire.run(["run", "examples/hello", "examples/echo", "--simulate"], input: "!ping\n")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains(": pong"))
        #expect(outcome.output.contains(": !ping [embed]"))
    }

    @Test("hello welcomes who joins, and lists members")
    func helloPack() throws {
        let outcome = try Moonwire.run(["run", "examples/hello", "--simulate"], input: ":join Ada\n!members\n")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("Welcome, <@"))
        #expect(outcome.output.contains("Here are "))
    }

    @Test("a connection that is cut is resumed, and nothing that was said meanwhile is lost")
    func cut() throws {
        let outcome = try Moonwire.run(["run", "examples/hello", "--simulate"], input: ":cut\n!ping\n!ping\n!ping\n")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.components(separatedBy: ": pong").count - 1 == 3, "\(outcome.output)")
        #expect(outcome.errors.contains("resumed"))
    }

    @Test("the end of the input ends the simulator, whatever the bot's timers")
    func emptyInput() throws {
        let outcome = try Moonwire.run(["run", "examples/hello", "--simulate"])
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test("an error in a handler names event, file, line and traceback, and the bot goes on")
    func handlerError() throws {
        let folder = try TemporaryFolder()
        try folder.write("bad/main.lua", """
            local bot = require "bot"
            local function deep(message) return message.nothing.more end
            bot.on("message_create", function(message)
              if message.content == "fail" then deep(message) end
              if message.content == "!ping" then message:reply("still here") end
            end)
            """)
        let outcome = try Moonwire.run(["run", folder.path("bad"), "--simulate"], input: "fail\n!ping\n")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("still here"))
        #expect(outcome.errors.contains("message_create: bad/main.lua:2: attempt to index a nil value (field 'nothing')"), "\(outcome.errors)")
        #expect(outcome.errors.contains("stack traceback:"))
        #expect(outcome.errors.contains("bad/main.lua:4:"))
    }

    @Test("a request that Discord refuses raises a table that a script can catch")
    func refusedRequest() throws {
        let folder = try TemporaryFolder()
        try folder.write("refused/main.lua", """
            local bot = require "bot"
            bot.on("message_create", function(message)
              if message.author.bot then return end
              local ok, problem = pcall(bot.send, "1", "nobody reads this")
              message:reply(("%s %d %d"):format(ok, problem.status, problem.code))
              bot.send("1", "nor this")
            end)
            """)
        let outcome = try Moonwire.run(["run", folder.path("refused"), "--simulate"], input: "go\n")
        #expect(outcome.output.contains("false 404 10003"), "\(outcome.output) \(outcome.errors)")
        #expect(outcome.errors.contains("refused/main.lua:6:") && outcome.errors.contains("HTTP 404"), "\(outcome.errors)")
    }

    #if os(Linux)
    @Test("a simulator that crashes is a failure, not an end")
    func crashedSimulator() throws {
        let moonwire = try Moonwire(["run", "examples/hello", "--simulate"])
        #expect(moonwire.waitForLog("ready as").contains("ready as"))
        for child in moonwire.children { kill(child, SIGKILL) }
        let outcome = moonwire.wait()
        #expect(outcome.status == 1 && outcome.errors.contains("moonwire: the simulator has ended unexpectedly"), "\(outcome.errors)")
    }
    #endif

    @Test("a line may answer what a handler waits for, which gives up at the end only; what sleeps for ever holds nothing up")
    func conversation() throws {
        let folder = try TemporaryFolder()
        try folder.write("quiz/main.lua", """
            local bot = require "bot"
            bot.spawn(function() while true do bot.sleep(60) end end)
            bot.on("message_create", function(message)
              if message.content ~= "!quiz" then return end
              message:reply("really?")
              local answer = bot.wait_for("message_create", { timeout = 3, match = function(other) return other.author.id == message.author.id end })
              message:reply("you said " .. (answer and answer.content or "nothing"))
            end)
            """)
        let outcome = try Moonwire.run(["run", folder.path("quiz"), "--simulate"], input: "!quiz\nyes\n!quiz\n")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let answers = outcome.output.split(separator: "\n").filter { $0.hasPrefix("Moonbot: ") }
        #expect(answers == ["Moonbot: really?", "Moonbot: you said yes", "Moonbot: really?", "Moonbot: you said nothing"], "\(outcome.output)")
    }

    @Test("asking for all members without the intent that it needs names the intent, instead of waiting for an answer that never comes")
    func missingIntent() throws {
        let folder = try TemporaryFolder()
        try folder.write("members/main.lua", """
            local bot = require "bot"
            bot.on("message_create", function(message)
              if message.content == "go" then bot.request_members(message.guild_id) end
            end)
            """)
        let outcome = try Moonwire.run(["run", folder.path("members"), "--simulate"], input: "go\n")
        #expect(outcome.errors.contains("all members of a guild need the intent GUILD_MEMBERS") && outcome.errors.contains("members/main.lua:3:"), "\(outcome.errors)")
    }

    @Test("log lines are JSON when asked")
    func jsonLog() throws {
        let outcome = try Moonwire.run(["run", "examples/hello", "--simulate", "--log-format", "json"])
        let lines = outcome.errors.split(separator: "\n")
        #expect(!lines.isEmpty)
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["time"] is String && object?["level"] is String && object?["message"] is String)
        }
    }
}
