// Runs: entries of the host into script code, each in a pooled coroutine so that it may wait.
#include <stdlib.h>
#include <string.h>
#include "shim_internal.h"

// MARK: slots

static void anchor_new_thread(lua_State *L, shim_state *S, void *argument) {
    shim_slot *slot = argument;
    lua_rawgeti(L, LUA_REGISTRYINDEX, REGISTRY_THREADS);
    lua_State *thread = lua_newthread(L);
    lua_rawseti(L, -2, slot - S->slots + 1);
    lua_sethook(thread, NULL, 0, 0);
    shim_set_flags(thread, THREAD_TOP, THREAD_FLAGS);
    if (slot->thread == NULL) S->run_threads++;     // else the one it had is a script's now
    slot->thread = thread;
    lua_settop(L, 0);
}

static int add_slot(shim_state *S) {
    if (S->slot_count == S->slot_capacity) {
        uint32_t capacity = S->slot_capacity == 0 ? 8 : S->slot_capacity * 2;
        shim_slot *slots = realloc(S->slots, capacity * sizeof *slots);
        if (slots == NULL) return 0;
        S->slots = slots;
        S->slot_capacity = capacity;
    }
    S->slots[S->slot_count] = (shim_slot){ .state = SLOT_FREE, .next_free = UINT32_MAX, .generation = 1 };
    S->free_slot = S->slot_count++;
    S->pooled++;
    return 1;
}

void shim_open_runs(lua_State *L, shim_state *S) {
    if (!add_slot(S)) luaL_error(L, "not enough memory");
    anchor_new_thread(L, S, &S->slots[0]);
}


/// A free slot with a coroutine, or SHIM_NO_SLOT with the failure noted.
static int64_t acquire(shim_state *S) {
    if (S->depth >= SHIM_RUN_DEPTH) {
        shim_fail(S, SHIM_KIND_UNAVAILABLE, "the host calls back into the state too deeply");
        return SHIM_NO_SLOT;
    }
    if (S->free_slot == SHIM_NO_SLOT && (S->slot_count >= S->limits.runs || !add_slot(S))) {
        shim_fail(S, SHIM_KIND_UNAVAILABLE, "too many runs are waiting");
        return SHIM_NO_SLOT;
    }
    int64_t index = S->free_slot;
    shim_slot *slot = &S->slots[index];
    if (slot->thread == NULL || slot->retired) {
        int status = shim_protect(S, anchor_new_thread, slot);
        if (status != LUA_OK) {
            shim_fail_with(S, S->main, NULL, status);
            return SHIM_NO_SLOT;
        }
    } else {
        lua_settop(slot->thread, 0);
    }
    S->free_slot = slot->next_free == UINT32_MAX ? SHIM_NO_SLOT : (int64_t)slot->next_free;
    if (S->returned_slot == index) S->returned_slot = SHIM_NO_SLOT;
    slot->state = SLOT_RUNNING;
    slot->cancelled = 0;
    slot->retired = 0;
    S->pooled--;
    return index;
}

/// Ends a slot's run and keeps its coroutine for the next one.
static void give_back(shim_state *S, int64_t index) {
    shim_slot *slot = &S->slots[index];
    slot->state = SLOT_FREE;
    slot->generation++;
    free(slot->spawn_chunk);
    slot->spawn_chunk = NULL;
    // A script that asked for coroutine.running() may still hold the thread; it must not meet another handler in it.
    slot->retired = (shim_flags(slot->thread) & THREAD_EXPOSED) != 0;
    S->pooled++;
    slot->next_free = S->free_slot == SHIM_NO_SLOT ? UINT32_MAX : (uint32_t)S->free_slot;
    S->free_slot = index;
}

static void suspend(shim_state *S, int64_t index, shim_run_id *run) {
    S->slots[index].state = SLOT_WAITING;
    S->waiting++;
    *run = (shim_run_id){ (uint32_t)index, S->slots[index].generation };
}

static shim_slot *waiting_slot(shim_state *S, shim_run_id id) {
    if (id.slot >= S->slot_count) return NULL;
    shim_slot *slot = &S->slots[id.slot];
    return slot->state == SLOT_WAITING && slot->generation == id.generation ? slot : NULL;
}

int64_t shim_next_waiting(const shim_state *S, uint32_t from, shim_run_id *run) {
    for (uint32_t i = from; i < S->slot_count; i++) {
        if (S->slots[i].state == SLOT_WAITING) {
            *run = (shim_run_id){ i, S->slots[i].generation };
            return i;
        }
    }
    return -1;
}

int32_t shim_is_running(const shim_state *S) { return S->depth > 0; }

// MARK: going on

static void enter(shim_state *S) {
    if (S->depth++ > 0) return;
    S->stack_begin = __builtin_frame_address(0);
    S->warning = 0;
    S->doom = 0;
    shim_clock_enter(S);
}

static void leave(shim_state *S) {
    if (--S->depth > 0) return;
    shim_clock_leave(S);
    shim_note_run(S);
    if (S->doom) lua_sethook(S->main, NULL, 0, 0);
    S->doom = 0;
}

