// The string library: Lua's own functions where one call does bounded work, ours elsewhere.
#include "shim_internal.h"

const char *const shim_string_names[] = {
    "byte", "char", "find", "format", "gmatch", "gsub", "len", "lower", "match", "pack", "packsize", "rep", "reverse", "sub", "unpack", "upper", NULL,
};

void shim_open_string(lua_State *L) { (void)L; }
