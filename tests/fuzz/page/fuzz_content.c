/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main content of any page: valid UTF-8 without NUL, the same twice, told or not told why. Each text
 * that is kept stands in the page. The first byte chooses the address.
 */
#include "base/check.h"
#include "page/content.h"
#include "page/page.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static bool sound(struct str s)
{
	return str_utf8_ok(s) && str_find(s, 0) == s.n;
}

static void check_parts(struct arena *a, const struct dom *d, struct str url)
{
	const struct content_hint hint = { url, false };
	struct content c;
	content_find(a, d, &hint, content_needs_noscript(d), NULL, &c);
	CHECK(c.n_parts > 0);
	for (size_t i = 0; i < c.n_parts; i++)
		CHECK(c.parts[i] > 0 && c.parts[i] <= dom_count(d));
	content_whole(a, d, false, &c);
	CHECK(c.n_parts == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char *const urls[] = { "", "https://example.org/",
		"https://forum.example.org/t/a/1", "https://example.org/2024/01/02/a" };
	if (n == 0)
		return 0;
	struct page_opts o = { .markdown = true, .only_main = true };
	struct page_result r, again;
	struct err e;
	struct str page = { (const char *)bytes + 1, n - 1 };
	struct arena *a = arena_new((size_t)256 << 20);
	o.url = str_of(urls[bytes[0] % COUNT_OF(urls)]);
	CHECK(page_work(a, page, &o, &r, &e));
	o.explain = true;
	CHECK(page_work(a, page, &o, &again, &e));
	CHECK(sound(r.markdown) && str_eq(r.markdown, again.markdown));
	CHECK(sound(again.explained) && again.explained.n > 0);
	check_parts(a, dom_parse(a, page, NULL), o.url);
	arena_free(&a);
	return 0;
}
