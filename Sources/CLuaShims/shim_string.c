// The string library: Lua's own functions where one call does bounded work, ours elsewhere.
#include <ctype.h>
#include <limits.h>
#include "shim_match.h"

const char *const shim_string_names[] = {
    "byte", "char", "len", "lower", "packsize", "reverse", "sub", "unpack", "upper", NULL,
};

/// A position as string functions take it: from the end when negative, at least 1.
static size_t position(lua_Integer at, size_t length) {
    if (at > 0) return (size_t)at;
    if (at == 0 || at < -(lua_Integer)length) return 1;
    return length + (size_t)at + 1;
}

// MARK: find and match

static int has_specials(const char *pattern, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (pattern[i] != 0 && strchr("^$*+?.([%-", pattern[i]) != NULL) return 1;
    }
    return 0;
}

/// The first place of `needle`. Counts the bytes that false beginnings make it compare.
static const char *find_plain(shim_matcher *m, const char *s, const char *needle, size_t length) {
    if (length == 0) return s;
    while ((size_t)(m->subject_end - s) >= length) {
        s = memchr(s, needle[0], (size_t)(m->subject_end - s) - length + 1);
        if (s == NULL) return NULL;
        size_t same = 1;
        while (same < length && s[same] == needle[same]) same++;
        if (same == length) return s;
        shim_match_spend(m, (int64_t)same);
        s++;
    }
    return NULL;
}

static int find_or_match(lua_State *L, int finds) {
    size_t length, pattern_length;
    const char *s = luaL_checklstring(L, 1, &length), *p = luaL_checklstring(L, 2, &pattern_length);
    size_t start = position(luaL_optinteger(L, 3, 1), length) - 1;
    if (start > length) {
        lua_pushnil(L);
        return 1;
    }
    shim_matcher m;
    shim_match_begin(&m, L, s, length, p + pattern_length);
    if (finds && (lua_toboolean(L, 4) || !has_specials(p, pattern_length))) {
        const char *found = find_plain(&m, s + start, p, pattern_length);
        if (found != NULL) {
            lua_pushinteger(L, found - s + 1);
            lua_pushinteger(L, found - s + (ptrdiff_t)pattern_length);
            return 2;
        }
    } else {
        const char *at = s + start;
        int anchored = *p == '^';
        p += anchored;
        do {
            shim_match_again(&m);
            const char *end = shim_match(&m, at, p);
            if (end == NULL) continue;
            if (!finds) return shim_match_push_all(&m, at, end);
            lua_pushinteger(L, at - s + 1);
            lua_pushinteger(L, end - s);
            return 2 + shim_match_push_all(&m, NULL, NULL);
        } while (at++ < m.subject_end && !anchored);
    }
    lua_pushnil(L);
    return 1;
}

static int find(lua_State *L) { return find_or_match(L, 1); }
static int match(lua_State *L) { return find_or_match(L, 0); }

// MARK: gmatch – the state lives in the iterator's upvalues: subject, pattern, next offset, offset where the last match ended

static int gmatch_next(lua_State *L) {
    size_t length, pattern_length;
    const char *s = lua_tolstring(L, lua_upvalueindex(1), &length);
    const char *p = lua_tolstring(L, lua_upvalueindex(2), &pattern_length);
    const char *last = s + lua_tointeger(L, lua_upvalueindex(4));
    shim_matcher m;
    shim_match_begin(&m, L, s, length, p + pattern_length);
    for (const char *at = s + lua_tointeger(L, lua_upvalueindex(3)); at <= m.subject_end; at++) {
        shim_match_again(&m);
        const char *end = shim_match(&m, at, p);
        if (end == NULL || end == last) continue;
        lua_pushinteger(L, end - s);
        lua_pushvalue(L, -1);
        lua_replace(L, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return shim_match_push_all(&m, at, end);
    }
    return 0;
}

static int gmatch(lua_State *L) {
    size_t length;
    luaL_checklstring(L, 1, &length);
    luaL_checkstring(L, 2);
    size_t start = position(luaL_optinteger(L, 3, 1), length) - 1;
    lua_settop(L, 2);
    lua_pushinteger(L, (lua_Integer)(start > length ? length + 1 : start));
    lua_pushinteger(L, -1);                         // no match has ended yet
    lua_pushcclosure(L, gmatch_next, 4);
    return 1;
}

// MARK: gsub

static void add_template(shim_matcher *m, luaL_Buffer *out, const char *s, const char *e) {
    size_t length;
    const char *text = lua_tolstring(m->L, 3, &length), *end = text + length;
    for (const char *mark; (mark = memchr(text, '%', (size_t)(end - text))) != NULL; text = mark + 2) {
        luaL_addlstring(out, text, (size_t)(mark - text));
        shim_match_spend(m, 1);                     // what it stands for may be empty: the result's length would not bound their number
        char c = mark[1];
        if (c == '%') {
            luaL_addchar(out, '%');
        } else if (c == '0') {
            luaL_addlstring(out, s, (size_t)(e - s));
        } else if (isdigit((unsigned char)c)) {
            shim_match_push(m, c - '1', s, e);
            luaL_tolstring(m->L, -1, NULL);         // a position becomes digits
            lua_remove(m->L, -2);
            luaL_addvalue(out);
        } else {
            luaL_error(m->L, "invalid use of '%%' in replacement string");
        }
    }
    luaL_addlstring(out, text, (size_t)(end - text));
}

/// Adds what replaces the match s…e; answers whether it differs from it.
static int add_replacement(shim_matcher *m, luaL_Buffer *out, const char *s, const char *e) {
    lua_State *L = m->L;
    switch (lua_type(L, 3)) {
    case LUA_TFUNCTION: {
        lua_pushvalue(L, 3);
        int count = shim_match_push_all(m, s, e);
        lua_call(L, count, 1);
        break;
    }
    case LUA_TTABLE:
        shim_match_push(m, 0, s, e);
        lua_gettable(L, 3);
        break;
    default:
        add_template(m, out, s, e);
        return 1;
    }
    if (!lua_toboolean(L, -1)) {
        lua_settop(L, -2);
        luaL_addlstring(out, s, (size_t)(e - s));
        return 0;
    }
    if (!lua_isstring(L, -1)) return luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    luaL_addvalue(out);
    return 1;
}

static int gsub(lua_State *L) {
    size_t length, pattern_length;
    const char *s = luaL_checklstring(L, 1, &length), *p = luaL_checklstring(L, 2, &pattern_length), *last = NULL;
    int type = lua_type(L, 3);
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)length + 1), count = 0;
    luaL_argexpected(L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
                     "string/function/table");
    int anchored = *p == '^', changed = 0;
    size_t limit = shim_of(L)->limits.string_bytes + length;
    shim_matcher m;
    luaL_Buffer out;
    shim_match_begin(&m, L, s, length, p + pattern_length);
    luaL_buffinit(L, &out);
    p += anchored;
    while (count < most) {
        shim_check_doom(L, shim_of(L));
        shim_match_again(&m);
        const char *end = shim_match(&m, s, p);
        if (end != NULL && end != last) {
            count++;
            changed = add_replacement(&m, &out, s, end) | changed;
            s = last = end;
            if (luaL_bufflen(&out) > limit) return luaL_error(L, "resulting string too large");
        } else if (s < m.subject_end) {
            luaL_addchar(&out, *s++);
        } else {
            break;
        }
        if (anchored) break;
    }
    if (changed) {
        luaL_addlstring(&out, s, (size_t)(m.subject_end - s));
        luaL_pushresult(&out);
    } else {
        lua_pushvalue(L, 1);
    }
    lua_pushinteger(L, count);
    return 2;
}

