/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does the way from bytes to Markdown grow with the page and no faster? Every hostile page is read at n and
 * at 2n, whole and as main content, hostile Markdown as it is and in parts, and the work is counted, not timed: this program is built with a call at
 * each branch (-fsanitize-coverage=trace-pc), and what the C library does to memory is added by its length. At
 * 2n no more than 2.2 times the work may be done; the Markdown stays within 4 times the page and what page.h
 * grants on top; the last word of the page is in it, or it says that it was cut.
 *
 *	growth			the test, one line for each page
 *	growth clock [N]	by hand: seconds at N times the size of the test and at twice that
 */
#include "base/mem.h"
#include "page/fit.h"
#include "page/hostile.h"
#include "page/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t work;

/* Called by the compiled code at each branch. */
void __sanitizer_cov_trace_pc(void);
__attribute__((no_sanitize_coverage)) void __sanitizer_cov_trace_pc(void)
{
	work++;
}

/* The linker sends the calls of the product here (--wrap). */
#define COUNTED(type, name, params, n, ...)                                                    \
	type __real_##name params;                                                             \
	type __wrap_##name params;                                                             \
	__attribute__((no_sanitize_coverage)) type __wrap_##name params                        \
	{                                                                                      \
		work += (n) / 8;                                                               \
		return __real_##name(__VA_ARGS__);                                             \
	}
COUNTED(void *, memcpy, (void *a, const void *b, size_t n), n, a, b, n)
COUNTED(void *, memmove, (void *a, const void *b, size_t n), n, a, b, n)
COUNTED(void *, memset, (void *a, int c, size_t n), n, a, c, n)
COUNTED(int, memcmp, (const void *a, const void *b, size_t n), n, a, b, n)
COUNTED(void *, realloc, (void *a, size_t n), n, a, n)

/* These stop early: what they passed counts. */
#define SEARCHED(type, name, params, from, n, ...)                                             \
	type __real_##name params;                                                             \
	type __wrap_##name params;                                                             \
	__attribute__((no_sanitize_coverage)) type __wrap_##name params                        \
	{                                                                                      \
		type hit = __real_##name(__VA_ARGS__);                                         \
		work += (hit ? (size_t)((const char *)hit - (const char *)(from)) : (n)) / 8;  \
		return hit;                                                                    \
	}
SEARCHED(void *, memchr, (const void *a, int c, size_t n), a, n, a, c, n)
SEARCHED(void *, memrchr, (const void *a, int c, size_t n), a, n, a, c, n)
SEARCHED(void *, memmem, (const void *a, size_t n, const void *b, size_t m), a, n, a, n, b, m)

