/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of structured data: a page in, its object or one member of it out. */
#ifndef TESTS_PAGE_STRUCTURED_CASE_H
#define TESTS_PAGE_STRUCTURED_CASE_H

#include "base/json.h"
#include "lib/test.h"
#include "page/page.h"
#include "page/structured.h"

struct structured_case {
	const char *html, *want; /* the member as compact JSON; NULL: it is not there */
};

/* The whole object, checked: valid JSON and UTF-8, in bounds. The page's address is
 * https://example.org/x/y.html. */
static inline json_t *structured_of(struct arena *a, struct str html)
{
	struct page_opts o = { .url = STR("https://example.org/x/y.html"), .structured = true };
	struct page_result r;
	struct err e;
	CHECK_TRUE(page_work(a, html, &o, &r, &e));
	CHECK_TRUE(r.structured.n <= STRUCTURED_BYTES && str_utf8_ok(r.structured));
	json_t *j = json_read(a, r.structured, &e);
	CHECK_TRUE(j != NULL);
	return j;
}

static inline void structured_cases(
	const struct structured_case *cases, size_t n, const char *member)
{
	for (size_t i = 0; i < n; i++) {
		struct arena *a = arena_new(0);
		json_t *got = json_object_get(structured_of(a, str_of(cases[i].html)), member);
		if (cases[i].want)
			CHECK_STR(str_of(got ? json_print(a, got) : "(none)"), cases[i].want);
		else
			CHECK_TRUE(got == NULL);
		arena_free(&a);
	}
}

/* head, `part` n times, tail: in bounds, and cut exactly when that is expected. */
static inline void structured_many(
	const char *head, const char *part, size_t n, const char *tail, bool cut)
{
	struct arena *a = arena_new(0); /* what a page has on a server */
	struct buf html;
	buf_init(&html, 0);
	buf_text(&html, head);
	for (size_t i = 0; i < n; i++)
		buf_text(&html, part);
	buf_text(&html, tail);
	json_t *all = structured_of(a, buf_str(&html));
	CHECK_INT(json_is_true(json_object_get(all, "cut")), cut);
	buf_release(&html);
	arena_free(&a);
}

#endif
