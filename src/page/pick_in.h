/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the picking (pick*.c). */
#ifndef PAGE_PICK_IN_H
#define PAGE_PICK_IN_H

#include "base/url.h"
#include "page/pick.h"

enum pick_type { PICK_TEXT, PICK_HTML, PICK_MARKDOWN, PICK_NUMBER, PICK_URL };

enum { PICK_STEP_BYTES = 16 }; /* of text make a step */

struct pick_name {
	struct str name;
	const struct selector *css;
	enum selector_take take; /* TAKE_ATTR: attr, be it from ::attr() or from the member */
	struct str attr;
	bool all;
	enum pick_type type;
};
struct pick {
	struct pick_name *names;
	size_t n;
};

/* pick_text.c: both append to out. Visible text of a node, one line; returns the steps that took. */
size_t pick_text(const struct dom *d, nid id, struct buf *out);
void pick_line(struct str s, struct buf *out); /* white space collapsed and trimmed */
bool pick_blank(struct str s); /* nothing but white space */
/* The first number in a text, as JSON writes it; false: none. */
bool pick_number(struct str s, struct buf *out);

#endif
