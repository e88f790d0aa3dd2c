import Discord
import Foundation
import JSON
import Simulator
import TestSupport
import Testing

@Suite("[discord] encoding, compress and shards of moonwire.toml", .serialized)
struct GatewayOptionTests {
    private let pack = """
        local bot = require "bot"
        bot.on("message_create", function(message)
          if message.content == "!ping" then message:reply("pong " .. message.author.username) end
        end)
        """

    /// The `shard` of every IDENTIFY, in order.
    private func shards(_ simulator: SimulatorServer) async throws -> [[Int64]] {
        try await simulator.observations().compactMap { observation in
            guard case .command(_, 2, let data) = observation else { return nil }
            return data["shard"]?.arrayValue?.compactMap(\.integerValue) ?? []
        }
    }

    @Test("every encoding with every compression answers", arguments: ["json", "etf"], ["auto", "zlib-stream", "zstd-stream", "payload", "none"])
    func formats(encoding: String, compression: String) async throws {
        let simulator = try await SimulatorServer.start()
        let moonwire = try Moonwire(simulator, pack: pack, discord: "encoding = \"\(encoding)\"\ncompress = \"\(compression)\"")
        try await simulator.sessionsReady()
        try await simulator.say("!ping")
        try await simulator.botSays("pong \(simulator.personName)")
        moonwire.signal(SIGTERM)
        let outcome = moonwire.wait()
        #expect(outcome.status == 0, "\(outcome.errors)")
        await simulator.stop()
    }

    @Test("a count of shards runs all of them, and a range its part", arguments: [("4", [0, 1, 2, 3]), ("\"0-1/4\"", [0, 1]), ("\"3/4\"", [3])] as [(String, [Int64])])
    func layout(setting: String, expected: [Int64]) async throws {
        var settings = SimulatorConfiguration()
        settings.maxConcurrency = 4
        let simulator = try await SimulatorServer.start(settings)
        let moonwire = try Moonwire(simulator, pack: pack, discord: "shards = \(setting)")
        try await simulator.sessionsReady(expected.count)
        #expect(try await shards(simulator).sorted { $0[0] < $1[0] } == expected.map { [$0, 4] })
        let home = Int64(simulator.guildID.rawValue >> 22 % 4)
        if expected.contains(home) {
            try await simulator.say("!ping")
            try await simulator.botSays("pong")
        }
        moonwire.signal(SIGTERM)
        #expect(moonwire.wait().status == 0)
        let closed = try await simulator.count { if case .closed(1000, byClient: true, _) = $0 { true } else { false } }
        #expect(closed == expected.count, "every shard says goodbye")
        await simulator.stop()
    }

    @Test("\"auto\" runs as many shards as Discord recommends")
    func automaticLayout() async throws {
        var settings = SimulatorConfiguration()
        settings.recommendedShards = 3
        settings.maxConcurrency = 16
        let simulator = try await SimulatorServer.start(settings)
        let moonwire = try Moonwire(simulator, pack: pack)
        try await simulator.sessionsReady(3)
        moonwire.signal(SIGTERM)
        #expect(moonwire.wait().status == 0)
        #expect(try await shards(simulator).sorted { $0[0] < $1[0] } == [[0, 3], [1, 3], [2, 3]])
        await simulator.stop()
    }
}
