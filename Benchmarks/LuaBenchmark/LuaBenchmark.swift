import CLuaShims
import LuaEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the Lua engine costs. `lua-benchmark event TYPE FORM COUNT` handles COUNT events and prints the CPU time of each; scripts/measure-lua
/// counts its instructions. `lua-benchmark collection` prints the longest stops for garbage.
@main enum LuaBenchmark {
    static let usage = """
        usage: lua-benchmark event message|presence|typing|guild automatic|eager|lazy|cjson COUNT
               lua-benchmark collection MEGABYTES
        """

    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.count == 4, arguments[0] == "event", let handler = handlers[arguments[1]], let count = Int(arguments[3]) {
            let documents = documents(arguments[1])
            if arguments[2] == "cjson" { return stock(documents, handler, count) }
            let forms: [String: LuaPayload.Form] = ["automatic": .automatic, "eager": .eager, "lazy": .lazy]
            if let form = forms[arguments[2]] { return events(documents, handler, form, count) }
        }
        if arguments.count == 2, arguments[0] == "collection", let megabytes = Int(arguments[1]) { return collection(megabytes) }
        print(usage)
        exit(2)
    }

    /// What the handler of each type reads.
    static let handlers = [
        "message": "local a, b, c = e.content, e.author.id, e.channel_id",
        "presence": "local a, b, c = e.status, e.user.id, e.guild_id",
        "typing": "local a, b, c = e.user_id, e.channel_id, e.timestamp",
        "guild": "local a, b = e.id, e.name",
    ]

    static func documents(_ type: String) -> [[UInt8]] {
        var sample = SampleEvents()
        return (0..<(type == "guild" ? 1 : 200)).map { _ in
            switch type {
            case "message": Array(sample.message().utf8)
            case "presence": Array(sample.presence().utf8)
            case "typing": Array(sample.typing().utf8)
            default: Array(sample.guild().utf8)
            }
        }
    }

    static func events(_ documents: [[UInt8]], _ handler: String, _ form: LuaPayload.Form, _ count: Int) {
        let host = BenchmarkHost()
        let state = host.state("keep(function(e) \(handler) end)")
        let function = host.kept!
        let payloads = documents.map { bytes in
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
            copy.copyBytes(from: bytes)
            return LuaPayload(UnsafeRawBufferPointer(copy), form: form)
        }
        let start = cpuTime()
        for i in 0..<count {
            do throws(LuaFailure) {
                try state.withEvent(payloads[i % payloads.count]) { event in
                    if case .failed(let failure) = state.call(function, { $0.append(event) }) { preconditionFailure(failure.message) }
                }
            } catch {
                preconditionFailure(error.message)
            }
        }
        report(documents, (cpuTime() - start) / Double(count))
        for payload in payloads { payload.bytes.deallocate() }
    }

    /// The same through stock Lua and lua-cjson: each event arrives as bytes (`sub` copies them as `lua_pushlstring` would) and is decoded and
    /// handled in one protected call.
    static func stock(_ documents: [[UInt8]], _ handler: String, _ count: Int) {
        let list = documents.map { "[====[" + String(decoding: $0, as: UTF8.self) + "]====]" }.joined(separator: ",")
        let program = """
            local decode, sub, documents = require('cjson').decode, string.sub, {\(list)}
            local function handle(bytes) local e = decode(bytes) \(handler) end
            local start = os.clock()
            for i = 1, \(count) do pcall(handle, sub(documents[i % #documents + 1], 1)) end
            return os.clock() - start
            """
        guard let L = luaL_newstate() else { preconditionFailure("no state") }
        luaL_openlibs(L)
        // Nothing here jumps over a Swift frame: loading answers a status, and the chunk runs inside lua_pcallk.
        guard luaL_loadbufferx(L, program, program.utf8.count, "benchmark", "t") == LUA_OK, lua_pcallk(L, 0, 1, 0, 0, nil) == LUA_OK else {
            preconditionFailure(lua_tolstring(L, -1, nil).map { String(cString: $0) } ?? "failed")
        }
        report(documents, lua_tonumberx(L, -1, nil) * 1e9 / Double(count))
        lua_close(L)
    }

    /// Messages over a heap of live data: how long the slowest ones took.
    static func collection(_ megabytes: Int) {
        let host = BenchmarkHost()
        let state = host.state("""
            live = {}
            for i = 1, \(megabytes * 6200) do live[i] = {id = i, name = 'entry ' .. i} end
            keep(function(e) local a, b = e.content, e.author.id live[math.random(#live)] = {id = b, name = a} end)
            """)
        let documents = documents("message"), function = host.kept!
        var times: [Double] = []
        for i in 0..<200_000 {
            let start = cpuTime()
            documents[i % documents.count].withUnsafeBytes { bytes in
                _ = state.call(function) { $0.append(LuaPayload(bytes)) }
            }
            times.append(cpuTime() - start)
        }
        times.sort()
        func percentile(_ p: Double) -> String { "\((times[Int(Double(times.count - 1) * p)] / 1000).rounded())" }
        print("heap \(state.statistics.memory >> 20) MiB; microseconds per event: p50 \(percentile(0.5)), p99 \(percentile(0.99)), "
            + "p99.9 \(percentile(0.999)), longest \(percentile(1))")
    }

    static func report(_ documents: [[UInt8]], _ nanoseconds: Double) {
        print("\(documents.reduce(0) { $0 + $1.count } / documents.count) bytes, \(Int(nanoseconds)) ns an event")
    }

    /// CPU time of the thread in nanoseconds.
    static func cpuTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}

extension LuaResult {
    var failure: LuaFailure? {
        if case .failed(let failure) = self { return failure }
        return nil
    }
}

/// A host with one function: `keep`, which hands the benchmark its handler.
final class BenchmarkHost: LuaHost {
    var kept: LuaReference?

    func state(_ source: String) -> LuaState {
        do {
            try LuaClock.start()
            var limits = LuaLimits()
            limits.memory = 512 << 20
            limits.cpuStop = .seconds(600)
            limits.cpuWarning = .seconds(600)
            let state = try LuaState(limits: limits, host: self)
            try state.define("_G.keep", .function(0))
            if let failure = state.run(source, chunk: "benchmark").failure { throw failure }
            return state
        } catch {
            preconditionFailure("\(error)")
        }
    }

    func call(_ function: LuaFunctionID, _ call: inout LuaCall) -> LuaOutcome {
        kept = call.arguments.reference(1)
        return .returned
    }

    func module(_ name: String, from position: LuaPosition?) -> LuaModule { .missing(searched: []) }
    func print(_ line: UnsafeRawBufferPointer, from position: LuaPosition?) {}
    func overran(cpu: Duration, at position: LuaPosition?) {}
}
