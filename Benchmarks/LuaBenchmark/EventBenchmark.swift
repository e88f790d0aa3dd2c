import CLuaShims
import LuaEngine

/// Events of one type, decoded and handled.
struct EventBenchmark {
    let documents: [[UInt8]]
    /// What the handler does with its event `e`.
    let handler: String

    init?(type: String) {
        var sample = SampleEvents()
        let make: (inout SampleEvents) -> String
        switch type {
        case "message": (make, handler) = ({ $0.message() }, "local a, b, c = e.content, e.author.id, e.channel_id")
        case "presence": (make, handler) = ({ $0.presence() }, "local a, b, c = e.status, e.user.id, e.guild_id")
        case "typing": (make, handler) = ({ $0.typing() }, "local a, b, c = e.user_id, e.channel_id, e.timestamp")
        case "guild": (make, handler) = ({ $0.guild() }, "local a, b = e.id, e.name")
        default: return nil
        }
        documents = (0..<(type == "guild" ? 1 : 200)).map { _ in Array(make(&sample).utf8) }
    }

    /// Through the engine, as a bot does: decode once, call the handler. False when there is no such form.
    func run(_ decoder: String, _ count: Int) -> Bool {
        let forms: [String: LuaPayload.Form] = ["automatic": .automatic, "eager": .eager, "lazy": .lazy]
        guard let form = forms[decoder] else { return false }
        let host = BenchmarkHost()
        let state = host.state("keep(function(e) \(handler) end)")
        let function = host.kept!
        let payloads = documents.map { bytes in
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
            copy.copyBytes(from: bytes)
            return LuaPayload(UnsafeRawBufferPointer(copy), form: form)
        }
        defer { for payload in payloads { payload.bytes.deallocate() } }
        let start = LuaBenchmark.now
        for i in 0..<count {
            do throws(LuaFailure) {
                try state.withEvent(payloads[i % payloads.count]) { event in
                    if case .failed(let failure) = state.call(function, with: event) { preconditionFailure(failure.message) }
                }
            } catch {
                preconditionFailure(error.message)
            }
        }
        report((LuaBenchmark.now - start) / Double(count))
        return true
    }

    /// The same through stock Lua and lua-cjson: each event arrives as bytes (`sub` copies them as `lua_pushlstring` would) and is decoded and
    /// handled in one protected call.
    func runStock(_ count: Int) {
        let list = documents.map { "[====[" + String(decoding: $0, as: UTF8.self) + "]====]" }.joined(separator: ",")
        let lua = StockLua("""
            local decode, sub, documents = require('cjson').decode, string.sub, {\(list)}
            local function handle(bytes) local e = decode(bytes) \(handler) end
            local start = os.clock()
            for i = 1, \(count) do pcall(handle, sub(documents[i % #documents + 1], 1)) end
            return os.clock() - start
            """)
        report(lua_tonumberx(lua.state, -1, nil) * 1e9 / Double(count))
    }

    private func report(_ nanoseconds: Double) {
        print("\(documents.reduce(0) { $0 + $1.count } / documents.count) bytes, \(Int(nanoseconds)) ns an event")
    }
}
