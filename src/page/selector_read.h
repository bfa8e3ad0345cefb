/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the reading of selectors (selector_read.c, selector_parse.c, selector_pseudo.c). Functions that
 * return false have said why by sel_fail. */
#ifndef PAGE_SELECTOR_READ_H
#define PAGE_SELECTOR_READ_H

#include "page/selector_in.h"

/* selector_read.c */
struct sel_read {
	struct arena *arena;
	struct str text;
	size_t at, parts, tests, depth;
	bool in_has, bad;
	struct selector *s;
	struct err *err;
};
bool sel_fail(struct sel_read *r, size_t at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int sel_peek(const struct sel_read *r, size_t ahead); /* -1: the end */
bool sel_comment(struct sel_read *r); /* skips one comment that stands here */
bool sel_space(struct sel_read *r); /* skips blanks and comments; true: a blank was there */
bool sel_name_here(const struct sel_read *r);
bool sel_name(struct sel_read *r, struct str *out); /* sel_name_here() was true */
bool sel_string(struct sel_read *r, struct str *out);
bool sel_nth(struct sel_read *r, struct sel_test *t); /* an+b */
struct str sel_lower(struct arena *a, struct str s);

/* selector_parse.c */
enum sel_where { LIST_TOP, LIST_INNER, LIST_RELATIVE };
bool sel_list(struct sel_read *r, struct sel_list *l, enum sel_where where);
bool sel_slot(struct sel_read *r, struct sel_slot slot, struct sel_test *t);
bool sel_close(struct sel_read *r, size_t open_at);

/* selector_pseudo.c: what stands behind a colon */
struct sel_tests {
	struct sel_test *v;
	size_t n;
};
struct sel_test *sel_add(struct sel_read *r, struct sel_tests *to, enum sel_kind kind);
bool sel_pseudo(struct sel_read *r, struct sel_tests *to);
bool sel_pseudo_element(struct sel_read *r, enum selector_take *take, struct str *attr);

#endif
