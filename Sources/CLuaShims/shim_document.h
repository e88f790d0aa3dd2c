// What the decoders of JSON and ETF share: keys from the cache, and tables filled from the stack in their exact size.
#ifndef SHIM_DOCUMENT_H
#define SHIM_DOCUMENT_H

#include "shim_profile.h"

enum { SHIM_DEEPEST = 128, SHIM_FLUSHED = 512 };    // levels of nesting; values on the stack before they are moved into a table

/// SHIM_EMBED: the first object is to carry a copy of the document, which is no longer than SHIM_SCRATCH.
enum { SHIM_EMBED = -1, SHIM_SCRATCH = 16 << 10 };

/// A pass over a document, or over a part of one.
typedef struct {
    lua_State *L;
    shim_state *S;
    const char *begin, *end;            // of the document; zeros follow
    int cache, nulls, depth;            // the key cache's index
    int document, encoding;             // index of the userdata with the document, when its objects may stay text; SHIM_EMBED; else 0
    shim_profile *profile;              // of the whole document; NULL when only a part is decoded
} shim_decoder;

const char *shim_json_value(shim_decoder *d, const char *p, int prototype);
const char *shim_etf_value(shim_decoder *d, const char *p, int prototype);
/// Notes the fields of the object at `p` in S->places. Answers its end, or NULL when it had better be decoded at once, because it is malformed or
/// has keys with escapes.
const char *shim_json_places(shim_decoder *d, const char *p, uint32_t *count);
const char *shim_etf_places(shim_decoder *d, const char *p, uint32_t *count);
/// Place number `count` to fill, or NULL when there is no memory.
int shim_more_places(shim_state *S);
static inline shim_field_place *shim_next_place(shim_state *S, uint32_t count) {
    return count == S->place_capacity && !shim_more_places(S) ? NULL : &S->places[count];
}
/// Pushes the object at `p` as a table that is read as it is used; answers its end, or NULL to have it decoded at once.
const char *shim_push_lazy(shim_decoder *d, const char *p, int prototype);

static inline int shim_child_by_words(const shim_prototype *parent, uint64_t first, uint64_t last, size_t length) {
    for (int i = 0; i < parent->rule_count; i++) {
        const shim_rule *rule = &parent->rules[i];
        if (rule->first == first && rule->last == last && rule->length == length) return rule->child;
    }
    return parent->any_child;
}

/// The prototype of what field `key` of a `parent` holds.
static inline int shim_child_of(const shim_state *S, int parent, const char *key, size_t length) {
    if (parent == 0) return 0;
    uint64_t first, last;
    shim_key_words(key, length, &first, &last);
    return shim_child_by_words(&S->prototypes[parent], first, last, length);
}

/// Pushes a key, from the cache of `shim_push_key_cache` when it is there. Answers the prototype of its value. The text must be followed or
/// preceded by enough of the document that its words can be read.
static inline int shim_push_key(lua_State *L, shim_state *S, int cache, const char *text, size_t length, int parent) {
    uint64_t first, last;
    shim_key_words(text, length, &first, &last);
    unsigned place = shim_key_place(first, last, length);
    const shim_key *key = &S->keys[place];
    if (key->first == first && key->last == last && key->length == length && key->text != NULL
        && (length <= 16 || memcmp(key->text, text, length) == 0)) {
        lua_rawgeti(L, cache, place + 1);
    } else {
        shim_push_new_key(L, S, cache, place, text, length);
    }
    return parent == 0 ? 0 : shim_child_by_words(&S->prototypes[parent], first, last, length);
}

/// Moves `count` values above `table` into it, under the integers from `next` on; the first time it takes the place of a nil.
static inline void shim_flush_array(lua_State *L, int table, int count, lua_Integer next) {
    if (next == 1) {
        lua_createtable(L, count, 0);
        lua_replace(L, table);
        for (int i = count; i >= 1; i--) lua_rawseti(L, table, i);
        return;
    }
    for (int i = 0; i < count; i++) {               // ascending, so that the array grows as one
        lua_pushvalue(L, table + 1 + i);
        lua_rawseti(L, table, next + i);
    }
    lua_settop(L, table);
}

/// Moves `count` pairs above `table` into it; the first time it takes the place of a nil. Of equal keys the first one counts.
static inline void shim_flush_object(lua_State *L, int table, int count, int is_first) {
    if (is_first) {
        lua_createtable(L, 0, count);
        lua_replace(L, table);
        for (int i = 0; i < count; i++) lua_rawset(L, table);
        return;
    }
    for (int key = table + 1; key < table + 1 + 2 * count; key += 2) {
        lua_pushvalue(L, key);
        if (lua_rawget(L, table) == LUA_TNIL) {
            lua_pushvalue(L, key);
            lua_pushvalue(L, key + 1);
            lua_rawset(L, table);
        }
        lua_settop(L, -2);
    }
    lua_settop(L, table);
}

#endif
