// Erlang's external term format to the same Lua tables as JSON makes: maps and lists are tables, binaries and atoms strings, `nil` and `null`
// nulls, integers that no double holds decimal strings: in JSON ids are strings and times in milliseconds are numbers.
#include <stdio.h>
#include <stdlib.h>
#include "shim_document.h"

enum {
    VERSION = 131, NEW_FLOAT = 70, SMALL_INTEGER = 97, INTEGER = 98, FLOAT = 99, ATOM = 100, SMALL_TUPLE = 104, LARGE_TUPLE = 105,
    NIL = 106, STRING = 107, LIST = 108, BINARY = 109, SMALL_BIG = 110, LARGE_BIG = 111, SMALL_ATOM = 115, MAP = 116, ATOM_UTF8 = 118,
    SMALL_ATOM_UTF8 = 119,
};
enum { BIG_BYTES = 512 };                           // of an integer; more is refused

typedef struct {
    shim_decoder *d;
    lua_State *L;
    const unsigned char *p, *begin, *end;
} decoder;

static void read_term(decoder *d, int prototype);

static _Noreturn void fail(decoder *d, const char *what) {
    luaL_error(d->L, "invalid ETF at byte %d: %s", (int)(d->p - d->begin), what);
    __builtin_unreachable();
}

static void need(decoder *d, size_t count) {
    if ((size_t)(d->end - d->p) < count) fail(d, "unexpected end");
}

static uint32_t read_number(decoder *d, int bytes) {
    need(d, (size_t)bytes);
    uint32_t value = 0;
    for (int i = 0; i < bytes; i++) value = value << 8 | *d->p++;
    return value;
}

// MARK: scalars

static const char *take_text(decoder *d, size_t length) {
    need(d, length);
    const char *text = (const char *)d->p;
    d->p += length;
    return text;
}

static void push_atom(decoder *d, size_t length) {
    const char *text = take_text(d, length);
    if ((length == 3 && memcmp(text, "nil", 3) == 0) || (length == 4 && memcmp(text, "null", 4) == 0)) lua_pushlightuserdata(d->L, NULL);
    else if (length == 4 && memcmp(text, "true", 4) == 0) lua_pushboolean(d->L, 1);
    else if (length == 5 && memcmp(text, "false", 5) == 0) lua_pushboolean(d->L, 0);
    else lua_pushlstring(d->L, text, length);
}

/// Pushes an integer with a magnitude of `count` bytes, least significant first.
static void push_big(decoder *d, size_t count) {
    need(d, 1);
    int negative = *d->p++ != 0;
    if (count > BIG_BYTES) fail(d, "an integer is too long");
    unsigned char magnitude[BIG_BYTES];
    memcpy(magnitude, take_text(d, count), count);
    char digits[BIG_BYTES * 5 / 2 + 2], *p = digits + sizeof digits;
    while (count > 0 && magnitude[count - 1] == 0) count--;
    if (count <= 8) {
        uint64_t value = 0;
        for (size_t i = count; i > 0; i--) value = value << 8 | magnitude[i - 1];
        if (value <= UINT64_C(1) << 53) {
            lua_pushinteger(d->L, negative ? -(lua_Integer)value : (lua_Integer)value);
            return;
        }
        do *--p = (char)('0' + value % 10); while ((value /= 10) != 0);
    } else {
        while (count > 0) {
            unsigned rest = 0;
            for (size_t i = count; i > 0; i--) {
                unsigned value = rest << 8 | magnitude[i - 1];
                magnitude[i - 1] = (unsigned char)(value / 10);
                rest = value % 10;
            }
            *--p = (char)('0' + rest);
            if (magnitude[count - 1] == 0) count--;
        }
    }
    if (negative) *--p = '-';
    lua_pushlstring(d->L, p, (size_t)(digits + sizeof digits - p));
}

static void push_float(decoder *d, int tag) {
    double value;
    if (tag == NEW_FLOAT) {
        uint64_t bits = (uint64_t)read_number(d, 4) << 32;
        bits |= read_number(d, 4);
        memcpy(&value, &bits, 8);
    } else {
        char text[32] = { 0 }, *end;
        memcpy(text, take_text(d, 31), 31);
        value = strtod(text, &end);
        if (end == text) fail(d, "not a float");
    }
    lua_pushnumber(d->L, value);
}

// MARK: tables

static int enter(decoder *d) {
    if (++d->d->depth > SHIM_DEEPEST) fail(d, "nested too deeply");
    luaL_checkstack(d->L, LUA_MINSTACK, "document");
    lua_pushnil(d->L);                              // the table's place
    return lua_gettop(d->L);
}

