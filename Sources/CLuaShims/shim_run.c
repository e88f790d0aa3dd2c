// Runs: entries of the host into script code, each in a pooled coroutine so that it may wait.
#include <string.h>
#include "shim_internal.h"

// MARK: slots

/// A free slot with a coroutine, or SHIM_NO_SLOT with the failure noted.
static inline int32_t acquire(shim_state *S) {
    int32_t index = S->free_slot;
    if (index == SHIM_NO_SLOT || !S->slots[index].is_ready || S->depth >= SHIM_RUN_DEPTH) index = shim_prepare_slot(S);
    if (index == SHIM_NO_SLOT) return index;
    shim_slot *slot = &S->slots[index];
    S->free_slot = slot->next_free;
    if (S->returned_slot == index) S->returned_slot = SHIM_NO_SLOT;
    slot->state = SLOT_RUNNING;
    slot->cancelled = 0;
    S->pooled--;
    return index;
}

/// Ends a slot's run and keeps its coroutine, on whose stack `left` values are, for the next one.
static inline void give_back(shim_state *S, int32_t index, int left) {
    shim_slot *slot = &S->slots[index];
    slot->state = SLOT_FREE;
    slot->generation++;
    if (slot->spawn_chunk != NULL) shim_forget_spawn(slot);
    // One that was stopped while it was unwound is not used again either: see abandon.
    if (S->doom && slot->thread != NULL) shim_set_flags(slot->thread, THREAD_SPENT, 0);
    slot->is_ready = left == 0 && slot->thread != NULL && !(shim_flags(slot->thread) & THREAD_SPENT);
    S->pooled++;
    slot->next_free = S->free_slot;
    S->free_slot = index;
}

static void suspend(shim_state *S, int32_t index, shim_run_id *run) {
    S->slots[index].state = SLOT_WAITING;
    S->waiting++;
    *run = (shim_run_id){ (uint32_t)index, S->slots[index].generation };
}

static shim_slot *waiting_slot(shim_state *S, shim_run_id id) {
    if (id.slot >= S->slot_count) return NULL;
    shim_slot *slot = &S->slots[id.slot];
    return slot->state == SLOT_WAITING && slot->generation == id.generation ? slot : NULL;
}

int32_t shim_is_running(const shim_state *S) { return S->depth > 0; }

// MARK: going on

/// The host hears of an overrun when the run's frames are gone, with no values to give back.
static void report_overrun(shim_state *S) {
    if (S->warning == 1) S->overrun_line = 0;       // it ended before a line could be noted
    int32_t mark = S->out.count;
    S->call(S->host, S, S->main, SHIM_ASK_OVERRAN, 0);
    shim_rewind(S, mark);
    S->warning = 0;
}

/// Leaves the coroutine of a stopped run to the collector. An error raised in a hook leaves a coroutine without hooks: nothing would stop its
/// __close, which could not do anything while stopped anyway, nor a later run in it.
static void abandon(shim_state *S, int32_t index) {
    lua_rawgeti(S->main, LUA_REGISTRYINDEX, REGISTRY_THREADS);
    lua_pushnil(S->main);
    lua_rawseti(S->main, -2, index + 1);            // an existing element: no memory is needed
    lua_settop(S->main, -2);
    S->slots[index].thread = NULL;
    S->run_threads--;
}

/// Unwinds a coroutine that will not go on: its to-be-closed variables are closed, under the run's budget.
static void unwind(shim_state *S, int32_t index) {
    lua_State *outer = S->running, *thread = S->slots[index].thread;
    if (S->doom) {
        abandon(S, index);
        return;
    }
    S->running = thread;
    lua_resetthread(thread);
    S->running = outer;
    lua_sethook(thread, NULL, 0, 0);
    lua_settop(thread, 0);
}

static int32_t fail_run(shim_state *S, int32_t index, int status) {
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
    unwind(S, index);
    if (S->doom != doom) shim_fail_otherwise(S, S->doom);      // __close used up what was left
    give_back(S, index, 0);
    return SHIM_FAILED;
}

static void drop_failed_value(shim_state *S) {
    lua_pushnil(S->main);
    lua_rawseti(S->main, LUA_REGISTRYINDEX, REGISTRY_FAILED_VALUE);    // an existing element: no memory is needed
    S->has_failed_value = 0;
}

enum { NEVER_BEGINS = -1 };

