// The basic functions of the sandbox that differ from Lua's own: protected calls that do not swallow a stop, and loading.
#include <stdio.h>
#include "shim_internal.h"

// MARK: protected calls

static int finish_pcall(lua_State *L, int status, lua_KContext extra) {
    shim_state *S = shim_of(L);
    if (status == LUA_ERRMEM) S->doom = SHIM_KIND_MEMORY;
    shim_check_doom(L, S);
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_pushboolean(L, 0);
        lua_pushvalue(L, -2);
        return 2;
    }
    return lua_gettop(L) - (int)extra;
}

static int pcall_(lua_State *L) {
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    return finish_pcall(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish_pcall), 0);
}

/// The handler has run, or raised in turn: then its error is the result, as an error in error handling. `false` is below them.
static int finish_handler(lua_State *L, int status, lua_KContext handler_at) {
    shim_state *S = shim_of(L);
    if (status == LUA_ERRMEM) S->doom = SHIM_KIND_MEMORY;
    shim_check_doom(L, S);
    return lua_gettop(L) - (int)handler_at + 1;
}

/// Unlike Lua's own, the handler runs after the stack has been unwound: inside a hook's error it could not be stopped.
static int finish_xpcall(lua_State *L, int status, lua_KContext extra) {
    shim_state *S = shim_of(L);
    if (status == LUA_ERRMEM) S->doom = SHIM_KIND_MEMORY;
    shim_check_doom(L, S);
    if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L) - (int)extra;
    lua_pushboolean(L, 0);                          // the first result
    lua_pushvalue(L, 2);
    lua_pushvalue(L, -3);
    int at = lua_gettop(L) - 2;
    return finish_handler(L, lua_pcallk(L, 1, LUA_MULTRET, 0, at, finish_handler), at);
}

static int xpcall_(lua_State *L) {
    int count = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2);
    return finish_xpcall(L, lua_pcallk(L, count - 2, LUA_MULTRET, 0, 2, finish_xpcall), 2);
}

// MARK: loading

typedef struct { const char *text; size_t length; } rest;

/// Gives the compiler its text in small pieces: no hook runs in it, and it looks names up in a time that grows with the functions around them.
static const char *read_piece(lua_State *L, void *context, size_t *length) {
    enum { PIECE = 256 };
    rest *r = context;
    const char *piece = r->text;
    shim_check_doom(L, shim_of(L));
    *length = r->length < PIECE ? r->length : PIECE;
    r->text += *length;
    r->length -= *length;
    return piece;
}

static int compile(lua_State *L, const char *source, size_t length, const char *name) {
    shim_state *S = shim_of(L);
    rest text = { source, length };
    int status = lua_load(L, read_piece, &text, name, "t");
    if (status == LUA_OK) return shim_mend(L);
    if (status != LUA_ERRSYNTAX) {                  // a stop, which names no line of its own: how far the compiler came
        S->compiled_line = 1;
        for (const char *c = source; c < text.text; c++) S->compiled_line += *c == '\n';
        snprintf(S->compiled_chunk, sizeof S->compiled_chunk, "%s", *name == '@' ? name + 1 : name);
    }
    return status;
}

int shim_load(lua_State *L, const char *source, size_t length, const char *chunk) {
    shim_state *S = shim_of(L);
    if (length > S->limits.source_bytes) {
        lua_pushfstring(L, "%s: the source is longer than %I bytes", chunk, (LUAI_UACINT)S->limits.source_bytes);
        return LUA_ERRSYNTAX;
    }
    if (length >= 2 && source[0] == '#') {          // as lua itself: a first line for the shell
        while (length > 0 && *source != '\n') source++, length--;
    }
    lua_pushfstring(L, "@%s", chunk);
    int status = compile(L, source, length, lua_tostring(L, -1));
    lua_remove(L, -2);
    return status;
}

/// Joins the pieces that a reader function gives. It cannot wait.
static const char *read_pieces(lua_State *L, size_t limit, size_t *length) {
    luaL_Buffer text;
    lua_settop(L, 4);
    luaL_buffinit(L, &text);
    for (size_t total = 0;;) {
        size_t piece;
        lua_pushvalue(L, 1);
        lua_call(L, 0, 1);
        shim_check_doom(L, shim_of(L));
        if (lua_isnil(L, -1)) break;
        if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "reader function must return a string");
        lua_tolstring(L, -1, &piece);
        if (piece == 0) break;
        total += piece;
        if (total > limit) luaL_error(L, "the source is longer than %I bytes", (LUAI_UACINT)limit);
        luaL_addvalue(&text);
    }
    lua_settop(L, -2);
    luaL_pushresult(&text);
    return lua_tolstring(L, -1, length);
}

