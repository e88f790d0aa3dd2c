// Objects that stay text until they are read. To a script they are ordinary tables: the metatable fetches a field from the document the first time
// it is asked for and keeps it; whatever needs all fields (pairs, next, raw access, encoding) reads the rest first.
#include <stdlib.h>
#include "shim_document.h"
#include "shim_scan.h"

enum { FEWEST = 4, SMALLEST_PART = 120, LARGEST_KEPT = SHIM_SCRATCH, EXPECTED_FIELDS = 3, DEEPEST_USUAL = 4, MANY_FIELDS = 64 };

typedef struct {
    const char *text;                   // the document: behind the places, or in the userdata that is the user value
    size_t length;
    shim_profile *profile;              // NULL: none
    uint32_t count, left;               // fields, and those not read yet
    uint8_t prototype, encoding, nulls;
    uint8_t has_document, is_counted, is_noted;     // carries it; is to be counted once most has been read; its reads are noted
    shim_field_place places[];
} node;

static const char node_key;                         // its address is the field of the table that holds the node

int shim_more_places(shim_state *S) {
    uint32_t capacity = S->place_capacity == 0 ? 64 : S->place_capacity * 2;
    shim_field_place *places = realloc(S->places, capacity * sizeof *places);
    if (places == NULL) return 0;
    S->places = places;
    S->place_capacity = capacity;
    return 1;
}

// MARK: reading fields

/// Pushes the node of the table at `index`; NULL, with nothing pushed, when all of it has been read or it never was lazy.
static node *push_node(lua_State *L, int index) {
    if (lua_rawgetp(L, index, &node_key) == LUA_TUSERDATA) return lua_touserdata(L, -1);
    lua_settop(L, -2);
    return NULL;
}

static shim_field_place *find(node *n, const char *key, size_t length) {
    for (uint32_t i = 0; i < n->count; i++) {
        shim_field_place *place = &n->places[i];
        if (place->key_length != length || (length > 0 && n->text[place->key] != key[0])) continue;
        if (memcmp(n->text + place->key, key, length) == 0) return place;
    }
    return NULL;
}

/// At most how long the text of a field's value is.
static inline size_t length_of(const node *n, const shim_field_place *place) {
    return (place + 1 < n->places + n->count ? place[1].key : n->length) - place->value;
}

/// Pushes the value of a field; the caller has made room for four values. The node is at `node_index`, the key cache at `cache` unless that is 0, and
/// `depth` levels of objects are being read. What is inside may stay text unless it `is_whole`.
static void push_field(
    lua_State *L, shim_state *S, node *n, int node_index, const shim_field_place *place, int cache, int depth, int is_whole
) {
    const char *key = n->text + place->key, *value = n->text + place->value;
    if (n->encoding == 0 && *value == '"') {        // most fields are, and need no more than this
        const char *end = shim_scan_string(value + 1);
        if (*end == '"') {
            lua_pushlstring(L, value + 1, (size_t)(end - value - 1));
            return;
        }
    }
    int base = lua_gettop(L) + 1;
    if (n->has_document) lua_pushvalue(L, node_index);
    else lua_getiuservalue(L, node_index, 1);
    shim_decoder d = { .L = L, .S = S, .begin = n->text, .end = n->text + n->length, .nulls = n->nulls, .depth = depth,
                       .encoding = n->encoding, .document = is_whole || length_of(n, place) < SMALLEST_PART ? 0 : base };
    d.cache = cache != 0 ? cache : shim_push_key_cache(L, S);
    int child = shim_child_of(S, n->prototype, key, place->key_length);
    if (n->encoding == 1) {
        shim_etf_value(&d, value, child);
    } else {
        const char *end = shim_skip_space(shim_json_value(&d, value, child));
        if (*end != ',' && *end != '}') luaL_error(L, "invalid JSON at byte %d: expected , or }", (int)(end - d.begin));
    }
    lua_replace(L, base);
    lua_settop(L, base);
}

static inline void count_read(node *n) {
    if (n->is_counted && n->left * 3 < n->count) {
        n->is_counted = 0;
        shim_profile_emptied(n->profile);
    }
}

/// The table at `table` has nothing left to read: it becomes what it would have been at first.
static void settle(lua_State *L, shim_state *S, const node *n, int table) {
    int32_t metatable = S->prototypes[n->prototype].metatable;
    lua_pushnil(L);
    lua_rawsetp(L, table, &node_key);
    if (metatable != 0) lua_rawgeti(L, LUA_REGISTRYINDEX, metatable);
    else lua_pushnil(L);
    lua_setmetatable(L, table);
}

/// Reads a field into the table at `table` and leaves its value on top.
static void read_field(lua_State *L, shim_state *S, node *n, int node_index, int table, shim_field_place *place) {
    const char *key = n->text + place->key;
    push_field(L, S, n, node_index, place, 0, 1, 0);
    lua_pushlstring(L, key, place->key_length);
    lua_pushvalue(L, -2);
    lua_rawset(L, table);
    place->is_read = 1;
    n->left--;
}

