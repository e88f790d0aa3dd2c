// The pool of coroutines that runs take place in.
#include <stdlib.h>
#include "shim_internal.h"

static void anchor_new_thread(lua_State *L, shim_state *S, void *argument) {
    shim_slot *slot = argument;
    lua_rawgeti(L, LUA_REGISTRYINDEX, REGISTRY_THREADS);
    lua_State *thread = lua_newthread(L);
    lua_rawseti(L, -2, slot - S->slots + 1);
    lua_sethook(thread, NULL, 0, 0);
    shim_set_flags(thread, THREAD_TOP, THREAD_FLAGS);
    if (slot->thread == NULL) S->run_threads++;     // else the one it had is a script's now
    slot->thread = thread;
    lua_settop(L, 0);
}

static int add_slot(shim_state *S) {
    if (S->slot_count == S->slot_capacity) {
        uint32_t capacity = S->slot_capacity == 0 ? 8 : S->slot_capacity * 2;
        shim_slot *slots = realloc(S->slots, capacity * sizeof *slots);
        if (slots == NULL) return 0;
        S->slots = slots;
        S->slot_capacity = capacity;
    }
    S->slots[S->slot_count] = (shim_slot){ .state = SLOT_FREE, .next_free = SHIM_NO_SLOT, .generation = 1 };
    S->free_slot = (int32_t)S->slot_count++;
    S->pooled++;
    return 1;
}

void shim_open_runs(lua_State *L, shim_state *S) {
    if (!add_slot(S)) luaL_error(L, "not enough memory");
    anchor_new_thread(L, S, &S->slots[0]);
    S->slots[0].is_ready = 1;
}

int32_t shim_prepare_slot(shim_state *S) {
    if (S->depth >= SHIM_RUN_DEPTH) {
        shim_fail(S, SHIM_KIND_UNAVAILABLE, "the host calls back into the state too deeply");
        return SHIM_NO_SLOT;
    }
    if (S->free_slot == SHIM_NO_SLOT && (S->slot_count >= S->limits.runs || !add_slot(S))) {
        shim_fail(S, SHIM_KIND_UNAVAILABLE, "too many runs are waiting");
        return SHIM_NO_SLOT;
    }
    shim_slot *slot = &S->slots[S->free_slot];
    // A spent coroutine serves no other run: a script that asked for coroutine.running() may still hold it, or the run in it was stopped.
    if (slot->thread != NULL && !(shim_flags(slot->thread) & THREAD_SPENT)) {
        lua_settop(slot->thread, 0);
    } else {
        int status = shim_protect(S, anchor_new_thread, slot);
        if (status != LUA_OK) {
            shim_fail_with(S, S->main, NULL, status);
            return SHIM_NO_SLOT;
        }
    }
    slot->is_ready = 1;
    return S->free_slot;
}

void shim_forget_spawn(shim_slot *slot) {
    free(slot->spawn_chunk);
    slot->spawn_chunk = NULL;
}

int64_t shim_next_waiting(const shim_state *S, uint32_t from, shim_run_id *run) {
    for (uint32_t i = from; i < S->slot_count; i++) {
        if (S->slots[i].state == SLOT_WAITING) {
            *run = (shim_run_id){ i, S->slots[i].generation };
            return i;
        }
    }
    return -1;
}