/// load(text or reader [, chunk name [, mode [, env]]]): text only, in the globals of the pack unless told otherwise.
static int load_(lua_State *L) {
    shim_state *S = shim_of(L);
    size_t length;
    int has_environment = !lua_isnone(L, 4);
    const char *mode = luaL_optstring(L, 3, "t"), *source;
    const char *name = luaL_optstring(L, 2, NULL);
    if (lua_type(L, 1) == LUA_TSTRING) {
        source = lua_tolstring(L, 1, &length);
        lua_settop(L, 4);
    } else {
        luaL_checktype(L, 1, LUA_TFUNCTION);
        source = read_pieces(L, S->limits.source_bytes, &length);
        if (name == NULL) name = "=(load)";
    }
    if (strchr(mode, 't') == NULL) {
        lua_pushnil(L);
        lua_pushfstring(L, "attempt to load a text chunk (mode is '%s')", mode);
        return 2;
    }
    if (length > S->limits.source_bytes) {
        lua_pushnil(L);
        lua_pushfstring(L, "the source is longer than %I bytes", (LUAI_UACINT)S->limits.source_bytes);
        return 2;
    }
    int status = compile(L, source, length, name == NULL ? source : name);
    if (status == LUA_ERRMEM) S->doom = SHIM_KIND_MEMORY;
    shim_check_doom(L, S);
    if (status != LUA_OK) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    if (has_environment) {
        lua_pushvalue(L, 4);
        if (lua_setupvalue(L, -2, 1) == NULL) lua_settop(L, -2);
    }
    return 1;
}

// MARK: require

static int require_(lua_State *L);

static int finish_require(lua_State *L, int status, lua_KContext context) {
    (void)status, (void)context;
    if (lua_isnil(L, -1)) {                         // the chunk returned nothing: true, as Lua's own require
        lua_settop(L, -2);
        lua_pushboolean(L, 1);
    }
    lua_pushvalue(L, 1);
    lua_pushvalue(L, -2);
    lua_rawset(L, 2);
    return 1;
}

/// Whether the module named at 1 is being loaded by a function below, in `co`.
static int is_loading(lua_State *L, lua_State *co) {
    lua_Debug ar;
    for (int level = L == co ? 1 : 0; lua_getstack(co, level, &ar); level++) {
        luaL_checkstack(co, 2, NULL);
        lua_getinfo(co, "f", &ar);
        int requires = lua_tocfunction(co, -1) == require_;
        lua_settop(co, -2);
        if (!requires || lua_getlocal(co, &ar, 1) == NULL) continue;
        lua_xmove(co, L, 1);
        int same = lua_rawequal(L, 1, -1);
        lua_settop(L, -2);
        if (same) return 1;
    }
    return 0;
}

static int require_(lua_State *L) {
    shim_state *S = shim_of(L);
    luaL_checktype(L, 1, LUA_TSTRING);
    lua_settop(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, REGISTRY_LOADED);
    lua_pushvalue(L, 1);
    if (lua_rawget(L, 2) != LUA_TNIL) return 1;
    int loading = is_loading(L, L);
    for (const shim_link *link = S->resumers; link != NULL && !loading; link = link->up) loading = is_loading(L, link->thread);
    if (loading) return luaL_error(L, "module '%s' requires itself", lua_tostring(L, 1));
    lua_settop(L, 2);
    int results = shim_ask(L, SHIM_ASK_MODULE, 1);
    if (results != SHIM_LOADING) {
        lua_settop(L, 3);
        return finish_require(L, LUA_OK, 0);
    }
    size_t length;
    const char *source = lua_tolstring(L, 3, &length), *chunk = lua_tostring(L, 4);
    if (source == NULL || chunk == NULL) return luaL_error(L, "the host gave no source for module '%s'", lua_tostring(L, 1));
    int status = shim_load(L, source, length, chunk);
    if (status == LUA_ERRMEM) S->doom = SHIM_KIND_MEMORY;
    shim_check_doom(L, S);
    if (status != LUA_OK) return lua_error(L);
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 4);
    lua_callk(L, 2, 1, 0, finish_require);
    return finish_require(L, LUA_OK, 0);
}

int shim_lets_wait(lua_CFunction function) {
    return function == pcall_ || function == xpcall_ || function == require_ || shim_is_resuming(function);
}

void shim_open_base(lua_State *L) {
    static const luaL_Reg functions[] = {
        { "load", load_ }, { "pcall", pcall_ }, { "require", require_ }, { "xpcall", xpcall_ }, { NULL, NULL },
    };
    luaL_setfuncs(L, functions, 0);
}
