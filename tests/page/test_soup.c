/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random tag soup: tags opened and closed in any order around texts full of Markdown's own marks. Read back by md4c, the
 * Markdown has all its words, none more, and no mark that the page does not have (soup.h, marks.h).
 *
 *	page_test_soup			the test
 *	page_test_soup FROM COUNT	by hand: other seeds; each finding is cut down to its smallest form
 */
#include "lib/test.h"
#include "page/page.h"
#include "page/soup.h"

#include <stdlib.h>

enum { CASES = 50000, PIECES = 24 };

static const char *const open_tags[] = { "<p>", "<div>", "<section>", "<h1>", "<h2>", "<h6>",
	"<ul>", "<ol>", "<ol start=7>", "<li>", "<li>", "<li>", "<blockquote>", "<hr>", "<br>",
	"<pre>", "<code>", "<kbd>", "<b>", "<strong>", "<i>", "<em>", "<cite>", "<del>", "<s>",
	"<a href=/u>", "<a href=http://a.example/x_y>", "<a>", "<img src=i.png>",
	"<img src=i.png alt='a*b_'>", "<table>", "<tr>", "<td>", "<th>", "<td colspan=2>",
	"<td rowspan=3>", "<thead>", "<tbody>", "<table><caption>", "<dl>", "<dt>", "<dd>",
	"<q>q", "<sup>", "<sub>", "<ruby>", "<rt>r", "<span>", "<u>", "<mark>", "<font>",
	"<details>", "<summary>", "<figure>", "<figcaption>", "<address>", "<label>",
	"<button>", "<textarea>", "<nobr>", "<center>", "<form>", "<x-y>",
	"<input type=checkbox>", "<ins>", "<var>", "<select><option>",
	"<a href='/a b(c' title='t*u'>v" };
static const char *const end_tags[] = { "</p>", "</div>", "</section>", "</h1>", "</h2>",
	"</ul>", "</ol>", "</li>", "</blockquote>", "</pre>", "</code>", "</kbd>", "</b>",
	"</strong>", "</i>", "</em>", "</cite>", "</del>", "</s>", "</a>", "</a>", "</table>",
	"</tr>", "</td>", "</dl>", "</dt>", "</dd>", "</q>", "</sup>", "</sub>", "</ruby>",
	"</rt>", "</span>", "</summary>", "</details>", "</figure>", "</button>", "</textarea>",
	"</form>", "</caption>", "</select>" };
static const char *const texts[] = { "a", "b", "word", "Zed", "snake_case", "1", "12", "中",
	"文字", "。", "שלום", "é", " ", " ", " ", "\n", "\n\n", "&nbsp;", "\xE3\x80\x80", "*",
	"**", "***", "_", "__", "`", "``", "```", "~", "~~", "~~~", "[", "]", "(", ")",
	"[a](b)", "![a](b)", "[x]: /y", "[ ]", "[x]", "&lt;", ">", "&lt;b>", "&lt;br>",
	"&lt;!--", "#", "## ", "+ ", "- ", "* ", "-", "--", "---", "=", "===", "1. ", "2) ",
	"|", "| --- |", ":-:", "!", "\\", "\\\\", "&amp;amp;", "&amp;#42;", "http://a.example",
	"www.a.example", "me@a.example", "\"", "'", "“", "”", "…", ":", ".", ",", "$", "$$",
	"^", "&#8203;", "    x", "\tx" };

/* A source of choices. */
static uint32_t roll(uint64_t *state, size_t n)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((*state >> 33) % n);
}

#define PICK(state, list) (list)[roll((state), COUNT_OF(list))]

/* The pieces of one page. */
static size_t random_pieces(uint64_t seed, const char **pieces)
{
	uint64_t state = seed * UINT64_C(0x9E3779B97F4A7C15);
	roll(&state, 1);
	size_t n = 2 + roll(&state, PIECES - 2);
	uint32_t tags = 20 + roll(&state, 60);
	for (size_t i = 0; i < n; i++) {
		bool tag = roll(&state, 100) < tags;
		pieces[i] = !tag		     ? PICK(&state, texts)
			    : roll(&state, 100) < 68 ? PICK(&state, open_tags)
						     : PICK(&state, end_tags);
	}
	return n;
}

