/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of pages in parts: what must hold of all parts, and texts to cut. */
#ifndef TESTS_PAGE_FIT_CASE_H
#define TESTS_PAGE_FIT_CASE_H

#include "lib/test.h"
#include "page/fit.h"
#include "page/tokens.h"

/* All parts, their bodies joined, and what must hold of each. */
static inline size_t check_parts(struct str whole, size_t max)
{
	size_t from = 0, parts = 0;
	while (from < whole.n) {
		struct arena *a = arena_new(0);
		struct fit_part p;
		fit_part(a, whole, from, max, &p);
		CHECK_TRUE(p.body.p == whole.p + from && p.body.n > 0);
		CHECK_INT(p.next, from + p.body.n);
		CHECK_TRUE(p.tokens <= max + max / 8 + 10);
		CHECK_TRUE(p.text.n && p.text.p[p.text.n - 1] == '\n');
		CHECK_TRUE(str_utf8_ok(p.text));
		if (p.next <= from)
			break;
		from = p.next;
		parts++;
		arena_free(&a);
	}
	CHECK_INT(from, whole.n);
	return parts;
}

static inline void add_words(struct buf *b, int n)
{
	static const char *const words[] = { "time", "river", "stone", "window", "garden" };
	for (int i = 0; i < n; i++)
		buf_addf(b, "%s%s", i ? " " : "", words[(i * 7 + i / 5) % 5]);
}

/* The text of the part of `whole` that begins at `from` and takes at most `max` tokens; *next: where it ends. */
static inline struct str part(
	struct arena *a, struct str whole, size_t from, size_t max, size_t *next)
{
	struct fit_part p;
	fit_part(a, whole, from, max, &p);
	*next = p.next;
	return p.text;
}

#endif