/// Resumes the slot's coroutine with the `count` values on its stack, or fails it with the one there when it is not to begin.
static int32_t proceed(shim_state *S, int32_t index, int count, shim_run_id *run) {
    lua_State *thread = S->slots[index].thread, *outer = S->running;
    int32_t outer_run = S->current, answer;
    shim_link *outer_resumers = S->resumers;
    int results = 0;

    shim_enter(S);
    S->current = index;
    S->resumers = NULL;
    S->running = thread;
    if (S->pressure) shim_arm(S);
    if (S->has_failed_value) drop_failed_value(S);
    int status = count == NEVER_BEGINS ? LUA_ERRRUN : lua_resume(thread, outer == NULL ? S->main : outer, count, &results);
    S->running = outer;
    S->resumers = outer_resumers;
    if (S->doom && (status == LUA_OK || status == LUA_YIELD)) {
        // The run ended or waited before the stop could be raised in it.
        S->yielding = 0;
        shim_fail(S, S->doom, shim_stop_message(S, S->doom));
        unwind(S, index);
        give_back(S, index, 0);
        answer = SHIM_FAILED;
    } else if (status == LUA_OK) {
        give_back(S, index, results);
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
    if (S->warning != 0 && S->depth == 1) report_overrun(S);
    shim_leave(S);
    return answer;
}

/// Starts the run whose function is on its coroutine's stack.
static inline int32_t start(shim_state *S, int32_t index, int32_t mark, shim_run_id *run) {
    int status = LUA_OK, count = shim_move_values(S, S->slots[index].thread, mark, &status);
    if (count >= 0) return proceed(S, index, count, run);
    shim_fail_with(S, S->main, NULL, status);
    give_back(S, index, 1);
    return SHIM_FAILED;
}

int32_t shim_run(shim_state *S, int32_t reference, int32_t mark, shim_run_id *run) {
    int32_t index = acquire(S);
    if (index == SHIM_NO_SLOT) {
        shim_rewind(S, mark);
        return SHIM_FAILED;
    }
    lua_rawgeti(S->slots[index].thread, LUA_REGISTRYINDEX, reference);
    return start(S, index, mark, run);
}

int32_t shim_run_event(shim_state *S, int32_t reference, int32_t depth, shim_run_id *run) {
    int32_t index = acquire(S);
    if (index == SHIM_NO_SLOT) return SHIM_FAILED;
    lua_State *thread = S->slots[index].thread;
    lua_rawgeti(thread, LUA_REGISTRYINDEX, reference);
    lua_rawgeti(thread, LUA_REGISTRYINDEX, REGISTRY_EVENTS + depth);
    return proceed(S, index, 1, run);
}

int32_t shim_run_top(shim_state *S, int32_t mark, shim_run_id *run) {
    int32_t index = acquire(S);
    if (index == SHIM_NO_SLOT) {
        lua_settop(S->main, -2);
        shim_rewind(S, mark);
        return SHIM_FAILED;
    }
    lua_xmove(S->main, S->slots[index].thread, 1);
    return start(S, index, mark, run);
}

/// Lets a waiting run go on with the `count` values on its coroutine's stack; one that was spawned has its function and arguments below them.
static int32_t go_on(shim_state *S, shim_run_id run, int count, shim_run_id *next) {
    shim_slot *slot = &S->slots[run.slot];
    slot->state = SLOT_RUNNING;
    slot->generation++;
    S->waiting--;
    if (lua_status(slot->thread) == LUA_OK) {
        count = S->resume_raises ? NEVER_BEGINS : lua_gettop(slot->thread) - 1;
        S->resume_raises = 0;
    }
    return proceed(S, (int32_t)run.slot, count, next);
}

int32_t shim_resume(shim_state *S, shim_run_id *run, int32_t mark, int32_t raise) {
    shim_slot *slot = waiting_slot(S, *run);
    if (slot == NULL) {
        shim_rewind(S, mark);
        return SHIM_STALE;
    }
    int status = LUA_OK;
    int count = shim_move_values(S, slot->thread, mark, &status);
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

void shim_drop(shim_state *S, shim_run_id run) {
    if (waiting_slot(S, run) == NULL) return;
    abandon(S, (int32_t)run.slot);
    give_back(S, (int32_t)run.slot, 0);
    S->waiting--;
}

int32_t shim_spawn(shim_state *S, lua_State *L, int32_t first, int32_t count, shim_run_id *run) {
    char chunk[SHIM_CHUNK];
    int32_t index = acquire(S);
    if (index == SHIM_NO_SLOT) return SHIM_FAILED;
    shim_slot *slot = &S->slots[index];
    if (!lua_checkstack(L, count) || !lua_checkstack(slot->thread, count + LUA_MINSTACK)) {
        give_back(S, index, 0);
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