static void join(const char *const *pieces, size_t n, struct buf *html)
{
	buf_clear(html);
	for (size_t i = 0; i < n; i++)
		buf_text(html, pieces[i]);
}

/* Readers of bare addresses go on through letters beyond ASCII, where emphasis matters more (markdown_bare.c). */
static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

/* What is wrong with a page read back, or NULL. */
static const char *fault_of(struct str html, struct buf *markdown)
{
	enum { READER = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS };
	struct page_opts o = { .markdown = true };
	struct page_result r;
	struct err e;
	struct buf want, got, bare;
	struct arena *a = arena_new(0);
	buf_init(&want, 0);
	buf_init(&got, 0);
	buf_init(&bare, 0);
	CHECK(page_work(a, html, &o, &r, &e));
	const struct dom *d = dom_parse(a, html, NULL);
	struct marks page = marks_of_page(d), seen = marks_of_markdown(r.markdown, READER);
	enum mark phantom = marks_phantom(&page, &seen, MARKS);
	soup_of_page(d, &want);
	soup_of_markdown(r.markdown, READER, &got);
	soup_of_markdown(r.markdown, MD_DIALECT_GITHUB, &bare);
	const char *fault = phantom < MARKS			     ? mark_names[phantom]
			    : !str_eq(buf_str(&want), buf_str(&got)) ? "words"
			    : is_ascii(r.markdown) && !str_eq(buf_str(&want), buf_str(&bare))
				    ? "words beside bare addresses"
				    : NULL;
	buf_clear(markdown);
	buf_add_str(markdown, r.markdown);
	buf_release(&want);
	buf_release(&got);
	buf_release(&bare);
	arena_free(&a);
	return fault;
}

/* Takes pieces away as long as something stays wrong. */
static size_t shrink(const char **pieces, size_t n, struct buf *html, struct buf *markdown)
{
	for (size_t run = n; run; run /= 2)
		for (size_t at = 0; at + run <= n;) {
			const char *kept[PIECES];
			memcpy(kept, pieces, n * sizeof *kept);
			memmove(pieces + at, pieces + at + run, (n - at - run) * sizeof *kept);
			join(pieces, n - run, html);
			if (fault_of(buf_str(html), markdown)) {
				n -= run;
			} else {
				memcpy(pieces, kept, n * sizeof *kept);
				at++;
			}
		}
	return n;
}

static size_t run_cases(uint64_t from, uint64_t count, size_t most)
{
	struct buf html, markdown;
	size_t found = 0;
	buf_init(&html, 0);
	buf_init(&markdown, 0);
	for (uint64_t seed = from; seed < from + count && found < most; seed++) {
		const char *pieces[PIECES];
		size_t n = random_pieces(seed, pieces);
		join(pieces, n, &html);
		if (!fault_of(buf_str(&html), &markdown))
			continue;
		n = shrink(pieces, n, &html, &markdown);
		n = shrink(pieces, n, &html, &markdown);
		join(pieces, n, &html);
		const char *fault = fault_of(buf_str(&html), &markdown);
		found++;
		test_fail(__FILE__, __LINE__, "seed %llu: %s\n%.*s\nbecame\n%.*s",
			(unsigned long long)seed, fault, STR_ARG(buf_str(&html)),
			STR_ARG(buf_str(&markdown)));
	}
	buf_release(&html);
	buf_release(&markdown);
	return found;
}

static void random_soup_keeps_its_words(void)
{
	run_cases(1, CASES, 3);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = { TEST(random_soup_keeps_its_words) };
	if (argc > 2)
		return run_cases(strtoull(argv[1], NULL, 10), strtoull(argv[2], NULL, 10),
			       1000) > 0;
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