/// The host hears of an overrun when the run's frames are gone, with no values to give back.
static void report_overrun(shim_state *S) {
    if (S->depth != 1 || S->warning == 0) return;
    if (S->warning == 1) S->overrun_line = 0;       // it ended before a line could be noted
    int32_t mark = S->out.count;
    S->call(S->host, S, S->main, SHIM_ASK_OVERRAN, 0);
    shim_rewind(S, mark);
    S->warning = 0;
}

/// Unwinds a coroutine that will not go on: its to-be-closed variables are closed, under the run's budget.
static void unwind(shim_state *S, lua_State *thread) {
    lua_State *outer = S->running;
    S->running = thread;
    if (S->doom) shim_arm(S);
    lua_resetthread(thread);
    S->running = outer;
    lua_sethook(thread, NULL, 0, 0);
    lua_settop(thread, 0);
}

static int32_t fail_run(shim_state *S, int64_t index, int status) {
    lua_State *thread = S->slots[index].thread, *outer = S->running;
    if (status == LUA_ERRMEM && !S->doom) S->doom = SHIM_KIND_MEMORY;
    if (lua_checkstack(thread, 2)) {
        lua_pushvalue(thread, -1);
        lua_rawseti(thread, LUA_REGISTRYINDEX, REGISTRY_FAILED_VALUE);
        S->has_failed_value = 1;
        lua_pushvalue(thread, -1);                  // unwinding hands the error to __close
    }
    S->running = S->main;                           // __tostring of the error value runs there
    shim_fail_with(S, thread, thread, status);
    S->running = outer;
    if (S->slots[index].cancelled && S->failure.kind == SHIM_KIND_ERROR) S->failure.kind = SHIM_KIND_CANCELLED;
    int32_t doom = S->doom;
    unwind(S, thread);
    if (S->doom != doom) shim_fail_otherwise(S, S->doom);      // __close used up what was left
    give_back(S, index);
    return SHIM_FAILED;
}

static void drop_failed_value(shim_state *S) {
    lua_pushnil(S->main);
    lua_rawseti(S->main, LUA_REGISTRYINDEX, REGISTRY_FAILED_VALUE);    // an existing element: no memory is needed
    S->has_failed_value = 0;
}

/// Resumes the slot's coroutine with the `count` values on its stack; one that has not begun has its function and arguments there.
static int32_t proceed(shim_state *S, int64_t index, int count, shim_run_id *run) {
    lua_State *thread = S->slots[index].thread, *outer = S->running;
    int64_t outer_run = S->current;
    shim_link *outer_resumers = S->resumers;
    int results = 0;

    enter(S);
    S->current = index;
    S->resumers = NULL;
    S->running = thread;
    if (S->pressure) shim_arm(S);
    if (S->has_failed_value) drop_failed_value(S);
    int begins = lua_status(thread) == LUA_OK, status = LUA_ERRRUN;
    if (begins && S->resume_raises) S->resume_raises = 0;      // nothing of it has run that could catch the error
    else status = lua_resume(thread, outer == NULL ? S->main : outer, begins ? lua_gettop(thread) - 1 : count, &results);
    S->running = outer;
    S->resumers = outer_resumers;
    int32_t answer;
    if (S->doom && (status == LUA_OK || status == LUA_YIELD)) {
        // The run ended or waited before the stop could be raised in it.
        S->yielding = 0;
        shim_fail(S, S->doom, shim_stop_message(S, S->doom));
        unwind(S, thread);
        give_back(S, index);
        answer = SHIM_FAILED;
    } else if (status == LUA_OK) {
        give_back(S, index);
        S->returned_slot = index;
        S->returned_count = results;
        answer = SHIM_FINISHED;
    } else if (status == LUA_YIELD) {
        S->yielding = 0;
        suspend(S, index, run);
        answer = SHIM_WAITING;
    } else {
        answer = fail_run(S, index, status);
    }
    S->current = outer_run;
    report_overrun(S);
    leave(S);
    return answer;
}

typedef struct { int32_t mark; int count; } values_call;

static void push_values_on_main(lua_State *L, shim_state *S, void *argument) {
    values_call *call = argument;
    call->count = shim_push_values(L, S, call->mark);
}

