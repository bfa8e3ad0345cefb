/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items with types, an id and properties: what microdata and RDFa have in common, and the JSON form that the
 * HTML standard gives microdata (section 5.4): {"items":[{"type":[...],"id":"...","properties":{"name":
 * [values]}}]}. They are gathered first, in any order, and written at the end.
 */
#ifndef PAGE_STRUCTURED_ITEM_H
#define PAGE_STRUCTURED_ITEM_H

#include "page/structured_in.h"

enum {
	ITEMS_MAX = 4000, /* of a page and kind, */
	ITEM_ROWS = 20000, /* their properties, */
	ITEM_NAMES = 50, /* names of one attribute, */
	ITEM_DEPTH = 12, /* items in items, */
	ITEM_TEXT = 10000, /* bytes of one value, */
	ITEM_BYTES = 512 << 10 /* and of all values */
};

struct item_value {
	uint32_t item; /* an item's number; 0: the text */
	struct str text; /* in the arena or the page */
	bool address; /* the text is one, maybe relative */
};
struct item_row {
	uint32_t item; /* whose property this is */
	uint64_t place; /* in the page, and among the names of its node */
	uint64_t group; /* place of the first property of this name */
	struct str name;
	struct item_value value;
};
struct item {
	struct str types, id; /* types: separated by blanks; id: may be relative */
	size_t first, n; /* rows, when they are in order */
	bool top, open;
};
struct items {
	const struct structured *s;
	struct item *v; /* by number; v[0] is none */
	struct item_row *rows;
	size_t n, n_rows, bytes;
	size_t steps; /* that may still be taken: what bounds texts in texts and shared parts. One for
			* a node and for STEP_BYTES of what is read of it */
	bool full; /* rows or bytes are used up: no value is worth reading any more */
};

void items_init(struct items *all, const struct structured *s);
/* Takes the steps for reading so many bytes of an attribute. */
static inline void items_spend(struct items *all, size_t bytes)
{
	size_t steps = bytes / STEP_BYTES;
	all->steps -= steps < all->steps ? steps : all->steps;
}
/* Its number; 0 when there are too many. */
uint32_t items_add(struct items *all, struct str types, struct str id, bool top);
/* One property for each of the names, which blanks separate. at: from 1, the place in the page. */
void items_property(struct items *all, uint32_t item, struct str names, uint32_t at,
	struct item_value value);
/* Writes what stands on top and, in it, what is its property's value; false: there is nothing. An item within
 * itself is left out. */
bool items_write(struct items *all, struct buf *b);

#endif
