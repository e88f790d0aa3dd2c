// Both directions of the boundary: protected bodies for the host, and the one trampoline that Lua calls the host through.
#include <string.h>
#include "shim_internal.h"

typedef struct { shim_body body; void *argument; } protected_call;

static int run_body(lua_State *L) {
    protected_call *call = lua_touserdata(L, -1);
    lua_settop(L, -2);
    call->body(L, shim_of(L), call->argument);
    return lua_gettop(L);
}

int shim_protect_with(shim_state *S, shim_body body, void *argument, int count) {
    lua_State *L = S->main;
    if (!lua_checkstack(L, 8)) {
        lua_settop(L, -count - 1);
        lua_pushnil(L);                             // within the slots that LUA_MINSTACK leaves
        return LUA_ERRMEM;
    }
    protected_call call = { body, argument };
    lua_pushcfunction(L, run_body);
    lua_insert(L, -count - 1);
    lua_pushlightuserdata(L, &call);
    return lua_pcall(L, count + 1, LUA_MULTRET, 0);
}

int shim_protect(shim_state *S, shim_body body, void *argument) { return shim_protect_with(S, body, argument, 0); }

// MARK: pushing values

static inline void push_plain(lua_State *L, const shim_value *value) {
    switch (value->kind) {
    case VALUE_NULL: lua_pushlightuserdata(L, NULL); break;
    case VALUE_BOOLEAN: lua_pushboolean(L, value->as.integer != 0); break;
    case VALUE_INTEGER: lua_pushinteger(L, value->as.integer); break;
    case VALUE_NUMBER: lua_pushnumber(L, value->as.number); break;
    case VALUE_REFERENCE: lua_rawgeti(L, LUA_REGISTRYINDEX, value->index); break;
    case VALUE_EVENT: lua_rawgeti(L, LUA_REGISTRYINDEX, REGISTRY_EVENTS + value->index); break;
    default: lua_pushnil(L); break;
    }
}

static void push_value(lua_State *L, shim_state *S, const shim_value *value) {
    const char *text = S->out.bytes + value->offset;
    switch (value->kind) {
    case VALUE_AGAIN:
    case VALUE_STRING: lua_pushlstring(L, text, value->length); break;
    case VALUE_FUNCTION: shim_push_function(L, value->index); break;
    case VALUE_OBJECT: shim_push_object(L, S, value->prototype, value->as.identity); break;
    case VALUE_PAYLOAD: {
        shim_payload payload = value->as.payload;
        payload.bytes = text;
        payload.length = value->length;
        shim_push_payload(L, S, &payload, 1);
        break;
    }
    case VALUE_ERROR: shim_push_error(L, S, value); break;
    case VALUE_MESSAGE: {
        // As error does: the caller's line, and none when the caller is C. The host's own Lua stands for the script that called it.
        char chunk[LUA_IDSIZE];
        lua_Debug caller;
        int host = lua_getstack(L, 1, &caller) && lua_getinfo(L, "S", &caller) && caller.what[0] != 'C' && caller.source[1] == '[';
        int line = host ? shim_find_position(L, 2, chunk, sizeof chunk) : 0;
        if (line > 0) lua_pushfstring(L, "%s:%d: ", chunk, line); else luaL_where(L, 1);
        lua_pushlstring(L, text, value->length);
        lua_concat(L, 2);
        break;
    }
    default: push_plain(L, value); break;
    }
}

/// Takes the values since `mark` from the outbox; their memory stays as it is until something is put again.
static int32_t take_values(lua_State *L, shim_state *S, int32_t mark) {
    int32_t count = S->out.count - mark;
    int exhausted = S->out.exhausted;
    if (count > 0) S->out.length = mark == 0 ? 0 : S->out.values[mark].offset;
    S->out.count = mark;
    S->out.exhausted = 0;
    if (exhausted || !lua_checkstack(L, count + LUA_MINSTACK)) luaL_error(L, "not enough memory");
    return count;
}

int shim_push_values(lua_State *L, shim_state *S, int32_t mark) {
    int32_t count = take_values(L, S, mark);
    for (int32_t i = 0; i < count; i++) push_value(L, S, &S->out.values[mark + i]);
    return count;
}

// MARK: values for a coroutine

