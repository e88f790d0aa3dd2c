// Host objects: userdata that name something of the host's by kind and number, with the methods of their kind's prototype.
#include "shim_internal.h"

typedef struct { uint64_t identity; uint8_t kind; } object;

void shim_push_object(lua_State *L, shim_state *S, int kind, uint64_t identity) {
    object *o = lua_newuserdatauv(L, sizeof *o, 0);
    o->identity = identity;
    o->kind = (uint8_t)kind;
    if ((uint32_t)kind >= S->prototype_count || S->prototypes[kind].object_metatable == 0) return;
    lua_rawgeti(L, LUA_REGISTRYINDEX, S->prototypes[kind].object_metatable);
    lua_setmetatable(L, -2);
}

int32_t shim_object(lua_State *L, int32_t index, uint8_t *kind, uint64_t *identity) {
    // Scripts can make no userdata, so each one is an object.
    const object *o = lua_type(L, index) == LUA_TUSERDATA ? lua_touserdata(L, index) : NULL;
    if (o == NULL) return 0;
    *kind = o->kind;
    *identity = o->identity;
    return 1;
}