/* What hurts a writer or the search for the main content rather than the tree builder. */
static const struct hostile writers[] = {
	{ "paragraphs", "", "<p>word word", "", "", 4000, 0 },
	{ "text of marks", "<p>", "*_`[]()<&#|~\\!+-", "", "", 4000, 0 },
	{ "backticks", "<p>", "`", "", "", 20000, 0 },
	{ "code of backticks", "<p><code>", "` ``", "</code>", "", 8000, 0 },
	{ "a block of backticks", "<pre>", "``\n```\n", "</pre>", "", 5000, 0 },
	{ "open brackets", "<p>", "[", "", "", 20000, 0 },
	{ "closing brackets", "<p>", "](", "", "", 20000, 0 },
	{ "stars and words", "<p>", "a*b **c", "", "", 8000, 0 },
	{ "underscores", "<p>", "_a_b", "", "", 8000, 0 },
	{ "nested quotes", "", "<blockquote>x", "", "", 5000, CUT_DEPTH },
	{ "nested ordered lists", "", "<ol><li>x", "", "", 5000, CUT_DEPTH },
	{ "lists side by side", "", "<ul><li>x</ul>", "", "", 5000, 0 },
	{ "items of a list", "<ol>", "<li>x", "", "", 10000, 0 },
	{ "a wide row", "<table><tr>", "<td>x", "</table>", "", 10000, 0 },
	{ "a long table", "<table>", "<tr><td>x<td>y", "</table>", "", 6000, 0 },
	{ "a triangle of cells", "<table>", "<tr><td>x<td>x<td>x<td>x<td>x<td>x<td>x<td>x",
		"</table>", "", 1500, 0 },
	{ "colspan", "<table><tr>", "<td colspan=1000000>x", "</table>", "", 2000, 0 },
	{ "rowspan", "<table>", "<tr><td rowspan=65534>x<td>y", "</table>", "", 2000, 0 },
	{ "colspan and rowspan", "<table>", "<tr><td colspan=99 rowspan=99>x<td>y", "</table>",
		"", 2000, 0 },
	{ "tables", "", "<table><tr><th>a<th>b<tr><td>c<td>d</table>", "", "", 2000, 0 },
	{ "tables in cells", "<table><tr><td>", "<table><tr><td>x</table>", "</table>", "",
		3000, 0 },
	{ "links", "<p>", "<a href=/%zu>x</a> ", "", "", 5000, 0 },
	{ "the same link", "<p>", "<a href=/a>x</a> ", "", "", 5000, 0 },
	{ "links without text", "<p>", "<a href=/%zu></a>", "", "", 5000, 0 },
	{ "a long address", "<a href='", "a/../b?c ", "'>x</a>", "", 8000, 0 },
	{ "images", "<p>", "<img src=/%zu alt='a [b] c'>", "", "", 4000, 0 },
	{ "sources and images of one picture", "<picture>", "<source><img src=data:,x>", "", "",
		2000, 0 },
	{ "a long srcset", "<img src=data:x srcset='", "/%zu 2x, ", "'>", "", 6000, 0 },
	{ "nested strong and em", "<p>", "<b>x<i>y</i>", "", "</b>", 4000, 0 },
	{ "breaks", "<p>x", "<br>", "", "", 10000, 0 },
	{ "breaks and spaces", "<p>x", "<br> &nbsp;", "", "", 8000, 0 },
	{ "white space", "<p>x", " \n\t", "", "", 20000, 0 },
	{ "spaces between elements", "<p>x", " <b> </b> ", "", "", 6000, 0 },
	{ "headings", "", "<h2 id=a%zu>x</h2>", "", "", 5000, 0 },
	{ "headings and text", "", "<h2>x</h2><p>word word word", "", "", 3000, 0 },
	{ "pre in list", "<ul><li>", "<pre>a\n\nb</pre>", "</ul>", "", 3000, 0 },
	{ "code with languages", "", "<pre><code class=language-c>x\n</code></pre>", "", "",
		2500, 0 },
	{ "line numbers", "<pre>", "<span class=lineno>1</span>x\n", "</pre>", "", 4000, 0 },
	{ "definition lists", "<dl>", "<dt>a<dd>b", "</dl>", "", 6000, 0 },
	{ "ruby", "<p>", "<ruby>a<rt>b</ruby>", "", "", 4000, 0 },
	{ "formulas", "<p>", "<math><mi>x</mi><mo>+</mo></math>", "", "", 2500, 0 },
	{ "details", "", "<details><summary>a</summary>b</details>", "", "", 2500, 0 },
	{ "figures", "", "<figure><img src=a alt=b><figcaption>b</figure>", "", "", 2500, 0 },
	{ "repeated cards", "",
		"<div class=card><h3>t</h3><p>some words of text here<a href=/%zu>x</a></div>",
		"", "", 1500, 0 },
	{ "articles", "",
		"<article><p>one two three four five six seven eight nine ten</article>", "",
		"", 2000, 0 },
	{ "sections in sections", "",
		"<section><p>one two three four five six seven eight nine ten eleven twelve",
		"", "", 2000, CUT_DEPTH },
	{ "main in main", "", "<main><nav><a href=x>y</a></nav>", "", "", 3000, CUT_DEPTH },
	{ "forms", "", "<form><label>a<input></label><button>b</button></form>", "", "", 2500,
		0 },
	{ "scripts of data", "<head>", "<script type=application/ld+json>{\"a\":[1]}</script>",
		"<body>", "", 2000, 0 },
	{ "values of data", "<script type=application/ld+json>[", "{\"a\":[1,{\"b\":\"c\"}]},",
		"]</script>", "", 2000, 0 },
	{ "items", "", "<div itemscope itemtype=a><b itemprop='n m'>x</b></div>", "", "", 2000,
		0 },
	{ "items in items", "", "<div itemscope itemprop=a>x", "", "", 3000, CUT_DEPTH },
	{ "properties", "<div itemscope>", "<b itemprop=a%zu>x</b>", "", "", 4000, 0 },
	{ "properties in properties", "<div itemscope>", "<b itemprop=a%zu>x", "", "", 3000,
		CUT_DEPTH },
	{ "the same part of many items", "<p id=r><b itemprop=a>x</b><b itemprop=b>y</b>",
		"<div itemscope itemref=r></div>", "", "", 2000, 0 },
	{ "parts that name each other", "",
		"<div itemscope itemprop=a id=a itemref='a b'><p id=b>", "", "", 2000,
		CUT_DEPTH },
	{ "typed parts", "<div vocab=http://s/>", "<p typeof=A><b property='n dc:m'>x</b>", "",
		"", 2500, 0 },
	{ "typed parts in each other", "<div vocab=http://s/>",
		"<div typeof=A property=b prefix='a: b'>x", "", "", 2500, CUT_DEPTH },
	{ "metas", "<head>", "<meta name=a%zu content=b>", "<body>", "", 4000, 0 },
	{ "bases", "<head>", "<base href=/%zu/>", "<body>", "", 4000, 0 },
	{ "hidden", "", "<div hidden>x</div><p style='display:none'>y", "<p>", "", 3000, 0 },
	{ "combining marks", "<p>", "<b>e\xCC\x81</b>\xE4\xB8\xAD", "", "", 4000, 0 },
	{ "broken UTF-8", "<p>", "\xC3\xE2\x82 ", "", "", 8000, 0 },
	{ "footnotes", "<p>", "<a href=#f%zu id=r%zu><sup>1</sup></a>", "", "<p id=f%zu>x",
		2000, 0 },
};

