// The table library with lengths that are bounded: a C loop runs outside every hook, so a script may not choose how long it is.
#include <limits.h>
#include "shim_internal.h"

/// Checks for a table and answers its length: the raw one, or what __len says, at most the limit.
static lua_Integer length_of(lua_State *L, int index) {
    luaL_checktype(L, index, LUA_TTABLE);
    lua_Integer length = luaL_getmetafield(L, index, "__len") == LUA_TNIL ? (lua_Integer)lua_rawlen(L, index)
        : (lua_settop(L, -2), luaL_len(L, index));
    if (length > (lua_Integer)shim_of(L)->limits.table_elements) luaL_error(L, "the table is too long (%I elements)", (LUAI_UACINT)length);
    return length;
}

static void check_count(lua_State *L, lua_Unsigned count) {
    if (count > shim_of(L)->limits.table_elements) luaL_error(L, "too many elements (%I)", (LUAI_UACINT)count);
}

/// Between the steps of a long loop: a stop asked for meanwhile takes effect.
static inline void breathe(lua_State *L, lua_Integer step) {
    if ((step & 255) == 0) shim_check_doom(L, shim_of(L));
}

static int insert(lua_State *L) {
    lua_Integer end = length_of(L, 1) + 1, position = end;
    switch (lua_gettop(L)) {
    case 2: break;
    case 3:
        position = luaL_checkinteger(L, 2);
        luaL_argcheck(L, (lua_Unsigned)position - 1u < (lua_Unsigned)end, 2, "position out of bounds");
        for (lua_Integer i = end; i > position; i--) {
            breathe(L, i);
            lua_geti(L, 1, i - 1);
            lua_seti(L, 1, i);
        }
        break;
    default: return luaL_error(L, "wrong number of arguments to 'insert'");
    }
    lua_seti(L, 1, position);
    return 0;
}

static int remove_(lua_State *L) {
    lua_Integer size = length_of(L, 1), position = luaL_optinteger(L, 2, size);
    if (lua_gettop(L) >= 2) {
        luaL_argcheck(L, (lua_Unsigned)position - 1u <= (lua_Unsigned)size, 2, "position out of bounds");
    }
    lua_geti(L, 1, position);
    for (; position < size; position++) {
        breathe(L, position);
        lua_geti(L, 1, position + 1);
        lua_seti(L, 1, position);
    }
    lua_pushnil(L);
    lua_seti(L, 1, position);
    return 1;
}

static int move(lua_State *L) {
    lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3), to = luaL_checkinteger(L, 4);
    int target = !lua_isnoneornil(L, 5) ? 5 : 1;
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, target, LUA_TTABLE);
    if (last >= first) {
        luaL_argcheck(L, first > 0 || last < LUA_MAXINTEGER + first, 3, "too many elements to move");
        lua_Integer count = last - first + 1;
        luaL_argcheck(L, to <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
        check_count(L, (lua_Unsigned)count);
        int backward = !(to > last || to <= first || (target != 1 && !lua_compare(L, 1, target, LUA_OPEQ)));
        for (lua_Integer i = 0; i < count; i++) {
            lua_Integer offset = backward ? count - 1 - i : i;
            breathe(L, i);
            lua_geti(L, 1, first + offset);
            lua_seti(L, target, to + offset);
        }
    }
    lua_pushvalue(L, target);
    return 1;
}

static void add_field(lua_State *L, luaL_Buffer *buffer, lua_Integer index, size_t *total) {
    lua_geti(L, 1, index);
    if (!lua_isstring(L, -1)) {
        luaL_error(L, "invalid value (at index %I) in table for 'concat'", (LUAI_UACINT)index);
    }
    *total += lua_rawlen(L, -1);
    if (*total > shim_of(L)->limits.string_bytes) luaL_error(L, "resulting string too large");
    luaL_addvalue(buffer);
}

static int concat(lua_State *L) {
    size_t separator_length, total = 0;
    lua_Integer last = length_of(L, 1);
    const char *separator = luaL_optlstring(L, 2, "", &separator_length);
    lua_Integer i = luaL_optinteger(L, 3, 1);
    last = luaL_optinteger(L, 4, last);
    if (last >= i) check_count(L, (lua_Unsigned)last - (lua_Unsigned)i + 1u);
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    for (; i < last; i++) {
        breathe(L, i);
        add_field(L, &buffer, i, &total);
        luaL_addlstring(&buffer, separator, separator_length);
        total += separator_length;
    }
    if (i == last) add_field(L, &buffer, i, &total);
    luaL_pushresult(&buffer);
    return 1;
}

