import Foundation
import JSON
import Simulator
import TestSupport
import Testing

@Suite("moonwire run --trace FILE", .serialized)
struct TraceTests {
    private let pack = """
        local bot = require "bot"
        bot.on("message_create", function(message)
          if message.content == "!ping" then message:reply("pong") end
        end)
        bot.on("interaction_create", function(interaction) interaction:reply("answered") end)
        """

    /// Runs a bot that answers once and gets some events of every kind. `mark` is where the simulator's observations stood before.
    private func ping(_ simulator: SimulatorServer, _ moonwire: Moonwire, after mark: Int = 0) async throws -> Moonwire.Outcome {
        try await simulator.sessionsReady(after: mark)
        try await simulator.say("!ping")
        try await simulator.botSays("pong", after: mark)
        try await simulator.flood(count: 300)
        moonwire.signal(SIGTERM)
        return moonwire.wait()
    }

    /// What no trace may show: the bot's token, and the tokens of interactions in what the simulator saw answered.
    private func expectNoSecrets(in text: String, _ simulator: SimulatorServer, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        var secrets = [simulator.token]
        for observation in try await simulator.observations() {
            guard case .request(_, let path, _) = observation, path.contains("/interactions/") else { continue }
            secrets.append(String(path.split(separator: "/").dropLast().last ?? "?"))
        }
        #expect(secrets.count > 1, "no interaction came", sourceLocation: sourceLocation)
        for secret in secrets { #expect(!text.contains(secret), sourceLocation: sourceLocation) }
    }

    @Test("every frame is a line of JSON with opcode, sequence and time; the token and interaction tokens never appear", arguments: ["json", "etf"])
    func lines(encoding: String) async throws {
        let simulator = try await SimulatorServer.start()
        let trace = try TemporaryFolder()
        let file = trace.path("trace.jsonl")
        let moonwire = try Moonwire(simulator, pack: pack, discord: "encoding = \"\(encoding)\"", arguments: ["--trace", file])
        let outcome = try await ping(simulator, moonwire)
        #expect(outcome.status == 0, "\(outcome.errors)")

        let text = try String(contentsOfFile: file, encoding: .utf8)
        let lines = try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        #expect(text.hasSuffix("\n"))
        #expect(lines.allSatisfy { $0["time"]?.integerValue != nil && $0["dir"]?.stringValue != nil })
        let sent = lines.filter { $0["dir"]?.stringValue == "out" }
        #expect(sent.first?["op"]?.integerValue == 2 && sent.first?["payload"]?["d"]?["token"]?.stringValue?.allSatisfy { $0 == "*" } == true)
        let received = lines.filter { $0["dir"]?.stringValue == "in" }
        #expect(received.first?["op"]?.integerValue == 10)
        let dispatches = received.filter { $0["op"]?.integerValue == 0 }
        #expect(dispatches.compactMap { $0["s"]?.integerValue } == Array(1...Int64(dispatches.count)))
        #expect(dispatches.contains { $0["t"]?.stringValue == "MESSAGE_CREATE" && $0["payload"]?["d"]?["content"]?.stringValue == "!ping" })
        let notes = lines.compactMap { $0["text"]?.stringValue }
        #expect(notes.first?.contains("begins to trace at 20") == true && notes.contains { $0.contains("POST /channels/") } && notes.contains { $0.contains("1000") })
        try await expectNoSecrets(in: text, simulator)
        await simulator.stop()
    }

    @Test("the file is its owner's alone, and what is in it stays")
    func appended() async throws {
        var settings = SimulatorConfiguration()
        settings.pace.identifyWindow = .zero
        let simulator = try await SimulatorServer.start(settings)
        let folder = try TemporaryFolder()
        let file = folder.path("trace.jsonl")
        var moonwire = try Moonwire(simulator, pack: pack, arguments: ["--trace", file])
        _ = try await ping(simulator, moonwire)
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let before = try String(contentsOfFile: file, encoding: .utf8)
        let mark = try await simulator.mark()
        moonwire = try Moonwire(simulator, pack: pack, arguments: ["--trace", file])
        _ = try await ping(simulator, moonwire, after: mark)
        let after = try String(contentsOfFile: file, encoding: .utf8)
        #expect(after.hasPrefix(before) && after.components(separatedBy: "begins to trace").count == 3)
        await simulator.stop()
    }

    @Test("a path that cannot be written ends the program with 78 before it connects", arguments: ["/nonexistent/trace.jsonl", "/tmp"])
    func unwritable(path: String) async throws {
        let simulator = try await SimulatorServer.start()
        let moonwire = try Moonwire(simulator, pack: pack, arguments: ["--trace", path])
        moonwire.endInput()
        let outcome = moonwire.wait()
        #expect(outcome.status == 78)
        #expect(outcome.errors.hasPrefix("moonwire: --trace '\(path)': ") && outcome.errors.contains("name a file that can be written"), "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1)
        #expect(try await simulator.observations().isEmpty)
        await simulator.stop()
    }

    @Test("a full disk ends the trace, not the bot", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func fullDisk() async throws {
        let simulator = try await SimulatorServer.start()
        let moonwire = try Moonwire(simulator, pack: pack, arguments: ["--trace", "/dev/full"])
        let outcome = try await ping(simulator, moonwire)
        #expect(outcome.status == 0)
        #expect(outcome.errors.components(separatedBy: "tracing stops, the bot goes on").count == 2, "\(outcome.errors)")
        await simulator.stop()
    }

    @Test("--log-level trace shows the frames as lines for people, without payloads and secrets")
    func readable() async throws {
        let simulator = try await SimulatorServer.start()
        let moonwire = try Moonwire(simulator, pack: pack, arguments: ["--log-level", "trace"])
        let outcome = try await ping(simulator, moonwire)
        #expect(outcome.errors.contains("shard 0/1 <- 10 HELLO ") && outcome.errors.contains("shard 0/1 -> 2 IDENTIFY "), "\(outcome.errors)")
        #expect(outcome.errors.contains("<- 0 DISPATCH MESSAGE_CREATE s="))
        #expect(!outcome.errors.contains("!ping"))
        #expect(outcome.errors.components(separatedBy: "connecting to localhost").count == 2, "told once")
        try await expectNoSecrets(in: outcome.errors, simulator)
        await simulator.stop()
    }
}