// MARK: building

static int rep(lua_State *L) {
    size_t length, separator_length;
    const char *s = luaL_checklstring(L, 1, &length);
    lua_Integer count = luaL_checkinteger(L, 2);
    const char *separator = luaL_optlstring(L, 3, "", &separator_length);
    size_t piece = length + separator_length, limit = shim_of(L)->limits.string_bytes;
    if (count <= 0 || piece == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    if (piece > limit || (lua_Unsigned)count > limit / piece) return luaL_error(L, "resulting string too large");
    luaL_Buffer out;
    size_t total = (size_t)count * piece - separator_length;
    char *p = luaL_buffinitsize(L, &out, total);
    for (; count > 1; count--) {
        memcpy(p, s, length);
        memcpy(p + length, separator, separator_length);
        p += piece;
    }
    memcpy(p, s, length);
    luaL_pushresultsize(&out, total);
    return 1;
}

enum { LONGEST_NUMBER = 24, LONGEST_FIXED = 320 };  // characters of a number beside its width and precision

/// Makes the strings of all %s arguments first, so that stock format meets neither addresses nor more text than allowed.
static int format(lua_State *L) {                   // upvalue: Lua's own
    shim_state *S = shim_of(L);
    size_t length, total = 0;
    const char *text = luaL_checklstring(L, 1, &length);
    int argument = 1, count = lua_gettop(L);
    for (size_t i = 0; i + 1 < length; i++) {
        if (text[i] != '%' || text[++i] == '%') continue;
        argument++;
        for (size_t number = 0; i < length && text[i] != 0 && strchr("-+ #0123456789.", text[i]) != NULL; i++) {
            number = isdigit((unsigned char)text[i]) && number < 100 ? number * 10 + (size_t)(text[i] - '0') : 0;
            if (!isdigit((unsigned char)text[i + 1])) total += number;      // width or precision
        }
        if (text[i] == 'p') return luaL_error(L, "invalid conversion '%%p' to 'format'");
        if (text[i] == 's' && argument <= count && lua_type(L, argument) != LUA_TSTRING) {
            shim_tostring(L, argument, NULL);
            lua_replace(L, argument);
        }
        if (text[i] != 's' && text[i] != 'q') total += text[i] == 'f' ? LONGEST_FIXED : LONGEST_NUMBER;
        else if (argument <= count) total += lua_rawlen(L, argument);
        if (total > S->limits.string_bytes) return luaL_error(L, "resulting string too large");
        shim_check_doom(L, S);
    }
    lua_settop(L, count);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/// A "c" option says how many bytes to fill.
static int pack(lua_State *L) {                     // upvalue: Lua's own
    size_t total = 0, limit = shim_of(L)->limits.string_bytes;
    for (const char *p = luaL_checkstring(L, 1); *p != 0; p++) {
        if (*p != 'c') continue;
        size_t size = 0;
        while (isdigit((unsigned char)p[1]) && size <= limit) size = size * 10 + (size_t)(*++p - '0');
        total += size;
        if (total > limit) return luaL_error(L, "resulting string too large");
    }
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

void shim_open_string(lua_State *L) {
    static const luaL_Reg functions[] = {
        { "find", find }, { "gmatch", gmatch }, { "gsub", gsub }, { "match", match }, { "rep", rep }, { NULL, NULL },
    };
    static const luaL_Reg wrapped[] = { { "format", format }, { "pack", pack }, { NULL, NULL } };
    luaL_setfuncs(L, functions, 0);
    for (const luaL_Reg *function = wrapped; function->name != NULL; function++) {
        lua_getfield(L, -2, function->name);        // Lua's own library is below the table
        lua_pushcclosure(L, function->func, 1);
        lua_setfield(L, -2, function->name);
    }
}
