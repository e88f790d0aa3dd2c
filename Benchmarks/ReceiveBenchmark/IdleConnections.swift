import CReceiveFloor
import Discord
import Gateway
import GatewayProtocol
import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Many connections that have gone idle: TCP, TLS, compression and session of each.
final class IdleConnections: Listener {
    private let count: Int
    private let memoryBefore = residentKilobytes()
    private let heapBefore = floor_heap_in_use()
    private var online = 0
    /// Acknowledged heartbeats when the last connection came online.
    private var beatsBefore = 0

    /// Opens `count` connections, waits until they have been idle for some heartbeats, and prints what they added.
    static func measure(_ count: Int, port: UInt16, compression: TransportCompression, caFile: String) throws {
        let idle = try IdleConnections(count, url: "wss://localhost:\(port)/idle", compression: compression, caFile: caFile)
        idle.fleet.start()
        idle.look()
        idle.reactor.run()
    }

    private init(_ count: Int, url: String, compression: TransportCompression, caFile: String) throws {
        self.count = count
        try super.init(url: url, compression: compression, caFile: caFile, shards: count)
    }

    override func gateway(shard: ShardID, becameReady ready: Ready) {
        online += 1
        beatsBefore = fleet.metrics.snapshot.totals.acknowledgements
    }

    private func look() {
        let totals = fleet.metrics.snapshot.totals
        guard online < count || totals.acknowledgements < beatsBefore + 3 * count else {
            let added = residentKilobytes() - memoryBefore
            let heap = (floor_heap_in_use() - heapBefore) / Int64(count)
            print("\(count) idle connections: \(Double(added * 100 / count) / 100) KiB of memory each, \(heap) bytes of them allocated")
            return reactor.handle.stop()
        }
        reactor.schedule(after: .milliseconds(500)) { [unowned self] in look() }
    }
}

/// The process's resident memory, 0 where it cannot be read.
func residentKilobytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    fgets(&line, 256, file)
    let text = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    return (Int(text.split(separator: " ").dropFirst().first ?? "0") ?? 0) * Int(getpagesize()) / 1024
}
