/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/test.h"
#include "base/mem.h"
#include "page/content_in.h"
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
		"<nav>" MENU "</nav><div>" ARTICLE "<p>KEEP " SENTENCE
		"</p></div><footer>DROP " SENTENCE "</footer>",
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
	{ "an article in a box beside menus",
		"<header><h1>Headline</h1></header><div><div>" ARTICLE "<p>KEEP " SENTENCE
		"</p></div><div>" MENU MENU "</div></div>",
		"KEEP", "Menu" },
	{ "share bars inside go",
		"<article>" ARTICLE
		"<div class='share-bar'><a href=/f>DROP</a> <a href=/t>Tweet</a></div>" ARTICLE
		"KEEP</article>",
		"KEEP", "DROP" },
	{ "a line of a kept box goes by itself",
		"<nav><a href=/>x</a></nav><h1>Title</h1><article>" ARTICLE
		"<a href=/n>Next: DROP</a></article>",
		"This sentence", "DROP" },
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

#define COUNT(s, of) count_of((s), STR(of))
static size_t count_of(struct str s, struct str needle)
{
	size_t n = 0;
	for (const char *at = s.p;
		at && (at = memmem(at, s.n - (size_t)(at - s.p), needle.p, needle.n)) != NULL;
		at += needle.n)
		n++;
	return n;
}

#define NAV "<nav>" MENU "</nav>"
#define FOOTER "<footer><p>DROP Copyright and all rights reserved</p>" MENU "</footer>"
#define POST(name)                                                                             \
	"<div class=post><div class=author><a href=/u/" name ">" name "</a></div>"             \
	"<div class=content><p>" SENTENCE SENTENCE "</p></div></div>"
#define CARD(name)                                                                             \
	"<li class=card><a href=/p/" name "><h3>" name "</h3></a><span class=price>$19.95"     \
	"</span></li>"
#define TEASER "<li><a href=/x><h3>DROP and read this other story next</h3></a></li>"

/* Pages of each kind: what their readers came for, and what stands around it. */
static const struct {
	const char *url, *html, *kind; /* kind NULL: any */
	const char *has[4], *has_not[4];
} pages[] = {
	{ "https://example.org/2024/03/02/story",
		"<meta property=og:type content=article>"
		"<script type=application/ld+json>{\"@type\":\"NewsArticle\"}</script>"
		"<body>" NAV "<article><h1>Headline of the story</h1>" ARTICLE ARTICLE
		"<p>KEEP " SENTENCE "</p></article><div class=related><h3>Related stories</h3>"
		"<ul>" TEASER TEASER TEASER "</ul></div>"
		"<div class=newsletter><p>DROP Sign up for our newsletter today</p></div>"
		"<div id=comments><h3>Comments</h3><div class=comment><p>DROP " SENTENCE
		"</p></div></div>" FOOTER,
		"article", { "KEEP" }, { "DROP", "Menu" } },
	{ "https://docs.example.org/manual/install",
		"<body>" NAV "<main><h1>Installation</h1>" PARAGRAPH
		"<pre><code>make install</code></pre><h2>Options</h2>" PARAGRAPH
		"<table><tr><th>Option<th>Meaning<tr><td>--prefix<td>where it goes</table>"
		"<h2>Files</h2>" PARAGRAPH "<pre>KEEP=1</pre>" PARAGRAPH "</main>" FOOTER,
		NULL, { "make install", "KEEP=1", "## Options", "prefix" },
		{ "DROP", "Menu" } },
	{ "https://forum.example.org/t/how-does-it-work/12",
		"<body>" NAV "<main><h1>How does it work?</h1>" POST("Ann") POST("Bob")
			POST("Cem") POST("Dan") POST("Eve") POST("Flo") "</main>" FOOTER,
		"forum", { "This sentence" }, { "DROP", "Menu" } },
	{ "https://shop.example.org/collections/lamps",
		"<body>" NAV "<main><h1>Lamps</h1><ul class=products>" CARD("Anna")
			CARD("Berta") CARD("Cora") CARD("Dora") CARD("Emma") CARD("Frida")
				CARD("Greta") CARD("Hanna") "</ul></main>" FOOTER,
		NULL, { "Anna", "Hanna" }, { "DROP", "Menu" } },
	{ "https://example.org/services/cleaning",
		"<body>" NAV "<section><h2>What we do</h2>" PARAGRAPH "</section>"
		"<section><h2>How we do it</h2>" PARAGRAPH "</section>"
		"<section><h2>What it costs</h2>" PARAGRAPH "</section>" FOOTER,
		NULL, { "What we do", "How we do it", "What it costs" }, { "DROP", "Menu" } },
	{ "https://shop.example.org/products/lamp",
		"<script type=application/ld+json>{\"@type\":\"Product\"}</script><body>" NAV
		"<main><div class=product><h1>Lamp</h1><span class=price>$19.95</span>"
		"<div class=description><p>KEEP " SENTENCE SENTENCE
		"</p></div></div></main>" FOOTER,
		"product", { "KEEP" }, { "DROP", "Menu" } },
};

