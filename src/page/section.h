/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts of a page by name: the headings with their anchors and what each costs, and the one part that is
 * asked for. What a name means is told by how it is written:
 *
 *	css:main article	a CSS selector: the elements found, in document order, those inside others once
 *	#install		an anchor: the heading with that id, or whose wrapper, named anchor or permanent
 *				link has it; another element with the id is taken with all it holds
 *	Guide > Install		a heading below another (not necessarily right below), by their texts, case (of all
 *				alphabets, letter by letter) and white space ignored; the last one is meant
 *	install			an anchor if the page has it, else a heading's text
 *
 * The part of a heading reaches to the next one of the same or a higher level.
 */
#ifndef PAGE_SECTION_H
#define PAGE_SECTION_H

#include "base/arena.h"
#include "base/err.h"
#include "page/markdown.h"

enum { SECTION_MOST = 1000 /* code points of a name */, SECTION_PARTS = 10000 /* elements */ };

struct section; /* constant once made: any thread may use it */
/* In the arena; NULL with ERR_INVALID_REQUEST, which names `section` and says what is wrong. */
const struct section *section_compile(struct arena *a, struct str text, struct err *e);

struct heading {
	int level; /* 1 to 6 */
	struct str text; /* without marks, one line */
	struct str anchor; /* p NULL: none */
	size_t at, end; /* its part of the Markdown, subsections included */
	size_t tokens; /* of that part */
	size_t up; /* index + 1 of the heading above; 0: none */
};
struct headings {
	struct heading *v;
	size_t n;
};

/* The headings of the Markdown, with anchors where `heads` knows their elements (d NULL: none). Linear. */
void headings_read(struct arena *a, struct str markdown, const struct markdown_heads *heads,
	struct headings *out);

enum section_how {
	SECTION_TEXT, /* a slice of the Markdown, from `at` to `end` */
	SECTION_NODES, /* `nodes`: elements of the page, to be written */
};
struct section_found {
	enum section_how how;
	size_t at, end;
	const nid *nodes;
	size_t n_nodes;
};
/* false: ERR_INVALID_REQUEST, which names `section` and the nearest headings. d NULL: there is no tree. */
bool section_find(struct arena *a, const struct section *s, const struct dom *d,
	const struct headings *headings, struct section_found *out, struct err *e);

#endif
