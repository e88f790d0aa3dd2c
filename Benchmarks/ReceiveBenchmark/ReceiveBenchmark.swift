import CReceiveFloor
import Gateway

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What receiving costs, beside a plain C loop on the same bytes. Needs a running `stream-server`; scripts/measure-receive starts one.
@main enum ReceiveBenchmark {
    static let usage = """
        usage: receive-benchmark compare PORT CA_FILE ROUNDS
               receive-benchmark only ours|floor PORT CA_FILE none|zlib-stream|zstd-stream PATH
               receive-benchmark idle PORT CA_FILE none|zlib-stream|zstd-stream CONNECTIONS
        """

    static func main() throws {
        signal(SIGPIPE, SIG_IGN)
        floor_count_openssl()
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch (arguments.first, arguments.count) {
        case ("compare", 4):
            guard let port = UInt16(arguments[1]), let rounds = Int(arguments[3]) else { break }
            return try compare(port, arguments[2], rounds)
        case ("only", 6):
            guard let port = UInt16(arguments[2]), let compression = TransportCompression(rawValue: arguments[4]) else { break }
            let run = StreamRun(port: port, path: arguments[5], compression: compression, caFile: arguments[3])
            return print(arguments[1] == "ours" ? try run.ours().microseconds : run.floor() ?? .nan)
        case ("idle", 5):
            guard let port = UInt16(arguments[1]), let compression = TransportCompression(rawValue: arguments[3]), let count = Int(arguments[4]) else { break }
            return try IdleConnections.measure(count, port: port, compression: compression, caFile: arguments[2])
        default: break
        }
        print(usage)
        exit(2)
    }

    /// The middle of alternating rounds, for each compression in each layout of records.
    static func compare(_ port: UInt16, _ caFile: String, _ rounds: Int) throws {
        print("us per event  records     plain C     ours    ratio    allocations per event")
        for compression in [TransportCompression.zlibStream, .zstdStream, .none] {
            for (path, layout) in [("/", "16 KB"), ("/record-per-event", "an event")] {
                let run = StreamRun(port: port, path: path, compression: compression, caFile: caFile)
                var floors: [Double] = [], ours: [Double] = [], allocations = 0.0
                for _ in 0..<max(1, rounds) {
                    guard let floor = run.floor() else { continue }
                    floors.append(floor)
                    let result = try run.ours()
                    ours.append(result.microseconds)
                    allocations = Double(result.allocations) / Double(result.events)
                }
                let (floor, own) = (median(floors), median(ours))
                print(
                    pad(compression.rawValue, 14) + pad(layout, 12) + pad(text(floor, 2), 12) + pad(text(own, 2), 9) + pad(text(own / floor, 2), 9)
                        + (floor_allocations() < 0 ? "not counted" : text(allocations, 3)))
                fflush(nil)
            }
        }
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
    }

    static func pad(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

    /// With this many digits after the point.
    static func text(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return "-" }
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((value * Double(scale)).rounded())
        let fraction = "\(scaled % scale)"
        return "\(scaled / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
