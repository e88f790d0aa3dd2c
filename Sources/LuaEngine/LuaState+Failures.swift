import CLuaShims

extension LuaFailure {
    static let closed = LuaFailure(kind: .unavailable, message: "the Lua state is closed")

    init(_ failure: shim_failure) {
        func text(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> String {
            String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
        }
        let kind: Kind = switch Int(failure.kind) {
        case SHIM_KIND_SYNTAX: .syntax
        case SHIM_KIND_CPU: .cpu
        case SHIM_KIND_MEMORY: .memory
        case SHIM_KIND_COROUTINES: .coroutines
        case SHIM_KIND_LIMIT: .limit
        case SHIM_KIND_CANCELLED: .cancelled
        case SHIM_KIND_UNAVAILABLE: .unavailable
        default: .error
        }
        self.init(
            kind: kind, message: text(failure.message, failure.message_length),
            position: failure.line == 0
                ? nil : LuaPosition(chunk: text(failure.chunk, failure.chunk_length), line: Int(failure.line)),
            spawnedAt: failure.spawn_line == 0
                ? nil : LuaPosition(chunk: text(failure.spawn_chunk, failure.spawn_chunk_length), line: Int(failure.spawn_line)),
            traceback: text(failure.traceback, failure.traceback_length),
            value: failure.has_value == 0 ? nil : LuaErrorValue(failure.value))
    }
}

extension LuaState {
    /// What made the last shim function answer SHIM_FAILED. Not inlined: its size would burden the paths that succeed.
    @inline(never) func failure() -> LuaFailure { LuaFailure(shim_last_failure(pointer).pointee) }

    func encodeFailure() -> LuaEncodeFailure {
        var path: UnsafePointer<CChar>?
        var reason: UnsafePointer<CChar>?
        shim_encode_failure(pointer, &path, &reason)
        return LuaEncodeFailure(path: path.map { String(cString: $0) } ?? "", reason: reason.map { String(cString: $0) } ?? "")
    }
}
