#ifndef MOONWIRE_CZSTD_SHIM_H
#define MOONWIRE_CZSTD_SHIM_H
#include <zstd.h>
#endif
