import LuaEngine

/// How long garbage stops the handling of messages.
enum CollectionBenchmark {
    /// Messages over a heap of live tables, one of which each handler replaces; then the same with idle moments between them.
    static func run(megabytes: Int) {
        let host = BenchmarkHost()
        let state = host.state("""
            live = {}
            for i = 1, \(megabytes * 6200) do live[i % 100] = live[i % 100] or {} live[i % 100][i // 100] = {id = i, name = 'entry ' .. i} end
            keep(function(e) local a, b = e.content, e.author.id live[math.random(0, 99)][math.random(\(megabytes * 60))] = {id = b, name = a} end)
            """)
        let function = host.kept!, documents = EventBenchmark(type: "message")!.documents
        for idles in [false, true] {
            var events: [Double] = [], steps: [Double] = []
            for i in 0..<200_000 {
                let start = LuaBenchmark.now
                documents[i % documents.count].withUnsafeBytes { bytes in
                    _ = state.call(function) { $0.append(LuaPayload(bytes)) }
                }
                let end = LuaBenchmark.now
                events.append(end - start)
                if idles, i % 8 == 0 {
                    _ = state.idleStep()
                    steps.append(LuaBenchmark.now - end)
                }
            }
            print("heap of \(state.statistics.memory >> 20) MiB, \(idles ? "with idle moments" : "without idle moments"): \(text(of: &events)) a message")
            if idles { print("    idle steps: \(text(of: &steps))") }
        }
    }

    private static func text(of times: inout [Double]) -> String {
        times.sort()
        func percentile(_ p: Double) -> Int { Int((times[Int(Double(times.count - 1) * p)] / 1000).rounded()) }
        return "p50 \(percentile(0.5)), p99 \(percentile(0.99)), p99.9 \(percentile(0.999)), longest \(percentile(1)) µs"
    }
}
