// Values on their way into Lua, kept in plain memory so that a host function can leave them behind without a call that raises.
#include <stdlib.h>
#include <string.h>
#include "shim_internal.h"

int32_t shim_mark(const shim_state *S) { return S->out.count; }

void shim_rewind(shim_state *S, int32_t mark) {
    if (mark < S->out.count) {
        S->out.count = mark;
        S->out.length = mark == 0 ? 0 : S->out.values[mark].offset;
    }
    if (mark == 0) S->out.exhausted = 0;
}

static shim_value *put(shim_state *S, shim_value_kind kind) {
    shim_outbox *out = &S->out;
    if (out->count == out->capacity) {
        int32_t capacity = out->capacity == 0 ? 32 : out->capacity * 2;
        shim_value *values = realloc(out->values, (size_t)capacity * sizeof *values);
        if (values == NULL) {
            out->exhausted = 1;
            return &out->lost;
        }
        out->values = values;
        out->capacity = capacity;
    }
    shim_value *value = &out->values[out->count++];
    memset(value, 0, sizeof *value);
    value->kind = (uint8_t)kind;
    value->offset = out->length;
    return value;
}

/// Appends bytes to the newest value and returns their offset. Zeros follow them: decoders read whole words.
static size_t put_bytes(shim_state *S, const void *bytes, size_t length) {
    shim_outbox *out = &S->out;
    if (length > SIZE_MAX / 4 || out->length > SIZE_MAX / 4) {
        out->exhausted = 1;
        return 0;
    }
    size_t needed = out->length + length + SHIM_PADDING;
    if (needed > out->size) {
        size_t size = out->size < 1024 ? 1024 : out->size;
        while (size < needed) size *= 2;
        char *grown = realloc(out->bytes, size);
        if (grown == NULL) {
            out->exhausted = 1;
            return 0;
        }
        out->bytes = grown;
        out->size = size;
    }
    size_t offset = out->length;
    if (length > 0) memcpy(out->bytes + offset, bytes, length);
    memset(out->bytes + offset + length, 0, SHIM_PADDING);
    out->length += length + SHIM_PADDING;
    return offset;
}

static shim_value *put_text(shim_state *S, shim_value_kind kind, const void *bytes, size_t length) {
    shim_value *value = put(S, kind);
    value->offset = put_bytes(S, bytes, length);
    value->length = S->out.exhausted ? 0 : length;
    return value;
}

void shim_put_nil(shim_state *S) { put(S, VALUE_NIL); }
void shim_put_null(shim_state *S) { put(S, VALUE_NULL); }
void shim_put_boolean(shim_state *S, int32_t boolean) { put(S, VALUE_BOOLEAN)->as.integer = boolean; }
void shim_put_integer(shim_state *S, int64_t integer) { put(S, VALUE_INTEGER)->as.integer = integer; }
void shim_put_number(shim_state *S, double number) { put(S, VALUE_NUMBER)->as.number = number; }
void shim_put_reference(shim_state *S, int32_t slot) { put(S, VALUE_REFERENCE)->index = slot; }
void shim_put_function(shim_state *S, int32_t function) { put(S, VALUE_FUNCTION)->index = function; }
void shim_put_event(shim_state *S, int32_t depth) { put(S, VALUE_EVENT)->index = depth; }
void shim_put_string(shim_state *S, const void *bytes, size_t length) { put_text(S, VALUE_STRING, bytes, length); }
void shim_put_message(shim_state *S, const void *bytes, size_t length) { put_text(S, VALUE_MESSAGE, bytes, length); }

void shim_put_object(shim_state *S, uint8_t kind, uint64_t identity) {
    shim_value *value = put(S, VALUE_OBJECT);
    value->prototype = kind;
    value->as.identity = identity;
}

void shim_put_payload(shim_state *S, const shim_payload *payload) {
    put_text(S, VALUE_PAYLOAD, payload->bytes, payload->length)->as.payload = *payload;
}

void shim_put_again(shim_state *S, int32_t reference, const void *traceback, size_t length) {
    put_text(S, VALUE_AGAIN, traceback, length)->index = reference;
}

void shim_put_bad_argument(shim_state *S, int32_t index, const void *text, size_t length, int32_t is_type) {
    shim_value *value = put_text(S, VALUE_BAD_ARGUMENT, text, length);
    value->index = index;
    value->as.integer = is_type;
}

/// An error travels as its struct, whose pointers are offsets behind it.
void shim_put_error(shim_state *S, const shim_error *error) {
    shim_value *value = put_text(S, VALUE_ERROR, error, sizeof *error);
    put_bytes(S, error->message, error->message_length);
    put_bytes(S, error->route, error->route == NULL ? 0 : error->route_length);
    put_bytes(S, error->code_word, error->code_word == NULL ? 0 : error->code_word_length);
    if (S->out.exhausted) value->length = 0;
}
