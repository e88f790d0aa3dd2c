// Collection in idle moments.
#include "shim_internal.h"

int32_t shim_idle_step(shim_state *S) { (void)lua_gc(S->main, LUA_GCSTEP, 64); return 0; }
void shim_collect(shim_state *S) { lua_gc(S->main, LUA_GCCOLLECT); }
