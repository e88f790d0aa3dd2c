// The structure of a JSON text, 64 bytes at a time: where strings begin and end, and the brackets outside of them, as bit masks.
#ifndef SHIM_BLOCKS_H
#define SHIM_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

typedef struct { uint64_t quotes, backslashes, opens, closes, controls; } shim_masks;  // one bit a byte, the first byte's lowest

static inline uint64_t shim_parity(uint64_t bits) {
    for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
    return bits;
}

#if defined(__x86_64__)
#include <immintrin.h>

/// Each bit becomes the parity of itself and all lower ones: from each opening quote up to its closing one.
__attribute__((target("pclmul"), always_inline)) static inline uint64_t shim_parity_clmul(uint64_t bits) {
    return (uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)bits), _mm_set1_epi8((char)0xff), 0));
}

/// shim_scan_bytes for 32 bytes.
__attribute__((target("avx2"), always_inline)) static inline uint64_t shim_scan_bytes_avx2(const char *p, char one, char other, char limit) {
    __m256i v = _mm256_loadu_si256((const __m256i *)p);
    __m256i found = _mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8(one)), _mm256_cmpeq_epi8(v, _mm256_set1_epi8(other)));
    return (unsigned)_mm256_movemask_epi8(_mm256_or_si256(found, _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(limit)), v)));
}

/// For processors with AVX2; the caller is compiled for them too.
__attribute__((target("avx2"), always_inline)) static inline shim_masks shim_mask_avx2(const char *p) {
    const __m256i quote = _mm256_set1_epi8('"'), backslash = _mm256_set1_epi8('\\'), open = _mm256_set1_epi8('{'),
                  close = _mm256_set1_epi8('}'), control = _mm256_set1_epi8(0x1f);
    shim_masks m = { 0, 0, 0, 0, 0 };
    for (int i = 0; i < 2; i++) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(p + 32 * i)), folded = _mm256_or_si256(v, _mm256_set1_epi8(0x20));
        m.quotes |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, quote)) << 32 * i;
        m.backslashes |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, backslash)) << 32 * i;
        m.opens |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(folded, open)) << 32 * i;
        m.closes |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(folded, close)) << 32 * i;
        m.controls |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(v, control), v)) << 32 * i;
    }
    return m;
}

static inline shim_masks shim_mask(const char *p) {
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), open = _mm_set1_epi8('{'), close = _mm_set1_epi8('}'),
                  control = _mm_set1_epi8(0x1f);
    shim_masks m = { 0, 0, 0, 0, 0 };
    for (int i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(p + 16 * i)), folded = _mm_or_si128(v, _mm_set1_epi8(0x20));  // [ to {, ] to }
        m.quotes |= (uint64_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, quote)) << 16 * i;
        m.backslashes |= (uint64_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, backslash)) << 16 * i;
        m.opens |= (uint64_t)_mm_movemask_epi8(_mm_cmpeq_epi8(folded, open)) << 16 * i;
        m.closes |= (uint64_t)_mm_movemask_epi8(_mm_cmpeq_epi8(folded, close)) << 16 * i;
        m.controls |= (uint64_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, control), v)) << 16 * i;
    }
    return m;
}

#elif defined(__aarch64__)
#include <arm_neon.h>

static inline uint64_t shim_gather(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d) {
    static const uint8_t bits[16] = { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128 };
    uint8x16_t weight = vld1q_u8(bits);
    uint8x16_t low = vpaddq_u8(vandq_u8(a, weight), vandq_u8(b, weight)), high = vpaddq_u8(vandq_u8(c, weight), vandq_u8(d, weight));
    low = vpaddq_u8(low, high);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(low, low)), 0);
}

static inline uint64_t shim_equal(const uint8x16_t v[4], uint8_t byte) {
    uint8x16_t wanted = vdupq_n_u8(byte);
    return shim_gather(vceqq_u8(v[0], wanted), vceqq_u8(v[1], wanted), vceqq_u8(v[2], wanted), vceqq_u8(v[3], wanted));
}

static inline shim_masks shim_mask(const char *p) {
    uint8x16_t v[4], folded[4];
    for (int i = 0; i < 4; i++) {
        v[i] = vld1q_u8((const uint8_t *)p + 16 * i);
        folded[i] = vorrq_u8(v[i], vdupq_n_u8(0x20));
    }
    uint8x16_t space = vdupq_n_u8(0x20);
    return (shim_masks){ shim_equal(v, '"'), shim_equal(v, '\\'), shim_equal(folded, '{'), shim_equal(folded, '}'),
                         shim_gather(vcltq_u8(v[0], space), vcltq_u8(v[1], space), vcltq_u8(v[2], space), vcltq_u8(v[3], space)) };
}

#else

static inline shim_masks shim_mask(const char *p) {
    shim_masks m = { 0, 0, 0, 0, 0 };
    for (int i = 0; i < 64; i++) {
        uint64_t bit = UINT64_C(1) << i;
        if (p[i] == '"') m.quotes |= bit;
        else if (p[i] == '\\') m.backslashes |= bit;
        else if ((p[i] | 0x20) == '{') m.opens |= bit;
        else if ((p[i] | 0x20) == '}') m.closes |= bit;
        else if ((unsigned char)p[i] < 0x20) m.controls |= bit;
    }
    return m;
}

#endif

#endif
