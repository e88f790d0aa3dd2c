import Discord
import Reactor
import Simulator
import Testing

@testable import Gateway

@Suite("A thousand shards in one process, over TLS", .serialized)
struct ThousandShardsTests {
    @Test("all come online, each gets its guilds' events and sends its commands, and all say goodbye with 1000", .timeLimit(.minutes(3)))
    func thousand() async throws {
        let count = 1000
        try DescriptorLimit.raise()
        var settings = SimulatorConfiguration()
        settings.world.extraGuilds = count
        settings.maxConcurrency = 64
        settings.sessionStarts = count
        settings.pace.identifyWindow = .zero
        let simulator = try await SimulatorServer.start(settings)
        let fleet = try RunningFleet(count, simulator)
        let order = try await fleet.start()
        var facts = fleet.facts.makeAsyncIterator()

        // READY, then each guild on the shard that owns it.
        var ready: [Int: [Snowflake]] = [:]
        var guilds: [Snowflake: Int] = [:]
        while ready.count < count || guilds.count < count + 1, let fact = await facts.next() {
            switch fact {
            case .ready(let shard, let guilds):
                #expect(ready.updateValue(guilds, forKey: shard) == nil, "shard \(shard) logged in twice")
            case .event(.guildCreate, let shard, let guild):
                let guild = try #require(guild)
                #expect(guilds.updateValue(shard, forKey: guild) == nil, "guild \(guild) came twice")
                #expect(shard == guild.shardIndex(of: count))
            default: Issue.record("\(fact)")
            }
        }
        #expect(Set(ready.keys) == Set(0..<count))
        #expect(ready.allSatisfy { shard, own in own.allSatisfy { $0.shardIndex(of: count) == shard } })
        #expect(Set(ready.values.joined()) == Set(guilds.keys))
        #expect(Set(guilds.values).count > count / 2, "the guilds are spread over the shards")

        // A message reaches its guild's shard and no other; a member request goes out on it.
        let home = simulator.guildID
        try await simulator.say("hello")
        #expect(await facts.next() == .event(.messageCreate, shard: home.shardIndex(of: count), guild: home))
        for guild in guilds.keys.prefix(20) { order(.members(guild)) }
        var answered: Set<Snowflake> = []
        while answered.count < 20, case .members(let guild, chunks: 1)? = await facts.next() { answered.insert(guild) }
        #expect(answered == Set(guilds.keys.prefix(20)))
        order(.presence(Presence(status: .idle)))
        let shown = Shown()
        let told = try await simulator.first("a thousand presences") { observation -> Int? in
            guard case .presence(let shard, _) = observation else { return nil }
            return shown.insert(shard) == count ? count : nil
        }
        #expect(told == count)

        order(.count)
        guard case .counted(let online, let metrics)? = await facts.next() else {
            Issue.record("no counts")
            return
        }
        #expect(online == count)
        #expect(metrics.totals.identifies == count && metrics.totals.sessions == count && metrics.totals.resumes == 0)
        #expect(metrics.totals.failedConnections == 0 && metrics.totals.brokenStreams == 0)

        order(.leave)
        #expect(await facts.next() == .left)
        let closed = try await simulator.observations().count { observation in
            if case .session(let change) = observation, case .closed(1000, byClient: true, _) = change.state { true } else { false }
        }
        #expect(closed == count)
        await simulator.stop()
    }

    /// The shards that have shown their presence. Used on the simulator's loop only.
    private final class Shown: @unchecked Sendable {
        // Safe to send: `first` calls its closure on one event loop.
        private var shards: Set<Int> = []

        func insert(_ shard: Int) -> Int {
            shards.insert(shard)
            return shards.count
        }
    }
}
