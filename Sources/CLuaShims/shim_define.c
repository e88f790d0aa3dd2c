// What the host puts into a state: named values, and prototypes with their methods, properties and rules.
#include <stdlib.h>
#include <string.h>
#include "shim_internal.h"

static int32_t settle(shim_state *S, int status) {
    if (status == LUA_OK) return SHIM_FINISHED;
    shim_fail_with(S, S->main, NULL, status);
    return SHIM_FAILED;
}

// MARK: named values

/// Replaces the table on top by its field `name`, which is made when absent.
static void descend(lua_State *L, const char *name, size_t length) {
    lua_pushlstring(L, name, length);
    lua_pushvalue(L, -1);
    if (lua_rawget(L, -3) == LUA_TNIL) {
        lua_settop(L, -2);
        lua_createtable(L, 0, 4);
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2);
        lua_rawset(L, -5);
    } else if (!lua_istable(L, -1)) {
        luaL_error(L, "'%s' is not a table", lua_tostring(L, -2));
    }
    lua_replace(L, -3);
    lua_settop(L, -2);
}

/// Lets tracebacks and messages name the function on top of the stack.
static void note_name(lua_State *L, const char *library, size_t length, const char *name) {
    lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    descend(L, library, length);
    lua_pushvalue(L, -2);
    lua_setfield(L, -2, name);
    lua_settop(L, -2);
}

static void define(lua_State *L, shim_state *S, void *argument) {
    const char *path = argument, *name = path, *dot, *last = strrchr(path, '.');
    if (shim_push_values(L, S, S->out.count - 1) != 1) luaL_error(L, "no value");
    if (lua_isfunction(L, 1) && last != NULL) note_name(L, path, (size_t)(last - path), last + 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, REGISTRY_LOADED);
    for (; (dot = strchr(name, '.')) != NULL; name = dot + 1) descend(L, name, (size_t)(dot - name));
    lua_pushstring(L, name);
    lua_pushvalue(L, 1);
    lua_rawset(L, -3);
    lua_settop(L, 0);
}

int32_t shim_define(shim_state *S, const char *path) { return settle(S, shim_protect(S, define, (void *)path)); }

// MARK: prototypes

typedef struct { shim_prototype *prototype; const char *name; int is_property; } member_call;

static int finish_index(lua_State *L, int status, lua_KContext context) {
    (void)L, (void)status, (void)context;
    return 1;
}

int shim_index_member(lua_State *L) {
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(2)) == LUA_TNIL) return 1;
    lua_pushvalue(L, 1);
    lua_callk(L, 1, 1, 0, finish_index);
    return 1;
}

static void new_metatable(lua_State *L, const char *name) {
    lua_createtable(L, 0, 4);
    lua_pushstring(L, name);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__name");
    lua_setfield(L, -2, "__metatable");
}

/// Sets the value on top as field `name` of the metatables; those of lazy tables have functions of their own for access.
static void set_in_all(lua_State *L, const shim_prototype *p, const char *name) {
    const int32_t tables[] = { p->metatable, p->object_metatable, p->lazy_metatable };
    int count = strcmp(name, "__index") == 0 ? 2 : 3;
    for (int i = 0; i < count; i++) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, tables[i]);
        lua_pushvalue(L, -2);
        lua_setfield(L, -2, name);
        lua_settop(L, -2);
    }
    lua_settop(L, -2);
}

/// Makes what is missing of a prototype; each step is whole by itself, so that one that raises can be done again.
static void define_prototype(lua_State *L, shim_state *S, void *argument) {
    member_call *call = argument;
    shim_prototype *p = call->prototype;
    if (p->methods == 0) {
        lua_createtable(L, 0, 8);
        p->methods = shim_new_reference(L, S);
    }
    if (p->properties == 0) {
        lua_createtable(L, 0, 0);
        p->properties = shim_new_reference(L, S);
    }
    if (p->metatable == 0) {
        new_metatable(L, call->name);
        p->metatable = shim_new_reference(L, S);
    }
    if (p->object_metatable == 0) {
        new_metatable(L, call->name);
        p->object_metatable = shim_new_reference(L, S);
    }
    if (p->lazy_metatable == 0) {
        new_metatable(L, call->name);
        lua_rawgeti(L, LUA_REGISTRYINDEX, p->methods);
        lua_rawgeti(L, LUA_REGISTRYINDEX, p->properties);
        shim_set_lazy_access(L);
        p->lazy_metatable = shim_new_reference(L, S);
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, p->methods);
    set_in_all(L, p, "__index");
    lua_pushstring(L, call->name);
    lua_pushvalue(L, -1);
    set_in_all(L, p, "__name");
    set_in_all(L, p, "__metatable");
}

