// Lua patterns (manual §6.4.1), matched by backtracking as Lua does and with its messages, but counting steps: the depth of a
// match is limited in Lua, the time is not.
#include <ctype.h>
#include "shim_match.h"

typedef unsigned char byte;

void shim_match_begin(shim_matcher *m, lua_State *L, const char *subject, size_t length, const char *pattern_end) {
    m->L = L;
    m->subject = subject;
    m->subject_end = subject + length;
    m->pattern_end = pattern_end;
    m->steps = shim_of(L)->limits.match_steps + 16 * (int64_t)length;
    shim_match_again(m);
}

void shim_match_again(shim_matcher *m) {
    m->level = 0;
    m->depth = MATCH_DEPTH;
}

void shim_match_spend(shim_matcher *m, int64_t count) {
    m->steps -= count;
    if (m->steps < 0) luaL_error(m->L, "pattern too complex (too many steps)");
    shim_check_doom(m->L, shim_of(m->L));
}

/// One step; the run's own state is looked at now and then.
static inline void step(shim_matcher *m) {
    if ((--m->steps & 1023) == 0 || m->steps < 0) shim_match_spend(m, 0);
}

// MARK: single characters

static int in_class(byte c, byte class) {
    int found;
    switch (tolower(class)) {
    case 'a': found = isalpha(c); break;
    case 'c': found = iscntrl(c); break;
    case 'd': found = isdigit(c); break;
    case 'g': found = isgraph(c); break;
    case 'l': found = islower(c); break;
    case 'p': found = ispunct(c); break;
    case 's': found = isspace(c); break;
    case 'u': found = isupper(c); break;
    case 'w': found = isalnum(c); break;
    case 'x': found = isxdigit(c); break;
    case 'z': found = c == 0; break;
    default: return class == c;
    }
    return isupper(class) ? !found : found != 0;
}

/// Whether c is in the set whose '[' is at `open` and whose ']' at `close`.
static int in_set(byte c, const char *open, const char *close) {
    const char *p = open + 1;
    int wanted = 1;
    if (*p == '^') {
        wanted = 0;
        p++;
    }
    for (; p < close; p++) {
        if (*p == '%') {
            if (in_class(c, (byte)*++p)) return wanted;
        } else if (p[1] == '-' && p + 2 < close) {
            if ((byte)p[0] <= c && c <= (byte)p[2]) return wanted;
            p += 2;
        } else if ((byte)*p == c) {
            return wanted;
        }
    }
    return !wanted;
}

/// A set is looked through for each character: a long one costs more than the step that is taken for it.
static inline void spend_for_set(shim_matcher *m, const char *open, const char *end) {
    enum { SET_BYTES = 64 };
    if (end - open > SET_BYTES) shim_match_spend(m, (end - open) / SET_BYTES);
}

