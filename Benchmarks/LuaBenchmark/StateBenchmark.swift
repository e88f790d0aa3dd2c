import LuaEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a state costs that does nothing.
enum StateBenchmark {
    static func run(_ count: Int) {
        let host = BenchmarkHost()
        let start = LuaBenchmark.now
        for _ in 0..<count { host.state("").close() }
        print("\(((LuaBenchmark.now - start) / Double(count) / 100).rounded() / 10) µs to open a state, run an empty chunk and close it")
        let kept = 500, before = residentBytes
        let states = (0..<kept).map { _ in host.state("") }
        let heap = states[0].statistics.memory
        if let before, let after = residentBytes {
            print("\((after - before) / kept / 1024) KiB resident for an idle state, \(heap / 1024) KiB of them Lua's heap")
        } else {
            print("\(heap / 1024) KiB of Lua's heap for an idle state")
        }
        for state in states { state.close() }
    }

    /// Memory of the process in RAM; `nil` where /proc does not tell.
    private static var residentBytes: Int? {
        guard let file = fopen("/proc/self/statm", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, CInt(line.count), file) != nil else { return nil }
        let words = line.prefix { $0 != 0 }.split(separator: 32)
        guard words.count > 1 else { return nil }
        return Int(String(decoding: words[1].map { UInt8(bitPattern: $0) }, as: UTF8.self)).map { $0 * sysconf(CInt(_SC_PAGESIZE)) }
    }
}
