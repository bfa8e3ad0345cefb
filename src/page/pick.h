/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Named selectors to a JSON object: a string is the text of the first
 * match; an object {css, attr, all, type} says more. A name without a match is null, or [] with all.
 *
 * attr: the value of an attribute; null where the element has none. all: every match, PICK_ALL at most.
 * type:
 *   text      of all that stands below (not of scripts, styles and templates; of those themselves, their own):
 *             white space, U+00A0 with it, collapsed to one blank and trimmed, a blank where blocks meet
 *   html      the element with all below it
 *   markdown  the same as Markdown
 *   number    the first number in the text: -1,234.50 and -1.234,50 are -1234.5 (rules: pick_number.c)
 *   url       attr (default: href, src, and what else holds the element's address), else the text,
 *             made absolute; null when that cannot be
 * ::text in css takes the texts that stand right in the elements found, without blank ones, ::attr(x) the
 * attribute of those that have it.
 */
#ifndef PAGE_PICK_H
#define PAGE_PICK_H

#include "base/buf.h"
#include "page/selector.h"

#include <jansson.h>

enum {
	PICK_NAMES = 100, /* of one pick, */
	PICK_NAME_BYTES = 100, /* of each name and attribute, */
	PICK_ALL = 1000, /* matches of a name with all */
	PICK_TAIL = 1 << 16 /* bytes for the names behind the last value that fits */
};

struct pick; /* constant once made: any thread may use it */
/* In the arena. ERR_SELECTOR or ERR_INVALID_REQUEST name the key ("selectors.price") and the position. */
const struct pick *pick_compile(struct arena *a, const json_t *selectors, struct err *e);
struct pick_opts {
	struct str base; /* what links are relative to: the page's base element, or its URL */
	bool (*stop)(void *); /* asked now and then; true ends the work early; may be NULL */
	void *stop_arg;
};
/* Writes the object. `to` must take PICK_TAIL bytes more than values may have. *cut: a limit (PICK_ALL, the
 * room, the steps of one page, the time) left something out. */
void pick_write(const struct pick *p, const struct dom *d, const struct pick_opts *how,
	struct arena *scratch, struct buf *to, bool *cut);

#endif
