// When garbage is collected: in idle moments if there are any, else a little with each allocation, with a pause that suits the size of the heap.
#include <time.h>
#include "shim_internal.h"

enum { SLICE_NANOSECONDS = 500 * 1000, WORTH_BYTES = 256 << 10 };
// Lua's own step (100 units of work for each 16 of 8192 bytes) sweeps 50,000 objects at once, four to fourteen milliseconds. These do 512 units
// for each kilobyte that is allocated: a cycle over 34 MB then lasts for three more.
enum { STEP_MULTIPLIER = 8, STEP_SIZE = 10 };
enum { SHORTEST_PAUSE = 150, LONGEST_PAUSE = 400 };   // percent of the live heap; below 150 collecting never ends

/// Makes the next cycle begin at three times the live heap, but half-way to the limit at the latest: what is collected in steps then need not be
/// collected at once when the limit is met.
static void set_pause(shim_state *S, size_t live) {
    size_t limit = S->heap.limit, wanted = live * 3;
    if (live < limit && wanted > live + (limit - live) / 2) wanted = live + (limit - live) / 2;
    size_t pause = live == 0 ? LONGEST_PAUSE : wanted / (live / 100 + 1);
    if (live < 1 << 20 || pause > LONGEST_PAUSE) pause = LONGEST_PAUSE;
    if (pause < SHORTEST_PAUSE) pause = SHORTEST_PAUSE;
    lua_gc(S->main, LUA_GCINC, (int)pause, STEP_MULTIPLIER, STEP_SIZE);
}

void shim_note_window(shim_state *S) {
    set_pause(S, S->least_used);
    S->runs_noted = 0;
    S->least_used = SIZE_MAX;
}

void shim_note_collected(shim_state *S) {
    S->is_collecting = 0;
    S->live = S->heap.used;
    set_pause(S, S->live);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int32_t shim_idle_step(shim_state *S) {
    if (S->depth > 0) return 0;
    if (!S->is_collecting) {
        size_t growth = S->live / 4 > WORTH_BYTES ? S->live / 4 : WORTH_BYTES;
        if (S->heap.used < S->live + growth) return 0;
        S->is_collecting = 1;
    }
    int64_t end = now() + SLICE_NANOSECONDS;
    do {
        if (lua_gc(S->main, LUA_GCSTEP, 0)) {
            shim_note_collected(S);
            return 0;
        }
    } while (now() < end);
    return 1;
}

void shim_collect(shim_state *S) {
    lua_gc(S->main, LUA_GCCOLLECT);
    shim_note_collected(S);
}
