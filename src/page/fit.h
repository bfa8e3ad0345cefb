/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages in parts. Markdown in parts of at most so many tokens. A part ends between blocks where it can: before the highest
 * heading of its second half, else behind the last block, then item, that fits; a block that is larger itself
 * is cut between its lines, a larger line at a blank where no link, code or tag is open, if it has one; a link
 * with an address that fits in no part is shown as its text, one with such a text is a link where that ends. Each part is
 * Markdown by itself: a fence that is
 * cut is closed and opened again, rows get their header again (of empty cells when it would take half of the part), a
 * row's rest stands behind as many "..." as there were cells, an item's rest below "- ...", and of
 * link definitions at the end of the text each part has those that it uses.
 */
#ifndef PAGE_FIT_H
#define PAGE_FIT_H

#include "base/arena.h"
#include "base/buf.h"

enum { FIT_LEAST = 50 /* tokens */ };

struct fit_part {
	struct str text; /* ends with one newline; made in the arena */
	struct str
		body; /* what of the whole stands in it; the bodies of all parts are the whole */
	size_t next; /* where the following part begins; whole.n: there is none */
	size_t tokens; /* of the text */
};
/* The part that begins at `from` (0, or the `next` of the part before). max_tokens below FIT_LEAST counts as
 * that. Linear in the whole; a line that must be cut inside is measured once for each halving of it. */
void fit_part(struct arena *a, struct str whole, size_t from, size_t max_tokens,
	struct fit_part *out);

/*
 * The same of HTML: `text` is a slice of it, which ends before the tag of a block where it can, else before
 * another tag, else behind a line. What is larger itself, such as a script, is cut behind a line or a word.
 */
void fit_html(struct str whole, size_t from, size_t max_tokens, struct fit_part *out);

/* A page as Markdown, HTML or the one and then the other, in parts of max_tokens together. Places count
 * through both; the last one is markdown.n + html.n. */
struct fit_page {
	struct str markdown, html; /* p NULL: this part has nothing of it */
	size_t next;
};
void fit_page(struct arena *a, struct str markdown, struct str html, size_t from,
	size_t max_tokens, struct fit_page *out);
/* Ends the part by a line that says what is left: a comment of HTML where it has HTML, else in brackets. */
void fit_say(struct arena *a, struct fit_page *part, const char *left);

/* Bytes of the longest beginning of the text with at most so many units (page/tokens.h): up to a line end or a
 * blank in its second half, else to the end of a character. At least one character. */
size_t fit_bytes(struct str text, uint64_t units);

/* The definitions "[1]: address" that a text ends with: taken off *text and returned; p NULL: none. */
struct str fit_definitions(struct str *text);
/* Appends those that `part` refers to, each once, a blank line before the first. */
void fit_add_definitions(struct buf *b, struct str part, struct str definitions);

#endif
