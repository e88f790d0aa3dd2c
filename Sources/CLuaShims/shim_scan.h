// Finding the next byte of a JSON string that is not plain text, many bytes at a time.
#ifndef SHIM_SCAN_H
#define SHIM_SCAN_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>

/// The first quote, backslash or control character at or after `p`. Reads up to 16 bytes past it; a zero byte ends every document.
static inline const char *shim_scan_string(const char *p) {
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1f);
    for (;; p += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)p);
        __m128i found = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, backslash)),
                                     _mm_cmpeq_epi8(_mm_min_epu8(v, control), v));
        int mask = _mm_movemask_epi8(found);
        if (mask != 0) return p + __builtin_ctz((unsigned)mask);
    }
}

#else

/// The first quote, backslash or control character at or after `p`. Reads up to 8 bytes past it; a zero byte ends every document.
static inline const char *shim_scan_string(const char *p) {
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
    for (;; p += 8) {
        uint64_t v;
        memcpy(&v, p, 8);
        uint64_t quote = v ^ (ones * '"'), backslash = v ^ (ones * '\\');
        uint64_t found = (((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | ((v - ones * 0x20) & ~v)) & high;
        if (found == 0) continue;
        // A borrow may mark a byte above a real hit, never below one: the lowest mark is exact on little endian.
        while (*p != '"' && *p != '\\' && (unsigned char)*p >= 0x20) p++;
        return p;
    }
}

#endif

static inline const char *shim_skip_space(const char *p) {
    while (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r') p++;
    return p;
}

#endif
