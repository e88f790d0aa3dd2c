import Foundation
import Simulator
import TestSupport
import Testing

@Suite("A bot that is killed and started again", .serialized)
struct RestartTests {
    private let echo = """
        local bot = require "bot"
        bot.on("message_create", function(message)
          if not message.author.bot then bot.send(message.channel_id, "echo " .. message.content) end
        end)
        """

    /// Kills it once its session is on disk, which is in the turn in which it came online.
    private func crash(_ moonwire: Moonwire) throws {
        let state = URL(fileURLWithPath: try #require(moonwire.folder).path("state"))
        let deadline = Date().addingTimeInterval(20)
        func isSaved() -> Bool {
            // Neither folder nor file need be there yet.
            let files = (try? FileManager.default.contentsOfDirectory(at: state, includingPropertiesForKeys: nil)) ?? []
            return files.contains { $0.lastPathComponent.hasPrefix("sessions-") && (try? String(contentsOf: $0, encoding: .utf8))?.contains("wss://") == true }
        }
        while !isSaved(), Date() < deadline { usleep(5000) }
        moonwire.signal(SIGKILL)
        #expect(moonwire.wait().status == -SIGKILL)
    }

    @Test("kill -9: the next process resumes the session and answers what was said in between, once")
    func crash() async throws {
        let simulator = try await SimulatorServer.start()
        let first = try Moonwire(simulator, pack: echo)
        let folder = try #require(first.folder)
        try crash(first)
        let mark = try await simulator.mark()
        for number in 1...3 { try await simulator.say("number \(number)") }
        let second = try Moonwire(simulator, in: folder)
        try await simulator.botSays("echo number 3", after: mark)
        second.signal(SIGTERM)
        #expect(second.wait().status == 0)
        #expect(try await simulator.said == (1...3).map { "echo number \($0)" })
        #expect(try await simulator.identifies == 1)
        #expect(try await simulator.resumes == 1)
        await simulator.stop()
    }

    @Test("kill -9 while the scripts are behind: what waited for them comes again")
    func crashWithQueue() async throws {
        let simulator = try await SimulatorServer.start()
        let hang = echo.replacingOccurrences(of: "bot.send", with: "while true do end bot.send")
        let first = try Moonwire(simulator, pack: hang, limits: "cpu_stop_ms = 60000")
        let folder = try #require(first.folder)
        try await simulator.sessionsReady()
        for number in 1...3 { try await simulator.say("number \(number)") }
        // Longer than until progress is saved.
        try await Task.sleep(for: .seconds(6))
        first.signal(SIGKILL)
        #expect(first.wait().status == -SIGKILL)
        let mark = try await simulator.mark()
        try folder.write("pack/main.lua", echo)
        let second = try Moonwire(simulator, in: folder)
        try await simulator.botSays("echo number 3", after: mark)
        second.signal(SIGTERM)
        #expect(second.wait().status == 0)
        #expect(try await simulator.said == (1...3).map { "echo number \($0)" })
        #expect(try await simulator.identifies == 1)
        await simulator.stop()
    }

    @Test("a session that Discord has forgotten meanwhile is replaced by a new one")
    func stale() async throws {
        let simulator = try await SimulatorServer.start()
        let first = try Moonwire(simulator, pack: echo)
        let folder = try #require(first.folder)
        try crash(first)
        try await simulator.inflict(.forgetSessions)
        let mark = try await simulator.mark()
        let second = try Moonwire(simulator, in: folder)
        try await simulator.sessionsReady(after: mark)
        try await simulator.say("you")
        try await simulator.botSays("echo you", after: mark)
        second.signal(SIGTERM)
        #expect(second.wait().status == 0)
        let refused = try await simulator.count { if case .invalidated(resumable: false) = $0 { true } else { false } }
        #expect(refused == 1)
        #expect(try await simulator.identifies == 2)
        #expect(try await simulator.resumes == 0)
        await simulator.stop()
    }

    @Test("a crash loop identifies no more often than Discord allows; then it ends with 7 and says until when")
    func crashLoop() async throws {
        var settings = SimulatorConfiguration()
        settings.sessionStarts = 2
        let simulator = try await SimulatorServer.start(settings)
        let folder = try TemporaryFolder()
        try folder.write("pack/main.lua", echo)
        var statuses: [Int32] = []
        for round in 0..<5 {
            // Other intents than before, so that there is nothing to resume.
            let intent = ["guilds", "guild_invites", "guild_webhooks", "guild_expressions", "guild_integrations"][round]
            try Moonwire.configure(simulator, in: folder, discord: "intents = [\"\(intent)\"]")
            let (mark, identifies) = (try await simulator.mark(), try await simulator.identifies)
            let bot = try Moonwire(simulator, in: folder)
            if identifies < 2 {
                try await simulator.sessionsReady(after: mark)
                bot.signal(SIGKILL)
                _ = bot.wait()
            } else {
                let outcome = bot.wait()
                statuses.append(outcome.status)
                let line = outcome.errors.split(separator: "\n").last ?? ""
                #expect(line.hasPrefix("moonwire: Discord allows this bot 0 more logins today") && line.contains("wait until 20") && line.contains(" UTC"), "\(outcome.errors)")
            }
        }
        #expect(try await simulator.identifies == 2)
        #expect(statuses == [7, 7, 7])
        await simulator.stop()
    }
}