#define TEN(text) text text text text text text text text text text

/* What could be asked of a box again for each thing in it, and boxes in boxes that could each be looked through to the
 * end. */
static const struct hostile boxes[] = {
	{ "sources that name nothing", "<picture><source srcset='", ", ", "'>",
		"<img alt=a src=data:x>", 3000, 0 },
	{ "pictures that take turns", "<picture><source srcset='", ", ", "'>",
		"<img alt=a src=data:x><picture><img alt=b src=data:y></picture>", 1500, 0 },
	{ "a caption of blanks", "<figure><figcaption>", " ", "a</figcaption>",
		"<img alt=a src=b>", 4000, 0 },
	{ "the style of a caption", "<figure><figcaption style='", "a:y;", "'>a</figcaption>",
		"<img alt=a src=b>", 3000, 0 },
	{ "figures that take turns", "<figure><figcaption style='", "a:y;", "'>a</figcaption>",
		"<img alt=a src=b><figure><img alt=a src=b></figure>", 1500, 0 },
	{ "the style of a first row", "<table><tr style='", "a:y;", "'><td>a<td>b",
		"<tr style='display:none'><td>x<td>y", 3000, 0, true },
	{ "the language of blocks", "<div data-lang='", "a", "'>", "<pre>x</pre>", 5000, 0 },
	{ "blanks for a language", "<div data-lang='", " ", "'>", "<pre>x</pre>", 5000, 0 },
	{ "names that many items share", "<b id=r itemprop='", "n", "'>x</b>",
		"<i itemscope itemref=r></i>", 2000, 0 },
	{ "a value that many items share", "<meta id=r itemprop=a content='", " ", "'>",
		"<i itemscope itemref=r></i>", 2000, 0 },
	{ "times in an item of many names", "<div itemscope itemprop='", "n%zu ", "'>",
		"<time datetime=soon>x</time>", 3000, 0 },
	{ "headlines in a link", "<a href='https://", "a", "'>", "<h1>x</h1>", 5000, 0 },
	{ "superscripts in each other", "<p>", "<sup><i>", "", TEN(TEN("<wbr>")), 100, 0 },
	{ "anchors in each other", "<h1>", "<a href=#x><marquee>", "", TEN(TEN("<wbr>")), 100,
		0 },
	{ "cards in each other", "", "<a href=/x><marquee>", "<h1>x</h1>", TEN(TEN("<wbr>")),
		100, 0 },
	{ "authors in each other", "", "<b class=author>", "", TEN(TEN("<!---->")), 120, 0 },
};

/* What came as Markdown: its headings and a part of it are asked for. */
static const struct hostile texts[] = {
	{ "fences side by side", "", "```\na\n```\n", "", "", 3000, 0 },
	{ "fences and paragraphs", "", "a\n```\nb\n```\n", "", "", 3000, 0 },
	{ "markers in one line", "", "- ", "", "", 8000, 0 },
	{ "numbers in one line", "", "1. ", "", "", 8000, 0 },
	{ "quote marks in one line", "", "> ", "", "", 8000, 0 },
	{ "definitions", "", "[%zu]: /a\n", "", "", 4000, 0 },
	{ "one long line", "", "word ", "", "", 20000, 0 },
	{ "headings of Markdown", "", "# a\n", "", "", 5000, 0 },
	{ "rows without a table", "", "| a | b |\n", "", "", 5000, 0 },
	{ "delimiter rows", "", "| --- |\n", "", "", 5000, 0 },
};

