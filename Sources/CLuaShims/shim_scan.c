#include "shim_scan.h"

const char *shim_scan_string_on(const char *p) {
    uint64_t found;
    while ((found = shim_scan_bytes(p, '"', '\\', 0x1f)) == 0) p += SHIM_SCANNED;
    return p + __builtin_ctzll(found) / SHIM_SCAN_BITS;
}

const char *shim_scan_scalar_on(const char *p) {
    uint64_t found;
    while ((found = shim_scan_bytes(p, ',', '}', ' ')) == 0) p += SHIM_SCANNED;
    return p + __builtin_ctzll(found) / SHIM_SCAN_BITS;
}

const char *shim_skip_space_on(const char *p) {
    while (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r') p++;
    return p;
}
