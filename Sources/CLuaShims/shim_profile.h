// What handlers have been reading of documents of one kind, so that the next ones are decoded accordingly: fields that are mostly read together with
// the document, and documents that are mostly read whole all at once.
#ifndef SHIM_PROFILE_H
#define SHIM_PROFILE_H

#include "shim_internal.h"

enum { SHIM_NOTED_FIELDS = 12 };

typedef struct {
    uint64_t first, last;               // see shim_key_words
    uint16_t length;
    uint8_t score;                      // grows when it is read in an object whose reads are noted, shrinks with each such object
} shim_noted_field;

struct shim_profile {
    uint16_t made, emptied, eager_left; // objects made as text and, of them, mostly read; documents still to be decoded at once
    uint8_t noted, count, usual;        // objects whose reads were noted, up to a few; fields below, and usual ones among them
    uint64_t mask;                      // of the usual fields: one bit for the first letter and the length of each
    shim_noted_field fields[SHIM_NOTED_FIELDS];
};

/// The profile at `place`, made the first time; NULL when there is no memory.
shim_profile *shim_profile_at(shim_profile **place);
/// Counts an object made; answers whether its reads are to be noted. The usual fields of one that is not noted are read at once.
int shim_profile_made(shim_profile *p);
/// Notes that a field was read; its key is text of a document.
void shim_profile_note(shim_profile *p, const char *key, size_t length);
/// Counts an object of which most has been read.
static inline void shim_profile_emptied(shim_profile *p) { p->emptied++; }

static inline uint64_t shim_profile_bit(const char *key, size_t length) {
    return UINT64_C(1) << (((unsigned char)key[0] + length) & 63);
}

int shim_profile_holds(const shim_profile *p, const char *key, size_t length);
/// Whether a field is usually read.
static inline int shim_profile_expects(const shim_profile *p, const char *key, size_t length) {
    return (p->mask & shim_profile_bit(key, length)) != 0 && shim_profile_holds(p, key, length);
}

#endif