static void read_array(decoder *d, uint32_t length, int prototype, int is_list) {
    lua_State *L = d->L;
    int table = enter(d), count = 0;
    lua_Integer next = 1;
    need(d, length);                                // a term has at least one byte
    for (uint32_t i = 0; i < length; i++) {
        if (count % 8 == 7) luaL_checkstack(L, LUA_MINSTACK, "document");
        read_term(d, prototype);
        if (++count < SHIM_FLUSHED) continue;
        shim_flush_array(L, table, count, next);
        next += count;
        count = 0;
    }
    if (is_list && read_number(d, 1) != NIL) fail(d, "an improper list");
    if (count > 0 || next == 1) shim_flush_array(L, table, count, next);
    d->d->depth--;
}

/// A list of small integers in a shorter form.
static void read_bytes(decoder *d, uint32_t length) {
    const char *bytes = take_text(d, length);
    lua_createtable(d->L, (int)length, 0);
    for (uint32_t i = 0; i < length; i++) {
        lua_pushinteger(d->L, (unsigned char)bytes[i]);
        lua_rawseti(d->L, -2, (lua_Integer)i + 1);
    }
}

/// Pushes a key, always a string; answers the prototype of its value.
static int read_key(decoder *d, int parent) {
    static const unsigned char length_bytes[256] = {
        [BINARY] = 4, [ATOM] = 2, [ATOM_UTF8] = 2, [SMALL_ATOM] = 1, [SMALL_ATOM_UTF8] = 1,
    };
    need(d, 1);
    int bytes = length_bytes[*d->p];
    if (bytes != 0) {
        d->p++;
        uint32_t length = read_number(d, bytes);
        return shim_push_key(d->L, d->d->S, d->d->cache, take_text(d, length), length, parent);
    }
    int tag = *d->p;
    if (tag != SMALL_INTEGER && tag != INTEGER && tag != SMALL_BIG) fail(d, "a key is neither text nor an integer");
    read_term(d, 0);
    char text[24];
    if (lua_isinteger(d->L, -1)) {
        snprintf(text, sizeof text, "%lld", (long long)lua_tointeger(d->L, -1));
        lua_settop(d->L, -2);
        lua_pushstring(d->L, text);
    }
    return parent == 0 ? 0 : d->d->S->prototypes[parent].any_child;
}

static void read_map(decoder *d, int prototype) {
    lua_State *L = d->L;
    uint32_t length = read_number(d, 4);
    int table = enter(d), count = 0, is_first = 1;
    for (uint32_t i = 0; i < length; i++) {
        if (count % 8 == 7) luaL_checkstack(L, LUA_MINSTACK, "document");
        int child = read_key(d, prototype);
        read_term(d, child);
        if (!d->d->nulls && lua_type(L, -1) == LUA_TLIGHTUSERDATA) lua_settop(L, -3);
        else count++;
        if (count < SHIM_FLUSHED) continue;
        shim_flush_object(L, table, count, is_first);
        is_first = count = 0;
    }
    shim_flush_object(L, table, count, is_first);
    if (prototype != 0) shim_set_prototype(L, d->d->S, prototype);
    d->d->depth--;
}

static void read_term(decoder *d, int prototype) {
    int tag = (int)read_number(d, 1);
    switch (tag) {
    case SMALL_INTEGER: lua_pushinteger(d->L, read_number(d, 1)); break;
    case INTEGER: lua_pushinteger(d->L, (int32_t)read_number(d, 4)); break;
    case NEW_FLOAT: case FLOAT: push_float(d, tag); break;
    case ATOM: case ATOM_UTF8: push_atom(d, read_number(d, 2)); break;
    case SMALL_ATOM: case SMALL_ATOM_UTF8: push_atom(d, read_number(d, 1)); break;
    case BINARY: {
        uint32_t length = read_number(d, 4);
        lua_pushlstring(d->L, take_text(d, length), length);
        break;
    }
    case SMALL_BIG: push_big(d, read_number(d, 1)); break;
    case LARGE_BIG: push_big(d, read_number(d, 4)); break;
    case SMALL_TUPLE: read_array(d, read_number(d, 1), prototype, 0); break;
    case LARGE_TUPLE: read_array(d, read_number(d, 4), prototype, 0); break;
    case NIL: lua_createtable(d->L, 0, 0); break;
    case STRING: read_bytes(d, read_number(d, 2)); break;
    case LIST: read_array(d, read_number(d, 4), prototype, 1); break;
    case MAP: {
        const char *end = d->d->document != 0 ? shim_push_lazy(d->d, (const char *)d->p - 1, prototype) : NULL;
        if (end != NULL) d->p = (const unsigned char *)end;
        else read_map(d, prototype);
        break;
    }
    default:
        d->p--;
        fail(d, "an unknown kind of term");
    }
}

