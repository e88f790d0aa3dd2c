import Discord
import MoonwireClient
import Simulator
import Synchronization

/// A client and the Discord that it talks to.
struct Scene {
    let simulator: SimulatorServer
    let client: DiscordClient
    let notices = Notices()

    var channel: MoonwireClient.Snowflake { .init(rawValue: simulator.channelID.rawValue) }
    var guild: MoonwireClient.Snowflake { .init(rawValue: simulator.guildID.rawValue) }
    var bot: MoonwireClient.Snowflake { .init(rawValue: simulator.botID.rawValue) }
    var person: MoonwireClient.Snowflake { .init(rawValue: simulator.personID.rawValue) }

    /// Runs `body` with a client that is not connected yet, and takes everything down afterwards.
    static func play(
        _ settings: SimulatorConfiguration = SimulatorConfiguration(), token: String? = nil, configure: (inout ClientConfiguration) -> Void = { _ in },
        _ body: (Scene) async throws -> Void
    ) async throws {
        var settings = settings
        settings.pace.identifyWindow = .zero
        let simulator = try await SimulatorServer.start(settings)
        do {
            let scene = try Scene(simulator, token: token, configure: configure)
            try await body(scene)
            await scene.client.disconnect()
        } catch {
            await simulator.stop()
            throw error
        }
        await simulator.stop()
    }

    private init(_ simulator: SimulatorServer, token: String?, configure: (inout ClientConfiguration) -> Void) throws {
        var configuration = ClientConfiguration()
        configuration.apiURL = simulator.apiURL
        configuration.caFile = simulator.caFile
        configuration.notify = { [notices] in notices.add($0) }
        configure(&configuration)
        self.simulator = simulator
        client = try DiscordClient(token: token ?? simulator.token, configuration: configuration)
    }
}

/// What a client had to say.
final class Notices: Sendable {
    private let all = Mutex<[Notice]>([])

    func add(_ notice: Notice) { all.withLock { $0.append(notice) } }
    func texts(from level: Notice.Level) -> [String] { all.withLock { $0.filter { $0.level >= level }.map(\.text) } }
}

/// Values that handlers leave and a test waits for.
final class Collected<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func add(_ value: Value) { continuation.yield(value) }

    /// The first so many, once they are there; the time limit of the test ends a wait in vain.
    func first(_ count: Int) async -> [Value] {
        var values: [Value] = []
        for await value in stream {
            values.append(value)
            if values.count == count { break }
        }
        return values
    }
}
