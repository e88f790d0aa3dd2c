#ifndef MOONWIRE_CCURL_SHIM_H
#define MOONWIRE_CCURL_SHIM_H
#include <curl/curl.h>
#include <fcntl.h>
#include <sys/socket.h>

/* Swift sees no variadic functions: one wrapper for each type of argument that an option takes. */

static inline CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) { return curl_easy_setopt(easy, option, value); }
static inline CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value) { return curl_easy_setopt(easy, option, value); }
static inline CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value) { return curl_easy_setopt(easy, option, value); }
static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *value) { return curl_easy_setopt(easy, option, value); }
static inline CURLcode ccurl_set_headers(CURL *easy, struct curl_slist *list) { return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list); }
static inline CURLcode ccurl_set_mime(CURL *easy, curl_mime *mime) { return curl_easy_setopt(easy, CURLOPT_MIMEPOST, mime); }
static inline CURLcode ccurl_set_share(CURL *easy, CURLSH *share) { return curl_easy_setopt(easy, CURLOPT_SHARE, share); }
static inline CURLcode ccurl_set_write(CURL *easy, curl_write_callback callback) { return curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, callback); }
static inline CURLcode ccurl_set_header(CURL *easy, curl_write_callback callback) { return curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, callback); }
static inline CURLcode ccurl_set_read(CURL *easy, curl_read_callback callback) { return curl_easy_setopt(easy, CURLOPT_READFUNCTION, callback); }
static inline CURLcode ccurl_set_seek(CURL *easy, curl_seek_callback callback) { return curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, callback); }
static inline CURLcode ccurl_set_tls_context(CURL *easy, curl_ssl_ctx_callback callback, void *data) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, callback);
    return code ? code : curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, data);
}

/* CAINFO_BLOB without a copy: the bytes must outlive the handle's transfers. */
static inline CURLcode ccurl_set_authorities(CURL *easy, void *bytes, size_t count) {
    struct curl_blob blob = {bytes, count, CURL_BLOB_NOCOPY};
    return curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
}

/* A program started while a connection is open must not inherit it: the peer would never see it end. */
static inline curl_socket_t ccurl_open_socket(void *owner, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)owner;
    (void)purpose;
#ifdef SOCK_CLOEXEC
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
#else
    int descriptor = socket(address->family, address->socktype, address->protocol);
    if (descriptor >= 0) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    return descriptor;
#endif
}
static inline CURLcode ccurl_close_sockets_on_exec(CURL *easy) { return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, ccurl_open_socket); }

static inline CURLcode ccurl_get_long(CURL *easy, CURLINFO info, long *value) { return curl_easy_getinfo(easy, info, value); }
static inline CURLcode ccurl_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) { return curl_easy_getinfo(easy, info, value); }
static inline CURLcode ccurl_get_pointer(CURL *easy, CURLINFO info, void **value) { return curl_easy_getinfo(easy, info, value); }

static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) { return curl_multi_setopt(multi, option, value); }
static inline CURLMcode ccurl_multi_set_socket(CURLM *multi, curl_socket_callback callback, void *owner) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, callback);
    return code ? code : curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, owner);
}
static inline CURLMcode ccurl_multi_set_timer(CURLM *multi, curl_multi_timer_callback callback, void *owner) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, callback);
    return code ? code : curl_multi_setopt(multi, CURLMOPT_TIMERDATA, owner);
}

/* Macros with casts. */
static inline CURLcode ccurl_load(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }
static inline const curl_version_info_data *ccurl_version(void) { return curl_version_info(CURLVERSION_NOW); }

static inline CURLSHcode ccurl_share(CURLSH *share, curl_lock_data what) { return curl_share_setopt(share, CURLSHOPT_SHARE, what); }

/* The result of a CURLMSG_DONE message lies in a union. */
static inline CURLcode ccurl_message_result(const CURLMsg *message) { return message->data.result; }
#endif
