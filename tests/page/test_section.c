/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/test.h"
#include "page/page.h"

static const char page[] =
	"<body><nav><a href=/>Home</a></nav><main>"
	"<h1>Guide</h1><p>Welcome.</p>"
	"<section id=install><h2>Install</h2><p>Run it.</p>"
	"<h3><a name=linux></a>Linux</h3><p>apt</p><h3>Mac <b>OS</b></h3><p>brew</p></section>"
	"<a id=use></a><h2>Use</h2><p>Go.</p><dl><dt id=opt>--x</dt><dd>An option.</dd></dl>"
	"<h2><span id=faq-1>FAQ</span></h2><h3>Install</h3><p class=q>Again?</p><p "
	"class=q>No.</p>"
	"</main></body>";
static const char letters[] = "<h1>\xC3\x9C" /* U umlaut */
			      "ber</h1><h2>\xCE\xA3\xCE\xA4\xCE\x9F\xCE\xA3</h2><p>Greek"
			      "<h2>\xD0\x9F\xD0\xA3\xD0\xA2\xD0\xAC</h2><p>Cyrillic";

static bool work(struct arena *a, const char *html, const char *name, struct page_opts *o,
	struct page_result *r, struct err *e)
{
	o->markdown = true;
	o->section = name ? section_compile(a, str_of(name), e) : NULL;
	return (!name || o->section) && page_work(a, str_of(html), o, r, e);
}

static const struct {
	const char *name, *want;
} parts[] = {
	{ "#linux", "### Linux\n\napt\n" },
	{ "linux", "### Linux\n\napt\n" },
	{ "#install", "## Install\n\nRun it.\n\n### Linux\n\napt\n\n### Mac **OS**\n\nbrew\n" },
	{ "  mac  os ", "### Mac **OS**\n\nbrew\n" },
	{ "Guide > Install > Linux", "### Linux\n\napt\n" },
	{ "guide > linux", "### Linux\n\napt\n" },
	{ "FAQ > Install", "### Install\n\nAgain?\n\nNo.\n" },
	{ "#faq-1", "## FAQ\n\n### Install\n\nAgain?\n\nNo.\n" },
	{ "css:.q", "Again?\n\nNo.\n" },
	{ "css:main h3, main h3 a, h3 b", "### Linux\n\n### Mac **OS**\n\n### Install\n" },
};

static void parts_found(void)
{
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		struct arena *a = arena_new(0);
		struct page_opts o = { 0 };
		struct page_result r;
		struct err e;
		CHECK_TRUE(work(a, page, parts[i].name, &o, &r, &e));
		CHECK_STR(r.markdown, parts[i].want);
		arena_free(&a);
	}
}

/* Small for great letters, and the small sigma of a word's end. A letter alone is no other: "ub" is not "\xC3\xBC" "b". */
static void case_ignored(void)
{
	static const char *const same[] = { "\xCF\x83\xCF\x84\xCE\xBF\xCF\x82",
		"\xC3\xBC"
		"BER > \xCE\xA3\xCF\x84\xCE\x9F\xCF\x83" };
	static const char *const others[] = { "uber",
		"\xC3\xBB"
		"ber",
		"\xD0\xBF\xD1\x83\xD1\x82", "\xC3", "\xF0\xD0" };
	struct arena *a = arena_new(0);
	struct page_opts o = { 0 };
	struct page_result r;
	struct err e;
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		CHECK_TRUE(work(a, letters, same[i], &o, &r, &e));
		CHECK_TRUE(str_ends(r.markdown, STR("\n\nGreek\n")));
	}
	CHECK_TRUE(work(a, letters, "\xD0\xBF\xD1\x83\xD1\x82\xD1\x8C", &o, &r, &e));
	CHECK_TRUE(str_ends(r.markdown, STR("\n\nCyrillic\n")));
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		CHECK_TRUE(!work(a, letters, others[i], &o, &r, &e));
	arena_free(&a);
}

/* An anchor that no heading has is taken with what it holds; an empty one with what holds it. */
static void other_elements(void)
{
	struct arena *a = arena_new(0);
	struct page_opts o = { 0 };
	struct page_result r;
	struct err e;
	CHECK_TRUE(work(a, page, "#opt", &o, &r, &e));
	CHECK_TRUE(str_has(r.markdown, STR("--x")) && !str_has(r.markdown, STR("Go.")));
	CHECK_TRUE(work(a, "<p>one<p id=\xC3\xBC/x>two", "#%c3%BC%2fx", &o, &r, &e));
	CHECK_STR(r.markdown, "two\n");
	CHECK_TRUE(work(a, "<p id=a%20b>one<p id='a b'>two", "#a%20b", &o, &r, &e));
	CHECK_STR(r.markdown, "one\n");
	CHECK_TRUE(!work(a, "<p id=a>one", "#a%", &o, &r, &e));
	CHECK_TRUE(!work(a, "<p id=a>one", "#%ff%4", &o, &r, &e));
	CHECK_TRUE(work(a, "<p>one<p><a id=x></a>two<p>three", "#x", &o, &r, &e));
	CHECK_STR(r.markdown, "two\n");
	arena_free(&a);
}

