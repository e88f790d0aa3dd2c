// The allocator of a state: a pool of 16-byte size classes up to 1.5 KB (a table of 64 fields), malloc above, and the account of both.
#include <stdlib.h>
#include <string.h>
#include "shim_internal.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SHIM_NO_POOL 1      // the sanitizer is to see each block
#endif
#endif
#ifdef SHIM_NO_POOL
enum { POOLED_BYTES = 0 };
#else
enum { POOLED_BYTES = SHIM_CLASSES * SHIM_CLASS_BYTES };
#endif

static inline size_t class_of(size_t size) { return (size + SHIM_CLASS_BYTES - 1) / SHIM_CLASS_BYTES; }
static inline size_t footprint(size_t size) { return size <= POOLED_BYTES ? class_of(size) * SHIM_CLASS_BYTES : size; }

void shim_heap_open(shim_heap *heap, size_t limit, shim_state *state) {
    memset(heap, 0, sizeof *heap);
    heap->limit = heap->trigger = limit;
    heap->state = state;
}

void shim_heap_close(shim_heap *heap) {
    for (void *slab = heap->slabs; slab != NULL;) {
        void *next = *(void **)slab;
        free(slab);
        slab = next;
    }
    heap->slabs = NULL;
}

static void give_back(shim_heap *heap, void *block, size_t class) {
    *(void **)block = heap->free[class];
    heap->free[class] = block;
}

static void *take_fresh(shim_heap *heap, size_t class) {
    size_t size = class * SHIM_CLASS_BYTES;
    if ((size_t)(heap->fresh_end - heap->fresh) < size) {
        void *slab = malloc(SHIM_SLAB_BYTES);
        if (slab == NULL) return NULL;
        size_t rest = (size_t)(heap->fresh_end - heap->fresh) / SHIM_CLASS_BYTES;
        if (rest > 0) give_back(heap, heap->fresh, rest);
        *(void **)slab = heap->slabs;
        heap->slabs = slab;
        heap->fresh = (char *)slab + SHIM_CLASS_BYTES;
        heap->fresh_end = (char *)slab + SHIM_SLAB_BYTES;
    }
    void *block = heap->fresh;
    heap->fresh += size;
    return block;
}

static inline void *take(shim_heap *heap, size_t size) {
    if (size > POOLED_BYTES) return malloc(size);
    size_t class = class_of(size);
    void *block = heap->free[class];
    if (block == NULL) return take_fresh(heap, class);
    heap->free[class] = *(void **)block;
    return block;
}

static inline void drop(shim_heap *heap, void *block, size_t size) {
    if (size > POOLED_BYTES) free(block);
    else give_back(heap, block, class_of(size));
}

/// Whether `growth` more bytes may be had. Crossing the trigger asks the running script to collect at its next instruction; the
/// allocation that crossed it succeeds, up to twice the limit. Refusing one makes Lua collect where it stands, which releases
/// before 5.4.8 do wrong for metatables that lose entries meanwhile; the sandbox's metatables are strong copies for that reason.
static inline int admits(shim_heap *heap, size_t growth) {
    if (heap->fail_count != 0 && heap->fail_after-- <= 0) return heap->fail_count-- <= 0;
    size_t used = heap->used + growth;
    if (used > heap->trigger) {
        heap->trigger = SIZE_MAX;
        heap->state->pressure = 1;
        shim_arm(heap->state);
    }
    return used / 2 <= heap->limit;
}

static inline void account(shim_heap *heap, size_t old_size, size_t new_size) {
    heap->used += footprint(new_size) - footprint(old_size);
    if (heap->used > heap->peak) heap->peak = heap->used;
}

static void *resize(shim_heap *heap, void *block, size_t old_size, size_t new_size) {
    if (old_size > POOLED_BYTES && new_size > POOLED_BYTES) {
        void *moved = realloc(block, new_size);
        return moved == NULL && new_size < old_size ? block : moved;
    }
    if (new_size <= POOLED_BYTES && class_of(old_size) == class_of(new_size)) return block;
    void *moved = take(heap, new_size);
    if (moved == NULL) return new_size < old_size ? block : NULL;       // Lua relies on shrinking
    memcpy(moved, block, old_size < new_size ? old_size : new_size);
    drop(heap, block, old_size);
    return moved;
}

static void *allocate(shim_heap *heap, void *block, size_t old_size, size_t new_size) {
    if (new_size == 0) {
        if (block != NULL) {
            drop(heap, block, old_size);
            account(heap, old_size, 0);
        }
        return NULL;
    }
    if (new_size > old_size && !admits(heap, footprint(new_size) - footprint(old_size))) return NULL;
    block = block == NULL ? take(heap, new_size) : resize(heap, block, old_size, new_size);
    if (block != NULL) account(heap, old_size, new_size);
    return block;
}

// Coroutines alive are counted here because nothing else hears of their end. Lua tells a block's type when it is allocated, but not when it is
// freed; so every block of a coroutine's size has a mark behind it.

enum { MARK_BYTES = SHIM_CLASS_BYTES };

/// A block that was, or is to be, of a coroutine's size. Coroutines are never resized.
static void *allocate_marked(shim_heap *heap, void *block, size_t old_size, size_t new_size, int is_thread) {
    size_t size = heap->thread_size, has_mark = old_size == size ? MARK_BYTES : 0, gets_mark = new_size == size ? MARK_BYTES : 0;
    if (has_mark && ((char *)block)[size]) heap->threads--;
    block = allocate(heap, block, old_size + has_mark, new_size + gets_mark);
    if (gets_mark && block != NULL) {
        ((char *)block)[size] = (char)is_thread;
        heap->threads += (uint32_t)is_thread;
    }
    return block;
}

void *shim_heap_allocate(void *context, void *block, size_t old_size, size_t new_size) {
    shim_heap *heap = context;
    int is_thread = 0;
    if (block == NULL) {                            // the old size is a type then
        is_thread = old_size == LUA_TTHREAD && heap->state->main != NULL;
        // The first is made when a state is opened, before any script could have made a block of that size.
        if (is_thread && heap->thread_size == 0) heap->thread_size = new_size;
        old_size = 0;
    }
    if (heap->thread_size == 0 || (old_size != heap->thread_size && new_size != heap->thread_size)) {
        return allocate(heap, block, old_size, new_size);
    }
    return allocate_marked(heap, block, old_size, new_size, is_thread);
}
