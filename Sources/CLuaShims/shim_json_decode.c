// JSON to Lua tables in one pass. The pairs of an object wait on the Lua stack until their number is known, so that each table is made in its exact
// size; keys come from a cache of interned strings.
#include <stdlib.h>
#include "shim_document.h"
#include "shim_scan.h"

typedef shim_decoder decoder;

static _Noreturn void fail(decoder *d, const char *p, const char *what) {
    luaL_error(d->L, "invalid JSON at byte %d: %s", (int)(p - d->begin), p >= d->end ? "unexpected end" : what);
    __builtin_unreachable();
}

// MARK: strings

static int hex4(const char *p) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

static char *put_utf8(char *out, unsigned code) {
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xc0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        *out++ = (char)(0xe0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    } else {
        *out++ = (char)(0xf0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 0x3f));
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    }
    return out;
}

/// Reads \uXXXX at p (after the backslash), with its low half if it is a surrogate; a lone half becomes U+FFFD.
static const char *read_unicode(decoder *d, const char *p, unsigned *code) {
    int high = hex4(p + 1);
    if (high < 0) fail(d, p, "bad \\u escape");
    p += 5;
    *code = (unsigned)high;
    if (high >= 0xd800 && high < 0xe000) {
        int low = high < 0xdc00 && p[0] == '\\' && p[1] == 'u' ? hex4(p + 2) : -1;
        if (low >= 0xdc00 && low < 0xe000) {
            *code = 0x10000u + ((unsigned)(high - 0xd800) << 10) + (unsigned)(low - 0xdc00);
            p += 6;
        } else {
            *code = 0xfffd;
        }
    }
    return p;
}

/// Pushes the string whose text begins at `text` and has its first escape at `p`; answers the place after the closing quote.
static const char *push_escaped(decoder *d, const char *text, const char *p) {
    static const char plain[128] = {
        ['"'] = '"', ['\\'] = '\\', ['/'] = '/', ['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t',
    };
    // The text only shrinks, so what is left of the document bounds it; measure the string first to keep the buffer small.
    const char *close = p;
    while (*close != '"') {
        if (*close == '\\') close += close[1] == 0 ? 1 : 2;
        else if ((unsigned char)*close < 0x20) fail(d, close, "control character in a string");
        else close = shim_scan_string(close);
    }
    luaL_Buffer buffer;
    char *out = luaL_buffinitsize(d->L, &buffer, (size_t)(close - text)), *start = out;
    for (;;) {
        size_t run = (size_t)(p - text);
        memcpy(out, text, run);
        out += run;
        if (*p != '\\') break;
        unsigned char c = (unsigned char)p[1];
        if (c == 'u') {
            unsigned code;
            p = read_unicode(d, p + 1, &code);
            out = put_utf8(out, code);
        } else {
            if (c >= 128 || plain[c] == 0) fail(d, p, "bad escape");
            *out++ = plain[c];
            p += 2;
        }
        text = p;
        p = shim_scan_string(p);
    }
    luaL_pushresultsize(&buffer, (size_t)(out - start));
    return p + 1;
}

static const char *push_string(decoder *d, const char *text) {
    const char *p = shim_scan_string(text);
    if (*p == '"') {
        lua_pushlstring(d->L, text, (size_t)(p - text));
        return p + 1;
    }
    if (*p != '\\') fail(d, p, "control character in a string");
    return push_escaped(d, text, p);
}

/// Pushes the key whose text begins at `text`; also says which prototype its value has.
static const char *push_key(decoder *d, const char *text, int parent, int *child) {
    const char *p = shim_scan_string(text);
    if (*p != '"') {
        if (*p != '\\') fail(d, p, "control character in a key");
        *child = parent == 0 ? 0 : d->S->prototypes[parent].any_child;
        return push_escaped(d, text, p);
    }
    size_t length = (size_t)(p - text);
    *child = shim_push_key(d->L, d->S, d->cache, text, length, parent);
    return p + 1;
}

// MARK: numbers

static const char *push_number(decoder *d, const char *p) {
    static const double powers[] = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    };
    const char *start = p;
    int negative = *p == '-', digits = 0, exponent = 0, is_float = 0;
    uint64_t value = 0;
    p += negative;
    if (*p == '0') {
        p++;
        if (*p >= '0' && *p <= '9') fail(d, p, "a number begins with 0");
    } else {
        for (; *p >= '0' && *p <= '9'; p++, digits++) value = value * 10 + (uint64_t)(*p - '0');
        if (digits == 0) fail(d, p, "not a value");
    }
    if (*p == '.') {
        const char *point = ++p;
        for (; *p >= '0' && *p <= '9'; p++, digits++) value = value * 10 + (uint64_t)(*p - '0');
        if (p == point) fail(d, p, "no digit after the point");
        exponent = -(int)(p - point > 10000 ? 10000 : p - point);
        is_float = 1;
    }
    if (*p == 'e' || *p == 'E') {
        int sign = p[1] == '-' ? -1 : 1, e = 0;
        p += p[1] == '-' || p[1] == '+' ? 2 : 1;
        if (*p < '0' || *p > '9') fail(d, p, "no digit in the exponent");
        for (; *p >= '0' && *p <= '9'; p++) e = e < 10000 ? e * 10 + (*p - '0') : e;
        exponent += sign * e;
        is_float = 1;
    }
    if (!is_float && (digits <= 18 || (digits == 19 && value <= (uint64_t)INT64_MAX + (uint64_t)negative))) {
        lua_pushinteger(d->L, (int64_t)(negative ? 0 - value : value));
    } else if (digits <= 15 && exponent >= -22 && exponent <= 22) {     // both operands are exact, so one rounding
        double number = exponent < 0 ? (double)value / powers[-exponent] : (double)value * powers[exponent];
        lua_pushnumber(d->L, negative ? -number : number);
    } else {
        lua_pushnumber(d->L, strtod(start, NULL));
    }
    return p;
}

