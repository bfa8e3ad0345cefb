/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main content of a page: which parts of the tree a reader came for.
 */
#ifndef PAGE_CONTENT_H
#define PAGE_CONTENT_H

#include "page/dom.h"

struct content {
	const nid *parts; /* subtrees in document order, none inside another; at least one */
	size_t n_parts;
	uint8_t *skip; /* by node number: not 0 is to be left out of them */
};

enum content_how {
	CONTENT_BEST, /* what reads like the reason for the page */
	CONTENT_ARTICLE, /* the same, in a page that says it is one article */
	CONTENT_WHOLE, /* the page without navigation, asides and footers */
};
/* Linear in the number of nodes. Everything is made in the arena. noscript: text in noscript elements
 * is text of the page (see content_needs_noscript). */
void content_find(struct arena *a, const struct dom *d, enum content_how how, bool noscript,
	struct content *out);
/* Is nearly all text of the page in noscript elements? Then they are the page for all who run no scripts. */
bool content_needs_noscript(const struct dom *d);

#endif