/// Whether no field before `place` has its key. `seen`, where it is not 0, is a table of the keys before: comparing with each field would take
/// a time that grows with the square of their number.
static int is_first(lua_State *L, const node *n, const shim_field_place *place, int seen) {
    const char *key = n->text + place->key;
    if (seen == 0) return find((node *)n, key, place->key_length) == place;
    lua_pushlstring(L, key, place->key_length);
    lua_pushvalue(L, -1);
    if (lua_rawget(L, seen) != LUA_TNIL) {
        lua_settop(L, -3);
        return 0;
    }
    lua_pushboolean(L, 1);
    lua_replace(L, -2);
    lua_rawset(L, seen);
    return 1;
}

void shim_read_all(lua_State *L, int index) {
    index = lua_absindex(L, index);
    if (!lua_checkstack(L, 12)) luaL_error(L, "stack overflow");
    node *n = push_node(L, index);
    if (n == NULL) return;
    shim_state *S = shim_of(L);
    int node_index = lua_gettop(L), seen = 0;
    if (n->count > MANY_FIELDS) {
        lua_createtable(L, 0, (int)n->count);
        seen = lua_gettop(L);
    }
    for (uint32_t i = 0; i < n->count; i++) {
        shim_field_place *place = &n->places[i];
        if (place->is_read && seen == 0) continue;
        int counts = is_first(L, n, place, seen);
        if (place->is_read) continue;
        if (counts) read_field(L, S, n, node_index, index, place);
        else push_field(L, S, n, node_index, place, 0, 1, 1);   // the others must be right all the same
        lua_settop(L, seen != 0 ? seen : node_index);
    }
    n->left = 0;
    count_read(n);
    settle(L, S, n, index);
    lua_settop(L, node_index - 1);
}

int shim_raw_get(lua_State *L, int index) {
    index = lua_absindex(L, index);
    int key = lua_gettop(L);
    lua_pushvalue(L, key);
    if (lua_rawget(L, index) == LUA_TNIL && lua_type(L, key) == LUA_TSTRING) {
        node *n = push_node(L, index);
        if (n != NULL) {
            size_t length;
            const char *text = lua_tolstring(L, key, &length);
            shim_field_place *place = find(n, text, length);
            if (place != NULL && !place->is_read) read_field(L, shim_of(L), n, key + 2, index, place);
            else lua_pushnil(L);
        }
    }
    lua_replace(L, key);
    lua_settop(L, key);
    return lua_type(L, key);
}

/// Reads the fields that are usually read into the table below the node, which is on top. From the last to the first, because of equal keys the
/// first counts.
static void read_usual(shim_decoder *d, node *n) {
    lua_State *L = d->L;
    int table = lua_gettop(L) - 1, cache = shim_push_key_cache(L, d->S);
    for (uint32_t i = n->count; i-- > 0;) {
        shim_field_place *place = &n->places[i];
        const char *key = n->text + place->key;
        if (!shim_profile_expects(n->profile, key, place->key_length)) continue;
        shim_push_key(L, d->S, cache, key, place->key_length, 0);
        push_field(L, d->S, n, table + 1, place, cache, d->depth + 1, 0);
        lua_rawset(L, table);
        place->is_read = 1;
        n->left--;
    }
    lua_settop(L, table + 1);
    count_read(n);
}

// MARK: making

/// Pushes the node of the object whose fields S->places has.
static node *push_new_node(shim_decoder *d, uint32_t count, int prototype) {
    lua_State *L = d->L;
    size_t places = count * sizeof(shim_field_place), length = (size_t)(d->end - d->begin);
    int embeds = d->document == SHIM_EMBED;
    node *n = lua_newuserdatauv(L, sizeof *n + places + (embeds ? length + SHIM_PADDING : 0), embeds ? 0 : 1);
    *n = (node){ .text = d->begin, .length = length, .count = count, .left = count, .prototype = (uint8_t)prototype,
                 .encoding = (uint8_t)d->encoding, .nulls = (uint8_t)d->nulls, .has_document = (uint8_t)embeds };
    memcpy(n->places, d->S->places, places);
    if (embeds) {
        char *text = (char *)n->places + places;
        memcpy(text, d->begin, length + SHIM_PADDING);
        n->text = text;
    } else {
        lua_pushvalue(L, d->document);
        lua_setiuservalue(L, -2, 1);
    }
    return n;
}

