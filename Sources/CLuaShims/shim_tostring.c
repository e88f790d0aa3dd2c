// tostring and print. Text for values without a name of their own tells them apart without telling where they live.
#include <stdio.h>
#include "shim_internal.h"

/// A number that stands for an address: the same for the same object, and of no use without the state's secret.
static uint64_t disguise(const shim_state *S, const void *address) {
    uint64_t x = (uint64_t)(uintptr_t)address ^ S->address_key;
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9) + S->address_key;
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (x ^ (x >> 31)) & UINT64_C(0xffffffffffff);
}

/// Leaves exactly one value, the string.
const char *shim_tostring(lua_State *L, int index, size_t *length) {
    index = lua_absindex(L, index);
    if (luaL_getmetafield(L, index, "__tostring") != LUA_TNIL) {
        lua_pushvalue(L, index);
        lua_call(L, 1, 1);
        if (!lua_isstring(L, -1)) luaL_error(L, "'__tostring' must return a string");
        return lua_tolstring(L, -1, length);
    }
    switch (lua_type(L, index)) {
    case LUA_TNUMBER: case LUA_TSTRING: case LUA_TBOOLEAN: case LUA_TNIL:
        return luaL_tolstring(L, index, length);
    case LUA_TLIGHTUSERDATA:
        lua_pushliteral(L, "null");                 // the null value is the only one there is
        return lua_tolstring(L, -1, length);
    default: {
        char number[24];
        snprintf(number, sizeof number, "0x%012llx", (unsigned long long)disguise(shim_of(L), lua_topointer(L, index)));
        int name = luaL_getmetafield(L, index, "__name");
        lua_pushfstring(L, "%s: %s", name == LUA_TSTRING ? lua_tostring(L, -1) : luaL_typename(L, index), number);
        if (name != LUA_TNIL) lua_remove(L, -2);
        return lua_tolstring(L, -1, length);
    }
    }
}

static int tostring_(lua_State *L) {
    luaL_checkany(L, 1);
    shim_tostring(L, 1, NULL);
    return 1;
}

static int print_(lua_State *L) {
    shim_state *S = shim_of(L);
    int count = lua_gettop(L);
    luaL_Buffer line;
    luaL_buffinit(L, &line);
    for (int i = 1; i <= count; i++) {
        size_t length;
        shim_check_doom(L, S);
        if (i > 1) luaL_addchar(&line, '\t');
        shim_tostring(L, i, &length);
        if (luaL_bufflen(&line) + length > S->limits.string_bytes) return luaL_error(L, "the line is too long");
        luaL_addvalue(&line);
    }
    luaL_pushresult(&line);
    lua_insert(L, 1);
    lua_settop(L, 1);
    shim_ask(L, SHIM_ASK_PRINT, 1);
    return 0;
}

void shim_open_tostring(lua_State *L) {
    lua_pushcfunction(L, tostring_);
    lua_setfield(L, -2, "tostring");
    lua_pushcfunction(L, print_);
    lua_setfield(L, -2, "print");
}
