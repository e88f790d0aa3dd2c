// Compiling source text, under the budgets of a run.
#include "shim_internal.h"

typedef struct { const char *source, *chunk; size_t length; int status; } compile_call;

static void compile(lua_State *L, shim_state *S, void *argument) {
    (void)S;
    compile_call *call = argument;
    call->status = shim_load(L, call->source, call->length, call->chunk);
}

/// Leaves the compiled chunk on the main thread's stack; 0 after a failure.
static int compile_protected(shim_state *S, const void *source, size_t length, const char *chunk) {
    compile_call call = { source, chunk, length, LUA_OK };
    shim_enter(S);
    S->compiled_line = 0;
    S->is_compiling = 1;
    int status = shim_protect(S, compile, &call);
    if (status == LUA_OK) status = call.status;
    if (status != LUA_OK) shim_fail_with(S, S->main, NULL, status);
    S->is_compiling = 0;
    shim_leave(S);
    return status == LUA_OK;
}

int32_t shim_run_source(shim_state *S, const void *source, size_t length, const char *chunk, int32_t mark, shim_run_id *run) {
    if (!compile_protected(S, source, length, chunk)) {
        shim_rewind(S, mark);
        return SHIM_FAILED;
    }
    return shim_run_top(S, mark, run);
}

int32_t shim_check_source(shim_state *S, const void *source, size_t length, const char *chunk) {
    if (!compile_protected(S, source, length, chunk)) return SHIM_FAILED;
    lua_settop(S->main, -2);
    return SHIM_FINISHED;
}