static void said_when_missing(void)
{
	static const struct {
		const char *name, *said;
	} cases[] = {
		{ "instal",
			"section: the page has no \"instal\"; nearest: #install (Install)" },
		{ "#nowhere", "section: the page has no \"nowhere\"; nearest: " },
		{ "Use > Install", "section: the page has no \"Use > Install\"; nearest: " },
		{ "css:article", "section: no element of the page matches article" },
		{ "css:", "section: an anchor (#install), a heading or a path" },
		{ " ", "section: an anchor (#install), a heading or a path" },
		{ "css:p[", "section: css: position " },
		{ "css:p::text", "section: css: takes elements" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct arena *a = arena_new(0);
		struct page_opts o = { 0 };
		struct page_result r;
		struct err e;
		CHECK_TRUE(!work(a, page, cases[i].name, &o, &r, &e));
		CHECK_INT(e.code, ERR_INVALID_REQUEST);
		if (!str_starts(str_of(e.msg), str_of(cases[i].said)))
			CHECK_TEXT(e.msg, cases[i].said);
		arena_free(&a);
	}
}

static void outline_of_page(void)
{
	static const struct {
		int level;
		const char *text, *anchor;
		size_t up;
	} want[] = { { 1, "Guide", NULL, 0 }, { 2, "Install", "install", 1 },
		{ 3, "Linux", "linux", 2 }, { 3, "Mac OS", NULL, 2 }, { 2, "Use", "use", 1 },
		{ 2, "FAQ", "faq-1", 1 }, { 3, "Install", NULL, 6 } };
	struct arena *a = arena_new(0);
	struct page_opts o = { .outline = true };
	struct page_result r;
	struct err e;
	CHECK_TRUE(work(a, page, NULL, &o, &r, &e));
	CHECK_INT(r.headings.n, 7);
	for (size_t i = 0; i < 7 && r.headings.n == 7; i++) {
		const struct heading *h = &r.headings.v[i];
		CHECK_INT(h->level, want[i].level);
		CHECK_STR(h->text, want[i].text);
		CHECK_INT(h->up, want[i].up);
		CHECK_TRUE(!h->anchor.p == !want[i].anchor);
		if (want[i].anchor)
			CHECK_STR(h->anchor, want[i].anchor);
	}
	CHECK_TRUE(r.headings.v[1].tokens > r.headings.v[2].tokens + r.headings.v[3].tokens);
	CHECK_TRUE(r.headings.v[0].tokens >= r.headings.v[1].tokens + r.headings.v[4].tokens);
	CHECK_TRUE(work(a, page, "#install", &o, &r, &e));
	CHECK_INT(r.headings.n, 3);
	CHECK_STR(r.headings.v[1].anchor, "linux");
	arena_free(&a);
}

/* Main content first; what it lacks is looked for in the page. Markdown that came as such has headings, too. */
static void with_other_options(void)
{
	struct arena *a = arena_new(0);
	struct page_opts o = { .only_main = true };
	struct page_result r;
	struct err e;
	CHECK_TRUE(work(a, page, "#use", &o, &r, &e));
	CHECK_TRUE(str_starts(r.markdown, STR("## Use\n\nGo.")));
	CHECK_TRUE(work(a, page, "css:nav", &o, &r, &e));
	CHECK_TRUE(str_has(r.markdown, STR("Home")));
	o = (struct page_opts) { .is_text_markdown = true, .outline = true };
	CHECK_TRUE(work(a, "# A\n\ntext\n\n## B\n\nmore\n", "A > B", &o, &r, &e));
	CHECK_STR(r.markdown, "## B\n\nmore\n");
	CHECK_INT(r.headings.n, 1);
	CHECK_TRUE(!work(a, "# A\n", "css:p", &o, &r, &e));
	arena_free(&a);
}

TEST_MAIN(TEST(parts_found), TEST(case_ignored), TEST(other_elements), TEST(said_when_missing),
	TEST(outline_of_page), TEST(with_other_options))
