/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree written as Markdown: CommonMark with GFM's tables, strikethrough and task lists. ATX headings,
 * `-` bullets, fenced code, inline links, one blank line between blocks, LF only, and only <br> (in table
 * cells) and <sup>, <sub> as raw HTML. Invisible parts, scripts, data: and javascript: addresses and
 * tracking pixels are left out. The same tree gives the same bytes.
 */
#ifndef PAGE_MARKDOWN_H
#define PAGE_MARKDOWN_H

#include "base/buf.h"
#include "base/url.h"
#include "page/dom.h"

/* How links and images are written. References: [text][1], the addresses below the text. Alt: the
 * description only. */
enum page_links { LINKS_INLINE, LINKS_REFERENCES, LINKS_NONE };
enum page_images { IMAGES_INLINE, IMAGES_ALT, IMAGES_NONE };

/* Where the headings went, for who cuts the text: each one's element and where its "#" stands. */
struct markdown_head {
	nid node;
	size_t at;
};
struct markdown_heads { /* who asks for them makes it zero before the first page */
	struct markdown_head *v; /* in the writer's arena */
	size_t n, cap;
	const struct dom *d; /* whose elements they are */
};

struct markdown_opts {
	struct markdown_heads *heads; /* filled anew; NULL: not wanted */
	const struct url_base
		*base; /* links are made absolute by it; NULL: they stay as written */
	enum page_links links;
	enum page_images images;
	bool forms; /* false: buttons and labels are left out too */
	bool noscript; /* what stands in noscript elements is written too */
	const nid *parts; /* what to write, in this order; n_parts 0: the whole page */
	size_t n_parts;
	const uint8_t
		*skip; /* by node number, not 0: left out with all it holds; NULL: nothing */
	size_t max_bytes; /* of Markdown; past it the rest is left out, what is open is closed */
	bool (*stop)(void *); /* asked every 1,024 nodes, true ends the writing; may be NULL */
	void *stop_arg;
};
struct markdown_done {
	unsigned
		cuts; /* enum dom_cut: CUT_SIZE, CUT_TIME, CUT_DEPTH (quotes and lists past 32) */
	size_t text_bytes; /* of visible text, before escaping */
};

/* Appends to out (whose own ceiling must be at least max_bytes + MARKDOWN_TAIL). Valid UTF-8 without NUL. */
enum { MARKDOWN_TAIL = 32 << 10 };
void markdown_write(struct arena *a, const struct dom *d, const struct markdown_opts *opts,
	struct buf *out, struct markdown_done *done);

#endif
