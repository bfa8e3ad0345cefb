/* SPDX-License-Identifier: Apache-2.0 */
/* Names in RDFa Lite 1.1 (https://www.w3.org/TR/rdfa-lite/): terms of a vocabulary and prefixed names. */
#ifndef PAGE_STRUCTURED_TERM_H
#define PAGE_STRUCTURED_TERM_H

#include "base/arena.h"

enum {
	TERM_PREFIXES = 100, /* in force at one place */
	TERM_IRI = 2000 /* bytes of what one stands for: each name would copy more */
};

/* In force from some element down; one that it declares anew hides the same one above. */
struct term_prefix {
	struct str name, iri;
	const struct term_prefix *up;
	size_t count; /* with those above */
};
struct terms {
	struct str vocab; /* empty: none */
	const struct term_prefix *prefixes; /* NULL: only the initial ones */
};

/* Takes what a prefix attribute declares; false: there were too many, or one was too long. */
bool terms_declare(struct arena *a, struct terms *t, struct str prefixes);
/* The whole IRI, in the arena, or the word as it is when there is no vocabulary and no such prefix. */
struct str terms_iri(struct arena *a, const struct terms *t, struct str word);
/* The same for what may be an address: the vocabulary does not count. */
struct str terms_resource(struct arena *a, const struct terms *t, struct str word);
/* A type's vocabulary: all up to its last '/' or '#'. */
struct str terms_vocab_of(struct str type);

#endif
