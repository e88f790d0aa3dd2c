#include <stdlib.h>
#include "shim_profile.h"

// Of the first objects and then of one in each window all reads are noted. A field is usual after the third of the first objects that it was read in;
// one that is not read any more is unusual five windows later.
enum { WARM_UP = 8, WINDOW = 64, EAGER_RUN = 1024 };
enum { FIRST_SCORE = 2, READ_SCORE = 2, USUAL_SCORE = 4, HIGHEST_SCORE = 8 };

shim_profile *shim_profile_at(shim_profile **place) {
    if (*place == NULL) *place = calloc(1, sizeof **place);
    return *place;
}

static void find_usual(shim_profile *p) {
    p->usual = 0;
    p->mask = 0;
    for (int i = 0; i < p->count; i++) {
        const shim_noted_field *field = &p->fields[i];
        if (field->score < USUAL_SCORE) continue;
        p->usual++;
        p->mask |= shim_profile_bit((const char *)&field->first, field->length);
    }
}

int shim_profile_made(shim_profile *p) {
    if (++p->made == WINDOW) {
        if (p->emptied * 2 > p->made) p->eager_left = EAGER_RUN;
        p->made = p->emptied = 0;
    }
    if (p->noted < WARM_UP) p->noted++;
    else if (p->made != 0) return 0;
    for (int i = p->count; i-- > 0;) {
        if (--p->fields[i].score == 0) p->fields[i] = p->fields[--p->count];
    }
    find_usual(p);
    return 1;
}

void shim_profile_note(shim_profile *p, const char *key, size_t length) {
    uint64_t first, last;

    shim_key_words(key, length, &first, &last);
    shim_noted_field *field = p->fields, *end = field + p->count;
    while (field < end && (field->first != first || field->last != last || field->length != length)) field++;
    if (field < end) {
        field->score = field->score + READ_SCORE > HIGHEST_SCORE ? HIGHEST_SCORE : field->score + READ_SCORE;
        if (field->score >= USUAL_SCORE) find_usual(p);
    } else if (p->count < SHIM_NOTED_FIELDS) {
        *end = (shim_noted_field){ .first = first, .last = last, .length = (uint16_t)length, .score = FIRST_SCORE };
        p->count++;
    }
}

int shim_profile_holds(const shim_profile *p, const char *key, size_t length) {
    uint64_t first, last;
    shim_key_words(key, length, &first, &last);
    for (int i = 0; i < p->count; i++) {
        const shim_noted_field *field = &p->fields[i];
        if (field->first == first && field->last == last && field->length == length) return field->score >= USUAL_SCORE;
    }
    return 0;
}
