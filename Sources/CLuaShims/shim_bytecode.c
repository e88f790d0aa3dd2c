// What releases of Lua before 5.4.7 do wrong with what they compile, looked for in the dump of each chunk. Two things crash the process:
//
// * To name a value in an error message they call themselves once for each index of an expression like a.b.c.d, however many there are
//   (getobjname, until 5.4.7). A chunk with more of them in a row than anybody writes is refused.
// * A `break` out of a generic `for` whose body has a closure over its variables leaves the loop's closing value in Lua's list of such values
//   (leaveblock, until 5.4.5); the next one of the function then writes far outside of the stack. The wrong instruction is put right.
//
// The format of a dump and the numbers of instructions are the same in all releases of 5.4.
#include <stdlib.h>
#include "shim_internal.h"

enum { FIRST_SOUND = 7, MOST_INDICES = 200, REGISTERS = 256, STATE_VARIABLES = 4 };
enum { OP_MOVE = 0, OP_LOADNIL = 8, OP_GETTABLE = 12, OP_GETFIELD = 14, OP_SELF = 20, OP_CLOSE = 54, OP_CALL = 68, OP_TAILCALL = 69, OP_TFORCALL = 76,
       OP_TFORLOOP = 77 };
enum { FLOAT = 0x13, INTEGER = 0x03, SHORT_STRING = 0x04, LONG_STRING = 0x14 };     // types of constants

/// The instructions of which operand A is a register that they set.
static const char sets_a[1 << 7] = "11111111110111100001111111111111111111111111110001111100000000000001110001100101110";

typedef struct { char *bytes; size_t length, size; } dump;

static int append(lua_State *L, const void *bytes, size_t count, void *context) {
    (void)L;
    dump *d = context;
    if (d->length + count > d->size) {
        size_t size = (d->length + count) * 2;
        char *grown = realloc(d->bytes, size);
        if (grown == NULL) return 1;
        d->bytes = grown;
        d->size = size;
    }
    if (count > 0) memcpy(d->bytes + d->length, bytes, count);
    d->length += count;
    return 0;
}

// MARK: code

typedef struct {
    char *p;
    int is_mended, has_long_row;
} walk;

static inline unsigned operand_a(uint32_t i) { return i >> 7 & 0xff; }
static inline unsigned operand_b(uint32_t i) { return i >> 16 & 0xff; }
static inline unsigned operand_c(uint32_t i) { return i >> 24; }
static inline int has_constant(uint32_t i) { return (i >> 15 & 1) != 0; }

/// How deep Lua would call itself to name what an instruction puts into its register, given the same for those it reads.
static unsigned depth_of(const uint8_t depths[REGISTERS], uint32_t i) {
    unsigned b = depths[operand_b(i)], c = depths[operand_c(i)];
    switch (i & 0x7f) {
    case OP_MOVE: return operand_b(i) < operand_a(i) ? b + 1 : 0;
    case OP_GETTABLE: return (b > c ? b : c) + 1;
    case OP_GETFIELD: return b + 1;
    case OP_SELF: return has_constant(i) ? 0 : c + 1;
    default: return 0;
    }
}

static void walk_code(walk *w, size_t count) {
    uint8_t depths[REGISTERS] = { 0 };
    uint32_t i, last = OP_MOVE;
    for (; count > 0; count--, w->p += sizeof i, last = i) {
        memcpy(&i, w->p, sizeof i);
        unsigned op = i & 0x7f, a = operand_a(i);
        if (op == OP_CLOSE && (last & 0x7f) == OP_TFORLOOP && a == operand_a(last) + STATE_VARIABLES) {
            i = OP_CLOSE | operand_a(last) << 7;    // from the loop's first variable on
            memcpy(w->p, &i, sizeof i);
            w->is_mended = 1;
        } else if (op == OP_LOADNIL) {
            for (unsigned r = a; r <= a + operand_b(i) && r < REGISTERS; r++) depths[r] = 0;
        } else if (op == OP_CALL || op == OP_TAILCALL || op == OP_TFORCALL) {
            for (unsigned r = op == OP_TFORCALL ? a + 2 : a; r < REGISTERS; r++) depths[r] = 0;
        } else if (sets_a[op] == '1') {
            unsigned depth = depth_of(depths, i);
            if (depth > MOST_INDICES) w->has_long_row = 1;
            depths[a] = (uint8_t)(depth > MOST_INDICES ? 0 : depth);
        }
    }
}

