import Discord
import Gateway
import GatewayProtocol
import Reactor
import TLS

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A fleet against the stream server, and its delegate, who looks away. Subclasses watch what they measure.
class Listener: GatewayDelegate {
    let reactor: Reactor
    let fleet: ShardFleet

    init(url: String, compression: TransportCompression, caFile: String, shards: Int = 1, subscriptions: EventSet = EventSet()) throws {
        reactor = try Reactor()
        var configuration = GatewayConfiguration(token: try BotToken("MTIz.AbCdEf.secret_secret_secret"), intents: [.guilds])
        configuration.compression = compression
        configuration.layout = .all(count: shards)
        configuration.identifyInterval = .milliseconds(500)
        fleet = ShardFleet(configuration: configuration, reactor: reactor, tls: try TLSContext(caFile: caFile)) { answer in
            answer(
                .success(
                    GatewayBotInfo(
                        url: url, shards: shards, total: 100_000, remaining: 100_000, resetAfter: .seconds(1), maxConcurrency: min(shards, 100))))
        }
        fleet.delegate = self
        fleet.subscriptions = subscriptions
    }

    func gateway(shard: ShardID, dispatched event: EventName, sequence: Int64, data: UnsafeRawBufferPointer, encoding: PayloadEncoding) {}
    func gateway(shard: ShardID, dispatchedUnknown name: UnsafeRawBufferPointer, sequence: Int64, data: UnsafeRawBufferPointer, encoding: PayloadEncoding) {}
    func gateway(shard: ShardID, becameReady ready: Ready) {}
    func gatewayResumed(shard: ShardID) {}
    func gateway(shard: ShardID, entered phase: GatewaySession.Phase) {}

    func gateway(noted note: GatewayNote) {
        switch note.level {
        case .warning, .error: print(note)
        case .debug, .info: break
        }
    }

    func gatewayFailed(_ failure: GatewayFailure) {
        print(failure)
        exit(1)
    }
}
