// A state's life: opened with the sandbox in place, counted, closed.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h>
#endif
#include "shim_internal.h"

static int panic(lua_State *L) {
    const char *text = lua_tostring(L, -1);
    fprintf(stderr, "moonwire: a Lua error outside a protected call: %s\n", text == NULL ? "(no text)" : text);
    return 0;                                       // Lua aborts
}

static void set_up(lua_State *L, shim_state *S, void *argument) {
    (void)argument;
    for (int i = REGISTRY_THREADS; i < REGISTRY_REFERENCES; i++) {     // places that exist need no memory to be set
        lua_pushboolean(L, 0);
        lua_rawseti(L, LUA_REGISTRYINDEX, i);
    }
    lua_createtable(L, 8, 0);
    lua_rawseti(L, LUA_REGISTRYINDEX, REGISTRY_THREADS);
    shim_open_runs(L, S);                           // before any script's block: see shim_heap.c on how coroutines are counted
    shim_open_sandbox(L, S);
    lua_settop(L, 0);
}

shim_state *shim_open_failing(const shim_limits *limits, int64_t after, int64_t count) {
    shim_state *S = calloc(1, sizeof *S);
    if (S == NULL) return NULL;
    S->limits = *limits;
    if (S->limits.memory > SIZE_MAX / 4) S->limits.memory = SIZE_MAX / 4;
    shim_heap_open(&S->heap, S->limits.memory, S);
    shim_fail_allocations(S, after, count);
    S->has_avx2 = shim_has_avx2();
    S->free_slot = S->current = S->returned_slot = SHIM_NO_SLOT;
    S->next_reference = REGISTRY_REFERENCES;
    S->least_used = SIZE_MAX;
    if (getentropy(&S->address_key, sizeof S->address_key) != 0) S->address_key = (uintptr_t)S;
    lua_State *L = lua_newstate(shim_heap_allocate, &S->heap);
    if (L == NULL) {
        shim_close(S);
        return NULL;
    }
    S->main = L;
    *(shim_state **)lua_getextraspace(L) = S;
    shim_set_flags(L, THREAD_TOP, 0);               // a __tostring that the report of a failure calls runs in it, and may ask for it
    lua_atpanic(L, panic);
    shim_note_collected(S);
    if (lua_version(L) != LUA_VERSION_NUM || shim_protect(S, set_up, NULL) != LUA_OK) {
        shim_close(S);
        return NULL;
    }
    return S;
}

shim_state *shim_open(const shim_limits *limits) { return shim_open_failing(limits, 0, 0); }

void shim_fail_allocations(shim_state *S, int64_t after, int64_t count) {
    shim_heap_fail(&S->heap, after, count < 0 ? 0 : count);
}

void shim_set_host(shim_state *S, shim_host_call call, void *host) {
    S->call = call;
    S->host = host;
}

void shim_close(shim_state *S) {
    if (S->main != NULL) lua_close(S->main);
    shim_heap_close(&S->heap);
    for (uint32_t i = 0; i < S->prototype_count; i++) {
        free(S->prototypes[i].rules);
        free(S->prototypes[i].profile);
    }
    free(S->prototypes);
    for (int i = 0; i < 256; i++) free(S->profiles[i]);
    for (uint32_t i = 0; i < S->slot_count; i++) free(S->slots[i].spawn_chunk);
    free(S->slots);
    free(S->free_references);
    free(S->keys);
    free(S->places);
    free(S->scratch);
    free(S->texts);
    free(S->json);
    free(S->out.values);
    free(S->out.bytes);
    free(S);
}

shim_counts shim_count(const shim_state *S) {
    return (shim_counts){
        .memory = S->heap.used, .memory_peak = S->heap.peak, .references = (uint32_t)S->references, .waiting = S->waiting,
        .pooled = S->pooled, .coroutines = shim_coroutines(S),
    };
}
