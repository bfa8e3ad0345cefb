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

/* Linear in the number of nodes. Everything is made in the arena. */
void content_find(struct arena *a, const struct dom *d, struct content *out);

#endif
