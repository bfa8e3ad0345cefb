/* SPDX-License-Identifier: Apache-2.0 */
/* What itemref needs: nodes by their id, the order of the page, and which nodes an item has seen. */
#ifndef PAGE_STRUCTURED_REFS_H
#define PAGE_STRUCTURED_REFS_H

#include "page/dom.h"

struct refs;

/* In the arena, eight bytes for each node of the page and some for each id. */
struct refs *refs_new(struct arena *a, const struct dom *d);
nid refs_find(const struct refs *r, struct str id); /* the first with this id; 0: none */
uint32_t refs_place(const struct refs *r, nid id); /* in the page, from 1 */
/* false: the item has been there. All visits of one item come before those of the next. */
bool refs_visit(struct refs *r, nid id, uint32_t item);

#endif