shim_prototype *shim_prototype_at(shim_state *S, uint8_t number) {
    if (number >= S->prototype_count) {
        shim_prototype *grown = realloc(S->prototypes, (number + 1u) * sizeof *grown);
        if (grown == NULL) return NULL;
        memset(grown + S->prototype_count, 0, (number + 1u - S->prototype_count) * sizeof *grown);
        S->prototypes = grown;
        S->prototype_count = number + 1u;
    }
    return &S->prototypes[number];
}

static int32_t fail_for_memory(shim_state *S) {
    shim_fail(S, SHIM_KIND_MEMORY, "not enough memory");
    return SHIM_FAILED;
}

int32_t shim_define_prototype(shim_state *S, uint8_t prototype, const char *name) {
    member_call call = { shim_prototype_at(S, prototype), name, 0 };
    return call.prototype == NULL ? fail_for_memory(S) : settle(S, shim_protect(S, define_prototype, &call));
}

static void define_member(lua_State *L, shim_state *S, void *argument) {
    member_call *call = argument;
    shim_prototype *p = call->prototype;
    if (shim_push_values(L, S, S->out.count - 1) != 1) luaL_error(L, "no value");
    if (p->metatable == 0) luaL_error(L, "the prototype of '%s' has not been defined", call->name);
    if (strncmp(call->name, "__", 2) == 0) {
        set_in_all(L, p, call->name);
        return;
    }
    if (call->is_property && !p->has_properties) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, p->methods);
        lua_rawgeti(L, LUA_REGISTRYINDEX, p->properties);
        lua_pushcclosure(L, shim_index_member, 2);
        set_in_all(L, p, "__index");
        p->has_properties = 1;
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, call->is_property ? p->properties : p->methods);
    lua_pushvalue(L, 1);
    lua_setfield(L, -2, call->name);
    lua_rawgeti(L, LUA_REGISTRYINDEX, p->metatable);
    lua_getfield(L, -1, "__name");
    size_t length;
    const char *name = lua_tolstring(L, -1, &length);
    lua_pushvalue(L, 1);
    if (lua_isfunction(L, -1) && name != NULL) note_name(L, name, length, call->name);
    lua_settop(L, 0);
}

int32_t shim_define_member(shim_state *S, uint8_t prototype, const char *name, int32_t is_property) {
    member_call call = { shim_prototype_at(S, prototype), name, is_property };
    return call.prototype == NULL ? fail_for_memory(S) : settle(S, shim_protect(S, define_member, &call));
}

int32_t shim_define_rule(shim_state *S, uint8_t parent, const char *key, uint8_t child) {
    if (shim_prototype_at(S, child) == NULL || shim_prototype_at(S, parent) == NULL) return fail_for_memory(S);
    shim_prototype *p = &S->prototypes[parent];
    size_t length = strlen(key);
    if (length == 0) {
        p->any_child = child;
        return SHIM_FINISHED;
    }
    shim_rule *rules = realloc(p->rules, (p->rule_count + 1u) * sizeof *rules);
    if (rules == NULL) return fail_for_memory(S);
    p->rules = rules;
    shim_rule *rule = &rules[p->rule_count++];
    rule->length = (uint32_t)length;
    rule->child = child;
    char padded[8] = { 0 };
    if (length < sizeof padded) memcpy(padded, key, length);
    shim_key_words(length < sizeof padded ? padded : key, length, &rule->first, &rule->last);
    return SHIM_FINISHED;
}

void shim_set_prototype(lua_State *L, shim_state *S, int prototype) {
    int32_t metatable = S->prototypes[prototype].metatable;
    if (metatable == 0) return;
    lua_rawgeti(L, LUA_REGISTRYINDEX, metatable);
    lua_setmetatable(L, -2);
}
