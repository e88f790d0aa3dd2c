// TOML 1.0 through toml++, flattened: one call per value, a table's by name, so that Swift needs no C++ and no tree.
#ifndef MOONWIRE_CTOML_H
#define MOONWIRE_CTOML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { CTOML_STRING, CTOML_INTEGER, CTOML_FLOAT, CTOML_BOOLEAN, CTOML_DATE_TIME, CTOML_TABLE, CTOML_ARRAY } ctoml_kind;

typedef struct {
    ctoml_kind kind;
    const char *string;     // CTOML_STRING: UTF-8, `length` bytes, valid during the call; otherwise NULL
    size_t length;
    int64_t integer;
    double number;
    bool boolean;
    uint32_t line, column;  // 1-based, of the value
} ctoml_value;

// `path` is the dotted key, with `[index]` for an array's element. CTOML_TABLE and CTOML_ARRAY announce a container
// before its content, so that an empty one is seen too.
typedef void (*ctoml_visitor)(void *context, const char *path, const ctoml_value *value);

typedef struct {
    char message[256];
    uint32_t line, column;
} ctoml_error;

// Returns true and has called `visit` for each value, or returns false with `error` filled and no call made.
bool ctoml_parse(const char *bytes, size_t length, ctoml_visitor visit, void *context, ctoml_error *error);

#ifdef __cplusplus
}
#endif
#endif
