/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The face of this floor: the bytes of a page and options in, Markdown, HTML and metadata out. It
 * reads no clock, no network and no store, so it can run anywhere, also in a sandboxed process.
 * Everything handed out lies in the arena (or in the bytes given) and lives as long as it does.
 *
 * The way of a page; of the files named, the first one's top comment says how the step works. page.c takes the
 * steps in turn; each is one call, named first:
 *
 *	bytes
 *	  |  to_utf8		charset.c, charset_*.c: which encoding (HTML 13.2.3), and from it to UTF-8
 *	UTF-8
 *	  |  lexer_next		token.c, token_*.c: tokens (HTML 13.2.5; entity.c: references; name.h: names as numbers)
 *	  |  dom_parse		tree.c, tree_*.c: from tokens to a tree (13.2.6), a file for a few insertion modes each
 *	tree			dom.h: how to read it; dom_build.c: how it is made
 *	  |  meta_read		meta.c, meta_*.c, ld.c: what the page says of itself
 *	  |  content_find	content.c, content_*.c: which parts a reader came for (only_main; page_write.c: what
 *	  |			is done when too little was found)
 *	  |  markdown_write	markdown.c, markdown_*.c: those parts, or all, as Markdown (CommonMark, GFM)
 *	Markdown
 *	  |  headings_read	headings.c, outline.c: its headings, their anchors and what each costs
 *	  |  section_find	section.c, page_part.c: the one part that is asked for
 *	  |  fit_page		fit_page.c, fit.c, fit_line.c, lines.c, tokens.c: pieces that fit a model; the caller's own step
 *
 * Beside it stands what else is made of the tree: HTML (serial.c), values that selectors name (selector_*.c, pick*.c) and
 * the data for machines (structured*.c). That time grows with the page and no faster is held by tests/page/growth.c.
 *
 * Only what is asked for is worked out: bytes are decoded and the tree is built always; metadata is read
 * for `meta` and for `only_main`, whose search asks what the page declares itself to be; Markdown is
 * written for `markdown`; words are counted and shells are looked for in that Markdown for `counts`.
 */
#ifndef PAGE_PAGE_H
#define PAGE_PAGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "page/markdown.h"
#include "page/meta.h"
#include "page/pick.h"
#include "page/section.h"
#include "page/watch.h"

struct page_opts {
	struct str
		url; /* final URL of the page, base for links; empty: links stay as they are */
	struct str charset; /* charset of the Content-Type header, or empty */
	bool markdown, html; /* what is wanted, */
	bool meta; /* also of the result below, */
	bool counts; /* and words and empty_shell */
	bool structured; /* the data that the page carries for machines, too, */
	size_t max_structured_tokens; /* of that at most so many (page/structured.h); 0: no limit of this kind */
	bool only_main; /* Markdown of the main content only */
	bool explain; /* with only_main: also say why what was kept */
	bool is_text_markdown; /* the body already is Markdown or plain text: passed through, decoded */
	enum page_links links;
	enum page_images images;
	const struct pick *pick; /* NULL: nothing is picked */
	const struct section *section; /* the part of the Markdown that is wanted; NULL: all */
	bool outline; /* the headings, too */
	size_t max_markdown_bytes; /* 0: 4 times the input and 64 KiB; what closes open marks may stand behind it */
	size_t max_depth, max_nodes, max_attrs; /* of the tree; 0: as struct dom_limits says */
	bool (*stop)(
		void *); /* asked now and then; true ends the work early (CUT_TIME); may be NULL */
	void *stop_arg;
	struct page_watch *watch; /* NULL: nobody asks where the time goes */
};

struct page_result {
	struct str markdown; /* ends with one newline; empty when there is no text */
	struct headings headings; /* of the Markdown, when `outline` asked for them */
	struct markdown_heads heads; /* where they came from */
	struct str html; /* the page decoded to UTF-8, otherwise unmodified */
	struct str
		explained; /* text for people, a line or two a block; empty when not asked for */
	struct page_meta meta; /* all NULL when not asked for */
	struct str structured; /* JSON object (page/structured.h); p NULL: not asked for */
	struct str picked; /* JSON object; p NULL: nothing was to be picked */
	bool pick_cut; /* a limit left matches out of it */
	unsigned cuts; /* enum dom_cut bits (page/dom.h): what limits took away */
	size_t words; /* of the Markdown, if asked for; two characters of an unspaced script count as one */
	size_t text_bytes; /* of visible text in it */
	bool empty_shell; /* if asked for: looks like a page that only scripts fill */
	const char *encoding; /* as the WHATWG standard names it: "UTF-8" */
};

/* The words for enum page_links and enum page_images, NULL-ended: the same at every door. */
extern const char *const page_link_words[], *const page_image_words[];

/* Appends "depth, size": the cuts in words, for people. */
void page_cuts_text(unsigned cuts, struct buf *out);

/* false: ERR_TOO_LARGE when the arena's budget does not hold the page, ERR_INVALID_REQUEST when it lacks the
 * section. */
bool page_work(struct arena *a, struct str bytes, const struct page_opts *opts,
	struct page_result *out, struct err *e);

#endif