static int pack(lua_State *L) {
    int count = lua_gettop(L);
    lua_createtable(L, count, 1);
    lua_insert(L, 1);
    for (int i = count; i >= 1; i--) lua_rawseti(L, 1, i);
    lua_pushinteger(L, count);
    lua_setfield(L, 1, "n");
    return 1;
}

static int unpack(lua_State *L) {
    lua_Integer i = luaL_optinteger(L, 2, 1);
    lua_Integer last = lua_isnoneornil(L, 3) ? luaL_len(L, 1) : luaL_checkinteger(L, 3);
    if (i > last) return 0;
    lua_Unsigned count = (lua_Unsigned)last - (lua_Unsigned)i;
    if (count >= INT_MAX || !lua_checkstack(L, (int)(++count))) return luaL_error(L, "too many results to unpack");
    for (; i < last; i++) {
        breathe(L, i);
        lua_geti(L, 1, i);
    }
    lua_geti(L, 1, last);
    return (int)count;
}

// MARK: sort – quicksort by the middle of three, the smaller part first

/// Whether the value at a is to come before the one at b; both are absolute indices.
static int precedes(lua_State *L, int a, int b) {
    shim_check_doom(L, shim_of(L));
    if (lua_isnil(L, 2)) return lua_compare(L, a, b, LUA_OPLT);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, a);
    lua_pushvalue(L, b);
    lua_call(L, 2, 1);
    int answer = lua_toboolean(L, -1);
    lua_settop(L, -2);
    return answer;
}

/// Orders the elements at i < j.
static void order(lua_State *L, lua_Integer i, lua_Integer j) {
    int base = lua_gettop(L);
    lua_geti(L, 1, i);
    lua_geti(L, 1, j);
    if (precedes(L, base + 2, base + 1)) {
        lua_seti(L, 1, i);
        lua_seti(L, 1, j);
    } else {
        lua_settop(L, base);
    }
}

/// Divides low…high, whose ends and middle are in order, around the value that was in the middle; answers its new place.
static lua_Integer divide(lua_State *L, lua_Integer low, lua_Integer high) {
    int pivot = lua_gettop(L) + 1;
    lua_Integer middle = low + (high - low) / 2, i = low, j = high - 1;
    lua_geti(L, 1, middle);
    lua_pushvalue(L, pivot);
    lua_geti(L, 1, high - 1);
    lua_seti(L, 1, middle);
    lua_seti(L, 1, high - 1);                       // the pivot waits before the last
    for (;;) {
        for (lua_geti(L, 1, ++i); precedes(L, pivot + 1, pivot); lua_geti(L, 1, ++i)) {
            if (i == high - 1) luaL_error(L, "invalid order function for sorting");
            lua_settop(L, pivot);
        }
        for (lua_geti(L, 1, --j); precedes(L, pivot, pivot + 2); lua_geti(L, 1, --j)) {
            if (j < i) luaL_error(L, "invalid order function for sorting");
            lua_settop(L, pivot + 1);
        }
        if (j < i) break;
        lua_seti(L, 1, i);
        lua_seti(L, 1, j);
    }
    lua_settop(L, pivot + 1);                       // element i
    lua_seti(L, 1, high - 1);
    lua_seti(L, 1, i);                              // the pivot
    return i;
}

static void sort_range(lua_State *L, lua_Integer low, lua_Integer high) {
    while (low < high) {
        order(L, low, high);
        if (high - low == 1) return;
        lua_Integer middle = low + (high - low) / 2;
        order(L, low, middle);
        order(L, middle, high);
        if (high - low == 2) return;
        lua_Integer at = divide(L, low, high);
        if (at - low < high - at) {
            sort_range(L, low, at - 1);
            low = at + 1;
        } else {
            sort_range(L, at + 1, high);
            high = at - 1;
        }
    }
}

static int sort(lua_State *L) {
    lua_Integer count = length_of(L, 1);
    if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    if (count > 1) sort_range(L, 1, count);
    return 0;
}

void shim_open_table(lua_State *L) {
    static const luaL_Reg functions[] = {
        { "concat", concat }, { "insert", insert }, { "move", move }, { "pack", pack }, { "remove", remove_ }, { "sort", sort },
        { "unpack", unpack }, { NULL, NULL },
    };
    luaL_setfuncs(L, functions, 0);
}
