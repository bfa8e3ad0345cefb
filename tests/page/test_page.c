/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The face: hostile pages, cuts that are said, and every page of the corpus (valid UTF-8, no NUL, twice the same).
 */
#include "lib/test.h"
#include "base/mem.h"
#include "page/markdown.h"
#include "page/outline.h"
#include "page/page.h"

#include <dirent.h>
#include <libdeflate.h>
#include <stdio.h>

static bool work(
	struct arena *a, struct str html, const struct page_opts *o, struct page_result *r)
{
	struct err e = { 0 };
	if (page_work(a, html, o, r, &e))
		return true;
	test_fail(__FILE__, __LINE__, "%s", e.msg);
	return false;
}

static bool sound(struct str s)
{
	return str_utf8_ok(s) && str_find(s, 0) == s.n;
}

struct hostile {
	const char *name, *head, *unit, *tail;
	size_t times;
};
/* Each is written as head, unit so many times, tail; "lastword" must be in the Markdown. */
static const struct hostile hostiles[] = {
	{ "div", "", "<div>", "lastword", 100000 },
	{ "b", "", "<b>", "lastword", 50000 },
	{ "ul", "", "<ul><li>", "lastword", 5000 },
	{ "blockquote", "", "<blockquote>", "lastword", 5000 },
	{ "blockquote text", "", "<blockquote>a", "lastword", 5000 },
	{ "table", "", "<table><tr><td>", "lastword", 2000 },
	{ "svg", "", "<svg>", "<p>lastword", 20000 },
	{ "p b", "", "<p><b>", "lastword", 5000 },
	{ "a", "", "<a href=x>a", "<p>lastword", 100000 },
	{ "references", "", "&amp;&#x41;&notit;", "<p>lastword", 50000 },
	{ "comments", "<!--", "-->x<!--", "--><p>lastword", 50000 },
	{ "colspan", "<table>", "<tr><td colspan=1000000>a</td></tr>",
		"<tr><td>lastword</table>", 10 },
	{ "rowspan", "<table>", "<tr><td rowspan=65534>a<td>b", "<tr><td>lastword</table>",
		500 },
	{ "wide row", "<table><tr>", "<td>a", "<tr><td>lastword</table>", 100000 },
	{ "code", "<pre>", "`", "\nlastword</pre>", 100000 },
	{ "spans", "<code>", "` ", "lastword</code>", 100000 },
	{ "emphasis", "<p>", "<b>a</b><i>b</i>", "lastword", 20000 },
	{ "emphasis that fails", "<p>", "a<b>(b)</b>c", "lastword", 20000 },
	{ "brackets", "<p>", "[", "lastword", 100000 },
	{ "stars", "<p>", "*a ", "lastword", 100000 },
	{ "breaks", "<p>a", "<br>", "lastword", 100000 },
	{ "line starts", "<p>", "# a<br>", "lastword", 20000 },
	{ "plaintext", "<plaintext>", "<b>", "lastword", 1000 },
	{ "select", "<select>", "<option>a", "</select>lastword", 20000 },
	{ "dl", "", "<dl><dt>a<dd>", "lastword", 3000 },
	{ "attribute", "<p title=\"", "xxxxxxxxxx", "\">lastword", 100000 },
	{ "alt", "<img src=x alt=\"", "[x](", "\"><p>lastword", 20000 },
	{ "href", "<a href=\"", "(((((", "\">lastword</a>", 10000 },
	{ "title", "<a href=x title=\"", "\\`&amp;", "\">lastword</a>", 10000 },
	{ "math", "<math>", "<mrow><msup><mi>x</mi>", "</math><p>lastword", 2000 },
	{ "sup", "<p>", "<sup>", "lastword", 5000 },
	{ "base", "<base href=javascript:alert(1)>", "<a href=x>a</a>", "lastword", 10 },
	{ "frames", "<p>lastword<frameset>", "<frame src=x>", "", 1000 },
	{ "cite in cite", "<p>", "<cite>a <i>b</i> ", "lastword", 5000 },
};

