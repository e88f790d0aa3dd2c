// The coroutine library. A host call that waits inside a script's own coroutine passes through it, up to the run.
#include "shim_internal.h"

static lua_State *argument_thread(lua_State *L) {
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co, 1, "coroutine");
    return co;
}

typedef enum { RUNNING, SUSPENDED, NORMAL, DEAD } coroutine_status;
static const char *const status_names[] = { "running", "suspended", "normal", "dead" };

static coroutine_status status_of(lua_State *L, lua_State *co) {
    lua_Debug ar;
    if (L == co) return RUNNING;
    // Inside a host wait it is in the midst of a call, and its next values are the host's. A run's own thread is the host's.
    if (shim_flags(co) & THREAD_WAITING) return NORMAL;
    switch (lua_status(co)) {
    case LUA_YIELD: return shim_flags(co) & THREAD_TOP ? NORMAL : SUSPENDED;
    case LUA_OK:
        if (lua_getstack(co, 0, &ar)) return NORMAL;
        return lua_gettop(co) == 0 || (shim_flags(co) & THREAD_TOP) ? DEAD : SUSPENDED;
    default: return DEAD;
    }
}

// MARK: resuming

/// Resumes `co` with the top `count` values. Answers the number of results moved to L, -1 with an error value on L, or
/// PASSED_ON when a host call in `co` waits and L is to yield in turn.
enum { FAILED = -1, PASSED_ON = -2 };

static int step(lua_State *L, lua_State *co, int count) {
    shim_state *S = shim_of(L);
    shim_check_stack(L, S);
    if (!lua_checkstack(co, count)) {
        lua_pushliteral(L, "too many arguments to resume");
        return FAILED;
    }
    lua_xmove(L, co, count);
    shim_link link = { L, S->resumers };
    int results = 0;
    S->resumers = &link;
    S->running = co;
    int status = lua_resume(co, L, count, &results);
    S->running = L;
    S->resumers = link.up;
    if (status == LUA_ERRMEM) S->doom = SHIM_KIND_MEMORY;
    shim_check_doom(L, S);
    if (status == LUA_YIELD && S->yielding) {
        shim_set_flags(co, THREAD_WAITING, 0);
        return PASSED_ON;
    }
    if (status != LUA_OK && status != LUA_YIELD) {
        if (lua_checkstack(co, 1)) lua_pushvalue(co, -1);       // closing the coroutine looks for the error there
        lua_xmove(co, L, 1);
        return FAILED;
    }
    if (!lua_checkstack(L, results + 1)) {
        lua_settop(co, -results - 1);
        lua_pushliteral(L, "too many results to resume");
        return FAILED;
    }
    lua_xmove(co, L, results);
    return results;
}

static int begin(lua_State *L, lua_State *co, int count) {
    coroutine_status status = status_of(L, co);
    if (status != SUSPENDED) {
        lua_pushfstring(L, "cannot resume %s coroutine", status == DEAD ? "dead" : "non-suspended");
        return FAILED;
    }
    return step(L, co, count);
}

/// After the host's answer has come down to L: hands it on to `co`.
static int go_on(lua_State *L, lua_State *co, lua_KContext base) {
    shim_set_flags(co, 0, THREAD_WAITING);
    return step(L, co, lua_gettop(L) - (int)base);
}

static int finish_resume(lua_State *L, int results);

static int continue_resume(lua_State *L, int status, lua_KContext base) {
    (void)status;
    return finish_resume(L, go_on(L, lua_tothread(L, 1), base));
}

static int finish_resume(lua_State *L, int results) {
    if (results == PASSED_ON) return lua_yieldk(L, 0, lua_gettop(L), continue_resume);
    lua_pushboolean(L, results >= 0);
    if (results < 0) results = 1;
    lua_insert(L, -results - 1);
    return results + 1;
}

static int coroutine_resume(lua_State *L) {
    return finish_resume(L, begin(L, argument_thread(L), lua_gettop(L) - 1));
}

// MARK: closing

static int close_thread(lua_State *L, lua_State *co) {
    shim_state *S = shim_of(L);
    shim_check_stack(L, S);                         // Lua's own count of C calls starts anew in releases before 5.4.6
    S->running = co;
    int status = lua_resetthread(co);               // runs __close and does not raise
    S->running = L;
    shim_check_doom(L, S);
    return status;
}

