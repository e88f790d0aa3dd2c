// References that the host holds: places in the registry's array, given out and taken back in C so that taking back cannot fail.
#include <stdlib.h>
#include "shim_internal.h"

enum { SHIM_NIL_REFERENCE = 0 };                    // nothing is ever stored under 0

int32_t shim_new_reference(lua_State *L, shim_state *S) {
    int reuses = S->free_reference_count > 0;
    int32_t slot = reuses ? S->free_references[S->free_reference_count - 1] : S->next_reference;
    lua_rawseti(L, LUA_REGISTRYINDEX, slot);        // raises before anything is counted
    if (reuses) S->free_reference_count--;
    else S->next_reference++;
    S->references++;
    return slot;
}

typedef struct { int32_t slot; } reference_call;

static void take_reference(lua_State *L, shim_state *S, void *argument) {
    ((reference_call *)argument)->slot = shim_new_reference(L, S);
}

int32_t shim_reference(shim_state *S, lua_State *L, int32_t index) {
    if (lua_isnoneornil(L, index)) return SHIM_NIL_REFERENCE;
    if (!lua_checkstack(L, 1)) return -1;
    lua_pushvalue(L, index);
    if (L != S->main) lua_xmove(L, S->main, 1);
    reference_call call = { -1 };
    if (shim_protect_with(S, take_reference, &call, 1) == LUA_OK) return call.slot;
    lua_settop(S->main, -2);
    return -1;
}

void shim_release(shim_state *S, int32_t slot) {
    if (slot == SHIM_NIL_REFERENCE) return;
    lua_pushnil(S->main);
    lua_rawseti(S->main, LUA_REGISTRYINDEX, slot);  // an existing element: no memory is needed
    S->references--;
    if (S->free_reference_count == S->free_reference_capacity) {
        int32_t capacity = S->free_reference_capacity == 0 ? 16 : S->free_reference_capacity * 2;
        int32_t *grown = realloc(S->free_references, (size_t)capacity * sizeof *grown);
        if (grown == NULL) return;                  // the place is not used again
        S->free_references = grown;
        S->free_reference_capacity = capacity;
    }
    S->free_references[S->free_reference_count++] = slot;
}