static void build(struct buf *html, const struct hostile *h, size_t times)
{
	buf_clear(html);
	buf_text(html, h->head);
	for (size_t i = 0; i < times; i++)
		buf_text(html, h->unit);
	buf_text(html, h->tail);
}

static void hostile_pages(void)
{
	struct buf html;
	buf_init(&html, 0);
	for (size_t i = 0; i < sizeof hostiles / sizeof hostiles[0]; i++) {
		const struct hostile *h = &hostiles[i];
		build(&html, h, h->times);
		for (int main = 0; main < 2; main++) {
			struct arena *a = arena_new((size_t)512 << 20);
			struct page_opts o = {
				.markdown = true, .html = true, .only_main = main
			};
			struct page_result r;
			bool ok = work(a, buf_str(&html), &o, &r);
			if (ok && (!sound(r.markdown) || !sound(r.html) ||
					  (!main && !(r.cuts & CUT_SIZE) &&
						  !str_has(r.markdown, STR("lastword"))) ||
					  r.markdown.n >
						  html.len * 4 + (64 << 10) + MARKDOWN_TAIL))
				test_fail(__FILE__, __LINE__,
					"%s: %zu bytes gave %zu, ending in %.*s", h->name,
					html.len, r.markdown.n,
					(int)(r.markdown.n < 60 ? r.markdown.n : 60),
					r.markdown.p + r.markdown.n -
						(r.markdown.n < 60 ? r.markdown.n : 60));
			arena_free(&a);
		}
	}
	buf_release(&html);
}

static void depth_is_said(void)
{
	struct buf html;
	struct arena *a = arena_new(0);
	struct page_opts o = { .markdown = true };
	struct page_result r;
	buf_init(&html, 0);
	build(&html, &(struct hostile) { "", "", "<blockquote>", "deep", 0 }, 100);
	if (work(a, buf_str(&html), &o, &r)) {
		CHECK_TRUE(r.cuts & CUT_DEPTH);
		CHECK_TRUE(str_has(r.markdown, STR("deep")));
		struct buf words;
		buf_init(&words, 0);
		page_cuts_text(CUT_DEPTH | CUT_SIZE | CUT_TIME, &words);
		CHECK_STR(buf_str(&words), "depth, size, time");
		buf_release(&words);
	}
	buf_release(&html);
	arena_free(&a);
}

static const struct {
	const char *bytes;
	size_t n;
	const char *markdown;
} odd[] = {
	{ "", 0, "" },
	{ "\xEF\xBB\xBF", 3, "" },
	{ "<", 1, "\\<\n" },
	{ "a\0b", 3, "ab\n" },
	{ "a\rb", 3, "a b\n" },
	{ "<!--", 4, "" },
	{ "<a href=\"", 9, "" },
	{ "<script>x", 9, "" },
	{ "<svg><![CDATA[x", 15, "" },
	{ "<p>\xFFx", 5, "ÿx\n" },
	{ "<pre>a\0b</pre>", 14, "```\nab\n```\n" },
	{ "<a href='a\0b'>x</a>", 19, "[x](a%EF%BF%BDb)\n" },
};

static void odd_input(void)
{
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		struct arena *a = arena_new(0);
		struct page_opts o = { .markdown = true, .html = true };
		struct page_result r;
		if (work(a, (struct str) { odd[i].bytes, odd[i].n }, &o, &r)) {
			CHECK_TRUE(sound(r.markdown) && sound(r.html));
			if (i != 11)
				CHECK_STR(((struct str) { r.markdown.p ? r.markdown.p : "",
						  r.markdown.n }),
					odd[i].markdown);
		}
		arena_free(&a);
	}
}

