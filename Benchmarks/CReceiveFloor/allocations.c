// Counts allocations: an executable's own malloc stands in front of glibc's for every library of the process.
#include <errno.h>
#ifdef __linux__
#include <malloc.h>
#endif
#include <openssl/crypto.h>
#include <stdlib.h>
#include "CReceiveFloor.h"

#ifdef __GLIBC__
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t), *__libc_memalign(size_t, size_t);

static _Thread_local int64_t count;

void *malloc(size_t size) { return count++, __libc_malloc(size); }
void *calloc(size_t number, size_t size) { return count++, __libc_calloc(number, size); }
void *realloc(void *block, size_t size) { return count++, __libc_realloc(block, size); }
void *memalign(size_t alignment, size_t size) { return count++, __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return count++, __libc_memalign(alignment, size); }
int posix_memalign(void **block, size_t alignment, size_t size) {
    count++;
    *block = __libc_memalign(alignment, size);
    return *block == NULL ? ENOMEM : 0;
}

int64_t floor_allocations(void) { return count; }

int64_t floor_heap_in_use(void) {
    struct mallinfo2 info = mallinfo2();
    return (int64_t)(info.uordblks + info.hblkhd);
}
#else
int64_t floor_heap_in_use(void) { return 0; }
int64_t floor_allocations(void) { return -1; }
#endif

static _Thread_local int64_t openssl_count;

static void *openssl_malloc(size_t size, const char *file, int line) {
    (void)file, (void)line;
    return openssl_count++, malloc(size);
}

static void *openssl_realloc(void *block, size_t size, const char *file, int line) {
    (void)file, (void)line;
    return openssl_count++, realloc(block, size);
}

static void openssl_free(void *block, const char *file, int line) {
    (void)file, (void)line;
    free(block);
}

int64_t floor_openssl_allocations(void) { return floor_allocations() < 0 ? -1 : openssl_count; }

void floor_count_openssl(void) { CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free); }
