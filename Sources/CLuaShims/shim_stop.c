// Ending a run that used up its budget. No hook stands while a script behaves: the clock's signal or the heap arms one.
#include "shim_internal.h"

void shim_arm(shim_state *S) {
    lua_State *L = S->running;
    if (L != NULL) lua_sethook(L, shim_hook, LUA_MASKCOUNT, 1);
}

int shim_raise_doom(lua_State *L) {
    shim_state *S = shim_of(L);
    lua_sethook(L, shim_hook, LUA_MASKCOUNT, 1);    // whatever this thread runs while unwinding is stopped again
    lua_rawgeti(L, LUA_REGISTRYINDEX, REGISTRY_STOPPED + S->doom);
    return lua_error(L);
}

const char *shim_stop_message(const shim_state *S, int32_t kind) {
    switch (kind) {
    case SHIM_KIND_CPU: return "stopped: the script used more CPU time than it may";
    case SHIM_KIND_MEMORY: return "stopped: the script used more memory than it may";
    case SHIM_KIND_COROUTINES: return "stopped: the script has more coroutines than it may";
    case SHIM_KIND_LIMIT: return S->stop_text[0] != 0 ? S->stop_text : "stopped: the script exceeded a limit";
    default: return "cancelled";
    }
}

void shim_stop(shim_state *S, const void *text, size_t length) {
    if (S->current == SHIM_NO_SLOT || S->doom) return;
    if (length >= sizeof S->stop_text) length = sizeof S->stop_text - 1;
    memcpy(S->stop_text, text, length);
    S->stop_text[length] = 0;
    S->doom = SHIM_KIND_LIMIT;
}

static void relieve(lua_State *L, shim_state *S) {
    S->pressure = 0;
    lua_gc(L, LUA_GCCOLLECT);
    shim_note_collected(S);
    if (S->heap.used > S->heap.limit - S->heap.limit / 16) S->doom = SHIM_KIND_MEMORY;
    shim_heap_set_trigger(&S->heap, S->heap.limit);
}

void shim_hook(lua_State *L, lua_Debug *ar) {
    (void)ar;
    shim_state *S = shim_of(L);
    if (S->warning == 1) {
        S->warning = 2;
        S->overrun_line = shim_find_position(L, 0, S->overrun_chunk, sizeof S->overrun_chunk);
    }
    if (S->pressure && !S->doom) relieve(L, S);
    if (S->doom) shim_raise_doom(L);
    lua_sethook(L, NULL, 0, 0);
}

const char *shim_overrun(const shim_state *S, int64_t *nanoseconds, int32_t *line) {
    *nanoseconds = S->overrun_time;
    *line = S->overrun_line;
    return S->overrun_chunk;
}