static int coroutine_close(lua_State *L) {
    lua_State *co = argument_thread(L);
    coroutine_status status = status_of(L, co);
    if (status == RUNNING || status == NORMAL || (shim_flags(co) & THREAD_TOP)) {
        return luaL_error(L, "cannot close a %s coroutine", status_names[status]);
    }
    if (close_thread(L, co) == LUA_OK) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushboolean(L, 0);
    lua_xmove(co, L, 1);
    return 2;
}

// MARK: wrap

/// Notes where an error came from, for the case that it reaches the host: its coroutine is closed before it is raised on.
static void note_inner_error(lua_State *L, lua_State *co) {
    luaL_traceback(L, co, NULL, 0);
    lua_rawseti(L, LUA_REGISTRYINDEX, REGISTRY_INNER_TRACE);
}

static int finish_wrap(lua_State *L, int results);

static int continue_wrap(lua_State *L, int status, lua_KContext base) {
    (void)status;
    return finish_wrap(L, go_on(L, lua_tothread(L, lua_upvalueindex(1)), base));
}

static int finish_wrap(lua_State *L, int results) {
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    if (results == PASSED_ON) return lua_yieldk(L, 0, lua_gettop(L), continue_wrap);
    if (results >= 0) return results;
    int status = lua_status(co);
    if (status != LUA_OK && status != LUA_YIELD) {
        note_inner_error(L, co);
        if (close_thread(L, co) != LUA_OK) {
            lua_settop(L, -2);
            lua_xmove(co, L, 1);                    // __close may have put another error in its place
        }
    }
    if (lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    lua_pushvalue(L, -1);
    lua_rawseti(L, LUA_REGISTRYINDEX, REGISTRY_INNER_ERROR);
    return lua_error(L);
}

static int call_wrapped(lua_State *L) {
    return finish_wrap(L, begin(L, lua_tothread(L, lua_upvalueindex(1)), lua_gettop(L)));
}

// MARK: the rest

/// At the limit, garbage is collected; a script that still holds nearly as many is stopped, so that it cannot force one collection per
/// coroutine.
static void check_count(lua_State *L, shim_state *S) {
    uint32_t limit = S->limits.coroutines;
    if (shim_coroutines(S) < limit) return;
    lua_gc(L, LUA_GCCOLLECT);
    shim_note_collected(S);
    if (shim_coroutines(S) < limit - limit / 16) return;
    S->doom = SHIM_KIND_COROUTINES;
    shim_raise_doom(L);
}

static int coroutine_create(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    shim_check_doom(L, shim_of(L));
    check_count(L, shim_of(L));
    lua_State *co = lua_newthread(L);
    shim_set_flags(co, 0, THREAD_FLAGS);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    return 1;
}

static int coroutine_wrap(lua_State *L) {
    coroutine_create(L);
    lua_pushcclosure(L, call_wrapped, 1);
    return 1;
}

static int coroutine_yield(lua_State *L) {
    if (shim_flags(L) & THREAD_TOP) return luaL_error(L, "attempt to yield from outside a coroutine");
    return lua_yield(L, lua_gettop(L));
}

static int coroutine_state(lua_State *L) {
    lua_pushstring(L, status_names[status_of(L, argument_thread(L))]);
    return 1;
}

static int coroutine_isyieldable(lua_State *L) {
    lua_State *co = lua_isthread(L, 1) ? lua_tothread(L, 1) : L;
    lua_pushboolean(L, lua_isyieldable(co) && !(shim_flags(co) & THREAD_TOP));
    return 1;
}

static int coroutine_running(lua_State *L) {
    lua_pushthread(L);
    lua_pushboolean(L, (shim_flags(L) & THREAD_TOP) != 0);
    shim_set_flags(L, THREAD_SPENT, 0);
    return 2;
}

int shim_is_resuming(lua_CFunction function) { return function == coroutine_resume || function == call_wrapped; }

void shim_open_coroutine(lua_State *L) {
    static const luaL_Reg functions[] = {
        { "close", coroutine_close }, { "create", coroutine_create }, { "isyieldable", coroutine_isyieldable },
        { "resume", coroutine_resume }, { "running", coroutine_running }, { "status", coroutine_state },
        { "wrap", coroutine_wrap }, { "yield", coroutine_yield }, { NULL, NULL },
    };
    luaL_setfuncs(L, functions, 0);
}
