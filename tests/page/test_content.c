/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/test.h"
#include "base/mem.h"
#include "page/page.h"

#define SENTENCE "This sentence has about a dozen plain words in it, as sentences in texts do. "
#define PARAGRAPH "<p>" SENTENCE SENTENCE SENTENCE "</p>"
#define ARTICLE PARAGRAPH PARAGRAPH PARAGRAPH
#define MENU                                                                                   \
	"<ul><li><a href=/a>Menu one</a><li><a href=/b>Menu two</a><li><a href=/c>Menu three " \
	"and more</a></ul>"

static const struct {
	const char *name, *html, *has, *has_not; /* in the Markdown of the main content */
} cases[] = {
	{ "frames go",
		"<nav>" MENU "</nav><div>" ARTICLE "KEEP</div><footer>DROP " SENTENCE
		"</footer>",
		"KEEP", "DROP" },
	{ "menus without a frame go",
		"<div class=m>" MENU MENU "DROP</div><div>" ARTICLE "KEEP</div>", "KEEP",
		"Menu" },
	{ "roles count like names",
		"<div role=navigation>DROP " MENU "</div><div>" ARTICLE "KEEP</div>", "KEEP",
		"DROP" },
	{ "hidden text goes",
		"<div>" ARTICLE "KEEP<p style='display:none'>DROP " SENTENCE "</p></div>",
		"KEEP", "DROP" },
	{ "an article in pieces",
		"<div><section>" ARTICLE "ONE</section><section>" ARTICLE
		"KEEP</section></div>",
		"KEEP", "nothing of the kind" },
	{ "headline above",
		"<header><h1>KEEP</h1></header><div><div>" ARTICLE "</div><div>" MENU MENU
		"</div></div>",
		"# KEEP", "Menu" },
	{ "share bars inside go",
		"<article>" ARTICLE "<div class='share-bar'>DROP this</div>" ARTICLE
		"KEEP</article>",
		"KEEP", "DROP" },
	{ "class names are weak", "<div class='share related'>" ARTICLE "KEEP</div>", "KEEP",
		"nothing of the kind" },
	{ "comments of a forum stay",
		"<div class=comments><div class=comment>" PARAGRAPH
		"ONE</div><div class=comment>" PARAGRAPH
		"TWO</div><div class=comment>" PARAGRAPH "KEEP</div></div>",
		"KEEP", "nothing of the kind" },
	{ "a list of links is the content of an index",
		"<main><ul><li><a href=/1>KEEP this first one</a><li><a "
		"href=/2>Second</a></ul></main><nav>DROP</nav>",
		"KEEP", "DROP" },
	{ "a page of few words stays", "<p>KEEP</p>", "KEEP", "nothing of the kind" },
	{ "tables and code stay",
		"<div>" ARTICLE
		"<table><tr><th>KEEP<th>b<tr><td>1<td>2</table><pre>code</pre></div>",
		"| KEEP |", "nothing of the kind" },
	{ "a form around everything is no form", "<form><div>" ARTICLE "KEEP</div></form>",
		"KEEP", "nothing of the kind" },
};

static void what_stays_and_what_goes(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct arena *a = arena_new(0);
		struct page_opts o = { .markdown = true, .only_main = true };
		struct page_result r;
		struct err e;
		CHECK_TRUE(page_work(a, str_of(cases[i].html), &o, &r, &e));
		if (!str_has(r.markdown, str_of(cases[i].has)) ||
			str_has(r.markdown, str_of(cases[i].has_not)))
			test_fail(__FILE__, __LINE__, "%s:\n%.*s", cases[i].name,
				STR_ARG(r.markdown));
		arena_free(&a);
	}
}

static void nothing_in_nothing_out(void)
{
	static const char *const pages[] = { "", "<body>", "<html><head></head></html>",
		"<frameset><frame src=x></frameset>", "<body hidden>x</body>" };
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		struct arena *a = arena_new(0);
		struct page_opts o = { .markdown = true, .only_main = true, .counts = true };
		struct page_result r;
		struct err e;
		CHECK_TRUE(page_work(a, str_of(pages[i]), &o, &r, &e));
		CHECK_INT(r.words, 0);
		arena_free(&a);
	}
}

TEST_MAIN(TEST(what_stays_and_what_goes), TEST(nothing_in_nothing_out))