const char *shim_push_lazy(shim_decoder *d, const char *p, int prototype) {
    lua_State *L = d->L;
    shim_state *S = d->S;
    uint32_t count;
    int is_whole = d->depth == 0;
    // A part that is kept keeps the document: of a large one, parts are decoded when they are read.
    if (!is_whole && d->end - d->begin > LARGEST_KEPT) return NULL;
    const char *end = d->encoding == 1 ? shim_etf_places(d, p, &count) : shim_json_places(d, p, &count);
    if (end == NULL || count < FEWEST) return NULL;

    shim_profile *profile = is_whole ? d->profile : prototype != 0 ? shim_profile_at(&S->prototypes[prototype].profile) : NULL;
    int is_noted = profile != NULL && shim_profile_made(profile), usual = profile == NULL || is_noted ? 0 : profile->usual;
    if (!is_whole) luaL_checkstack(L, LUA_MINSTACK, "document");
    lua_createtable(L, 0, 1 + (usual > EXPECTED_FIELDS ? usual : EXPECTED_FIELDS));
    node *n = push_new_node(d, count, prototype);
    n->profile = profile;
    n->is_noted = (uint8_t)is_noted;
    n->is_counted = profile != NULL && is_whole;
    if (usual > 0 && d->depth < DEEPEST_USUAL) read_usual(d, n);
    lua_rawsetp(L, -2, &node_key);
    int32_t metatable = S->prototypes[prototype].lazy_metatable;
    lua_rawgeti(L, LUA_REGISTRYINDEX, metatable != 0 ? metatable : S->prototypes[0].lazy_metatable);
    lua_setmetatable(L, -2);
    return end;
}

// MARK: metamethods and raw functions

static int lazy_index(lua_State *L) {               // upvalues: methods, properties
    if (lua_type(L, 2) == LUA_TSTRING) {
        lua_settop(L, 2);
        node *n = push_node(L, 1);
        if (n != NULL) {
            size_t length;
            const char *text = lua_tolstring(L, 2, &length);
            shim_field_place *place = find(n, text, length);
            if (place != NULL && !place->is_read) {
                shim_state *S = shim_of(L);
                if (n->is_noted) shim_profile_note(n->profile, n->text + place->key, length);
                push_field(L, S, n, 3, place, 0, 1, 0);
                lua_pushvalue(L, 2);
                lua_pushvalue(L, 4);
                lua_rawset(L, 1);
                place->is_read = 1;
                n->left--;
                count_read(n);
                if (n->left == 0) settle(L, S, n, 1);
                lua_settop(L, 4);
                return 1;
            }
        }
    }
    return shim_index_member(L);
}

/// Setting a field that has not been read decides it: it is not read any more.
static void give_up(lua_State *L, int table, int key) {
    if (lua_type(L, key) != LUA_TSTRING) return;
    node *n = push_node(L, table);
    if (n == NULL) return;
    size_t length;
    const char *text = lua_tolstring(L, key, &length);
    shim_field_place *place = find(n, text, length);
    if (place != NULL && !place->is_read) {
        place->is_read = 1;
        n->left--;
    }
    lua_settop(L, -2);
}

static int lazy_newindex(lua_State *L) {
    lua_settop(L, 3);
    if (lua_isnil(L, 2)) return luaL_error(L, "table index is nil");
    if (lua_type(L, 2) == LUA_TNUMBER && lua_tonumber(L, 2) != lua_tonumber(L, 2)) return luaL_error(L, "table index is NaN");
    give_up(L, 1, 2);
    lua_rawset(L, 1);
    return 0;
}

static int next_(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    if (lua_getmetatable(L, 1)) {
        lua_settop(L, 2);
        shim_read_all(L, 1);
    }
    if (lua_next(L, 1)) return 2;
    lua_pushnil(L);
    return 1;
}

static int lazy_pairs(lua_State *L) {               // upvalue: next
    lua_settop(L, 1);
    shim_read_all(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

static int rawget_(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkany(L, 2);
    lua_settop(L, 2);
    shim_raw_get(L, 1);
    return 1;
}

static int rawset_(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkany(L, 2);
    luaL_checkany(L, 3);
    lua_settop(L, 3);
    give_up(L, 1, 2);
    lua_rawset(L, 1);
    return 1;
}

void shim_set_lazy_access(lua_State *L) {
    lua_pushcclosure(L, lazy_index, 2);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, lazy_newindex);
    lua_setfield(L, -2, "__newindex");
    lua_rawgeti(L, LUA_REGISTRYINDEX, REGISTRY_NEXT);
    lua_pushcclosure(L, lazy_pairs, 1);
    lua_setfield(L, -2, "__pairs");
}

/// Sets next, rawget and rawset in the table on top, and makes the metatable of lazy tables without a prototype.
void shim_open_lazy(lua_State *L) {
    shim_state *S = shim_of(L);
    lua_pushcfunction(L, rawget_);
    lua_setfield(L, -2, "rawget");
    lua_pushcfunction(L, rawset_);
    lua_setfield(L, -2, "rawset");
    lua_pushcfunction(L, next_);
    lua_pushvalue(L, -1);
    lua_rawseti(L, LUA_REGISTRYINDEX, REGISTRY_NEXT);
    lua_setfield(L, -2, "next");
    lua_createtable(L, 0, 4);
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 0);
    shim_set_lazy_access(L);
    shim_prototype *plain = shim_prototype_at(S, 0);
    if (plain == NULL) luaL_error(L, "not enough memory");
    plain->lazy_metatable = shim_new_reference(L, S);
}
