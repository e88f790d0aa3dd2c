// Lua values to JSON text. Reads tables raw and runs no script code; refuses what JSON or its reader could not hold, naming the field.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "shim_internal.h"

enum { DEEPEST = 100 };
static const lua_Integer NO_FIELD = LUA_MININTEGER;

typedef struct {
    lua_State *L;
    shim_state *S;
    int depth, omits_functions;
    struct { const char *key; lua_Integer index; } path[DEEPEST + 1];   // keys are anchored by the traversal; index NO_FIELD: none yet
} encoder;

static void encode(encoder *e, int index);

static void refuse(encoder *e, const char *reason) {
    shim_state *S = e->S;
    size_t used = 0, room = sizeof S->json_path;
    S->json_path[0] = 0;
    for (int i = 0; i < e->depth && used < room; i++) {
        if (e->path[i].key == NULL && e->path[i].index == NO_FIELD) continue;
        int written = e->path[i].key != NULL
            ? snprintf(S->json_path + used, room - used, "%s%.64s", i > 0 ? "." : "", e->path[i].key)
            : snprintf(S->json_path + used, room - used, "[%lld]", (long long)e->path[i].index);
        used += (size_t)written;
    }
    snprintf(S->json_reason, sizeof S->json_reason, "%s", reason);
    luaL_error(e->L, "cannot encode");
}

// MARK: text

static char *reserve(encoder *e, size_t count) {
    shim_state *S = e->S;
    if (S->json_length + count > S->json_size) {
        size_t size = S->json_size < 1024 ? 1024 : S->json_size;
        while (size < S->json_length + count) size *= 2;
        if (size > S->limits.string_bytes + 4096 && S->json_length + count > S->limits.string_bytes) {
            refuse(e, "the text is too long");
        }
        char *grown = realloc(S->json, size);
        if (grown == NULL) refuse(e, "not enough memory");
        S->json = grown;
        S->json_size = size;
    }
    return S->json + S->json_length;
}

static void put(encoder *e, const char *text, size_t length) {
    memcpy(reserve(e, length), text, length);
    e->S->json_length += length;
}

/// The length of the UTF-8 sequence at p, or 0 when there is none (RFC 3629).
static int sequence(const unsigned char *p, const unsigned char *end) {
    if (*p < 0x80) return 1;
    int length = *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : 2;
    if (*p < 0xc2 || *p > 0xf4 || end - p < length) return 0;
    for (int i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
    }
    if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) || (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f)) return 0;
    return length;
}

static void put_string(encoder *e, const char *text, size_t length) {
    const unsigned char *p = (const unsigned char *)text, *end = p + length;
    if (length > e->S->limits.string_bytes) refuse(e, "the string is too long");
    char *out = reserve(e, length * 6 + 2), *start = out;
    *out++ = '"';
    while (p < end) {
        unsigned char c = *p;
        if (c == '"' || c == '\\') {
            *out++ = '\\';
            *out++ = (char)c;
            p++;
        } else if (c < 0x20) {
            static const char letters[32] = { ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't' };
            if (letters[c] != 0) {
                *out++ = '\\';
                *out++ = letters[c];
            } else {
                out += snprintf(out, 7, "\\u%04x", c);
            }
            p++;
        } else {
            int bytes = sequence(p, end);
            if (bytes == 0) refuse(e, "the string is not valid UTF-8");
            for (int i = 0; i < bytes; i++) *out++ = (char)*p++;
        }
    }
    *out++ = '"';
    e->S->json_length += (size_t)(out - start);
}

static void put_integer(encoder *e, lua_Integer value) {
    e->S->json_length += (size_t)snprintf(reserve(e, 24), 24, "%lld", (long long)value);
}

static void put_number(encoder *e, double value) {
    if (!isfinite(value)) refuse(e, "the number is not finite");
    char *out = reserve(e, 40);
    if (value == floor(value) && fabs(value) < 9007199254740992.0) {
        e->S->json_length += (size_t)snprintf(out, 40, "%lld", (long long)value);
        return;
    }
    int length = 0;
    for (int digits = 15; digits <= 17; digits++) {
        length = snprintf(out, 40, "%.*g", digits, value);
        if (strtod(out, NULL) == value) break;
    }
    e->S->json_length += (size_t)length;
}

// MARK: tables

static void put_comma(encoder *e, int is_first) {
    if (!is_first) put(e, ",", 1);
}

static int is_omitted(encoder *e, int index) { return e->omits_functions && lua_isfunction(e->L, index); }

