// Which Lua the process runs with: headers and library may differ, and lua_version tells no release.
#include <stdlib.h>
#include "shim_internal.h"

extern const char lua_ident[];

void shim_ident(char *buffer, size_t size) {
    if (size == 0) return;
    strncpy(buffer, lua_ident, size - 1);
    buffer[size - 1] = 0;
}

int shim_lua_release(void) {
    static const char before[] = "Lua 5.4.";
    const char *found = strstr(lua_ident, before);
    return found == NULL ? 0 : atoi(found + sizeof before - 1);
}
