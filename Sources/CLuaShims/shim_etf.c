#include "shim_internal.h"
void shim_push_etf(lua_State *L, shim_state *S, const char *bytes, size_t length, int nulls, int prototype) {
    (void)S, (void)bytes, (void)length, (void)nulls, (void)prototype;
    luaL_error(L, "not yet");
}
