#ifndef MOONWIRE_CCURL_SHIM_H
#define MOONWIRE_CCURL_SHIM_H
#include <curl/curl.h>
#endif
