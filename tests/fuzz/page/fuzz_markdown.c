/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any page to Markdown, metadata and pieces: valid UTF-8 without NUL, within its ceiling, the same twice, and read by
 * md4c, whose rendering has no mark that the page does not have (tests/page/marks.h). The first byte chooses the options.
 */
#include "base/check.h"
#include "page/markdown.h"
#include "page/outline.h"
#include "page/page.h"
#include "page/marks.h"

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

static struct page_opts read_options(uint8_t bits, size_t n)
{
	static const enum page_links links[] = { LINKS_INLINE, LINKS_NONE, LINKS_REFERENCES,
		LINKS_INLINE };
	static const enum page_images images[] = { IMAGES_INLINE, IMAGES_ALT, IMAGES_NONE,
		IMAGES_INLINE };
	return (struct page_opts) { .markdown = true,
		.html = true,
		.meta = true,
		.counts = true,
		.only_main = bits & 1,
		.url = bits & 2 ? STR("https://example.org/a/b?c#d") : STR(""),
		.links = links[bits >> 2 & 3],
		.images = images[bits >> 4 & 3],
		.max_markdown_bytes = bits & 128 ? 1 + n / 4 : 0 };
}

/* TeX is written as it is between dollars, so where there are formulas a reader who does not know them may find any
 * span in them; blocks are held against the page all the same. What md4c sees, tables, strikethrough and task lists included, is in the page. */
static void check_marks(struct arena *a, const struct page_result *r)
{
	enum { READER = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS };
	struct marks page = marks_of_page(dom_parse(a, r->html, NULL));
	struct marks seen = marks_of_markdown(r->markdown, READER);
	bool formulas = page.n[M_FORMULA] && str_find(r->markdown, '$') < r->markdown.n;
	enum mark phantom = marks_phantom(&page, &seen, formulas ? FIRST_SPAN : MARKS);
	if (phantom == MARKS)
		return;
	fprintf(stderr, "phantom: %s, %zu of %zu\n%.*s\n", mark_names[phantom], seen.n[phantom],
		page.n[phantom], (int)r->markdown.n, r->markdown.p);
	CHECK(phantom == MARKS);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	if (n == 0)
		return 0;
	struct page_opts o = read_options(bytes[0], n);
	struct page_result r, again;
	struct outline outline;
	struct err e;
	size_t pieces;
	struct str page = { (const char *)bytes + 1, n - 1 };
	struct arena *a = arena_new((size_t)256 << 20);
	CHECK(page_work(a, page, &o, &r, &e) && page_work(a, page, &o, &again, &e));
	CHECK(sound(r.markdown) && sound(r.html) && str_eq(r.markdown, again.markdown));
	size_t limit = o.max_markdown_bytes ? o.max_markdown_bytes : n * 16 + (64 << 10);
	CHECK(r.markdown.n <= limit + MARKDOWN_TAIL);
	check_marks(a, &r);
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
