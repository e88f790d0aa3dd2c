import Discord
import Foundation
import JSON
import Simulator
import TestSupport
import Testing

@Suite("moonwire run against a Discord that the test plays", .serialized)
struct SessionTests {
    private let echo = """
        local bot = require "bot"
        bot.on("message_create", function(message)
          if message.author.bot then return end
          if message.content == "spin" then while true do end end
          bot.send(message.channel_id, "echo " .. message.content)
        end)
        """

    @Test("SIGTERM closes the gateway with 1000 and exits with 0")
    func terminate() async throws {
        let simulator = try await SimulatorServer.start()
        let moonwire = try Moonwire(simulator, pack: echo)
        try await simulator.sessionsReady()
        moonwire.signal(SIGTERM)
        let code = try await simulator.first("a close frame") { observation -> Int? in
            guard case .session(let change) = observation, case .closed(let code, true, _) = change.state else { return nil }
            return code ?? -1
        }
        #expect(code == 1000)
        #expect(moonwire.wait().status == 0)
        await simulator.stop()
    }

    @Test("SIGUSR2 keeps the session: the next process resumes it and answers what was said in between, once")
    func handOver() async throws {
        let simulator = try await SimulatorServer.start()
        let first = try Moonwire(simulator, pack: echo)
        let folder = try #require(first.folder)
        try await simulator.sessionsReady()
        try await simulator.say("before")
        try await simulator.botSays("echo before")
        first.signal(SIGUSR2)
        #expect(first.wait().status == 0)
        let mark = try await simulator.mark()
        for number in 1...3 { try await simulator.say("number \(number)") }
        let second = try Moonwire(simulator, in: folder)
        try await simulator.botSays("echo number 3", after: mark)
        second.signal(SIGTERM)
        #expect(second.wait().status == 0)
        #expect(try await simulator.said == ["echo before"] + (1...3).map { "echo number \($0)" })
        #expect(try await simulator.identifies == 1)
        await simulator.stop()
    }

    @Test("what is said while the connection is down is answered once after the resume, in order")
    func resume() async throws {
        let simulator = try await SimulatorServer.start()
        let moonwire = try Moonwire(simulator, pack: echo)
        try await simulator.sessionsReady()
        let mark = try await simulator.mark()
        try await simulator.inflict(.cut)
        for number in 1...5 { try await simulator.say("number \(number)") }
        try await simulator.botSays("echo number 5", after: mark)
        moonwire.signal(SIGTERM)
        #expect(moonwire.wait().status == 0)
        #expect(try await simulator.said == (1...5).map { "echo number \($0)" })
        await simulator.stop()
    }

    @Test("a handler that spins is stopped with its line, and delays no heartbeat")
    func spin() async throws {
        var settings = SimulatorConfiguration()
        settings.pace.heartbeatInterval = .milliseconds(200)
        let simulator = try await SimulatorServer.start(settings)
        let moonwire = try Moonwire(simulator, pack: echo)
        try await simulator.sessionsReady()
        let mark = try await simulator.mark()
        try await simulator.say("spin")
        try await simulator.say("after")
        try await simulator.botSays("echo after", after: mark)
        let observations = try await simulator.observations().dropFirst(mark)
        let beats = observations.count { if case .command(_, 1, _) = $0 { true } else { false } }
        #expect(beats >= 3, "heartbeats went on for the second in which the script spun")
        #expect(!observations.contains { if case .session = $0 { true } else { false } })
        moonwire.signal(SIGTERM)
        let outcome = moonwire.wait()
        #expect(outcome.errors.contains("pack/main.lua:4"), "\(outcome.errors)")
        await simulator.stop()
    }
}
