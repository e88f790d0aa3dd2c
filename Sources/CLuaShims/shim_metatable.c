// setmetatable and getmetatable. A value never gets the script's own table as its metatable but a strong private copy of the
// metamethods in it, kept per table and renewed at each setmetatable: what is refused here (__gc, a __call that is not a function, a metatable that
// is itself weak) can then not be brought in afterwards.
#include "shim_internal.h"

static const char *const events[] = {
    "__index", "__newindex", "__call", "__eq", "__lt", "__le", "__len", "__concat", "__unm", "__add", "__sub", "__mul", "__div",
    "__mod", "__pow", "__idiv", "__band", "__bor", "__bxor", "__shl", "__shr", "__bnot", "__close", "__tostring", "__name",
    "__pairs", "__mode", "__metatable",
};
enum { EVENT_COUNT = sizeof events / sizeof *events };
static const char original_key;                     // its address is the copy's field for the script's own table

static int getmetatable_(lua_State *L) {
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    if (!lua_getmetatable(L, 1)) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushliteral(L, "__metatable");
    if (lua_rawget(L, 2) != LUA_TNIL) return 1;     // the host's metatables have one, except that of lazy tables without prototype
    lua_rawgetp(L, 2, &original_key);
    return 1;
}

/// Brings the copy at 4 up to date with the table at 2. Upvalues from 2 on: the names of the events.
static void renew(lua_State *L) {
    for (int i = 0; i < EVENT_COUNT; i++) {
        lua_pushvalue(L, lua_upvalueindex(i + 2));
        lua_pushvalue(L, -1);
        lua_pushvalue(L, -1);
        int type = lua_rawget(L, 4);
        lua_insert(L, -2);
        int new_type = lua_rawget(L, 2);
        if ((type != LUA_TNIL || new_type != LUA_TNIL) && !lua_rawequal(L, -1, -2)) {
            lua_remove(L, -2);
            lua_rawset(L, 4);
        }
        lua_settop(L, 4);
    }
}

static int setmetatable_(lua_State *L) {            // upvalue 1: table from metatable to its copy, with weak keys
    luaL_checktype(L, 1, LUA_TTABLE);
    int type = lua_type(L, 2);
    luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
    lua_settop(L, 2);
    shim_read_all(L, 1);
    if (type == LUA_TTABLE) shim_read_all(L, 2);
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return luaL_error(L, "cannot change a protected metatable");
    if (type == LUA_TNIL) {
        lua_setmetatable(L, 1);
        return 1;
    }
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "a '__gc' metamethod is not available to scripts");
    lua_pushliteral(L, "__call");
    type = lua_rawget(L, 2);
    if (type != LUA_TNIL && type != LUA_TFUNCTION) return luaL_error(L, "'__call' must be a function");
    lua_settop(L, 2);

    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL) {
        lua_createtable(L, 0, 4);
        lua_pushvalue(L, 2);
        lua_rawsetp(L, -2, &original_key);
        lua_pushvalue(L, 2);
        lua_pushvalue(L, -2);
        lua_rawset(L, lua_upvalueindex(1));
        lua_replace(L, 3);
    }
    lua_pushvalue(L, 3);
    renew(L);
    lua_setmetatable(L, 1);
    lua_settop(L, 1);
    return 1;
}

void shim_open_metatables(lua_State *L) {
    lua_pushcfunction(L, getmetatable_);
    lua_setfield(L, -2, "getmetatable");
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    luaL_checkstack(L, EVENT_COUNT + 2, NULL);
    for (int i = 0; i < EVENT_COUNT; i++) lua_pushstring(L, events[i]);
    lua_pushcclosure(L, setmetatable_, EVENT_COUNT + 1);
    lua_setfield(L, -2, "setmetatable");
}
