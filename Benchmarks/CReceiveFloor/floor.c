// The plain loop that our road is measured against. See CReceiveFloor.h.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include "CReceiveFloor.h"

enum { INPUT = 4 << 20, OUTPUT = 4 << 20 };

typedef struct {
    int is_zlib, is_zstd;
    z_stream zlib;
    ZSTD_DStream *zstd;
    uint8_t *output;
} inflater;

double floor_thread_time(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + now.tv_nsec * 1e-9;
}

/* The payload of one message, and its length; NULL when it does not inflate. */
static const uint8_t *inflate_message(inflater *self, uint8_t *message, size_t *length) {
    if (self->is_zlib) {
        self->zlib.next_in = message;
        self->zlib.avail_in = (uInt)*length;
        self->zlib.next_out = self->output;
        self->zlib.avail_out = OUTPUT;
        if (inflate(&self->zlib, Z_SYNC_FLUSH) != Z_OK) return NULL;
        *length = OUTPUT - self->zlib.avail_out;
        return self->output;
    }
    if (self->is_zstd) {
        ZSTD_inBuffer in = { message, *length, 0 };
        ZSTD_outBuffer out = { self->output, OUTPUT, 0 };
        while (in.pos < in.size) if (ZSTD_isError(ZSTD_decompressStream(self->zstd, &out, &in))) return NULL;
        *length = out.pos;
        return self->output;
    }
    return message;
}

static int is_event(const uint8_t *payload, size_t length, const char *name) {
    size_t count = strlen(name);
    return length > count + 6 && memcmp(payload + 6, name, count) == 0;
}

static int read_frames(SSL *ssl, inflater *inflater, floor_result *result) {
    uint8_t *input = malloc(INPUT);
    size_t begin = 0, end = 0;
    double start = 0;
    int64_t allocations = 0;
    uint64_t events = 0;
    while (input != NULL) {
        if (begin > 0 && INPUT - end < 65536) {
            memmove(input, input + begin, end - begin);
            end -= begin;
            begin = 0;
        }
        int count = SSL_read(ssl, input + end, (int)(INPUT - end));
        if (count <= 0) break;
        end += (size_t)count;
        for (;;) {
            size_t left = end - begin, head = 2;
            if (left < 2) break;
            uint8_t *frame = input + begin;
            size_t length = frame[1];
            if (length == 126) {
                if (left < 4) break;
                length = (size_t)frame[2] << 8 | frame[3];
                head = 4;
            } else if (length == 127) {
                if (left < 10) break;
                length = 0;
                for (int i = 2; i < 10; i++) length = length << 8 | frame[i];
                head = 10;
            }
            if (left < head + length) break;
            size_t payload_length = length;
            const uint8_t *payload = inflate_message(inflater, frame + head, &payload_length);
            if (payload == NULL) goto failed;
            events++;
            if (is_event(payload, payload_length, "CHANNEL_CREATE")) {
                events = 0;
                allocations = floor_allocations();
                start = floor_thread_time();
            } else if (is_event(payload, payload_length, "CHANNEL_DELETE")) {
                result->cpu_seconds = floor_thread_time() - start;
                result->events = events;
                result->allocations = floor_allocations() - allocations;
                free(input);
                return 0;
            }
            begin += head + length;
            if (begin == end) begin = end = 0;
        }
    }
failed:
    free(input);
    return -1;
}

static void send_text(SSL *ssl, const char *text) {
    uint8_t frame[256] = { 0x81, 0x80 | (uint8_t)strlen(text) };       // masked with zeros
    memcpy(frame + 6, text, strlen(text));
    SSL_write(ssl, frame, 6 + (int)strlen(text));
}

int floor_receive(uint16_t port, const char *path, const char *compression, floor_result *result) {
    int outcome = -1, on = 1, socket_ = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
    if (connect(socket_, (struct sockaddr *)&address, sizeof address) != 0) return close(socket_), -1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(context);
    SSL_set_fd(ssl, socket_);
    inflater inflater = { .is_zlib = strcmp(compression, "zlib-stream") == 0, .is_zstd = strcmp(compression, "zstd-stream") == 0 };
    inflateInit(&inflater.zlib);
    inflater.zstd = ZSTD_createDStream();
    inflater.output = malloc(OUTPUT);
    if (SSL_connect(ssl) == 1) {
        char text[512];
        int count = snprintf(text, sizeof text,
            "GET %s?v=10&encoding=json&compress=%s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", path, compression);
        SSL_write(ssl, text, count);
        // The answer is a record of its own, and HELLO the next.
        if (SSL_read(ssl, text, sizeof text) > 0) {
            send_text(ssl, "{\"op\":2,\"d\":{}}");
            outcome = read_frames(ssl, &inflater, result);
        }
    }
    free(inflater.output);
    ZSTD_freeDStream(inflater.zstd);
    inflateEnd(&inflater.zlib);
    SSL_free(ssl);
    SSL_CTX_free(context);
    close(socket_);
    return outcome;
}