// MARK: the document and parts of it

static decoder at(shim_decoder *d, const char *p) {
    return (decoder){ .d = d, .L = d->L, .p = (const unsigned char *)p, .begin = (const unsigned char *)d->begin,
                      .end = (const unsigned char *)d->end };
}

const char *shim_etf_value(shim_decoder *document, const char *p, int prototype) {
    decoder d = at(document, p);
    read_term(&d, prototype);
    return (const char *)d.p;
}

const char *shim_etf_document(shim_decoder *document, int prototype) {
    decoder d = at(document, document->begin);
    if (d.p < d.end && *d.p == VERSION) d.p++;
    read_term(&d, prototype);
    if (d.p != d.end) fail(&d, "something follows the term");
    return (const char *)d.p;
}

/// Skips a term; NULL for one that decoding would refuse.
static const unsigned char *skip(const unsigned char *p, const unsigned char *end, int depth) {
    static const uint8_t fixed[256] = { [SMALL_INTEGER] = 1, [INTEGER] = 4, [NEW_FLOAT] = 8, [FLOAT] = 31 };
    static const uint8_t counted[256] = {           // bytes of the length
        [ATOM] = 2, [ATOM_UTF8] = 2, [SMALL_ATOM] = 1, [SMALL_ATOM_UTF8] = 1, [BINARY] = 4, [STRING] = 2, [SMALL_BIG] = 1, [LARGE_BIG] = 4,
    };
    static const uint8_t nested[256] = { [SMALL_TUPLE] = 1, [LARGE_TUPLE] = 4, [LIST] = 4, [MAP] = 4 };
    if (p >= end || depth > SHIM_DEEPEST) return NULL;
    int tag = *p++;
    if (tag == NIL) return p;
    if (fixed[tag] != 0) return end - p < fixed[tag] ? NULL : p + fixed[tag];
    int bytes = counted[tag] != 0 ? counted[tag] : nested[tag];
    if (bytes == 0 || end - p < bytes) return NULL;
    size_t length = 0;
    for (int i = 0; i < bytes; i++) length = length << 8 | *p++;
    if (counted[tag] != 0) {
        if (tag == SMALL_BIG || tag == LARGE_BIG) length++;         // the sign
        return (size_t)(end - p) < length ? NULL : p + length;
    }
    if (tag == MAP) length *= 2;
    else if (tag == LIST) length++;                 // the tail
    for (; length > 0 && p != NULL; length--) p = skip(p, end, depth + 1);
    return p;
}

const char *shim_etf_places(shim_decoder *d, const char *start, uint32_t *count) {
    const unsigned char *p = (const unsigned char *)start + 1, *end = (const unsigned char *)d->end;
    *count = 0;
    if (end - p < 4) return NULL;
    uint32_t pairs = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    for (p += 4; pairs > 0; pairs--) {
        const unsigned char *after = skip(p, end, d->depth);
        if (after == NULL) return NULL;
        int header = *p == BINARY ? 5 : *p == ATOM || *p == ATOM_UTF8 ? 3 : *p == SMALL_ATOM || *p == SMALL_ATOM_UTF8 ? 2 : 0;
        if (header == 0 || after - p - header > UINT16_MAX) return NULL;
        const unsigned char *key = p + header, *value = after;
        p = skip(value, end, d->depth);
        if (p == NULL) return NULL;
        int is_atom = *value == ATOM || *value == ATOM_UTF8 || *value == SMALL_ATOM || *value == SMALL_ATOM_UTF8;
        const unsigned char *name = value + (*value == ATOM || *value == ATOM_UTF8 ? 3 : 2);
        int is_null = is_atom && ((p - name == 3 && memcmp(name, "nil", 3) == 0) || (p - name == 4 && memcmp(name, "null", 4) == 0));
        if (is_null && !d->nulls) continue;
        shim_field_place *place = shim_next_place(d->S, *count);
        if (place == NULL) return NULL;
        *place = (shim_field_place){ .key = (uint32_t)((const char *)key - d->begin), .key_length = (uint16_t)(after - key),
                                     .value = (uint32_t)((const char *)value - d->begin) };
        ++*count;
    }
    return (const char *)p;
}
