// What went wrong, told to the host as plain texts: kind, message, place, traceback, and the fields of an error table.
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include "shim_internal.h"

enum { MESSAGE_BYTES = 8 << 10, TRACEBACK_BYTES = 32 << 10 };

/// Appends a text and a zero, cut to `limit`; answers its offset, or that of an empty text when memory is short.
static size_t add_text(shim_state *S, const char *bytes, size_t *length, size_t limit) {
    if (*length > limit) *length = limit;
    size_t needed = S->texts_length + *length + 1;
    if (needed > S->texts_size) {
        char *grown = realloc(S->texts, needed * 2);
        if (grown == NULL) {
            *length = 0;
            return 0;
        }
        S->texts = grown;
        S->texts_size = needed * 2;
    }
    size_t offset = S->texts_length;
    if (*length > 0) memcpy(S->texts + offset, bytes, *length);
    S->texts[offset + *length] = 0;
    S->texts_length = needed;
    return offset;
}

/// While a failure is put together its pointers are offsets plus one; NULL is no text.
static void set_text(shim_state *S, const char **field, size_t *field_length, const char *bytes, size_t length, size_t limit) {
    *field = (const char *)(add_text(S, bytes, &length, limit) + 1);
    *field_length = length;
}

static void begin(shim_state *S, int32_t kind) {
    memset(&S->failure, 0, sizeof S->failure);
    S->failure.kind = kind;
    S->texts_length = 0;
    size_t none = 0;
    add_text(S, "", &none, 0);
}

static void settle(shim_state *S, const char **field) {
    if (*field != NULL) *field = S->texts == NULL ? "" : S->texts + ((uintptr_t)*field - 1);
}

static void finish(shim_state *S) {
    shim_failure *f = &S->failure;
    settle(S, &f->message);
    settle(S, &f->chunk);
    settle(S, &f->traceback);
    settle(S, &f->spawn_chunk);
    settle(S, &f->value.message);
    settle(S, &f->value.route);
    settle(S, &f->value.code_word);
}

void shim_fail(shim_state *S, int32_t kind, const char *message) {
    begin(S, kind);
    set_text(S, &S->failure.message, &S->failure.message_length, message, strlen(message), MESSAGE_BYTES);
    finish(S);
}

void shim_fail_otherwise(shim_state *S, int32_t kind) {
    S->failure.kind = kind;
    S->failure.message = shim_stop_message(S, kind);
    S->failure.message_length = strlen(S->failure.message);
}

const shim_failure *shim_last_failure(const shim_state *S) { return &S->failure; }

int shim_find_position(lua_State *L, int level, char *chunk, size_t size) {
    enum { DEEPEST = 64 };
    lua_Debug ar;
    for (int last = level + DEEPEST; level < last && lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.currentline <= 0) continue;
        int named = ar.source[0] == '@' || ar.source[0] == '=';
        // A chunk named in brackets is the host's own Lua: a person looks for the line that called it.
        if (named && ar.source[1] == '[') continue;
        snprintf(chunk, size, "%s", named ? ar.source + 1 : ar.short_src);
        return ar.currentline;
    }
    chunk[0] = 0;
    return 0;
}

const char *shim_where(shim_state *S, lua_State *L, int32_t *line) {
    *line = shim_find_position(L, 0, S->where_chunk, sizeof S->where_chunk);
    return S->where_chunk;
}

// MARK: error tables

static int raw_field(lua_State *L, int table, const char *name) {
    lua_pushstring(L, name);
    return lua_rawget(L, table);
}

static void read_text(lua_State *L, shim_state *S, const char *name, const char **field, size_t *length) {
    if (raw_field(L, 1, name) == LUA_TSTRING) {
        size_t bytes;
        const char *text = lua_tolstring(L, -1, &bytes);
        set_text(S, field, length, text, bytes, MESSAGE_BYTES);
    }
    lua_settop(L, -2);
}

static int64_t read_integer(lua_State *L, const char *name, int32_t *found) {
    int is_integer = 0;
    int64_t value = raw_field(L, 1, name) == LUA_TNUMBER ? lua_tointegerx(L, -1, &is_integer) : 0;
    *found = is_integer;
    lua_settop(L, -2);
    return value;
}

static void read_error_table(lua_State *L, shim_state *S) {
    shim_error *error = &S->failure.value;
    S->failure.has_value = 1;
    read_text(L, S, "message", &error->message, &error->message_length);
    read_text(L, S, "route", &error->route, &error->route_length);
    read_text(L, S, "code", &error->code_word, &error->code_word_length);
    error->code = read_integer(L, "code", &error->has_code);
    error->status = read_integer(L, "status", &error->has_status);
    error->has_retry_after = raw_field(L, 1, "retry_after") == LUA_TNUMBER;
    error->retry_after = lua_tonumber(L, -1);
    lua_settop(L, -2);
}

static int is_error_table(lua_State *L, int index) {
    if (lua_type(L, index) != LUA_TTABLE || !lua_getmetatable(L, index)) return 0;
    lua_rawgeti(L, LUA_REGISTRYINDEX, REGISTRY_ERROR_METATABLE);
    int same = lua_rawequal(L, -1, -2);
    lua_settop(L, -3);
    return same;
}