/* A small ceiling at every size: what is written stays within it and stays Markdown. */
static void every_ceiling_is_kept(void)
{
	static const char html[] =
		"<h1>Title</h1><p>Some <b>bold <i>and more</i></b> text with <a href=/link>a "
		"link</a>.</p><ul><li>one<li>"
		"two<ul><li>three</ul></ul><pre><code>line 1\nline 2\nline "
		"3\n</code></pre><table><tr><th>a<th>b<tr><td>1<td>2"
		"</table><blockquote><p>quote</p></"
		"blockquote><p>\xE6\xBC\xA2\xE5\xAD\x97\xE6\xBC\xA2\xE5\xAD\x97</p><p>end";
	for (size_t max = 1; max < 300; max++) {
		struct arena *a = arena_new(0);
		struct page_opts o = { .markdown = true, .max_markdown_bytes = max };
		struct page_result r;
		if (work(a, STR(html), &o, &r)) {
			size_t fences = 0;
			for (size_t i = 0; i + 3 <= r.markdown.n; i++)
				fences += memcmp(r.markdown.p + i, "```", 3) == 0;
			CHECK_TRUE(sound(r.markdown));
			CHECK_TRUE(fences % 2 == 0);
			CHECK_TRUE(r.markdown.n <= max + 200);
			CHECK_TRUE((r.cuts & CUT_SIZE) || str_has(r.markdown, STR("end")));
		}
		arena_free(&a);
	}
}

static bool stop_at_once(void *arg)
{
	(void)arg;
	return true;
}

static void time_is_said(void)
{
	struct buf html;
	struct arena *a = arena_new(0);
	struct page_opts o = { .markdown = true, .stop = stop_at_once };
	struct page_result r;
	buf_init(&html, 0);
	build(&html, &(struct hostile) { "", "<p>first", "<p>text", "", 0 }, 20000);
	if (work(a, buf_str(&html), &o, &r)) {
		CHECK_TRUE(r.cuts & CUT_TIME);
		CHECK_TRUE(str_starts(r.markdown, STR("first\n")));
		CHECK_TRUE(r.markdown.n < html.len);
	}
	buf_release(&html);
	arena_free(&a);
}

static void text_passes_through(void)
{
	struct arena *a = arena_new(0);
	struct page_opts o = {
		.markdown = true, .is_text_markdown = true, .charset = STR("windows-1252")
	};
	struct page_result r;
	if (work(a, STR("# T\n\n*\xE9* <b>"), &o, &r))
		CHECK_STR(r.markdown, "# T\n\n*é* <b>");
	CHECK_TEXT(r.encoding, "windows-1252");
	o.max_markdown_bytes = 6;
	if (work(a, STR("# T\n\n*\xE9* <b>"), &o, &r))
		CHECK_TRUE(r.cuts & CUT_SIZE);
	struct err e;
	const struct page_opts part = { .markdown = true,
		.is_text_markdown = true,
		.counts = true,
		.section = section_compile(a, STR("B"), &e) };
	if (work(a, STR("# A\n\none two\n\n# B\n\nthree"), &part, &r)) {
		CHECK_STR(r.markdown, "# B\n\nthree\n");
		CHECK_INT(r.words, 2);
	}
	arena_free(&a);
}

static void shells_are_seen(void)
{
	static const struct {
		const char *html;
		bool shell;
	} cases[] = { { "<body><div id=root></div><script src=app.js></script>", true },
		{ "<body><noscript>You need to enable JavaScript to run this "
		  "app.</noscript><div id=app></div><script></script>",
			true },
		{ "<body><p>A page without scripts", false },
		{ "<body><div id=root><p>"
		  "a b c d e f g h i j k l m n o p q r s t u v w x y z "
		  "a b c d e f g h i j k l m n o p q r s t u v w x y z "
		  "a b c d e f g h i j k l m n o p q r s t u v w x y z</div><script></script>",
			false } };
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct arena *a = arena_new(0);
		struct page_opts o = { .markdown = true, .counts = true };
		struct page_result r;
		if (work(a, str_of(cases[i].html), &o, &r))
			CHECK_INT(r.empty_shell, cases[i].shell);
		arena_free(&a);
	}
}

