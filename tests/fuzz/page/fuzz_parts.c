/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts of any page: its first line names a section, the second byte chooses the rest. Parts of Markdown and HTML are
 * all of it, in order, valid UTF-8, about as large as asked for; a section and an outline lie within the Markdown.
 */
#include "base/check.h"
#include "page/fit.h"
#include "page/page.h"
#include "page/tokens.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check_count(struct str s, size_t tokens)
{
	CHECK(tokens <= s.n * 4 + 1 && (tokens > 0) == (s.n > 0));
	CHECK(tokens == tokens_count(s));
}

static void check_parts(struct str whole, size_t max)
{
	struct fit_part p;
	struct arena *a = arena_new((size_t)256 << 20);
	for (size_t from = 0; from < whole.n; from = p.next) {
		arena_reset(a);
		fit_part(a, whole, from, max, &p);
		CHECK(p.body.p == whole.p + from && p.next == from + p.body.n && p.body.n);
		CHECK(str_utf8_ok(p.text) && p.text.p[p.text.n - 1] == '\n');
		check_count(p.text, p.tokens);
	}
	arena_free(&a);
}

static void check_html(struct str whole, size_t max)
{
	struct fit_part p;
	for (size_t from = 0; from < whole.n; from = p.next) {
		fit_html(whole, from, max, &p);
		CHECK(p.text.p == whole.p + from && p.next == from + p.text.n && p.text.n);
		CHECK(str_utf8_ok(p.text));
		check_count(p.text, p.tokens);
	}
}

static void check_headings(const struct headings *h, struct str markdown)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct heading *one = &h->v[i];
		CHECK(one->level >= 1 && one->level <= 6 && one->up <= i);
		CHECK(one->at < one->end && one->end <= markdown.n);
		CHECK(str_utf8_ok(one->text) && (!one->anchor.p || str_utf8_ok(one->anchor)));
		CHECK(!i || one->at > h->v[i - 1].at);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str page = { (const char *)bytes, n }, name;
	struct page_result r;
	struct err e;
	if (!str_cut(&page, '\n', &name) || page.n < 2 || !str_utf8_ok(name))
		return 0;
	unsigned how = (unsigned char)page.p[0];
	page = (struct str) { page.p + 1, page.n - 1 };
	struct arena *a = arena_new((size_t)256 << 20);
	struct page_opts o = { .markdown = true,
		.html = true,
		.outline = true,
		.only_main = how & 1,
		.is_text_markdown = how & 2,
		.links = how & 4 ? LINKS_REFERENCES : LINKS_INLINE };
	size_t max = FIT_LEAST + (how >> 3) * 8;
	CHECK(page_work(a, page, &o, &r, &e));
	check_headings(&r.headings, r.markdown);
	check_parts(r.markdown, max);
	check_html(r.html, max);
	o.section = section_compile(a, name, &e);
	if (o.section && page_work(a, page, &o, &r, &e)) {
		CHECK(str_utf8_ok(r.markdown));
		check_headings(&r.headings, r.markdown);
	} else {
		CHECK(e.code == ERR_INVALID_REQUEST &&
			str_starts(str_of(e.msg), STR("section: ")));
	}
	arena_free(&a);
	return 0;
}