void shim_push_error(lua_State *L, shim_state *S, const shim_value *value) {
    if (value->length < sizeof(shim_error)) luaL_error(L, "not enough memory");
    shim_error error;
    const char *text = S->out.bytes + value->offset;
    memcpy(&error, text, sizeof error);
    text += sizeof error + SHIM_PADDING;
    lua_createtable(L, 0, 5);
    lua_pushlstring(L, text, error.message_length);
    lua_setfield(L, -2, "message");
    text += error.message_length + SHIM_PADDING;
    if (error.route != NULL) {
        lua_pushlstring(L, text, error.route_length);
        lua_setfield(L, -2, "route");
        text += error.route_length;
    }
    text += SHIM_PADDING;
    if (error.code_word != NULL || error.has_code) {
        if (error.has_code) lua_pushinteger(L, error.code);
        else lua_pushlstring(L, text, error.code_word_length);
        lua_setfield(L, -2, "code");
    }
    if (error.has_status) {
        lua_pushinteger(L, error.status);
        lua_setfield(L, -2, "status");
    }
    if (error.has_retry_after) {
        lua_pushnumber(L, error.retry_after);
        lua_setfield(L, -2, "retry_after");
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, REGISTRY_ERROR_METATABLE);
    lua_setmetatable(L, -2);
}

// MARK: describing

static void describe(lua_State *L, shim_state *S, void *argument) {
    shim_failure *f = &S->failure;
    lua_State *thread = argument;
    size_t length;
    if (is_error_table(L, 1)) read_error_table(L, S);
    if (thread != NULL) {
        luaL_traceback(L, thread, NULL, 0);
        lua_rawgeti(L, LUA_REGISTRYINDEX, REGISTRY_INNER_ERROR);
        int is_inner = lua_rawequal(L, -1, 1);
        lua_settop(L, -2);
        if (is_inner && lua_rawgeti(L, LUA_REGISTRYINDEX, REGISTRY_INNER_TRACE) == LUA_TSTRING) {
            lua_pushliteral(L, "\nin the coroutine it came from, ");
            lua_insert(L, -2);
            lua_concat(L, 3);
        }
        const char *text = lua_tolstring(L, -1, &length);
        set_text(S, &f->traceback, &f->traceback_length, text, length, TRACEBACK_BYTES);
    }
    if (S->doom) {
        const char *text = shim_stop_message(S, S->doom);
        set_text(S, &f->message, &f->message_length, text, strlen(text), MESSAGE_BYTES);
        return;
    }
    if (lua_type(L, 1) == LUA_TSTRING || luaL_getmetafield(L, 1, "__tostring") != LUA_TNIL) {
        lua_settop(L, 1);
        const char *text = shim_tostring(L, 1, &length);            // may run script code, under the budget
        set_text(S, &f->message, &f->message_length, text, length, MESSAGE_BYTES);
    } else {
        const char *text = lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
        set_text(S, &f->message, &f->message_length, text, strlen(text), MESSAGE_BYTES);
    }
}

void shim_fail_with(shim_state *S, lua_State *from, lua_State *thread, int status) {
    char chunk[SHIM_CHUNK];
    int line = thread == NULL ? 0 : shim_find_position(thread, 0, chunk, sizeof chunk);
    begin(S, S->doom ? S->doom
        : status == LUA_ERRSYNTAX ? SHIM_KIND_SYNTAX : status == LUA_ERRMEM ? SHIM_KIND_MEMORY : SHIM_KIND_ERROR);
    if (S->is_compiling && (line = S->compiled_line) > 0) snprintf(chunk, sizeof chunk, "%s", S->compiled_chunk);
    if (line > 0) {
        S->failure.line = line;
        set_text(S, &S->failure.chunk, &S->failure.chunk_length, chunk, strlen(chunk), SHIM_CHUNK);
    }
    const shim_slot *slot = thread != NULL && S->current != SHIM_NO_SLOT ? &S->slots[S->current] : NULL;
    if (slot != NULL && slot->spawn_chunk != NULL) {
        S->failure.spawn_line = slot->spawn_line;
        set_text(S, &S->failure.spawn_chunk, &S->failure.spawn_chunk_length, slot->spawn_chunk, strlen(slot->spawn_chunk), SHIM_CHUNK);
    }
    int base = lua_gettop(S->main) - (from == S->main);
    if (from != S->main) lua_xmove(from, S->main, 1);
    if (shim_protect_with(S, describe, thread, 1) != LUA_OK && S->failure.message == NULL) {
        const char *text = S->doom ? shim_stop_message(S, S->doom)
            : status == LUA_ERRMEM ? "not enough memory" : "(the error value's __tostring failed)";
        set_text(S, &S->failure.message, &S->failure.message_length, text, strlen(text), MESSAGE_BYTES);
    }
    if (S->doom) S->failure.kind = S->doom;         // it may have come while describing
    lua_settop(S->main, base);
    finish(S);
}
