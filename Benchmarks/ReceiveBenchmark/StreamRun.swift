import CReceiveFloor
import Gateway

/// One reading of the stream: from where, in which layout and compression.
struct StreamRun {
    let port: UInt16
    let path: String
    let compression: TransportCompression
    let caFile: String

    /// The plain C loop's CPU time for each event, in microseconds; `nil` if the stream broke off.
    func floor() -> Double? {
        var result = floor_result()
        guard floor_receive(port, path, compression.rawValue, &result) == 0, result.events > 0 else { return nil }
        return result.cpu_seconds * 1e6 / Double(result.events)
    }

    /// Our road's, and its heap allocations between the markers.
    func ours() throws -> (microseconds: Double, allocations: Int64, events: Int) {
        let cost = try OurRoad.receive(self)
        return (cost.cpuSeconds * 1e6 / Double(max(1, cost.events)), cost.allocations, cost.events)
    }
}
