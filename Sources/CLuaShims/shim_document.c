// Documents on their way in: the key cache, and the events that several calls share.
#include <stdlib.h>
#include "shim_internal.h"

void shim_push_payload(lua_State *L, shim_state *S, const char *bytes, size_t length, int encoding, int nulls, int prototype) {
    if (encoding == 1) shim_push_etf(L, S, bytes, length, nulls, prototype);
    else shim_push_json(L, S, bytes, length, nulls, prototype);
}

static void make_key_cache(lua_State *L, shim_state *S) {
    lua_createtable(L, SHIM_KEYS, 0);
    lua_pushvalue(L, -1);
    lua_rawseti(L, LUA_REGISTRYINDEX, REGISTRY_KEYS);
    if (S->keys == NULL) S->keys = calloc(SHIM_KEYS, sizeof *S->keys);
    if (S->keys == NULL) luaL_error(L, "not enough memory");
}

int shim_push_key_cache(lua_State *L, shim_state *S) {
    if (lua_rawgeti(L, LUA_REGISTRYINDEX, REGISTRY_KEYS) != LUA_TTABLE || S->keys == NULL) {
        lua_settop(L, -2);
        make_key_cache(L, S);
    }
    return lua_gettop(L);
}

void shim_push_new_key(lua_State *L, shim_state *S, int cache, unsigned place, const char *text, size_t length) {
    lua_pushlstring(L, text, length);
    if (length > SHIM_LONGEST_KEY) return;
    uint64_t first, last;
    shim_key_words(text, length, &first, &last);
    lua_pushvalue(L, -1);
    lua_rawseti(L, cache, place + 1);
    S->keys[place] = (shim_key){ .first = first, .last = last, .text = lua_tostring(L, -1), .length = (uint32_t)length };
}

// MARK: shared events

typedef struct { const char *bytes; size_t length; int32_t encoding, nulls; uint8_t prototype; } event_call;

static void begin_event(lua_State *L, shim_state *S, void *argument) {
    event_call *call = argument;
    shim_push_payload(L, S, call->bytes, call->length, call->encoding, call->nulls, call->prototype);
    lua_rawseti(L, LUA_REGISTRYINDEX, REGISTRY_EVENTS + S->event_depth);
}

int32_t shim_event_begin(shim_state *S, const void *bytes, size_t length, int32_t encoding, int32_t nulls, uint8_t prototype) {
    if (S->event_depth == SHIM_EVENT_DEPTH) {
        shim_fail(S, SHIM_KIND_UNAVAILABLE, "too many events are being handled inside each other");
        return -1;
    }
    int32_t mark = S->out.count;
    shim_put_string(S, bytes, length);              // the decoder reads words, so it needs zeros behind
    if (S->out.exhausted) {
        shim_rewind(S, mark);
        shim_fail(S, SHIM_KIND_MEMORY, "not enough memory");
        return -1;
    }
    event_call call = { S->out.bytes + S->out.values[mark].offset, length, encoding, nulls, prototype };
    int status = shim_protect(S, begin_event, &call);
    shim_rewind(S, mark);
    if (status != LUA_OK) {
        shim_fail_with(S, S->main, NULL, status);
        return -1;
    }
    return S->event_depth++;
}

void shim_event_end(shim_state *S, int32_t depth) {
    S->event_depth = depth;
    lua_pushnil(S->main);
    lua_rawseti(S->main, LUA_REGISTRYINDEX, REGISTRY_EVENTS + depth);
}
