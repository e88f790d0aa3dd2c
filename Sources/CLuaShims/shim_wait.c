// Taking a run for a wait, and telling a script why it cannot wait where it stands.
#include <stdio.h>
#include <string.h>
#include "shim_internal.h"

// MARK: names of C functions

static void find_name(lua_State *L, shim_state *S, void *argument) {
    (void)argument;
    S->name[0] = 0;
    lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);       // library names and their functions, as tracebacks use them
    for (lua_pushnil(L); lua_next(L, 2); lua_settop(L, 3)) {
        if (lua_type(L, 3) != LUA_TSTRING || lua_type(L, 4) != LUA_TTABLE) continue;
        for (lua_pushnil(L); lua_next(L, 4); lua_settop(L, 5)) {
            if (!lua_rawequal(L, 1, -1) || lua_type(L, 5) != LUA_TSTRING) continue;
            const char *library = lua_tostring(L, 3);
            int is_base = strcmp(library, "_G") == 0;
            snprintf(S->name, sizeof S->name, "%s%s%s", is_base ? "" : library, is_base ? "" : ".", lua_tostring(L, 5));
            lua_settop(L, 0);
            return;
        }
    }
    lua_settop(L, 0);
}

const char *shim_function_name(shim_state *S) {
    int base = lua_gettop(S->main) - 1;
    if (shim_protect_with(S, find_name, NULL, 1) != LUA_OK) S->name[0] = 0;
    lua_settop(S->main, base);
    return S->name[0] == 0 ? NULL : S->name;
}

/// Writes the name of the function at a level of `L`; 0 when it is a Lua function or lets its callees wait.
static int name_level(shim_state *S, lua_State *L, int level, lua_Debug *ar, char *name, size_t size) {
    if (!lua_getstack(L, level, ar) || !lua_checkstack(L, 1)) return 0;
    lua_getinfo(L, "Snf", ar);
    lua_CFunction function = lua_tocfunction(L, -1);
    if (function == NULL || (level > 0 && shim_lets_wait(function))) {
        lua_settop(L, -2);
        return 0;
    }
    if (L != S->main) lua_xmove(L, S->main, 1);
    const char *known = shim_function_name(S);
    snprintf(name, size, "%s", known != NULL ? known : ar->name != NULL ? ar->name : "a C function");
    return 1;
}

// MARK: waiting

static void refuse(shim_state *S, lua_State *L, lua_State *blocked) {
    enum { DEEPEST = 200 };
    char caller[SHIM_CHUNK] = "a host function", inside[SHIM_CHUNK], message[SHIM_CHUNK * 2 + 32];
    lua_Debug ar;
    name_level(S, L, 0, &ar, caller, sizeof caller);
    for (int level = 1; level < DEEPEST && lua_getstack(blocked, level, &ar); level++) {
        if (!name_level(S, blocked, level, &ar, inside, sizeof inside)) continue;
        snprintf(message, sizeof message, "cannot wait inside %s (%s)", inside, caller);
        shim_put_message(S, message, strlen(message));
        return;
    }
    snprintf(message, sizeof message, "cannot wait here (%s)", caller);
    shim_put_message(S, message, strlen(message));
}

int32_t shim_wait(shim_state *S, lua_State *L, shim_run_id *run) {
    if (S->current == SHIM_NO_SLOT) {
        static const char outside[] = "cannot wait outside a run";
        shim_put_message(S, outside, sizeof outside - 1);
        return 0;
    }
    shim_slot *slot = &S->slots[S->current];
    if (slot->cancelled) {
        S->doom = SHIM_KIND_CANCELLED;              // it was caught once; the trampoline raises it for good now
        shim_put_nil(S);
        return 0;
    }
    if (!lua_isyieldable(L)) {
        refuse(S, L, L);
        return 0;
    }
    for (const shim_link *link = S->resumers; link != NULL; link = link->up) {
        if (lua_isyieldable(link->thread)) continue;
        refuse(S, L, link->thread);
        return 0;
    }
    if (!S->wait_taken) slot->generation++;
    S->wait_taken = 1;
    *run = (shim_run_id){ (uint32_t)S->current, slot->generation };
    return 1;
}

int32_t shim_current_run(const shim_state *S, shim_run_id *run) {
    if (S->current == SHIM_NO_SLOT) return 0;
    *run = (shim_run_id){ (uint32_t)S->current, S->slots[S->current].generation };
    return 1;
}

// MARK: arguments

typedef struct { const char *name; size_t length; } field_call;

static void get_field(lua_State *L, shim_state *S, void *argument) {
    (void)S;
    field_call *call = argument;
    lua_pushlstring(L, call->name, call->length);
    shim_raw_get(L, 1);
    lua_replace(L, 1);
}

int32_t shim_field(shim_state *S, lua_State *L, int32_t index, const char *name, size_t length) {
    if (lua_type(L, index) != LUA_TTABLE || !lua_checkstack(L, 2)) return 0;
    field_call call = { name, length };
    lua_pushvalue(L, index);
    if (L != S->main) lua_xmove(L, S->main, 1);
    if (shim_protect_with(S, get_field, &call, 1) != LUA_OK || lua_isnil(S->main, -1)) {
        lua_settop(S->main, -2);
        return 0;
    }
    if (L != S->main) lua_xmove(S->main, L, 1);
    return lua_gettop(L);
}
