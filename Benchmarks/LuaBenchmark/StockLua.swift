import CLuaShims

/// Plain Lua with all its libraries, to compare with.
struct StockLua: ~Copyable {
    let state: OpaquePointer

    /// A state whose stack holds what `program` returns.
    init(_ program: String) {
        guard let state = luaL_newstate() else { preconditionFailure("no state") }
        self.state = state
        luaL_openlibs(state)
        // Nothing here jumps over a Swift frame: loading answers a status, and the chunk runs inside lua_pcallk.
        guard luaL_loadbufferx(state, program, program.utf8.count, "benchmark", "t") == LUA_OK, lua_pcallk(state, 0, 1, 0, 0, nil) == LUA_OK else {
            preconditionFailure(lua_tolstring(state, -1, nil).map { String(cString: $0) } ?? "failed")
        }
    }

    deinit { lua_close(state) }
}
