/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Markdown read back (with md4c): its headings, and its blocks as places where it may be cut.
 */
#ifndef PAGE_OUTLINE_H
#define PAGE_OUTLINE_H

#include "base/arena.h"
#include "base/buf.h"

struct outline_heading {
	int level; /* 1 to 6 */
	struct str text; /* without marks */
	size_t at; /* offset of its line in the Markdown */
};

/* The headings outside quotes and lists, in order; everything lies in the arena. */
void outline_read(
	struct str markdown, struct arena *a, struct outline_heading **headings, size_t *count);

/*
 * Cuts long Markdown into at most max_pieces pieces of at most max_bytes (at least 64) each: before
 * headings if it can, the higher ones first, else between blocks, else between lines, else between
 * characters. The pieces are views of the Markdown, in order, none empty, and lose nothing.
 * false: more was left than the pieces hold (what was left is in none of them).
 */
bool outline_cut(struct str markdown, size_t max_bytes, size_t max_pieces, struct arena *a,
	struct str **pieces, size_t *count);

#endif
