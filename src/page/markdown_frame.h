/* SPDX-License-Identifier: Apache-2.0 */
/* What the Markdown writer remembers of the open elements until they are left; for markdown*.c only. */
#ifndef PAGE_MARKDOWN_FRAME_H
#define PAGE_MARKDOWN_FRAME_H

#include "page/markdown_kind.h"

/* What stands right below an item: of a list with blank lines between its items, or without. */
enum md_item { ITEM_NONE, ITEM_LOOSE, ITEM_TIGHT };
/* The block that ended last, as far as it matters to what may follow without a blank line. */
enum md_last { LAST_OTHER, LAST_TEXT, LAST_HEADING, LAST_FENCE, LAST_QUOTE, LAST_LIST };

/*
 * An element that leaving matters for: what enum md_act needs of it then. Where a member has the name of one of
 * struct md, it is how that was before.
 */
struct md_frame {
	nid node;
	enum md_act act;
	size_t at; /* out->len when it was entered */
	union { /* the first member is the largest: clearing it clears them all */
		struct md_in_list { /* ACT_LIST */
			int64_t number; /* of the next item */
			size_t end; /* out->len when the last item ended; 0: what follows it is none of it */
			uint32_t items; /* so far */
			uint16_t marker_n; /* bytes of the last item's marker */
			uint16_t prefix_n;
			bool hollow; /* its last item is empty */
			bool nested; /* right in a list, as if in the item before */
			bool loose; /* blank lines between items */
			bool reversed; /* counts down */
			char mark; /* '-', '*', '.' or ')' */
		} list;
		struct { /* ACT_ITEM */
			size_t text_at; /* behind its marker */
			uint16_t prefix_n, low, bare_prefix;
			uint8_t item, last; /* enum md_item, enum md_last */
			bool bare;
		} item;
		struct { /* ACT_QUOTE */
			uint16_t prefix_n;
			uint8_t item, last;
		} quote;
		struct { /* ACT_ROW */
			struct md_table *table;
			size_t text_at; /* at its first pipe */
			uint16_t low;
			uint8_t need;
			bool bare;
		} row;
		struct { /* ACT_CELL */
			struct md_table *table;
			size_t col;
		} cell;
		struct { /* ACT_LINK */
			bool marked; /* a mark goes with it, */
			bool flat; /* its blocks are one line */
		} link;
		struct md_table *table; /* ACT_TABLE */
		const char *text; /* ACT_SAY: to write at the end */
		bool marked; /* ACT_HEADING, ACT_TERM: a mark goes with it */
	};
};
_Static_assert(sizeof(struct md_frame) <= 48, "it is cleared for every item and link");

#endif