/// The end of the single-character item at p.
static const char *item_end(shim_matcher *m, const char *p) {
    if (*p == '%') {
        if (p + 1 == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
        return p + 2;
    }
    if (*p != '[') return p + 1;
    const char *open = p;
    p += p[1] == '^' ? 2 : 1;
    do {                                            // a ']' that comes first is a member
        if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
        if (*p++ == '%' && p < m->pattern_end) p++;
    } while (*p != ']');
    spend_for_set(m, open, p);
    return p + 1;
}

static inline int matches_item(shim_matcher *m, const char *s, const char *p, const char *end) {
    if (s >= m->subject_end) return 0;
    switch (*p) {
    case '.': return 1;
    case '%': return in_class((byte)*s, (byte)p[1]);
    case '[':
        spend_for_set(m, p, end);
        return in_set((byte)*s, p, end - 1);
    default: return *p == *s;
    }
}

// MARK: items of their own

/// %bxy at p: the end of the balanced text that begins at s.
static const char *balanced(shim_matcher *m, const char *s, const char *p) {
    if (p + 1 >= m->pattern_end) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
    if (s >= m->subject_end || *s != p[0]) return NULL;
    for (int open = 1; ++s < m->subject_end;) {
        step(m);
        if (*s == p[1]) {
            if (--open == 0) return s + 1;
        } else if (*s == p[0]) {
            open++;
        }
    }
    return NULL;
}

static int open_capture(shim_matcher *m) {
    for (int level = m->level - 1; level >= 0; level--) {
        if (m->captures[level].length == CAPTURE_OPEN) return level;
    }
    return luaL_error(m->L, "invalid pattern capture");
}

static const char *back_reference(shim_matcher *m, const char *s, byte digit) {
    int index = digit - '1';
    if (index < 0 || index >= m->level || m->captures[index].length == CAPTURE_OPEN) {
        luaL_error(m->L, "invalid capture index %%%d", index + 1);
    }
    size_t length = (size_t)m->captures[index].length;
    if ((size_t)(m->subject_end - s) < length) return NULL;
    shim_match_spend(m, (int64_t)(length / 16) + 1);
    return memcmp(m->captures[index].start, s, length) == 0 ? s + length : NULL;
}

static const char *capture(shim_matcher *m, const char *s, const char *p, ptrdiff_t kind) {
    if (m->level >= MATCH_CAPTURES) luaL_error(m->L, "too many captures");
    m->captures[m->level].start = s;
    m->captures[m->level].length = kind;
    m->level++;
    const char *end = shim_match(m, s, p);
    if (end == NULL) m->level--;
    return end;
}

static const char *close_capture(shim_matcher *m, const char *s, const char *p) {
    int level = open_capture(m);
    m->captures[level].length = s - m->captures[level].start;
    const char *end = shim_match(m, s, p);
    if (end == NULL) m->captures[level].length = CAPTURE_OPEN;
    return end;
}

// MARK: repetition

static const char *most(shim_matcher *m, const char *s, const char *p, const char *end) {
    ptrdiff_t count = 0;
    for (; matches_item(m, s + count, p, end); count++) step(m);
    for (; count >= 0; count--) {
        const char *found = shim_match(m, s + count, end + 1);
        if (found != NULL) return found;
    }
    return NULL;
}

static const char *fewest(shim_matcher *m, const char *s, const char *p, const char *end) {
    for (;; s++) {
        const char *found = shim_match(m, s, end + 1);
        if (found != NULL) return found;
        if (!matches_item(m, s, p, end)) return NULL;
        step(m);
    }
}

// MARK: matching

/// The rest of shim_match, for one level of recursion.
static const char *match_here(shim_matcher *m, const char *s, const char *p) {
    for (;;) {
        step(m);
        if (p == m->pattern_end) return s;
        switch (*p) {
        case '(':
            return p[1] == ')' ? capture(m, s, p + 2, CAPTURE_POSITION) : capture(m, s, p + 1, CAPTURE_OPEN);
        case ')': return close_capture(m, s, p + 1);
        case '$':
            if (p + 1 == m->pattern_end) return s == m->subject_end ? s : NULL;
            break;
        case '%':
            if (p[1] == 'b') {
                s = balanced(m, s, p + 2);
                if (s == NULL) return NULL;
                p += 4;
                continue;
            }
            if (p[1] == 'f') {
                p += 2;
                if (*p != '[') luaL_error(m->L, "missing '[' after '%%f' in pattern");
                const char *end = item_end(m, p);
                byte before = s == m->subject ? 0 : (byte)s[-1], after = s == m->subject_end ? 0 : (byte)*s;
                if (in_set(before, p, end - 1) || !in_set(after, p, end - 1)) return NULL;
                p = end;
                continue;
            }
            if (isdigit((byte)p[1])) {
                s = back_reference(m, s, (byte)p[1]);
                if (s == NULL) return NULL;
                p += 2;
                continue;
            }
            break;
        default: break;
        }
        const char *end = item_end(m, p);
        if (*end == '*') return most(m, s, p, end);
        if (*end == '-') return fewest(m, s, p, end);
        int matches = matches_item(m, s, p, end);
        if (*end == '?') {
            if (matches) {
                const char *found = shim_match(m, s + 1, end + 1);
                if (found != NULL) return found;
            }
            p = end + 1;
            continue;
        }
        if (!matches) return NULL;
        if (*end == '+') return most(m, s + 1, p, end);
        s++;
        p = end;
    }
}

const char *shim_match(shim_matcher *m, const char *s, const char *p) {
    if (m->depth-- == 0) luaL_error(m->L, "pattern too complex");
    const char *found = match_here(m, s, p);
    m->depth++;
    return found;
}

// MARK: captures

void shim_match_push(shim_matcher *m, int index, const char *s, const char *e) {
    if (index >= m->level) {
        if (index != 0) luaL_error(m->L, "invalid capture index %%%d", index + 1);
        lua_pushlstring(m->L, s, (size_t)(e - s));
        return;
    }
    ptrdiff_t length = m->captures[index].length;
    if (length == CAPTURE_OPEN) luaL_error(m->L, "unfinished capture");
    if (length == CAPTURE_POSITION) lua_pushinteger(m->L, m->captures[index].start - m->subject + 1);
    else lua_pushlstring(m->L, m->captures[index].start, (size_t)length);
}

int shim_match_push_all(shim_matcher *m, const char *s, const char *e) {
    int count = m->level == 0 && s != NULL ? 1 : m->level;
    luaL_checkstack(m->L, count, "too many captures");
    for (int i = 0; i < count; i++) shim_match_push(m, i, s, e);
    return count;
}
