/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any page to Markdown, metadata and pieces: valid UTF-8 without NUL, within its ceiling, the same twice, and read by
 * md4c. The first byte chooses the options.
 */
#include "base/check.h"
#include "page/markdown.h"
#include "page/outline.h"
#include "page/page.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static bool sound(struct str s)
{
	return str_utf8_ok(s) && str_find(s, 0) == s.n;
}

static void check_meta(const struct page_meta *m)
{
	const char *all[] = { m->title, m->description, m->language, m->canonical, m->author,
		m->published, m->modified, m->site_name, m->image, m->favicon, m->feed };
	for (size_t i = 0; i < COUNT_OF(all); i++)
		CHECK(!all[i] || (all[i][0] && str_utf8_ok(str_of(all[i]))));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	if (n == 0)
		return 0;
	struct page_opts o = { .markdown = true,
		.html = true,
		.meta = true,
		.counts = true,
		.only_main = bytes[0] & 1 };
	struct page_result r, again;
	struct outline outline;
	struct err e;
	size_t pieces;
	struct str page = { (const char *)bytes + 1, n - 1 };
	struct arena *a = arena_new((size_t)256 << 20);
	o.url = bytes[0] & 2 ? STR("https://example.org/a/b?c#d") : STR("");
	o.links = bytes[0] & 4 ? LINKS_NONE : LINKS_INLINE;
	o.max_markdown_bytes = bytes[0] & 8 ? 1 + n / 4 : 0;
	CHECK(page_work(a, page, &o, &r, &e) && page_work(a, page, &o, &again, &e));
	CHECK(sound(r.markdown) && sound(r.html) && str_eq(r.markdown, again.markdown));
	size_t limit = o.max_markdown_bytes ? o.max_markdown_bytes : n * 16 + (64 << 10);
	CHECK(r.markdown.n <= limit + MARKDOWN_TAIL);
	check_meta(&r.meta);
	outline_read(a, r.markdown, &outline);
	struct outline_piece *piece = outline_cut(a, r.markdown, 300, &pieces);
	size_t sum = 0;
	for (size_t i = 0; i < pieces; i++)
		sum += piece[i].text.n;
	CHECK(sum == r.markdown.n);
	arena_free(&a);
	return 0;
}
