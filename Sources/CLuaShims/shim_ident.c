// Which Lua the process runs with: headers and library may differ, and lua_version tells no release.
#include <string.h>
#include "CLuaShims.h"

extern const char lua_ident[];

void shim_ident(char *buffer, size_t size) {
    if (size == 0) return;
    strncpy(buffer, lua_ident, size - 1);
    buffer[size - 1] = 0;
}