/// Pushes the values since `mark` if none of them can fail; -1 when one can.
static inline int push_if_plain(shim_state *S, lua_State *thread, int32_t mark) {
    const shim_value *value = S->out.values + mark;
    int32_t count = S->out.count - mark;
    if (S->out.exhausted) return -1;
    // One that has not begun has nothing but its function on its stack.
    int has_room = lua_status(thread) == LUA_OK && count < LUA_MINSTACK / 2;
    if (!has_room && !lua_checkstack(thread, count + LUA_MINSTACK)) return -1;
    for (int32_t i = 0; i < count; i++, value++) {
        if (value->kind > VALUE_LAST_PLAIN) {
            lua_settop(thread, -i - 1);
            return -1;
        }
        push_plain(thread, value);
    }
    shim_rewind(S, mark);
    return count;
}

typedef struct { int32_t mark; int count; } values_call;

static void push_values_on_main(lua_State *L, shim_state *S, void *argument) {
    values_call *call = argument;
    call->count = shim_push_values(L, S, call->mark);
}

/// Not inlined: what it needs would burden the common case.
__attribute__((noinline)) static int move_protected(shim_state *S, lua_State *thread, int32_t mark, int *status) {
    values_call call = { mark, 0 };
    *status = shim_protect(S, push_values_on_main, &call);
    if (*status == LUA_OK && !lua_checkstack(thread, call.count + LUA_MINSTACK)) {
        lua_settop(S->main, -call.count - 1);
        lua_pushnil(S->main);
        *status = LUA_ERRMEM;
    }
    if (*status != LUA_OK) {
        shim_rewind(S, mark);
        return -1;
    }
    lua_xmove(S->main, thread, call.count);
    return call.count;
}

int shim_move_values(shim_state *S, lua_State *thread, int32_t mark, int *status) {
    int count = push_if_plain(S, thread, mark);
    return count >= 0 ? count : move_protected(S, thread, mark, status);
}

// MARK: the trampoline

static int finish_wait(lua_State *L, int status, lua_KContext base) {
    (void)status;
    shim_state *S = shim_of(L);
    if (S->resume_raises) {
        S->resume_raises = 0;
        return lua_error(L);
    }
    return lua_gettop(L) - (int)base;
}

static int raise_last(lua_State *L, shim_state *S, int32_t mark) {
    if (S->out.count > mark + 1) mark = S->out.count - 1;
    shim_value last = S->out.count > mark ? S->out.values[mark] : (shim_value){ .kind = VALUE_NIL };
    take_values(L, S, mark);
    if (last.kind == VALUE_BAD_ARGUMENT) {
        const char *text = S->out.bytes + last.offset;     // ends with a zero
        return last.as.integer ? luaL_typeerror(L, last.index, text) : luaL_argerror(L, last.index, text);
    }
    push_value(L, S, &last);
    if (last.kind == VALUE_AGAIN) {
        lua_rawseti(L, LUA_REGISTRYINDEX, REGISTRY_INNER_TRACE);
        lua_rawgeti(L, LUA_REGISTRYINDEX, last.index);
        lua_pushvalue(L, -1);
        lua_rawseti(L, LUA_REGISTRYINDEX, REGISTRY_INNER_ERROR);
    }
    return lua_error(L);
}

/// Calls the host with the whole stack as arguments and does what it answers. The host's frame is gone after `S->call`.
static int enter_host(lua_State *L, shim_state *S, int32_t function, int count) {
    int32_t mark = S->out.count;
    uint8_t outer = S->wait_taken;                  // of a host call below that calls back into the state
    S->wait_taken = 0;
    int32_t answer = S->call(S->host, S, L, function, count);
    uint8_t waits = S->wait_taken;
    S->wait_taken = outer;
    if (S->doom) return shim_raise_doom(L);
    switch (answer) {
    case SHIM_RETURN: return shim_push_values(L, S, mark);
    case SHIM_WAIT:
        if (waits) {
            shim_rewind(S, mark);
            S->yielding = 1;
            return lua_yieldk(L, 0, (lua_KContext)lua_gettop(L), finish_wait);
        }
        return luaL_error(L, "the host waits without having taken the run");
    case SHIM_LOAD:
        shim_push_values(L, S, mark);
        return SHIM_LOADING;
    default: return raise_last(L, S, mark);
    }
}

static int dispatch(lua_State *L) {
    shim_state *S = shim_of(L);
    if (S->doom) return shim_raise_doom(L);
    shim_check_stack(L, S);
    return enter_host(L, S, (int32_t)lua_tointeger(L, lua_upvalueindex(1)), lua_gettop(L));
}

void shim_push_function(lua_State *L, int32_t function) {
    lua_pushinteger(L, function);
    lua_pushcclosure(L, dispatch, 1);
}

int shim_ask(lua_State *L, int32_t question, int32_t count) {
    return enter_host(L, shim_of(L), question, count);
}