static void put_array(encoder *e, int table, lua_Unsigned count) {
    lua_State *L = e->L;
    lua_Unsigned keys = 0;
    for (lua_pushnil(L); lua_next(L, table); lua_settop(L, -2)) {
        lua_Integer key = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
        if (key < 1 || (lua_Unsigned)key > count) refuse(e, "the table has both a list and other keys");
        keys++;
    }
    if (keys != count) refuse(e, "the list has holes");
    put(e, "[", 1);
    for (lua_Unsigned i = 1; i <= count; i++) {
        e->path[e->depth - 1].key = NULL;
        e->path[e->depth - 1].index = (lua_Integer)i;
        lua_rawgeti(L, table, (lua_Integer)i);
        put_comma(e, i == 1);
        encode(e, lua_gettop(L));
        lua_settop(L, -2);
    }
    put(e, "]", 1);
}

static void put_object(encoder *e, int table) {
    lua_State *L = e->L;
    int is_first = 1;
    put(e, "{", 1);
    for (lua_pushnil(L); lua_next(L, table); lua_settop(L, -2)) {
        int value = lua_gettop(L);
        if (is_omitted(e, value)) continue;
        put_comma(e, is_first);
        is_first = 0;
        if (lua_isinteger(L, -2)) {
            lua_Integer key = lua_tointeger(L, -2);
            e->path[e->depth - 1].key = NULL;
            e->path[e->depth - 1].index = key;
            put(e, "\"", 1);
            put_integer(e, key);
            put(e, "\"", 1);
        } else if (lua_type(L, -2) == LUA_TSTRING) {
            size_t length;
            const char *key = lua_tolstring(L, -2, &length);
            e->path[e->depth - 1].key = key;
            put_string(e, key, length);
        } else {
            e->path[e->depth - 1].key = NULL;
            e->path[e->depth - 1].index = NO_FIELD;
            refuse(e, "a key is neither a string nor an integer");
        }
        put(e, ":", 1);
        encode(e, value);
    }
    put(e, "}", 1);
}

static void put_table(encoder *e, int table) {
    lua_State *L = e->L;
    if (e->depth == DEEPEST) refuse(e, "the table is nested more than 100 deep, or contains itself");
    luaL_checkstack(L, LUA_MINSTACK, NULL);
    shim_check_doom(L, e->S);                       // functions that are omitted make no text whose length would bound their number
    shim_read_all(L, table);
    e->path[e->depth].key = NULL;
    e->path[e->depth].index = NO_FIELD;
    e->depth++;
    lua_Unsigned count = lua_rawlen(L, table);
    lua_pushnil(L);
    if (count > 0) {
        lua_settop(L, -2);
        put_array(e, table, count);
    } else if (lua_next(L, table)) {
        lua_settop(L, -3);
        put_object(e, table);
    } else {
        put(e, "[]", 2);
    }
    e->depth--;
}

static void encode(encoder *e, int index) {
    lua_State *L = e->L;
    switch (lua_type(L, index)) {
    case LUA_TNIL: put(e, "null", 4); break;
    case LUA_TBOOLEAN:
        if (lua_toboolean(L, index)) put(e, "true", 4);
        else put(e, "false", 5);
        break;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index)) put_integer(e, lua_tointeger(L, index));
        else put_number(e, lua_tonumber(L, index));
        break;
    case LUA_TSTRING: {
        size_t length;
        const char *text = lua_tolstring(L, index, &length);
        put_string(e, text, length);
        break;
    }
    case LUA_TTABLE: put_table(e, index); break;
    case LUA_TLIGHTUSERDATA: put(e, "null", 4); break;
    default: {
        char reason[64];
        snprintf(reason, sizeof reason, "a %s cannot be encoded", luaL_typename(L, index));
        refuse(e, reason);
    }
    }
}

static void encode_first(lua_State *L, shim_state *S, void *argument) {
    encoder e = { .L = L, .S = S, .omits_functions = *(int *)argument };
    S->json_length = 0;
    encode(&e, 1);
    lua_settop(L, 0);
}

const char *shim_encode(shim_state *S, lua_State *L, int32_t index, int32_t functions, size_t *length) {
    int omits = functions == SHIM_FUNCTIONS_OMITTED;
    S->json_path[0] = 0;
    snprintf(S->json_reason, sizeof S->json_reason, "not enough memory");
    if (!lua_checkstack(L, 1)) return NULL;
    lua_pushvalue(L, index);
    if (L != S->main) lua_xmove(L, S->main, 1);
    if (shim_protect_with(S, encode_first, &omits, 1) != LUA_OK) {
        lua_settop(S->main, -2);
        return NULL;
    }
    *length = S->json_length;
    return S->json;
}

void shim_encode_failure(const shim_state *S, const char **path, const char **reason) {
    *path = S->json_path;
    *reason = S->json_reason;
}