/// Moves the values put since `mark` onto the coroutine's stack; -1 leaves an error value on the main thread's, with `status`.
static int move_values(shim_state *S, lua_State *thread, int32_t mark, int *status) {
    int32_t count = S->out.count - mark;
    if (shim_values_plain(S, mark) && lua_checkstack(thread, count + LUA_MINSTACK)) return shim_push_plain(thread, S, mark);
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

/// Starts the run whose function is on its coroutine's stack.
static int32_t start(shim_state *S, int64_t index, int32_t mark, shim_run_id *run) {
    int status = LUA_OK;
    int count = move_values(S, S->slots[index].thread, mark, &status);
    if (count >= 0) return proceed(S, index, count, run);
    shim_fail_with(S, S->main, NULL, status);
    give_back(S, index);
    return SHIM_FAILED;
}

int32_t shim_run(shim_state *S, int32_t reference, int32_t mark, shim_run_id *run) {
    int64_t index = acquire(S);
    if (index == SHIM_NO_SLOT) {
        shim_rewind(S, mark);
        return SHIM_FAILED;
    }
    lua_rawgeti(S->slots[index].thread, LUA_REGISTRYINDEX, reference);
    return start(S, index, mark, run);
}

typedef struct { const char *source, *chunk; size_t length; int status; } compile_call;

static void compile(lua_State *L, shim_state *S, void *argument) {
    (void)S;
    compile_call *call = argument;
    call->status = shim_load(L, call->source, call->length, call->chunk);
}

/// Leaves the compiled chunk on the main thread's stack; 0 after a failure. The compiler runs under the memory limit only.
static int compile_protected(shim_state *S, const void *source, size_t length, const char *chunk) {
    compile_call call = { source, chunk, length, LUA_OK };
    int status = shim_protect(S, compile, &call);
    if (status == LUA_OK && call.status == LUA_OK) return 1;
    shim_fail_with(S, S->main, NULL, status == LUA_OK ? call.status : status);
    return 0;
}

int32_t shim_run_source(shim_state *S, const void *source, size_t length, const char *chunk, int32_t mark, shim_run_id *run) {
    int64_t index = acquire(S);
    if (index == SHIM_NO_SLOT || !compile_protected(S, source, length, chunk)) {
        shim_rewind(S, mark);
        if (index != SHIM_NO_SLOT) give_back(S, index);
        return SHIM_FAILED;
    }
    lua_xmove(S->main, S->slots[index].thread, 1);
    return start(S, index, mark, run);
}

int32_t shim_check_source(shim_state *S, const void *source, size_t length, const char *chunk) {
    if (!compile_protected(S, source, length, chunk)) return SHIM_FAILED;
    lua_settop(S->main, -2);
    return SHIM_FINISHED;
}

static int32_t go_on(shim_state *S, shim_run_id run, int count, shim_run_id *next) {
    shim_slot *slot = &S->slots[run.slot];
    slot->state = SLOT_RUNNING;
    slot->generation++;
    S->waiting--;
    return proceed(S, run.slot, count, next);
}

int32_t shim_resume(shim_state *S, shim_run_id *run, int32_t mark, int32_t raise) {
    shim_slot *slot = waiting_slot(S, *run);
    if (slot == NULL) {
        shim_rewind(S, mark);
        return SHIM_STALE;
    }
    int status = LUA_OK;
    int count = move_values(S, slot->thread, mark, &status);
    if (count < 0) {
        // What was to be handed over cannot be made (memory, a document that does not parse): that is raised instead.
        lua_xmove(S->main, slot->thread, 1);
        count = raise = 1;
    }
    S->resume_raises = raise != 0;
    return go_on(S, *run, count, run);
}

int32_t shim_cancel(shim_state *S, shim_run_id run, int32_t mark) {
    shim_slot *slot = waiting_slot(S, run);
    if (slot == NULL) {
        shim_rewind(S, mark);
        return SHIM_STALE;
    }
    slot->cancelled = 1;
    if (S->out.count > mark) return shim_resume(S, &run, mark, 1);
    S->resume_raises = 1;
    lua_rawgeti(slot->thread, LUA_REGISTRYINDEX, REGISTRY_CANCELLED);
    return go_on(S, run, 1, &run);
}

int32_t shim_spawn(shim_state *S, lua_State *L, int32_t first, int32_t count, shim_run_id *run) {
    char chunk[SHIM_CHUNK];
    int64_t index = acquire(S);
    if (index == SHIM_NO_SLOT) return SHIM_FAILED;
    shim_slot *slot = &S->slots[index];
    if (!lua_checkstack(L, count) || !lua_checkstack(slot->thread, count + LUA_MINSTACK)) {
        give_back(S, index);
        shim_fail(S, SHIM_KIND_UNAVAILABLE, "too many arguments");
        return SHIM_FAILED;
    }
    for (int i = 0; i < count; i++) lua_pushvalue(L, first + i);
    lua_xmove(L, slot->thread, count);
    slot->spawn_line = shim_find_position(L, 0, chunk, sizeof chunk);
    if (slot->spawn_line > 0) slot->spawn_chunk = strdup(chunk);
    suspend(S, index, run);
    return SHIM_WAITING;
}

int32_t shim_failed_value(shim_state *S) {
    if (!S->has_failed_value) return -1;
    lua_rawgeti(S->main, LUA_REGISTRYINDEX, REGISTRY_FAILED_VALUE);
    int32_t slot = shim_reference(S, S->main, -1);
    lua_settop(S->main, -2);
    return slot;
}

lua_State *shim_returned(shim_state *S, int32_t *count) {
    if (S->returned_slot == SHIM_NO_SLOT) return NULL;
    *count = S->returned_count;
    return S->slots[S->returned_slot].thread;
}