// MARK: the rest of a dump, which is looked past

static size_t read_size(walk *w) {                  // seven bits a byte, the last one marked
    size_t size = 0;
    for (;;) {
        unsigned char byte = (unsigned char)*w->p++;
        size = size << 7 | (byte & 0x7f);
        if ((byte & 0x80) != 0) return size;
    }
}

static void skip_string(walk *w) {
    size_t size = read_size(w);                     // one more than the length; 0: none
    if (size > 0) w->p += size - 1;
}

static void skip_constant(walk *w) {
    switch (*w->p++) {
    case FLOAT: w->p += sizeof(lua_Number); break;
    case INTEGER: w->p += sizeof(lua_Integer); break;
    case SHORT_STRING: case LONG_STRING: skip_string(w); break;
    default: break;
    }
}

static void walk_function(walk *w) {
    enum { COUNTS = 3, UPVALUE_BYTES = 3 };         // parameters, whether it is variadic, registers; of an upvalue
    skip_string(w);                                 // source
    read_size(w), read_size(w);                     // first and last line
    w->p += COUNTS;
    walk_code(w, read_size(w));
    for (size_t n = read_size(w); n > 0; n--) skip_constant(w);
    w->p += read_size(w) * UPVALUE_BYTES;
    for (size_t n = read_size(w); n > 0; n--) walk_function(w);
    w->p += read_size(w);                           // lines
    for (size_t n = read_size(w); n > 0; n--) read_size(w), read_size(w);
    for (size_t n = read_size(w); n > 0; n--) skip_string(w), read_size(w), read_size(w);
    for (size_t n = read_size(w); n > 0; n--) skip_string(w);
}

// MARK: chunks

static const char header[] = "\x1bLua\x54\x00\x19\x93\r\n\x1a\n\x04\x08\x08";
enum { HEADER_BYTES = sizeof header - 1 + sizeof(lua_Integer) + sizeof(lua_Number) + 1 };

/// Looks through a dump; not through one that does not look as expected.
static walk look_through(const dump *d) {
    walk w = { .p = d->bytes + HEADER_BYTES };
    if (d->length > HEADER_BYTES && memcmp(d->bytes, header, sizeof header - 1) == 0) walk_function(&w);
    return w;
}

static int refuse(lua_State *L) {
    lua_Debug ar;
    lua_pushvalue(L, -1);
    lua_getinfo(L, ">S", &ar);
    lua_pushfstring(L, "%s: an expression has more than %d indices in a row", ar.short_src, MOST_INDICES);
    return LUA_ERRSYNTAX;
}

int shim_mend(lua_State *L) {
    if (shim_lua_release() >= FIRST_SOUND) return LUA_OK;
    int chunk = lua_gettop(L);
    dump d = { NULL, 0, 0 };
    walk w = { NULL, 0, 0 };
    int status = lua_dump(L, append, &d, 0) == 0 ? LUA_OK : LUA_ERRMEM;
    if (status == LUA_OK) w = look_through(&d);
    if (w.is_mended && !w.has_long_row) status = luaL_loadbufferx(L, d.bytes, d.length, "", "b");
    free(d.bytes);                                  // until here nothing raises
    if (w.has_long_row) status = refuse(L);
    else if (status == LUA_ERRMEM && lua_gettop(L) == chunk) lua_pushliteral(L, "not enough memory");
    if (lua_gettop(L) > chunk) lua_replace(L, chunk);
    return status;
}
