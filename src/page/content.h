/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main content of a page: which parts of the tree a reader came for.
 */
#ifndef PAGE_CONTENT_H
#define PAGE_CONTENT_H

#include "base/buf.h"
#include "page/dom.h"

enum content_kind {
	KIND_ARTICLE,
	KIND_DOCS,
	KIND_SERVICE,
	KIND_FORUM,
	KIND_COLLECTION,
	KIND_LISTING,
	KIND_PRODUCT,
	KIND_COUNT
};

struct content {
	const nid *parts; /* subtrees in document order, none inside another */
	size_t n_parts; /* at least one; 0: the arena's budget does not hold the search */
	uint8_t *skip; /* by node number: not 0 is to be left out of them */
};

/* What is known beside the tree. */
struct content_hint {
	struct str url; /* of the page; may be empty */
	bool article; /* the page declares itself an article with a date of publication */
};

/* Linear in the number of nodes: 49 bytes for each and what the blocks of text take, all in the arena. noscript: text
 * in noscript elements is text of the page (see content_needs_noscript). explain: NULL, or where to say why. */
void content_find(struct arena *a, const struct dom *d, const struct content_hint *hint,
	bool noscript, struct buf *explain, struct content *out);
/* The page without navigation, asides and footers. */
void content_whole(struct arena *a, const struct dom *d, bool noscript, struct content *out);
/* Is nearly all text of the page in noscript elements? Then they are the page for all who run no scripts. */
bool content_needs_noscript(const struct dom *d);

#endif
