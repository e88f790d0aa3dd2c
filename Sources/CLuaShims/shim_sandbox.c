// The environment of a pack, built from nothing: each function named here, none else.
#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h>
#endif
#include "shim_internal.h"

typedef struct { const char *library; lua_CFunction open; const char *const *names; void (*own)(lua_State *L); } allowed;

static const char *const base_names[] = {
    "assert", "error", "ipairs", "pairs", "rawequal", "rawlen", "select", "tonumber", "type", NULL,
};
static const char *const math_names[] = {
    "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log", "max", "maxinteger", "min",
    "mininteger", "modf", "pi", "rad", "random", "sin", "sqrt", "tan", "tointeger", "type", "ult", NULL,
};
static const char *const utf8_names[] = { "char", "charpattern", "codepoint", "codes", "len", "offset", NULL };
static const char *const os_names[] = { "clock", "difftime", "time", NULL };
static const char *const no_names[] = { NULL };

/// math.randomseed([x [, y]]): without arguments from the system's entropy; it does not answer the seed, part of which would be an address.
static int randomseed(lua_State *L) {               // upvalue: Lua's own
    int count = lua_gettop(L) > 2 ? 2 : lua_gettop(L);
    lua_settop(L, count);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    if (count == 0) {
        lua_Integer seed[2];
        if (getentropy(seed, sizeof seed) != 0) return luaL_error(L, "no entropy");
        lua_pushinteger(L, seed[0]);
        lua_pushinteger(L, seed[1]);
        count = 2;
    }
    lua_call(L, count, 0);
    return 0;
}

/// Wraps the stock function that is below the library's table and seeds it.
static void open_math(lua_State *L) {
    lua_getfield(L, -2, "randomseed");
    lua_pushcclosure(L, randomseed, 1);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "randomseed");
    lua_call(L, 0, 0);
}

enum { LONGEST_DATE_FORMAT = 1000 };

/// os.date([format [, time]]): each conversion of a format costs up to a microsecond, and nothing could stop it among a million of them.
static int date(lua_State *L) {                     // upvalue: Lua's own
    if (lua_type(L, 1) == LUA_TSTRING && lua_rawlen(L, 1) > LONGEST_DATE_FORMAT) return luaL_argerror(L, 1, "format too long");
    return lua_tocfunction(L, lua_upvalueindex(1))(L);      // it has no upvalues of its own
}

/// Wraps the stock function that is below the library's table.
static void open_os(lua_State *L) {
    lua_getfield(L, -2, "date");
    lua_pushcclosure(L, date, 1);
    lua_setfield(L, -2, "date");
}

static void open_base(lua_State *L) {
    shim_open_base(L);
    shim_open_metatables(L);
    shim_open_tostring(L);
    shim_open_lazy(L);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "_G");
    lua_pushliteral(L, LUA_VERSION);
    lua_setfield(L, -2, "_VERSION");
}

static const allowed libraries[] = {
    { "_G", luaopen_base, base_names, open_base },
    { "coroutine", NULL, no_names, shim_open_coroutine },
    { "math", luaopen_math, math_names, open_math },
    { "os", luaopen_os, os_names, open_os },
    { "string", luaopen_string, shim_string_names, shim_open_string },
    { "table", NULL, no_names, shim_open_table },
    { "utf8", luaopen_utf8, utf8_names, NULL },
};

/// Pushes a library's table: the allowed functions of Lua's own and ours over them.
static void build(lua_State *L, const allowed *library) {
    if (library->open != NULL) {
        lua_pushcfunction(L, library->open);
        lua_call(L, 0, 1);
    } else {
        lua_createtable(L, 0, 0);
    }
    lua_createtable(L, 0, 32);
    for (const char *const *name = library->names; *name != NULL; name++) {
        lua_getfield(L, -2, *name);
        lua_setfield(L, -2, *name);
    }
    if (library->own != NULL) library->own(L);
    lua_remove(L, -2);
}

/// Copies the functions of the table on top into the table at `names`: what tracebacks call them, beyond the reach of scripts.
static void note_names(lua_State *L, int names, const char *library) {
    int from = lua_gettop(L);
    lua_createtable(L, 0, 32);
    for (lua_pushnil(L); lua_next(L, from); lua_settop(L, from + 2)) {
        if (!lua_isfunction(L, -1)) continue;
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, from + 1);
    }
    lua_setfield(L, names, library);
}

static void protect_strings(lua_State *L) {         // the string library is on top
    lua_pushliteral(L, "");
    if (!lua_getmetatable(L, -1)) luaL_error(L, "strings have no metatable");
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_settop(L, -3);
}

/// Prints as its message, which says all that a person needs; the code is for the script.
static int error_tostring(lua_State *L) {
    lua_settop(L, 1);
    lua_pushliteral(L, "message");
    if (lua_rawget(L, 1) != LUA_TSTRING) lua_pushliteral(L, "error");
    return 1;
}

static int error_concat(lua_State *L) {
    lua_settop(L, 2);
    shim_tostring(L, 1, NULL);
    shim_tostring(L, 2, NULL);
    lua_concat(L, 2);
    return 1;
}

static void make_error_metatable(lua_State *L) {
    lua_createtable(L, 0, 4);
    lua_pushcfunction(L, error_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushcfunction(L, error_concat);
    lua_setfield(L, -2, "__concat");
    lua_pushliteral(L, "error");
    lua_setfield(L, -2, "__name");
    lua_pushliteral(L, "error");
    lua_setfield(L, -2, "__metatable");
    lua_rawseti(L, LUA_REGISTRYINDEX, REGISTRY_ERROR_METATABLE);

    lua_createtable(L, 0, 2);                       // what a cancelled run catches
    lua_pushliteral(L, "cancelled");
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "message");
    lua_setfield(L, -2, "code");
    lua_rawgeti(L, LUA_REGISTRYINDEX, REGISTRY_ERROR_METATABLE);
    lua_setmetatable(L, -2);
    lua_rawseti(L, LUA_REGISTRYINDEX, REGISTRY_CANCELLED);
}

static void make_stop_errors(lua_State *L, shim_state *S) {
    for (int kind = 0; kind < SHIM_KINDS; kind++) {
        lua_pushstring(L, shim_stop_message(S, kind));
        lua_rawseti(L, LUA_REGISTRYINDEX, REGISTRY_STOPPED + kind);
    }
}

void shim_open_sandbox(lua_State *L, shim_state *S) {
    make_error_metatable(L);
    make_stop_errors(L, S);
    lua_createtable(L, 0, 8);                       // 1: names
    lua_createtable(L, 0, 8);                       // 2: what require finds without asking the host
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        build(L, &libraries[i]);                    // 3
        note_names(L, 1, libraries[i].library);
        if (libraries[i].own == shim_open_string) protect_strings(L);
        if (i > 0) {
            lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
            lua_pushvalue(L, 3);
            lua_setfield(L, 4, libraries[i].library);
            lua_settop(L, 3);
        } else {
            lua_pushvalue(L, 3);
            lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
        }
        lua_setfield(L, 2, libraries[i].library);
    }
    lua_rawseti(L, LUA_REGISTRYINDEX, REGISTRY_LOADED);
    lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
}