static void pages_of_each_kind(void)
{
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		struct arena *a = arena_new(0);
		struct page_opts o = { .markdown = true, .only_main = true, .explain = true };
		struct page_result r;
		struct err e;
		o.url = str_of(pages[i].url);
		CHECK_TRUE(page_work(a, str_of(pages[i].html), &o, &r, &e));
		for (size_t k = 0; k < 4; k++)
			if ((pages[i].has[k] &&
				    !str_has(r.markdown, str_of(pages[i].has[k]))) ||
				(pages[i].has_not[k] &&
					str_has(r.markdown, str_of(pages[i].has_not[k]))))
				test_fail(__FILE__, __LINE__, "%s: %zu:\n%.*s\n%.*s",
					pages[i].url, k, STR_ARG(r.markdown),
					STR_ARG(r.explained));
		if (pages[i].kind)
			CHECK_TRUE(str_starts(r.explained,
				str_of(arena_printf(a, "kind: %s (", pages[i].kind))));
		arena_free(&a);
	}
}

static void every_post_of_a_forum_stays(void)
{
	struct arena *a = arena_new(0);
	struct page_opts o = { .markdown = true, .only_main = true };
	struct page_result r;
	struct err e;
	o.url = str_of(pages[2].url);
	CHECK_TRUE(page_work(a, str_of(pages[2].html), &o, &r, &e));
	CHECK_INT(COUNT(r.markdown, "This sentence"), 12);
	arena_free(&a);
}

/* Where nobody knows the page's address, the one that it gives itself tells as much. */
static void a_page_names_its_address(void)
{
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		struct arena *a = arena_new(0);
		struct page_opts o = { .markdown = true, .only_main = true, .explain = true };
		struct page_result told, named;
		struct err e;
		const char *html = arena_printf(
			a, "<link rel=canonical href='%s'>%s", pages[i].url, pages[i].html);
		CHECK_TRUE(page_work(a, str_of(html), &o, &named, &e));
		o.url = str_of(pages[i].url);
		CHECK_TRUE(page_work(a, str_of(html), &o, &told, &e));
		CHECK_TRUE(str_eq(named.explained, told.explained));
		arena_free(&a);
	}
}

static void why_is_told_only_when_asked(void)
{
	struct arena *a = arena_new(0);
	struct page_opts o = { .markdown = true, .only_main = true };
	struct page_result r, told;
	struct err e;
	struct str page =
		STR("<nav><p>Home</nav><div class='post x'>" ARTICLE "</div><table><tr><th>"
		    "a<th>b<tr><td>1<td>2</table>");
	CHECK_TRUE(page_work(a, page, &o, &r, &e));
	CHECK_INT(r.explained.n, 0);
	o.explain = true;
	CHECK_TRUE(page_work(a, page, &o, &told, &e));
	CHECK_TRUE(str_eq(r.markdown, told.markdown));
	CHECK_TRUE(str_has(told.explained, STR("best element: div.post[2], 135 of ")));
	CHECK_TRUE(str_has(told.explained, STR("drop  1 words, 0 % links, score -4.00, frame\n "
					       "     nav[1] > p[1]: Home\n")));
	CHECK_TRUE(str_has(told.explained, STR("keep  45 words, 0 % links, score +")));
	arena_free(&a);
}

/* What is shown in place of next to nothing is told, too. */
static void what_is_shown_is_told(void)
{
	static const struct {
		const char *html, *shown;
	} pages_shown[] = {
		{ "<nav><a href=/>Menu</a></nav><main>" ARTICLE "</main>",
			"\nshown: what is kept\n" },
		{ "<img src=x>", "\nshown: the whole page" },
		{ "<script "
		  "type=application/ld+json>{\"@type\":\"Article\",\"articleBody\":\"" ARTICLE
				ARTICLE "\"}</script><div>Loading</div>",
			"\nshown: the article of the page's JSON-LD" },
	};
	for (size_t i = 0; i < sizeof pages_shown / sizeof pages_shown[0]; i++) {
		struct arena *a = arena_new(0);
		struct page_opts o = { .markdown = true, .only_main = true, .explain = true };
		struct page_result r;
		struct err e;
		CHECK_TRUE(page_work(a, str_of(pages_shown[i].html), &o, &r, &e));
		CHECK_TRUE(str_has(r.explained, str_of(pages_shown[i].shown)));
		arena_free(&a);
	}
}

