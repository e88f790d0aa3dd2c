import CReceiveFloor
import Discord
import Gateway
import GatewayProtocol
import Reactor

/// Receives the stream as the bot does, with nobody subscribed to anything but the markers around it.
final class OurRoad: Listener {
    /// What the events between the markers cost.
    struct Cost {
        var events = 0
        var cpuSeconds = 0.0
        /// Of the receiving thread, but for OpenSSL's own, which the plain loop makes as well.
        var allocations: Int64 = 0
    }

    /// Heap allocations but OpenSSL's; 0 where they are not counted.
    private static var allocations: Int64 { floor_allocations() - floor_openssl_allocations() }

    private var start = Cost()
    private var cost = Cost()

    static func receive(_ run: StreamRun) throws -> Cost {
        let road = try OurRoad(
            url: "wss://localhost:\(run.port)\(run.path)", compression: run.compression, caFile: run.caFile,
            subscriptions: EventSet([.channelCreate, .channelDelete]))
        road.fleet.start()
        road.reactor.run()
        return road.cost
    }

    override func gateway(shard: ShardID, dispatched event: EventName, sequence: Int64, data: UnsafeRawBufferPointer, encoding: PayloadEncoding) {
        let end = Cost(events: Int(sequence), cpuSeconds: floor_thread_time(), allocations: Self.allocations)
        guard event == .channelDelete else {
            start = end
            return
        }
        cost = Cost(
            events: end.events - start.events, cpuSeconds: end.cpuSeconds - start.cpuSeconds,
            allocations: end.allocations - start.allocations)
        reactor.handle.stop()
    }
}
