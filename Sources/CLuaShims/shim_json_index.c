// Looking through a JSON object for the places of its fields, without decoding them. What is skipped is not checked beyond its brackets and
// quotes: decoding a field does that when it is read.
#include "shim_blocks.h"
#include "shim_document.h"
#include "shim_scan.h"

#define WALK(name) any_##name
#define WALK_MASK shim_mask
#define WALK_TARGET
#include "shim_walk.inc"
#undef WALK
#undef WALK_MASK
#undef WALK_TARGET

#if defined(__x86_64__)

#define WALK(name) avx2_##name
#define WALK_MASK shim_mask_avx2
#define WALK_TARGET __attribute__((target("avx2,popcnt,bmi")))
#include "shim_walk.inc"

const char *shim_json_places(shim_decoder *d, const char *p, uint32_t *count) {
    return d->S->has_avx2 ? avx2_places(d, p, count) : any_places(d, p, count);
}

int shim_has_avx2(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi");
}

#else

const char *shim_json_places(shim_decoder *d, const char *p, uint32_t *count) { return any_places(d, p, count); }

int shim_has_avx2(void) { return 0; }

#endif
