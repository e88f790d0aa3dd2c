import Discord
import Foundation
import JSON
import Simulator
import TestSupport
import Testing

@Suite("Interactions whose handlers take longer than Discord waits (13.2 no. 25)", .serialized)
struct InteractionTests {
    private let pack = """
        local bot = require "bot"
        bot.on("message_create", function(message)
          if message.content ~= "!button" then return end
          bot.send(message.channel_id, { content = "press", components = { { type = 1, components = { { type = 2, style = 1, label = "x", custom_id = "late" } } } } })
        end)
        bot.on("interaction_create", function(interaction)
          local what = interaction.data.custom_id
          if what == "late" then
            bot.sleep(3.2)
            interaction:reply("late")
          elseif what == "secret" then
            bot.sleep(3.2)
            interaction:reply { content = "for one person", ephemeral = true }
          elseif what == "request" then
            bot.sleep(3.2)
            local path = "/interactions/" .. interaction.id .. "/" .. interaction.token .. "/callback"
            local _, problem = pcall(bot.request, "POST", path, { type = 4, data = { content = "x" } })
            interaction:edit_reply(problem:match("the interaction was deferred"))
          elseif what == "spin" then
            local start = os.clock()
            while os.clock() - start < 2.7 do end
            interaction:reply("spun")
          elseif what == "twice" then
            interaction:reply("once")
            local _, problem = pcall(interaction.reply, interaction, "twice")
            bot.send(interaction.channel_id, ("refused %d %d"):format(problem.status, problem.code))
          elseif what == "gone" then
            local _, problem = pcall(bot.request, "POST", "/interactions/1/gone/callback", { type = 5 })
            bot.send(interaction.channel_id, ("refused %d %d"):format(problem.status, problem.code))
          end
        end)
        """

    /// Runs the pack, lets a person fill in a form for the handler, and answers what was observed by the time it has `ended`.
    private func submit(_ what: String, until ended: @escaping @Sendable (Observation) -> Bool) async throws -> [Observation] {
        try await run { simulator in
            try await simulator.perform(.submit(what, fields: JSONObject(), author: nil, channel: nil))
            _ = try await simulator.first("the end", within: .seconds(30)) { ended($0) ? true : nil }
        }
    }

    private func run(_ body: (SimulatorServer) async throws -> Void) async throws -> [Observation] {
        let simulator = try await SimulatorServer.start()
        let moonwire = try Moonwire(simulator, pack: pack, limits: "cpu_stop_ms = 20000")
        try await simulator.sessionsReady()
        try await body(simulator)
        moonwire.signal(SIGTERM)
        let outcome = moonwire.wait()
        #expect(outcome.status == 0 && !outcome.errors.contains("error"), "\(outcome.errors)")
        defer { Task { await simulator.stop() } }
        return try await simulator.observations()
    }

    private static func content(_ message: JSONValue) -> String { message["content"]?.stringValue ?? "" }

    /// The types of the first answers.
    private func callbacks(_ observations: [Observation]) -> [Int64?] {
        observations.compactMap { if case .interactionAnswered(_, let body) = $0 { body["type"]?.integerValue } else { nil } }
    }

    @Test("it is deferred for the handler, whose reply takes the deferral's place; also for one that spins", arguments: [("late", "late"), ("spin", "spun")])
    func late(what: String, reply: String) async throws {
        let seen = try await submit(what) { if case .messageEdited(let message) = $0 { Self.content(message) == reply } else { false } }
        #expect(callbacks(seen) == [5])
    }

    @Test("a late reply for one person leaves nothing for the others")
    func secret() async throws {
        let seen = try await submit("secret") { if case .message(let message) = $0 { Self.content(message) == "for one person" } else { false } }
        #expect(callbacks(seen) == [5])
        #expect(seen.contains { if case .messageDeleted = $0 { true } else { false } })
        #expect(seen.contains { if case .message(let message) = $0 { message["flags"]?.integerValue == 64 } else { false } })
        #expect(!seen.contains { if case .messageEdited = $0 { true } else { false } })
    }

    @Test("a late reply to a button is a message of its own, and the button's stays as it is")
    func component() async throws {
        let seen = try await run { simulator in
            let mark = try await simulator.mark()
            try await simulator.say("!button")
            try await simulator.botSays("press", after: mark)
            try await simulator.perform(.press("late", values: [], message: nil, author: nil, channel: nil))
            try await simulator.botSays("late", after: mark, within: .seconds(30))
        }
        #expect(callbacks(seen) == [6])
        #expect(!seen.contains { if case .messageEdited = $0 { true } else { false } })
    }

    @Test("an answer by bot.request is not sent, and says what to do")
    func byRequest() async throws {
        let seen = try await submit("request") {
            if case .messageEdited(let message) = $0 { Self.content(message) == "the interaction was deferred" } else { false }
        }
        #expect(callbacks(seen) == [5])
    }

    @Test("a second answer gets 40060, one for an interaction that is gone 10062; neither is sent again", arguments: [("twice", "refused 400 40060"), ("gone", "refused 404 10062")])
    func refused(what: String, text: String) async throws {
        let seen = try await submit(what) { if case .message(let message) = $0 { Self.content(message) == text } else { false } }
        let statuses = seen.compactMap { if case .request("POST", let path, let status) = $0, path.hasSuffix("/callback") { status } else { nil } }
        #expect(statuses == (what == "twice" ? [204, 400] : [404]))
    }

    @Test("what nobody works on is left to fail at once")
    func ignored() async throws {
        let seen = try await run { simulator in
            try await simulator.perform(.submit("ignored", fields: JSONObject(), author: nil, channel: nil))
            // Longer than until it would be deferred.
            try await Task.sleep(for: .seconds(2.8))
        }
        #expect(callbacks(seen) == [])
    }
}