// MARK: tables

static void enter(decoder *d, const char *p) {
    if (++d->depth > SHIM_DEEPEST) fail(d, p, "nested too deeply");
    luaL_checkstack(d->L, LUA_MINSTACK, "document");
    lua_pushnil(d->L);                              // the table's place
}

static const char *read_array(decoder *d, const char *p, int prototype) {
    lua_State *L = d->L;
    enter(d, p);
    int table = lua_gettop(L), count = 0;
    lua_Integer next = 1;
    p = shim_skip_space(p + 1);
    if (*p == ']') {
        p++;
    } else {
        for (;;) {
            if (count % 8 == 7) luaL_checkstack(L, LUA_MINSTACK, "document");
            if (memcmp(p, "null", 4) == 0) {
                lua_pushlightuserdata(L, NULL);
                p += 4;
            } else {
                p = shim_json_value(d, p, prototype);
            }
            if (++count == SHIM_FLUSHED) {
                shim_flush_array(L, table, count, next);
                next += count;
                count = 0;
            }
            p = shim_skip_space(p);
            if (*p == ']') {
                p++;
                break;
            }
            if (*p != ',') fail(d, p, "expected , or ]");
            p = shim_skip_space(p + 1);
        }
    }
    if (count > 0 || next == 1) shim_flush_array(L, table, count, next);
    d->depth--;
    return p;
}

static const char *read_object(decoder *d, const char *p, int prototype) {
    lua_State *L = d->L;
    enter(d, p);
    int table = lua_gettop(L), count = 0, is_first = 1;
    p = shim_skip_space(p + 1);
    if (*p == '}') {
        p++;
    } else {
        for (;;) {
            int child;
            if (*p != '"') fail(d, p, "expected a key");
            if (count % 8 == 7) luaL_checkstack(L, LUA_MINSTACK, "document");
            p = shim_skip_space(push_key(d, p + 1, prototype, &child));
            if (*p != ':') fail(d, p, "expected :");
            p = shim_skip_space(p + 1);
            if (memcmp(p, "null", 4) == 0) {
                p += 4;
                if (d->nulls) {
                    lua_pushlightuserdata(L, NULL);
                    count++;
                } else {
                    lua_settop(L, -2);
                }
            } else {
                p = shim_json_value(d, p, child);
                count++;
            }
            if (count == SHIM_FLUSHED) {
                shim_flush_object(L, table, count, is_first);
                is_first = count = 0;
            }
            p = shim_skip_space(p);
            if (*p == '}') {
                p++;
                break;
            }
            if (*p != ',') fail(d, p, "expected , or }");
            p = shim_skip_space(p + 1);
        }
    }
    shim_flush_object(L, table, count, is_first);
    if (prototype != 0) shim_set_prototype(L, d->S, prototype);
    d->depth--;
    return p;
}

const char *shim_json_value(decoder *d, const char *p, int prototype) {
    switch (*p) {
    case '"': return push_string(d, p + 1);
    case '{': {
        const char *end = d->document != 0 ? shim_push_lazy(d, p, prototype) : NULL;
        return end != NULL ? end : read_object(d, p, prototype);
    }
    case '[': return read_array(d, p, prototype);
    case 't':
        if (memcmp(p, "true", 4) != 0) break;
        lua_pushboolean(d->L, 1);
        return p + 4;
    case 'f':
        if (memcmp(p, "false", 5) != 0) break;
        lua_pushboolean(d->L, 0);
        return p + 5;
    case 'n':
        if (memcmp(p, "null", 4) != 0) break;
        lua_pushlightuserdata(d->L, NULL);
        return p + 4;
    case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
        return push_number(d, p);
    }
    fail(d, p, "not a value");
}

const char *shim_json_document(decoder *d, int prototype) {
    const char *p = shim_skip_space(shim_json_value(d, shim_skip_space(d->begin), prototype));
    if (p != d->end) fail(d, p, "something follows the document");
    return p;
}
