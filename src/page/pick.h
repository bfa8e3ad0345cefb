/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Named selectors to a JSON object (apis.md S2-11 to S2-15): a string is the text of the first
 * match; an object {css, attr, all, type} says more. A name without a match is null, or [] with all.
 *
 * type: text (white space collapsed and trimmed), html (outer), markdown, number (the first number
 * in the text, null if there is none), url (attr or text, resolved against the page).
 */
#ifndef PAGE_PICK_H
#define PAGE_PICK_H

#include "base/buf.h"
#include "page/selector.h"

#include <jansson.h>

enum { PICK_NAMES = 100, PICK_NAME_BYTES = 100, PICK_ALL = 1000 };

struct pick; /* constant once made: any thread may use it */
/* In the arena. ERR_SELECTOR or ERR_INVALID_REQUEST name the key ("selectors.price") and the position. */
const struct pick *pick_compile(struct arena *a, const json_t *selectors, struct err *e);
/* Writes the object. base: the page's URL. *cut: a limit left matches out. */
void pick_write(const struct pick *p, const struct dom *d, struct str base,
	struct arena *scratch, struct buf *to, bool *cut);

#endif
