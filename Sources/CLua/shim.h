// Lua 5.4's own headers. Everything that may raise is wrapped in CLuaShims, never called from Swift.
#ifndef MOONWIRE_CLUA_SHIM_H
#define MOONWIRE_CLUA_SHIM_H
#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>
#endif
