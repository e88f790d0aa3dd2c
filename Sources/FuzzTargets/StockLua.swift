import CLuaShims

/// Plain Lua with all its libraries, to compare the sandbox with.
enum StockLua {
    /// Runs `program`, which returns a text; `argument` is what `...` stands for. `nil` when it fails.
    static func run(_ program: String, _ argument: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)) -> String? {
        guard let L = luaL_newstate() else { broken("no state") }
        defer { lua_close(L) }
        luaL_openlibs(L)
        // Nothing here jumps over a Swift frame while there is memory: loading answers a status, and the chunk runs inside lua_pcallk.
        guard luaL_loadbufferx(L, program, program.utf8.count, "@fuzz", "t") == LUA_OK else { return nil }
        lua_pushlstring(L, argument.baseAddress?.assumingMemoryBound(to: CChar.self), argument.count)
        var length = 0
        guard lua_pcallk(L, 1, 1, 0, 0, nil) == LUA_OK, lua_type(L, -1) == LUA_TSTRING, let text = lua_tolstring(L, -1, &length) else { return nil }
        return String(decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self)
    }
}
