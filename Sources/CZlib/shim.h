#ifndef MOONWIRE_CZLIB_SHIM_H
#define MOONWIRE_CZLIB_SHIM_H
#include <zlib.h>
#endif