static void words_are_counted(void)
{
	static const struct {
		const char *html;
		size_t words;
	} cases[] = { { "<p>one two, three", 3 }, { "<p>don't re-do", 2 },
		{ "<p>\xE6\xBC\xA2\xE5\xAD\x97\xE6\xBC\xA2\xE5\xAD\x97", 2 },
		{ "<p>\xD0\x94\xD0\xB0 \xC3\xA9t\xC3\xA9", 2 }, { "", 0 } };
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct arena *a = arena_new(0);
		struct page_opts o = { .markdown = true, .counts = true };
		struct page_result r;
		if (work(a, str_of(cases[i].html), &o, &r))
			CHECK_INT(r.words, cases[i].words);
		arena_free(&a);
	}
}

static void what_nobody_asks_for_is_left_out(void)
{
	static const char html[] = "<title>T</title><div id=root></div><script></script><p>a b";
	for (int main = 0; main < 2; main++) {
		struct arena *a = arena_new(0);
		struct page_opts o = { .markdown = true, .only_main = main };
		struct page_result r;
		if (work(a, str_of(html), &o, &r))
			CHECK_STR(r.markdown, "a b\n");
		CHECK_TRUE(!r.meta.title && !r.words && !r.empty_shell && !r.html.p);
		o = (struct page_opts) { .meta = true };
		if (work(a, str_of(html), &o, &r))
			CHECK_TEXT(r.meta.title, "T");
		CHECK_TRUE(!r.markdown.n && !r.words && !r.empty_shell && !r.html.p);
		arena_free(&a);
	}
}

static int64_t ticks;
static int64_t tick(void)
{
	return ticks += 1000;
}

static void a_watch_sees_every_stage(void)
{
	struct arena *a = arena_new(0);
	struct page_watch watch = { .now = tick };
	struct page_opts o = { .markdown = true,
		.only_main = true,
		.counts = true,
		.meta = true,
		.watch = &watch };
	struct page_result r;
	int64_t sum = 0, began = ticks;
	work(a, STR("<p id=x class=y>a"), &o, &r);
	for (int i = 0; i < PAGE_STAGES; i++) {
		CHECK_TRUE(watch.spent[i] >= 1000);
		sum += watch.spent[i];
	}
	CHECK_INT(sum, ticks - began - 1000);
	CHECK_INT(watch.nodes, 6);
	CHECK_INT(watch.attrs, 2);
	arena_free(&a);
}

static struct str inflate(const char *path, char **keep)
{
	size_t n, out = 0, room = 32 << 20;
	char *gz = test_read_file(path, &n);
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	*keep = mem_raw(room);
	if (!gz ||
		libdeflate_gzip_decompress(d, gz, n, *keep, room, &out) != LIBDEFLATE_SUCCESS)
		test_fail(__FILE__, __LINE__, "cannot unpack %s", path);
	libdeflate_free_decompressor(d);
	mem_free(gz);
	return (struct str) { *keep, out };
}

static void check_page(const char *name, struct str html)
{
	struct arena *a = arena_new((size_t)512 << 20), *b = arena_new((size_t)512 << 20);
	for (int main = 0; main < 2; main++) {
		struct page_opts o = { .url = STR("https://example.org/x/y"),
			.markdown = true,
			.counts = true,
			.only_main = main };
		struct page_result r, again;
		struct outline outline;
		if (!work(a, html, &o, &r) || !work(b, html, &o, &again))
			continue;
		outline_read(a, r.markdown, &outline);
		if (!sound(r.markdown) || !str_eq(r.markdown, again.markdown) ||
			(r.words == 0 && !r.empty_shell) ||
			(r.markdown.n && r.markdown.p[r.markdown.n - 1] != '\n'))
			test_fail(__FILE__, __LINE__, "%s, only main %d: %zu bytes of Markdown",
				name, main, r.markdown.n);
	}
	arena_free(&a);
	arena_free(&b);
}

