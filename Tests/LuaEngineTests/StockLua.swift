import CLuaShims

/// Plain Lua with all its libraries, to compare the sandbox with.
enum StockLua {
    /// Runs text and returns the string it returns, or "error: …".
    static func run(_ source: String) -> String {
        let L = luaL_newstate()!
        defer { lua_close(L) }
        luaL_openlibs(L)
        // Nothing here jumps over a Swift frame: loading answers a status, and the chunk runs inside lua_pcallk.
        var status = luaL_loadbufferx(L, source, source.utf8.count, "@test.lua", "t")
        if status == LUA_OK { status = lua_pcallk(L, 0, 1, 0, 0, nil) }
        var length = 0
        guard lua_type(L, -1) == LUA_TSTRING, let text = lua_tolstring(L, -1, &length) else { return "no string" }
        let result = String(decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self)
        return status == LUA_OK ? result : "error: \(result)"
    }
}
