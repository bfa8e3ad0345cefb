/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of the Markdown writer, for markdown*.c only. See markdown.c for how the parts work together.
 */
#ifndef PAGE_MARKDOWN_STATE_H
#define PAGE_MARKDOWN_STATE_H

#include "page/markdown.h"
#include "page/markdown_kind.h"
#include "page/scan.h"
#include "page/unicode.h"

enum {
	MD_FRAMES =
		1100, /* open elements that leaving matters for: more than twice the depth of a tree */
	MD_MARKS = 48, /* open emphasis and links; what is beyond them is plain text */
	MD_RECENT = 8, /* closed just now, at one place */
	MD_NESTING = 32, /* quotes and items in each other */
	MD_PREFIX = MD_NESTING * 12, /* bytes: the widest is "999999999. " */
	MD_URL_MAX = 8192, /* bytes, like the rest: a longer address is left out, */
	MD_TITLE_MAX = 1000, /* a longer title too, */
	MD_ALT_MAX = 2000 /* a longer description is cut */
};

/* What stands right below an item: of a list with blank lines between its items, or without. */
enum md_item { ITEM_NONE, ITEM_LOOSE, ITEM_TIGHT };
/* The block that ended last, as far as it matters to what may follow without a blank line. */
enum md_last { LAST_OTHER, LAST_TEXT, LAST_HEADING, LAST_FENCE, LAST_QUOTE, LAST_LIST };

struct md_frame { /* 64 bytes, as it is cleared for every item and link */
	nid node;
	enum md_act act;
	int64_t n; /* list: the next number; link, heading: 1 when a mark or flatness goes with it */
	size_t at, row_at; /* as they were before, like these; list: at: where its last item
			    * ended; item: row_at: where its marker ended */
	uint16_t prefix_n, low, bare_prefix;
	uint8_t need, item, last; /* enum md_item, enum md_last */
	bool bare;
	bool loose; /* list: blank lines between items */
	bool reversed; /* list: counts down */
	char mark; /* list: '-', '*', '.' or ')' */
	uint32_t items; /* list: items so far */
	union {
		const char *
			text; /* ACT_SAY: text to write at the end; ACT_LINK: not NULL: without a mark */
		struct md_table *table; /* ACT_TABLE */
	};
};
_Static_assert(MD_PREFIX <= UINT16_MAX, "offsets in prefixes fit");

enum md_mark_kind { MARK_STRONG, MARK_EM, MARK_DEL, MARK_LINK, MARK_KINDS };
enum md_mark_state { MARK_WAITING, MARK_OPEN, MARK_DROPPED };
struct md_mark {
	enum md_mark_kind kind;
	enum md_mark_state state;
	char delim; /* '*', '_' or '~' */
	uint8_t len; /* of the delimiter */
	bool apart; /* does not end where the one of its kind around it ends */
	nid node; /* link: its element */
	size_t at; /* open: where the delimiter or bracket stands */
};
struct md_recent { /* emphasis that closed just before what comes next */
	enum md_mark_kind kind;
	char delim;
	uint8_t len;
	size_t open_at, close_at;
};

struct md {
	struct arena *arena;
	const struct dom *d;
	const struct markdown_opts *o;
	struct buf *out;
	size_t limit, steps;
	unsigned cuts;
	size_t text_bytes;
	bool stopped;

	/* lines */
	char prefix[MD_PREFIX];
	size_t prefix_n,
		low; /* low: the prefix that the blank line before the next block has */
	size_t nesting;
	int need; /* newlines before the next block */
	enum md_last last;
	enum md_item item; /* what this stands in right below */
	size_t join_at; /* at this length of out no blank line is needed */
	bool bare; /* a list marker was written, nothing behind it yet */
	bool hollow; /* an item is empty: what follows in such an item is none of it to some readers */
	size_t bare_prefix; /* how much of the prefix that line has */
	bool in_line, first_line;
	size_t line_at; /* where this line's text begins */
	size_t break_at; /* where the hard break before it stands */
	size_t list_end; /* out->len when the last list ended, and its marker */
	char list_mark;
	size_t lone_end; /* out->len when the last item without a list ended */

	/* inline */
	bool space; /* a blank is due before the next text */
	int breaks; /* so many br are due */
	int flat; /* inside a heading, a cell, a card: blocks are blanks */
	int cell; /* inside a cell: pipes are escaped, br is written as such */
	int in_link;
	int lead; /* level of the heading that the next line is, or this line is */
	size_t angle_at; /* a "<" that ends its text as the start of an address might, or 0 */
	bool tilde; /* an unescaped ~ stands in this block */
	struct md_mark marks[MD_MARKS];
	size_t n_marks, n_waiting;
	int active[MARK_KINDS];
	struct md_recent recent[MD_RECENT];
	size_t n_recent;
	struct md_table *table; /* the one being written; NULL: there was none yet */
	struct md_refs *refs; /* LINKS_REFERENCES: what was referred to; NULL: nothing yet */
	nid card; /* a link around blocks: its address goes into the heading below */
	bool alt_counts; /* the link here has no text but its images' descriptions */
	size_t link_end; /* out->len after the last link or image */
	bool link_is_image;
	bool link_is_web; /* its address ends with it, and looks like one to whoever seeks bare ones */
	char link_last; /* the last byte of its text */
	struct str
		ahead; /* while emphasis is settled: the text that comes next, if it is text */
	size_t code_end; /* out->len after the last code span, and its fence */
	size_t code_fence;

	size_t n_frames;
	struct str address; /* resolved last: a slice of the page, or in url */
	struct buf url; /* scratch */
	nid url_of; /* the link it belongs to, or 0 */
	bool url_plain; /* it can be written as it is */
	struct md_frame frames[MD_FRAMES]; /* last: the rest is cleared for each page */
};

#endif
