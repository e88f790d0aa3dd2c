import Discord
import Gateway
import GatewayProtocol
import JSON
import Reactor
import Simulator
import TLS

/// A fleet on a thread of its own, against a simulator, with its pacing of logins fast-forwarded.
final class RunningFleet: Sendable {
    /// What the fleet told, in order.
    let facts: AsyncStream<Fact>
    private let continuation: AsyncStream<Fact>.Continuation
    private let shards: Int
    private let gatewayURL: String
    private let caFile: String?
    private let configuration: GatewayConfiguration

    enum Fact: Sendable, Equatable {
        case ready(shard: Int, guilds: [Snowflake])
        case event(EventName, shard: Int, guild: Snowflake?)
        case members(guild: Snowflake, chunks: Int)
        /// How many shards are online, and what has been counted.
        case counted(online: Int, GatewayMetrics.Snapshot)
        case failed(String)
        case left
    }

    init(_ shards: Int, _ simulator: SimulatorServer) throws {
        (facts, continuation) = AsyncStream.makeStream()
        self.shards = shards
        gatewayURL = simulator.gatewayURL
        caFile = simulator.caFile
        var configuration = GatewayConfiguration(token: try BotToken(simulator.token), intents: [.guilds, .guildMessages, .guildMembers, .messageContent])
        configuration.layout = .all(count: shards)
        configuration.identifyInterval = .milliseconds(10)
        self.configuration = configuration
    }

    /// What a test asks of the fleet.
    enum Order: Sendable {
        case presence(Presence)
        case members(Snowflake)
        case count
        case leave
    }

    /// Starts the thread; what the returned function is given is done on it.
    func start() async throws -> @Sendable (Order) -> Void {
        try await withCheckedThrowingContinuation { started in
            do {
                _ = try Thread.start(name: "fleet", stackSize: 4 << 20) { [self] in run(started) }
            } catch { started.resume(throwing: error) }
        }
    }

    private func run(_ started: CheckedContinuation<@Sendable (Order) -> Void, any Error>) {
        do {
            let reactor = try Reactor()
            let info = GatewayBotInfo(
                url: gatewayURL, shards: shards, total: 2 * shards, remaining: 2 * shards, resetAfter: .seconds(86_400), maxConcurrency: 64)
            let fleet = ShardFleet(configuration: configuration, reactor: reactor, tls: try TLSContext(caFile: caFile)) { $0(.success(info)) }
            let listener = Listener(continuation)
            fleet.delegate = listener
            fleet.subscriptions = EventSet([.guildCreate, .messageCreate])
            let bound = LoopBound(fleet, on: reactor)
            started.resume { [handle = reactor.handle] order in handle.post { self.obey(order, bound.value, handle) } }
            fleet.start()
            reactor.run()
            withExtendedLifetime(listener) {}
        } catch { started.resume(throwing: error) }
    }

    private func obey(_ order: Order, _ fleet: ShardFleet, _ handle: ReactorHandle) {
        do {
            switch order {
            case .presence(let presence): try fleet.updatePresence(presence)
            case .members(let guild):
                try fleet.requestMembers(of: guild, .all) { [continuation] result in
                    switch result {
                    case .success(let chunks): continuation.yield(.members(guild: guild, chunks: chunks.count))
                    case .failure(let failure): continuation.yield(.failed("\(failure)"))
                    }
                }
            case .count:
                continuation.yield(.counted(online: fleet.statuses.count { $0.phase == .ready }, fleet.metrics.snapshot))
            case .leave:
                fleet.shutdown { [continuation] in
                    continuation.yield(.left)
                    handle.stop()
                }
            }
        } catch { continuation.yield(.failed("\(error)")) }
    }

    private final class Listener: GatewayDelegate {
        private let facts: AsyncStream<Fact>.Continuation

        init(_ facts: AsyncStream<Fact>.Continuation) { self.facts = facts }

        func gateway(shard: ShardID, dispatched event: EventName, sequence: Int64, data: UnsafeRawBufferPointer, encoding: PayloadEncoding) {
            var reader = JSONReader(data)
            // A payload that is none has no guild, which no test expects.
            let guild = (try? reader.readValue())?[event == .guildCreate ? "id" : "guild_id"]?.stringValue
            facts.yield(.event(event, shard: shard.index, guild: guild.flatMap { Snowflake($0) }))
        }

        func gateway(
            shard: ShardID, dispatchedUnknown name: UnsafeRawBufferPointer, sequence: Int64, data: UnsafeRawBufferPointer, encoding: PayloadEncoding
        ) {}

        func gateway(shard: ShardID, becameReady ready: Ready) { facts.yield(.ready(shard: shard.index, guilds: ready.guilds)) }
        func gatewayResumed(shard: ShardID) { facts.yield(.failed("shard \(shard) was away")) }
        func gateway(shard: ShardID, entered phase: GatewaySession.Phase) {}
        func gateway(noted note: GatewayNote) { if [.warning, .error].contains(note.level) { facts.yield(.failed("\(note)")) } }
        func gatewayFailed(_ failure: GatewayFailure) { facts.yield(.failed("\(failure)")) }
    }
}
