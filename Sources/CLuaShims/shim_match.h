// The pattern matcher of the string library.
#ifndef SHIM_MATCH_H
#define SHIM_MATCH_H

#include "shim_internal.h"

enum { MATCH_CAPTURES = 32, MATCH_DEPTH = 200, CAPTURE_OPEN = -1, CAPTURE_POSITION = -2 };

typedef struct {
    lua_State *L;
    const char *subject, *subject_end, *pattern_end;
    int64_t steps;                      // what is left of the budget
    int level, depth;                   // captures so far; levels of recursion left
    struct { const char *start; ptrdiff_t length; } captures[MATCH_CAPTURES];   // or CAPTURE_OPEN, CAPTURE_POSITION
} shim_matcher;

/// A matcher for strings at `subject` and up to `pattern_end`, with the budget of one call.
void shim_match_begin(shim_matcher *m, lua_State *L, const char *subject, size_t length, const char *pattern_end);
/// Forgets the captures of an earlier attempt.
void shim_match_again(shim_matcher *m);
/// The end of the match of the pattern from `p` on that begins at `s`, or NULL. Raises for malformed patterns and spent budgets.
const char *shim_match(shim_matcher *m, const char *s, const char *p);
/// Takes `count` steps; raises when the budget is spent or the run is to stop.
void shim_match_spend(shim_matcher *m, int64_t count);
/// Pushes capture `index` (from 0) of the match s…e; the whole match stands for the first when there is none.
void shim_match_push(shim_matcher *m, int index, const char *s, const char *e);
/// Pushes all captures, or the whole match when there is none and `s` is not NULL; answers their number.
int shim_match_push_all(shim_matcher *m, const char *s, const char *e);

#endif