enum way { WHOLE, MAIN, TEXT };

struct cost {
	size_t bytes, markdown;
	uint64_t work;
	double seconds;
	bool last;
};

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct cost measure(const struct hostile *h, size_t n, enum way way)
{
	struct buf page;
	buf_init(&page, 0);
	hostile_page(&page, h, n);
	struct arena *a = arena_new(0); /* as much as a server gives */
	const struct page_opts opts = { .url = STR("https://example.org/"),
		.markdown = true,
		.meta = true,
		.counts = true,
		.structured = true,
		.outline = true,
		.only_main = way == MAIN,
		.is_text_markdown = way == TEXT };
	struct page_result out;
	struct fit_part part;
	struct err e;
	struct cost cost = { .bytes = page.len, .seconds = now() };
	work = 0;
	bool done = page_work(a, buf_str(&page), &opts, &out, &e);
	if (done && way == TEXT)
		fit_part(a, out.markdown, out.markdown.n / 2, 500, &part);
	cost.work = work;
	cost.seconds = now() - cost.seconds;
	cost.markdown = done ? out.markdown.n : SIZE_MAX;
	cost.last = done && (way == MAIN || (out.cuts & CUT_SIZE) ||
				    str_has(out.markdown, STR("last")));
	arena_free(&a);
	buf_release(&page);
	return cost;
}

/* What does not grow with the page: tables set to zero; and what page.h grants small pages. */
enum { FIXED_WORK = 200000, FIXED_BYTES = (64 << 10) + MARKDOWN_TAIL };

static bool check(const struct hostile *h, enum way way)
{
	struct cost one = measure(h, h->n, way), two = measure(h, 2 * h->n, way);
	const char *wrong = NULL;
	if (two.work > one.work * 22 / 10 + FIXED_WORK)
		wrong = "grows faster than the page";
	else if (two.markdown > 4 * two.bytes + FIXED_BYTES)
		wrong = "more Markdown than four times the page";
	else if (!two.last && !h->unseen)
		wrong = "the last word is lost";
	printf("%s - page_growth.%s%s\n", wrong ? "not ok" : "ok", h->name,
		way == MAIN ? ", main" : "");
	printf("# %zu bytes: %.1f and %.1f steps a byte, %.2f times the work; Markdown %.2f of "
	       "the page\n",
		two.bytes, (double)one.work / (double)one.bytes,
		(double)two.work / (double)two.bytes, (double)two.work / (double)one.work,
		(double)two.markdown / (double)two.bytes);
	if (wrong)
		printf("# %s\n", wrong);
	return !wrong;
}

static bool clocked(const struct hostile *h, enum way way, size_t times)
{
	struct cost one = measure(h, times * h->n, way),
		    two = measure(h, 2 * times * h->n, way);
	printf("%-40s %9zu bytes %8.3f s %8.3f s %6.2f times\n", h->name, two.bytes,
		one.seconds, two.seconds, two.seconds / one.seconds);
	return true;
}

static bool run(const struct hostile *list, size_t count, enum way first, enum way last,
	size_t shrink, size_t clock_times)
{
	bool good = true;
	for (size_t i = 0; i < count; i++) {
		struct hostile h = list[i];
		h.n /= shrink;
		for (int way = (int)first; way <= (int)last; way++)
			good &= clock_times ? clocked(&h, (enum way)way, clock_times)
					    : check(&h, (enum way)way);
	}
	return good;
}

int main(int argc, char **argv)
{
	size_t times = argc > 1 ? 1 : 0;
	mem_init();
	if (argc > 2)
		times = strtoul(argv[2], NULL, 10);
	bool good = run(hostiles, sizeof hostiles / sizeof hostiles[0], WHOLE, MAIN, 8, times);
	good &= run(writers, sizeof writers / sizeof writers[0], WHOLE, MAIN, 1, times);
	good &= run(boxes, sizeof boxes / sizeof boxes[0], WHOLE, MAIN, 1, times);
	good &= run(texts, sizeof texts / sizeof texts[0], TEXT, TEXT, 1, times);
	return !good;
}
