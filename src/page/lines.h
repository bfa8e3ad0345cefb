/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Markdown line by line: where a text may be cut, and what has to be written again before the rest of a
 * block that was cut (a fence, a table's header, the items around). Knows what our writer writes and what
 * is usual elsewhere; what it takes for text is cut like text.
 */
#ifndef PAGE_LINES_H
#define PAGE_LINES_H

#include "base/buf.h"

enum {
	LINES_NESTING = 40, /* items in each other; deeper ones are text */
	LINES_PREFIX = 400 /* bytes of one line written again before its text */
};

/* How good a place the beginning of a line is to cut before. */
enum line_cut {
	CUT_BLOCK, /* a block of the page itself */
	CUT_ITEM, /* an item of a list of the page itself */
	CUT_INNER, /* a block or item within an item or a quote */
	CUT_LINE, /* within a block: rows, code, lines of a paragraph */
	CUT_NEVER, /* the delimiter row of a table: without its header it is none */
};
struct line_item {
	size_t at, prefix_n; /* its line; how much stands before its marker */
	size_t marker_n; /* "- " or "12. " */
};
struct lines {
	struct str s;
	size_t at, end; /* this line, its line end included */
	enum line_cut cut; /* of this line */
	int level; /* of the heading that this line is; 0: none */
	/* the state before this line */
	bool blank; /* a blank line, or nothing, was before */
	size_t fence_at, fence_n,
		fence_prefix; /* open fence: its marks and what stands before; n 0: none */
	size_t table_at, table_n; /* the table's header and delimiter row; n 0: not in one */
	struct line_item items[LINES_NESTING];
	size_t n_items;
	size_t last_at; /* the line before */
};

void lines_start(struct lines *l, struct str markdown);
/* To the next line, false: there is none. */
bool lines_next(struct lines *l);
/* Where the text of this line begins, behind marks of quotes and items. */
size_t lines_text(const struct lines *l);
/* Writes what must stand before the rest when the text is cut at `at` of this line (its beginning or within
 * it), and what must stand behind the part before the cut. brief: a table gets a header of empty cells. */
void lines_reopen(const struct lines *l, size_t at, bool brief, struct buf *head);
void lines_close(const struct lines *l, size_t at, struct buf *tail);

#endif
