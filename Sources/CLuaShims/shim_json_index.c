// Looking through a JSON object for the places of its fields, without decoding them. What is skipped is not checked beyond its brackets and
// quotes: decoding a field does that when it is read.
#include "shim_blocks.h"
#include "shim_document.h"
#include "shim_scan.h"

#define ALWAYS_INLINE __attribute__((always_inline)) static inline

// MARK: values that contain others

typedef struct {
    uint64_t inside;                    // bytes inside of strings, with the opening quote
    uint64_t in_string, escaped;        // carried into the next block: all ones, or 1
} strings;

/// Finds the strings of a block. Each backslash that is not escaped itself escapes the next byte.
ALWAYS_INLINE void find_strings(strings *s, const shim_masks *m, uint64_t (*parity)(uint64_t)) {
    uint64_t escaped = s->escaped, rest = m->backslashes & ~s->escaped;
    s->escaped = 0;
    while (rest != 0) {
        int i = __builtin_ctzll(rest);
        if (i == 63) {
            s->escaped = 1;
            break;
        }
        escaped |= UINT64_C(2) << i;
        rest &= ~(UINT64_C(3) << i);
    }
    s->inside = parity(m->quotes & ~escaped) ^ s->in_string;
    s->in_string = (uint64_t)((int64_t)s->inside >> 63);
}

/// The end of the array or object at `p`; NULL when the document ends before or a string has a control character.
ALWAYS_INLINE const char *find_end(const char *p, const char *end, shim_masks (*masks)(const char *), uint64_t (*parity)(uint64_t)) {
    strings s = { 0, 0, 0 };
    uint64_t unseen = ~UINT64_C(1);                 // the bracket at `p` itself has been counted
    for (int64_t depth = 1; p < end; p += 64) {
        shim_masks m = masks(p);
        find_strings(&s, &m, parity);
        uint64_t opens = m.opens & ~s.inside & unseen, closes = m.closes & ~s.inside;
        unseen = ~UINT64_C(0);
        if (__builtin_popcountll(closes) < depth) {
            if ((m.controls & s.inside) != 0) return NULL;
            depth += __builtin_popcountll(opens) - __builtin_popcountll(closes);
            continue;
        }
        for (uint64_t both = opens | closes; both != 0; both &= both - 1) {
            uint64_t bit = both & -both;
            if ((opens & bit) != 0) {
                depth++;
            } else if (--depth == 0) {
                return (m.controls & s.inside & (bit - 1)) != 0 ? NULL : p + __builtin_ctzll(bit) + 1;
            }
        }
        if ((m.controls & s.inside) != 0) return NULL;
    }
    return NULL;
}

// MARK: fields

/// What differs between processors. The functions below are made once for each kind, with these inlined.
typedef struct {
    shim_masks (*masks)(const char *p);
    uint64_t (*parity)(uint64_t bits);
    uint64_t (*scan)(const char *p, char one, char other, char limit);
    int scanned, bits;                  // bytes that `scan` looks at, and bits of its answer for each
} processor;

/// The end of a string that goes on with the escape at `p`; NULL when a control character comes before its closing quote.
static const char *skip_escapes(const char *p) {
    while (*p == '\\') p = shim_scan_string_on(p[1] == 0 ? p + 1 : p + 2);
    return *p == '"' ? p + 1 : NULL;
}

ALWAYS_INLINE const char *scan_string(const processor *cpu, const char *p) {
    uint64_t found = cpu->scan(p, '"', '\\', 0x1f);
    return found != 0 ? p + __builtin_ctzll(found) / cpu->bits : shim_scan_string_on(p + cpu->scanned);
}

/// The end of the value at `p`; NULL when it has none, `p` when nothing is there.
ALWAYS_INLINE const char *skip_value(const processor *cpu, const char *p, const char *end) {
    if (*p == '"') {
        const char *quote = scan_string(cpu, p + 1);
        return *quote == '"' ? quote + 1 : skip_escapes(quote);
    }
    if (*p != '{' && *p != '[') {
        uint64_t found = cpu->scan(p, ',', '}', ' ');
        return found != 0 ? p + __builtin_ctzll(found) / cpu->bits : shim_scan_scalar_on(p + cpu->scanned);
    }
    return p[1] == *p + 2 ? p + 2 : find_end(p, end, cpu->masks, cpu->parity);
}

ALWAYS_INLINE const char *find_places(const processor *cpu, shim_decoder *d, const char *p, uint32_t *count) {
    const char *begin = d->begin, *end = d->end;
    shim_field_place *places = d->S->places;
    uint32_t found = 0, capacity = d->S->place_capacity;
    p = shim_skip_space(p + 1);
    while (*p == '"') {
        const char *key = p + 1, *key_end = scan_string(cpu, key);
        if (*key_end != '"' || key_end - key > UINT16_MAX) return NULL;
        p = shim_skip_space(key_end + 1);
        if (*p != ':') return NULL;
        const char *value = shim_skip_space(p + 1);
        p = skip_value(cpu, value, end);
        if (p == NULL || p == value) return NULL;
        int is_null = *value == 'n';
        if (is_null && (p - value != 4 || memcmp(value, "null", 4) != 0)) return NULL;
        if (!is_null || d->nulls) {
            if (found == capacity) {
                if (!shim_more_places(d->S)) return NULL;
                places = d->S->places;
                capacity = d->S->place_capacity;
            }
            places[found++] = (shim_field_place){ .key = (uint32_t)(key - begin), .value = (uint32_t)(value - begin),
                                                  .key_length = (uint16_t)(key_end - key) };
        }
        p = shim_skip_space(p);
        if (*p != ',') break;
        p = shim_skip_space(p + 1);
        if (*p != '"') return NULL;
    }
    *count = found;
    return *p == '}' ? p + 1 : NULL;
}

static const char *any_places(shim_decoder *d, const char *p, uint32_t *count) {
    static const processor any = { shim_mask, shim_parity, shim_scan_bytes, SHIM_SCANNED, SHIM_SCAN_BITS };
    return find_places(&any, d, p, count);
}

#if defined(__x86_64__)

__attribute__((target("avx2,pclmul,popcnt,bmi"))) static const char *avx2_places(shim_decoder *d, const char *p, uint32_t *count) {
    static const processor avx2 = { shim_mask_avx2, shim_parity_clmul, shim_scan_bytes_avx2, 32, 1 };
    return find_places(&avx2, d, p, count);
}

const char *shim_json_places(shim_decoder *d, const char *p, uint32_t *count) {
    return d->S->has_avx2 ? avx2_places(d, p, count) : any_places(d, p, count);
}

int shim_has_avx2(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("popcnt")
        && __builtin_cpu_supports("bmi");
}

#else

const char *shim_json_places(shim_decoder *d, const char *p, uint32_t *count) { return any_places(d, p, count); }

int shim_has_avx2(void) { return 0; }

#endif
