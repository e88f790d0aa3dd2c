// Finding the next byte of a JSON text that ends a string, a number or a run of spaces. What is found at once is found inline; the rest is left to
// functions in shim_scan.c, so that their loops stay out of their callers'.
//
// All read some bytes past what they find; zeros follow every document, and end every search.
#ifndef SHIM_SCAN_H
#define SHIM_SCAN_H

#include <stdint.h>

/// The first quote, backslash or control character at or after `p`.
const char *shim_scan_string_on(const char *p);
/// The first comma, closing brace, space or control character at or after `p`: the end of a number or literal of an object.
const char *shim_scan_scalar_on(const char *p);
const char *shim_skip_space_on(const char *p);

#if defined(__SSE2__)
#include <emmintrin.h>

enum { SHIM_SCANNED = 16, SHIM_SCAN_BITS = 1 };     // bytes looked at at a time, and bits of the answer for each

/// Marks those of the bytes at `p` that are `one`, `other`, or at most `limit`; the first byte's bits are the lowest.
static inline uint64_t shim_scan_bytes(const char *p, char one, char other, char limit) {
    __m128i v = _mm_loadu_si128((const __m128i *)p);
    __m128i found = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(one)), _mm_cmpeq_epi8(v, _mm_set1_epi8(other)));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(found, _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(limit)), v)));
}

#elif defined(__aarch64__)
#include <arm_neon.h>

enum { SHIM_SCANNED = 16, SHIM_SCAN_BITS = 4 };

static inline uint64_t shim_scan_bytes(const char *p, char one, char other, char limit) {
    uint8x16_t v = vld1q_u8((const uint8_t *)p);
    uint8x16_t found = vorrq_u8(vceqq_u8(v, vdupq_n_u8((uint8_t)one)), vceqq_u8(v, vdupq_n_u8((uint8_t)other)));
    found = vorrq_u8(found, vcleq_u8(v, vdupq_n_u8((uint8_t)limit)));
    return vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(found), 4)), 0);
}

#else

enum { SHIM_SCANNED = 8, SHIM_SCAN_BITS = 1 };

static inline uint64_t shim_scan_bytes(const char *p, char one, char other, char limit) {
    uint64_t found = 0;
    for (int i = 0; i < SHIM_SCANNED; i++) {
        found |= (uint64_t)(p[i] == one || p[i] == other || (unsigned char)p[i] <= (unsigned char)limit) << i;
    }
    return found;
}

#endif

/// The first quote, backslash or control character at or after `p`.
static inline const char *shim_scan_string(const char *p) {
    uint64_t found = shim_scan_bytes(p, '"', '\\', 0x1f);
    return found != 0 ? p + __builtin_ctzll(found) / SHIM_SCAN_BITS : shim_scan_string_on(p + SHIM_SCANNED);
}


static inline const char *shim_skip_space(const char *p) { return (unsigned char)*p > ' ' ? p : shim_skip_space_on(p); }

#endif