/* Pages whose file name begins with the prefix. */
static void corpus_pages(const char *prefix)
{
	char path[4096];
	size_t pages = 0;
	if (!test_corpus()) {
		test_skip("no corpus");
		return;
	}
	snprintf(path, sizeof path, "%s/pages", test_corpus());
	DIR *dir = opendir(path);
	for (struct dirent *e; dir && (e = readdir(dir));) {
		char *keep;
		if (strncmp(e->d_name, prefix, strlen(prefix)) != 0)
			continue;
		snprintf(path, sizeof path, "%s/pages/%s", test_corpus(), e->d_name);
		check_page(e->d_name, inflate(path, &keep));
		mem_free(keep);
		pages++;
	}
	if (dir)
		closedir(dir);
	CHECK_TRUE(pages > 0);
}

static void repeat(struct buf *b, const char *text, size_t times)
{
	while (times--)
		buf_text(b, text);
}

/* Reads it with 4 MiB: past 20 MiB the arena would end the process. */
static bool read_small(struct buf *page, bool text, struct err *e, struct str *structured)
{
	static char kept[4096];
	struct arena *a = arena_new((size_t)4 << 20);
	const struct page_opts o = {
		.markdown = true, .outline = true, .structured = true, .is_text_markdown = text
	};
	struct page_result r;
	bool ok = page_work(a, buf_str(page), &o, &r, e);
	*structured = (struct str) { kept, 0 };
	if (ok && r.structured.n < sizeof kept)
		structured->n = r.structured.n;
	memcpy(kept, structured->n ? r.structured.p : "", structured->n);
	arena_free(&a);
	buf_release(page);
	return ok;
}

static void no_page_stops_the_process(void)
{
	struct buf page;
	struct err e = { 0 };
	struct str said;
	buf_init(&page, 0);
	repeat(&page, "# a\n", 400000);
	CHECK_TRUE(!read_small(&page, true, &e, &said));
	CHECK_INT(e.code, ERR_TOO_LARGE);

	/* long values of properties that have no name */
	buf_init(&page, 0);
	buf_text(&page, "<div itemscope>");
	for (int i = 0; i < 30; i++) {
		repeat(&page, "<b itemprop=''>", 100);
		repeat(&page, "x", 10000);
		repeat(&page, "</b>", 100);
		repeat(&page, "<br>", 1300);
	}
	CHECK_TRUE(read_small(&page, false, &e, &said));

	/* a long prefix that every name would copy */
	buf_init(&page, 0);
	buf_text(&page, "<div prefix='p: http://s/");
	repeat(&page, "x", 100000);
	buf_text(&page, "/' vocab='http://s/' typeof=T>");
	repeat(&page, "<p property=p:a>x</p>", 1000);
	CHECK_TRUE(read_small(&page, false, &e, &said));
	CHECK_TRUE(str_has(said, STR("\"cut\":true")));

	/* more bytes than the budget, and twice as many as UTF-8 */
	buf_init(&page, 0);
	repeat(&page, "\xe9", 16 << 20);
	CHECK_TRUE(!read_small(&page, false, &e, &said));
	CHECK_INT(e.code, ERR_TOO_LARGE);
}

static void corpus_aeb(void)
{
	corpus_pages("aeb-");
}

static void corpus_doc(void)
{
	corpus_pages("doc-");
}

static void corpus_readability(void)
{
	corpus_pages("readability-");
}

static void corpus_wcxb(void)
{
	corpus_pages("wcxb-");
}

static void corpus_wiki(void)
{
	corpus_pages("wiki-");
}

TEST_MAIN(TEST(hostile_pages), TEST(depth_is_said), TEST(odd_input),
	TEST(every_ceiling_is_kept), TEST(time_is_said), TEST(text_passes_through),
	TEST(shells_are_seen), TEST(words_are_counted), TEST(what_nobody_asks_for_is_left_out),
	TEST(a_watch_sees_every_stage), TEST(no_page_stops_the_process), TEST(corpus_aeb),
	TEST(corpus_doc), TEST(corpus_readability), TEST(corpus_wcxb), TEST(corpus_wiki))
