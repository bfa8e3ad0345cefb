/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of the Markdown writer, for markdown*.c only. See markdown.c for how the parts work together.
 */
#ifndef PAGE_MARKDOWN_STATE_H
#define PAGE_MARKDOWN_STATE_H

#include "page/markdown.h"
#include "page/markdown_frame.h"
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
	MD_LINKS_MAX =
		4, /* links in each other, each of which is looked through; more are text */
	MD_ALT_MAX = 2000 /* a longer description is cut */
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

/* The marks that are open or wait, and what closed just now. */
struct md_marks {
	size_t n, n_waiting, n_recent;
	int active[MARK_KINDS]; /* of each kind, those that are not dropped */
	struct str
		ahead; /* while emphasis is settled: the text that comes next, if it is text */
	struct md_recent recent[MD_RECENT];
	struct md_mark v[MD_MARKS]; /* the outermost first */
};

/* Links: the one that is being written, then what the last one or image left for what follows it. */
struct md_link {
	int open; /* links that this stands in */
	nid card; /* a link around blocks: its address goes into the heading below */
	bool alt_counts; /* it has no text but its images' descriptions */
	size_t end; /* out->len behind it */
	bool is_image;
	bool is_web; /* its address ends with it, and looks like one to whoever seeks bare ones */
	char last; /* the last byte of its text */
};

struct md_address { /* resolved last */
	struct str text; /* a slice of the page, or of `made` */
	struct buf made;
	nid of; /* the link it belongs to, or 0 */
	bool plain; /* it can be written as it is */
};

/* What the boxes of images say, read once for images that follow each other in one. */
struct md_beside {
	nid figure, picture; /* the last ones, or 0 */
	struct str caption; /* of the figure, when it is one text and can be seen */
	struct str source; /* of the picture */
	size_t read; /* bytes read for it: boxes in boxes could take turns for ever */
};

struct md_code { /* the last code span, then the last block */
	nid box; /* what it stands in, or 0 */
	struct str around; /* the language that the box and those around it name */
	size_t end; /* out->len behind it; (size_t)-1: there was none */
	size_t fence;
};

struct md_list { /* the last list */
	size_t end; /* out->len when it ended; (size_t)-1: there was none */
	size_t lone_end; /* the same of the last item without a list */
	char mark; /* of the list's items */
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

	/* lines and blocks */
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
	struct md_list list;

	/* in the line */
	bool space; /* a blank is due before the next text */
	int breaks; /* so many br are due */
	int flat; /* inside a heading, a cell, a card: blocks are blanks */
	int cell; /* inside a cell: pipes are escaped, br is written as such */
	int in_link;
	int lead; /* level of the heading that the next line is, or this line is */
	size_t angle_at; /* a "<" that ends its text as the start of an address might, or 0 */
	bool tilde; /* an unescaped ~ stands in this block */
	struct md_link link;
	struct md_beside beside;
	struct md_code code;
	struct md_address address;
	struct md_table *table; /* the one being written; NULL: there was none yet */
	struct md_refs *refs; /* LINKS_REFERENCES: what was referred to; NULL: nothing yet */
	struct md_marks marks;

	size_t n_frames;
	struct md_frame frames[MD_FRAMES]; /* last: the rest is cleared for each page */
};

#endif
