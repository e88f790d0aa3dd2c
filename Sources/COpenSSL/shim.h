#ifndef MOONWIRE_COPENSSL_SHIM_H
#define MOONWIRE_COPENSSL_SHIM_H
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#if OPENSSL_VERSION_NUMBER < 0x30000000L
#error "Moonwire needs OpenSSL 3.0 or later"
#endif

/* Swift imports neither function-like macros nor varargs; each wrapper below is one of them under a plain name. */

static inline int moonwire_ssl_ctx_set_version_range(SSL_CTX *context, int lowest, int highest) {
    return SSL_CTX_set_min_proto_version(context, lowest) && SSL_CTX_set_max_proto_version(context, highest);
}

static inline void moonwire_ssl_ctx_set_session_cache_mode(SSL_CTX *context, long mode) {
    SSL_CTX_set_session_cache_mode(context, mode);
}

static inline void moonwire_ssl_ctx_refuse_renegotiation_and_compression(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
}

static inline int moonwire_ssl_ctx_add_chain_certificate(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}

static inline int moonwire_ssl_set_server_name(SSL *ssl, const char *name) {
    return (int)SSL_set_tlsext_host_name(ssl, name);
}

static inline void moonwire_bio_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void moonwire_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }

static inline long moonwire_bio_memory(BIO *bio, const char **bytes) { return BIO_get_mem_data(bio, (char **)bytes); }

static inline EVP_PKEY *moonwire_generate_p256_key(void) { return EVP_EC_gen("P-256"); }

/* "C = US, O = Example, CN = R3" on one line: control characters escaped, UTF-8 left as it is. */
static inline int moonwire_x509_name_print(BIO *bio, const X509_NAME *name) {
    return X509_NAME_print_ex(bio, name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
}

static inline int moonwire_general_name_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
static inline const GENERAL_NAME *moonwire_general_name(const GENERAL_NAMES *names, int index) {
    return sk_GENERAL_NAME_value(names, index);
}
static inline int moonwire_x509_object_count(X509_STORE *store) {
    return sk_X509_OBJECT_num(X509_STORE_get0_objects(store));
}

static inline int moonwire_x509_lookup_add_directory(X509_LOOKUP *lookup) {
    return X509_LOOKUP_add_dir(lookup, NULL, X509_FILETYPE_DEFAULT);
}
static inline int moonwire_x509_lookup_load_default_file(X509_LOOKUP *lookup) {
    return X509_LOOKUP_load_file(lookup, NULL, X509_FILETYPE_DEFAULT);
}
#endif