/* Twice the page takes twice the blocks: a page of 40,000 boxes within boxes ends. */
static void many_boxes(void)
{
	enum { BOXES = 40000 };
	struct arena *a = arena_new((size_t)512 << 20);
	struct buf html;
	struct page_opts o = { .markdown = true, .only_main = true };
	struct page_result r;
	struct err e;
	buf_init(&html, 0);
	for (int i = 0; i < BOXES; i++)
		buf_text(&html, i % 3 ? "<div class=card><a href=/>x</a> " : "<p>word</p>");
	buf_text(&html, PARAGRAPH "KEEP");
	CHECK_TRUE(page_work(a, buf_str(&html), &o, &r, &e));
	CHECK_TRUE(r.markdown.n > 0);
	buf_release(&html);
	arena_free(&a);
}

static void nothing_in_nothing_out(void)
{
	static const char *const none[] = { "", "<body>", "<html><head></head></html>",
		"<frameset><frame src=x></frameset>", "<body hidden>x</body>" };
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
		struct arena *a = arena_new(0);
		struct page_opts o = { .markdown = true, .only_main = true, .counts = true };
		struct page_result r;
		struct err e;
		CHECK_TRUE(page_work(a, str_of(none[i]), &o, &r, &e));
		CHECK_INT(r.words, 0);
		arena_free(&a);
	}
}

/* Looks made to meet in one place of the table of groups: past some probes they are one group, or n of them would take
 * n * n steps. */
static void looks_that_collide(void)
{
	enum { PLACES = 4096, LOOKS = 1000, MOST = 300 };
	struct content_group *places = mem_new(PLACES * sizeof *places);
	const struct content_groups groups = { places, PLACES - 1 };
	uint32_t first = 0, used = 0, found = 0;
	for (uint32_t like = 1; found < LOOKS; like++) {
		struct content_group *g = content_group_of(&groups, like);
		uint32_t place = (like * 2654435761U >> 7) & (PLACES - 1);
		first = found ? first : place;
		if (place != first)
			continue;
		g->key = g->count ? g->key : like;
		g->count++;
		found++;
	}
	for (size_t i = 0; i < PLACES; i++)
		used += places[i].count > 0;
	CHECK_TRUE(used > 1 && used <= MOST);
	mem_free(places);
}

/* A page whose text stands in its noscript elements is read from there. */
static void noscript_is_text_where_little_else_is(void)
{
	static const struct {
		const char *html;
		bool needs;
	} bodies[] = {
		{ "<p>few words</p><noscript>" PARAGRAPH "</noscript>", true },
		{ "<body><noscript>" SENTENCE SENTENCE "</noscript><i>x</i><noscript>" SENTENCE
		  "</noscript>",
			true },
		{ "<body><noscript><div>" SENTENCE "<noscript>" SENTENCE SENTENCE
		  "</noscript></div></noscript>",
			true },
		{ "<p>few words</p><noscript>" SENTENCE "</noscript>", false },
		{ "<p>" SENTENCE "And more.</p><noscript>" PARAGRAPH "</noscript>", false },
		{ ARTICLE "<noscript>" PARAGRAPH "</noscript>", false },
		{ "<body><script>" ARTICLE "</script><noscript>" PARAGRAPH "</noscript>",
			true },
		{ "<noscript><style>" ARTICLE "</style></noscript><p>few words", false },
		{ "<body><template><noscript>" ARTICLE "</noscript></template>", false },
	};
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
		struct arena *a = arena_new(0);
		struct dom *d = dom_parse(a, str_of(bodies[i].html), NULL);
		CHECK_INT(content_needs_noscript(d), bodies[i].needs);
		arena_free(&a);
	}
}

TEST_MAIN(TEST(noscript_is_text_where_little_else_is), TEST(what_stays_and_what_goes),
	TEST(pages_of_each_kind), TEST(every_post_of_a_forum_stays),
	TEST(a_page_names_its_address), TEST(why_is_told_only_when_asked),
	TEST(what_is_shown_is_told), TEST(many_boxes), TEST(looks_that_collide),
	TEST(nothing_in_nothing_out))
