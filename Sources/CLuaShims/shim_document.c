// Documents on their way in: the key cache, and the events that several calls share.
#include <stdlib.h>
#include "shim_document.h"
#include "shim_scan.h"

const char *shim_json_document(shim_decoder *d, int prototype);
const char *shim_etf_document(shim_decoder *d, int prototype);

enum { ETF_VERSION = 131, ETF_MAP = 116 };
enum { SMALLEST_LAZY = 160, OFFSETS = UINT32_MAX };     // shorter documents are decoded at once; places are 32 bits wide

/// Whether a document had better stay text until it is read: short ones and those that handlers read whole had not.
static int stays_text(const shim_payload *payload, shim_profile *profile) {
    if (payload->length > OFFSETS - SHIM_PADDING || profile == NULL) return 0;
    if (payload->form != FORM_AUTOMATIC) return payload->form == FORM_LAZY;
    if (payload->length < SMALLEST_LAZY) return 0;
    if (profile->eager_left == 0) return 1;
    profile->eager_left--;
    return 0;
}

/// Pushes a document that is one object as a lazy table; 0 when it is to be decoded at once.
static int push_whole_lazy(shim_decoder *d, int prototype) {
    const char *p = d->begin;
    if (d->encoding == 1) {
        if (p < d->end && (unsigned char)*p == ETF_VERSION) p++;
        if (p == d->end || *p != ETF_MAP) return 0;
        p = shim_push_lazy(d, p, prototype);
        if (p == d->end) return 1;
    } else {
        p = shim_skip_space(p);
        if (*p != '{') return 0;
        p = shim_push_lazy(d, p, prototype);
        if (p != NULL && shim_skip_space(p) == d->end) return 1;
    }
    if (p != NULL) lua_settop(d->L, -2);            // something follows: decoding says what
    return 0;
}

/// Zeros behind the bytes, for decoders that read whole words: in a buffer of the state's, or in a userdata when there are many.
static const char *pad(lua_State *L, shim_state *S, const shim_payload *payload, int *document) {
    size_t size = payload->length + SHIM_PADDING;
    char *copy;
    if (payload->length <= SHIM_SCRATCH) {
        if (S->scratch == NULL && (S->scratch = malloc(SHIM_SCRATCH + SHIM_PADDING)) == NULL) luaL_error(L, "not enough memory");
        copy = S->scratch;
    } else {
        copy = lua_newuserdatauv(L, size, 0);
        *document = lua_gettop(L);
    }
    if (payload->length > 0) memcpy(copy, payload->bytes, payload->length);
    memset(copy + payload->length, 0, SHIM_PADDING);
    return copy;
}

void shim_push_payload(lua_State *L, shim_state *S, const shim_payload *payload, int is_padded) {
    shim_profile *profile = shim_profile_at(&S->profiles[payload->profile]);
    int base = lua_gettop(L) + 1, userdata = 0, stays = stays_text(payload, profile);
    int prototype = payload->prototype < S->prototype_count ? payload->prototype : 0;
    shim_decoder d = { .L = L, .S = S, .nulls = payload->nulls, .encoding = payload->encoding, .profile = profile };
    int is_long = payload->length > SHIM_SCRATCH;
    d.begin = is_padded && !(stays && is_long) ? payload->bytes : pad(L, S, payload, &userdata);
    d.end = d.begin + payload->length;
    if (stays) {
        d.document = is_long ? userdata : SHIM_EMBED;
        if (push_whole_lazy(&d, prototype)) {
            if (userdata != 0) lua_replace(L, base);
            return;
        }
        if (!is_long) d.document = 0;
    }
    d.cache = shim_push_key_cache(L, S);
    if (payload->encoding == 1) shim_etf_document(&d, prototype);
    else shim_json_document(&d, prototype);
    lua_replace(L, base);
    lua_settop(L, base);
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

static void begin_event(lua_State *L, shim_state *S, void *argument) {
    shim_push_payload(L, S, argument, 0);
    lua_rawseti(L, LUA_REGISTRYINDEX, REGISTRY_EVENTS + S->event_depth);
}

int32_t shim_event_begin(shim_state *S, const shim_payload *payload) {
    if (S->event_depth == SHIM_EVENT_DEPTH) {
        shim_fail(S, SHIM_KIND_UNAVAILABLE, "too many events are being handled inside each other");
        return -1;
    }
    int status = shim_protect(S, begin_event, (void *)payload);
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

int32_t shim_eager_left(const shim_state *S, uint8_t profile) { return S->profiles[profile] == NULL ? 0 : S->profiles[profile]->eager_left; }

int32_t shim_usual_fields(const shim_state *S, uint8_t profile) { return S->profiles[profile] == NULL ? 0 : S->profiles[profile]->usual; }
