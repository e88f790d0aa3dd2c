import Foundation
import Simulator
import TestSupport
import Testing

@Suite("More events than the scripts can take", .serialized)
struct OverloadTests {
    /// Counts what the simulator floods it with, from `!start` to `!done`.
    private let pack = """
        local bot = require "bot"
        local events, last, ordered = 0, 0, true
        local function count() events = events + 1 end
        for _, name in ipairs { "presence_update", "typing_start", "message_reaction_add", "guild_member_update", "voice_state_update", "interaction_create" } do
          bot.on(name, count)
        end
        bot.on("message_create", function(message)
          if message.author.id == bot.user.id then return end
          if message.content == "!start" then events = 0 end
          count()
          -- Ids grow with time, so messages that come in order have growing ones.
          local id = tonumber(message.id)
          ordered, last = ordered and id >= last, id
          if message.content == "!done" then bot.send(message.channel_id, ("%d events, in order: %s"):format(events, ordered)) end
          if message.content == "hang" then while true do end end
        end)
        """

    @Test("a burst of 10,000 events is handled whole and in order: none lost, none twice")
    func burst() async throws {
        let simulator = try await SimulatorServer.start()
        let moonwire = try Moonwire(simulator, pack: pack, discord: "intents = [\"guild_presences\", \"guild_members\"]")
        try await simulator.sessionsReady()
        try await simulator.flood(count: 10_000)
        try await simulator.botSays("10000 events, in order: true", within: .seconds(60))
        moonwire.signal(SIGTERM)
        let outcome = moonwire.wait()
        #expect(outcome.status == 0 && !outcome.errors.contains("events dropped"), "\(outcome.errors)")
        await simulator.stop()
    }

    @Test("while a script hangs the queue stays bounded; what is shed is counted by name, and told at the end at the latest")
    func shed() async throws {
        let simulator = try await SimulatorServer.start()
        let trace = try TemporaryFolder()
        let file = trace.path("trace.jsonl")
        let moonwire = try Moonwire(
            simulator, pack: pack, discord: "intents = [\"guild_presences\", \"guild_members\"]", limits: "queue_mb = 4\ncpu_stop_ms = 4000",
            arguments: ["--trace", file])
        try await simulator.sessionsReady()
        try await simulator.say("hang")
        try await simulator.flood(count: 10_000)
        // For a while the gateway is left unread; only what has been read can have been shed.
        let deadline = Date().addingTimeInterval(60)
        while try Data(contentsOf: URL(fileURLWithPath: file)).firstRange(of: Data("!done".utf8)) == nil, Date() < deadline { try await Task.sleep(for: .milliseconds(50)) }
        moonwire.signal(SIGTERM)
        let outcome = moonwire.wait()
        let line = outcome.errors.split(separator: "\n").first { $0.contains("events dropped") } ?? ""
        #expect(line.contains("× PRESENCE_UPDATE") && line.contains("× TYPING_START"), "\(outcome.errors)")
        await simulator.stop()
    }
}
