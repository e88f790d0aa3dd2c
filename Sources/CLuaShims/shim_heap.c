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
    heap->limit = limit;
    heap->state = state;
    shim_heap_set_trigger(heap, limit);
}

static void set_ceiling(shim_heap *heap) {
    size_t most = heap->limit * 2;
    heap->ceiling = heap->fail_count != 0 ? 0 : heap->trigger < most ? heap->trigger : most;
}

void shim_heap_set_trigger(shim_heap *heap, size_t trigger) {
    heap->trigger = trigger;
    set_ceiling(heap);
}

void shim_heap_fail(shim_heap *heap, int64_t after, int64_t count) {
    heap->fail_after = after;
    heap->fail_count = count;
    set_ceiling(heap);
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

/// Whether the heap may grow to `used`, which is above the ceiling. Crossing the trigger asks the running script to collect at its next instruction;
/// the allocation that crossed it succeeds, up to twice the limit. Refusing one makes Lua collect where it stands, which releases before 5.4.8 do
/// wrong for metatables that lose entries meanwhile; the sandbox's metatables are strong copies for that reason.
static int admits(shim_heap *heap, size_t used) {
    if (heap->fail_count != 0 && heap->fail_after-- <= 0) return heap->fail_count-- <= 0;
    if (used > heap->trigger) {
        shim_heap_set_trigger(heap, SIZE_MAX);
        heap->state->pressure = 1;
        shim_arm(heap->state);
    }
    return used <= heap->limit * 2;
}

static inline void *allocate(shim_heap *heap, size_t size) {
    size_t used = heap->used + footprint(size);
    if (used > heap->ceiling && !admits(heap, used)) return NULL;
    void *block = take(heap, size);
    if (block == NULL) return NULL;
    heap->used = used;
    if (used > heap->peak) heap->peak = used;
    return block;
}

static inline void release(shim_heap *heap, void *block, size_t size) {
    heap->used -= footprint(size);
    drop(heap, block, size);
}

// Coroutines alive are counted here because nothing else hears of their end. Lua tells a block's type when it is allocated, but not when it is
// freed; so every block of a coroutine's size has a mark behind it.

enum { MARK_BYTES = SHIM_CLASS_BYTES };
static inline size_t with_mark(const shim_heap *heap, size_t size) { return size == heap->thread_size ? size + MARK_BYTES : size; }

static void *allocate_marked(shim_heap *heap, size_t size, int is_thread) {
    char *block = allocate(heap, size + MARK_BYTES);
    if (block == NULL) return NULL;
    block[size] = (char)is_thread;
    heap->threads += (uint32_t)is_thread;
    return block;
}

static void release_marked(shim_heap *heap, char *block, size_t size) {
    if (block[size]) heap->threads--;
    release(heap, block, size + MARK_BYTES);
}

static void *allocate_block(shim_heap *heap, size_t size, int is_thread) {
    // The first coroutine is made when a state is opened, before any script could have made a block of that size.
    if (is_thread && heap->thread_size == 0) heap->thread_size = size;
    return size == heap->thread_size ? allocate_marked(heap, size, is_thread) : allocate(heap, size);
}

static void release_block(shim_heap *heap, void *block, size_t size) {
    if (size == heap->thread_size) release_marked(heap, block, size);
    else release(heap, block, size);
}

/// Coroutines are never resized. Lua relies on shrinking: it cannot fail.
static void *resize(shim_heap *heap, void *block, size_t old_size, size_t new_size) {
    int is_marked = old_size == heap->thread_size || new_size == heap->thread_size;
    if (!is_marked && new_size <= POOLED_BYTES && class_of(old_size) == class_of(new_size)) return block;
    if (!is_marked && old_size > POOLED_BYTES && new_size > POOLED_BYTES) {
        size_t used = heap->used - old_size + new_size;
        if (new_size > old_size && used > heap->ceiling && !admits(heap, used)) return NULL;
        void *moved = realloc(block, new_size);
        if (moved == NULL && new_size > old_size) return NULL;
        heap->used = used;
        if (used > heap->peak) heap->peak = used;
        return moved == NULL ? block : moved;
    }
    void *moved = allocate_block(heap, new_size, 0);
    if (moved == NULL && new_size > old_size) return NULL;
    if (moved == NULL) {                            // it keeps its place and, from now on, passes for a block of the new size
        heap->used -= footprint(with_mark(heap, old_size)) - footprint(with_mark(heap, new_size));
        if (new_size == heap->thread_size) ((char *)block)[new_size] = 0;
        return block;
    }
    memcpy(moved, block, old_size < new_size ? old_size : new_size);
    release_block(heap, block, old_size);
    return moved;
}

// Kept out of shim_heap_allocate, which is the hottest function of the shim: without them it needs no registers of its callers'.

__attribute__((noinline)) static void *release_slowly(shim_heap *heap, void *block, size_t size) {
    if (block != NULL) release_block(heap, block, size);
    return NULL;
}

__attribute__((noinline)) static void *allocate_slowly(shim_heap *heap, void *block, size_t old_size, size_t new_size) {
    if (block != NULL) return resize(heap, block, old_size, new_size);
    int is_thread = old_size == LUA_TTHREAD && heap->state->main != NULL;      // the old size of no block is a type
    return allocate_block(heap, new_size, is_thread);
}

void *shim_heap_allocate(void *context, void *block, size_t old_size, size_t new_size) {
    shim_heap *heap = context;
    if (new_size == 0) {
        if (block == NULL || old_size > POOLED_BYTES || old_size == heap->thread_size) return release_slowly(heap, block, old_size);
        release(heap, block, old_size);
        return NULL;
    }
    if (block == NULL && new_size <= POOLED_BYTES && new_size != heap->thread_size && old_size != LUA_TTHREAD) {
        size_t class = class_of(new_size), used = heap->used + class * SHIM_CLASS_BYTES;
        void *free_block = heap->free[class];
        if (free_block != NULL && used <= heap->ceiling) {
            heap->free[class] = *(void **)free_block;
            heap->used = used;
            if (used > heap->peak) heap->peak = used;
            return free_block;
        }
    }
    return allocate_slowly(heap, block, old_size, new_size);
}
