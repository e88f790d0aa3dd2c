#ifndef MOONWIRE_CRECEIVEFLOOR_H
#define MOONWIRE_CRECEIVEFLOOR_H
#include <stdint.h>

/* What receiving the events between CHANNEL_CREATE and CHANNEL_DELETE took. */
typedef struct {
    uint64_t events;
    double cpu_seconds;         /* of the receiving thread */
    int64_t allocations;        /* all of them, see below */
} floor_result;

/* The least that a client can do: OpenSSL's read, the heads of frames, inflate, and a look at each event's name. No certificate is verified, no
 * JSON is read, nothing is checked. `compression` is "none", "zlib-stream" or "zstd-stream". 0, or -1 when the connection ends early. */
int floor_receive(uint16_t port, const char *path, const char *compression, floor_result *result);

/* CPU time of the calling thread, in seconds. */
double floor_thread_time(void);

/* How often the calling thread has called malloc, calloc, realloc and their like, and how many of these calls were OpenSSL's; -1 where that is
 * not counted. */
int64_t floor_allocations(void);
int64_t floor_openssl_allocations(void);

/* Bytes of the heap that are allocated; 0 where that is not known. */
int64_t floor_heap_in_use(void);

/* Has OpenSSL's calls counted apart. Before its first use. */
void floor_count_openssl(void);
#endif
