/* SPDX-License-Identifier: Apache-2.0 */
#include "page/fit_case.h"

#include <stdio.h>

static void whole_when_it_fits(void)
{
	struct arena *a = arena_new(0);
	size_t next;
	struct str text = STR("# A\n\n- one\n- two\n\n```\ncode\n```\n");
	CHECK_STR(part(a, text, 0, 1000, &next), text.p);
	CHECK_INT(next, text.n);
	arena_free(&a);
}

static void before_headings(void)
{
	struct arena *a = arena_new(0);
	struct buf b;
	buf_init(&b, 0);
	for (int i = 0; i < 6; i++) {
		buf_addf(&b, "%s## Part %d\n\n", i ? "\n" : "", i);
		add_words(&b, 60);
		buf_text(&b, "\n\n");
		add_words(&b, 30);
		buf_char(&b, '\n');
	}
	size_t next = 0, parts = 0;
	while (next < b.len) {
		struct str t = part(a, buf_str(&b), next, 260, &next);
		CHECK_TRUE(str_starts(t, STR("## Part ")));
		parts++;
	}
	CHECK_INT(parts, 3);
	buf_release(&b);
	arena_free(&a);
}

static void fences_reopened(void)
{
	struct arena *a = arena_new(0);
	struct buf b;
	buf_init(&b, 0);
	buf_text(&b, "- item\n\n  ```c\n");
	for (int i = 0; i < 200; i++)
		buf_addf(&b, "  int v%d = %d;\n", i, i);
	buf_text(&b, "  ```\n\nafter\n");
	size_t next;
	struct str t = part(a, buf_str(&b), 0, 300, &next);
	CHECK_TRUE(str_starts(t, STR("- item\n\n  ```c\n  int v0")));
	CHECK_TRUE(str_ends(t, STR(";\n  ```\n")));
	t = part(a, buf_str(&b), next, 300, &next);
	CHECK_TRUE(str_starts(t, STR("- \xE2\x80\xA6\n  ```c\n  int v")));
	check_parts(buf_str(&b), 300);
	buf_release(&b);
	arena_free(&a);
}

static void headers_repeated(void)
{
	struct arena *a = arena_new(0);
	struct buf b;
	buf_init(&b, 0);
	buf_text(&b, "Text.\n\n| Name | Value |\n| --- | ---: |\n");
	for (int i = 0; i < 200; i++)
		buf_addf(&b, "| row %d | %d |\n", i, i * i);
	size_t next;
	(void)part(a, buf_str(&b), 0, 400, &next);
	struct str t = part(a, buf_str(&b), next, 400, &next);
	CHECK_TRUE(str_starts(t, STR("| Name | Value |\n| --- | ---: |\n| row ")));
	check_parts(buf_str(&b), 400);
	buf_release(&b);
	arena_free(&a);
}

static void items_told(void)
{
	struct arena *a = arena_new(0);
	struct buf b;
	buf_init(&b, 0);
	buf_text(&b, "1. first\n   - second\n");
	for (int i = 0; i < 300; i++)
		buf_addf(&b, "     - item %d\n", i);
	size_t next;
	(void)part(a, buf_str(&b), 0, 400, &next);
	struct str t = part(a, buf_str(&b), next, 400, &next);
	CHECK_TRUE(str_starts(t, STR("1. \xE2\x80\xA6\n   - \xE2\x80\xA6\n     - item ")));
	check_parts(buf_str(&b), 400);
	buf_release(&b);
	arena_free(&a);
}

static void definitions_go_along(void)
{
	struct arena *a = arena_new(0);
	struct buf b;
	buf_init(&b, 0);
	for (int i = 1; i <= 60; i++) {
		add_words(&b, 10);
		buf_addf(&b, " [link][%d] and [again][%d]\n\n", i, i);
	}
	for (int i = 1; i <= 60; i++)
		buf_addf(&b, "[%d]: https://example.com/%d\n", i, i);
	size_t next;
	struct str t = part(a, buf_str(&b), 0, 300, &next);
	CHECK_TRUE(str_has(t, STR("\n\n[1]: https://example.com/1\n[2]: ")));
	CHECK_TRUE(!str_has(t, STR("[60]: ")));
	size_t parts = 0;
	for (size_t at = 0; at < b.len; parts++) {
		t = part(a, buf_str(&b), at, 300, &at);
		CHECK_TRUE(tokens_count(t) <= 310);
	}
	CHECK_TRUE(parts > 5);
	CHECK_TRUE(str_ends(t, STR("\n\n[60]: https://example.com/60\n")) ||
		   str_has(t, STR("[60]: https://example.com/60\n")));
	buf_release(&b);
	arena_free(&a);
}

static void one_long_line(void)
{
	struct buf b;
	buf_init(&b, 0);
	buf_text(&b, "# Head\n\n");
	add_words(&b, 5000);
	buf_char(&b, '\n');
	CHECK_TRUE(check_parts(buf_str(&b), 500) <= 15);
	buf_clear(&b);
	for (int i = 0; i < 5000; i++)
		buf_text(&b, "\xE6\xBC\xA2");
	CHECK_TRUE(check_parts(buf_str(&b), 100) > 10);
	buf_release(&b);
}

/* Whatever the text, all of it comes, whole characters each time. */
static void any_text(void)
{
	static const char *const pieces[] = { "# ", "- ", "> ", "```", "\n", "\n\n", "| a ",
		"| --- ", "  ", "12. ", "[x][1]", "[1]: y", "word ", "\xC3\xA9", "~~~", "* * *",
		"\t", "[", "![", "](", ")", "][2]", "[x](/some/long/address?of=it \"y\") ",
		"[![a](/b)](/c)", "`", "\\" };
	uint32_t seed = 7;
	struct buf b;
	buf_init(&b, 0);
	for (int round = 0; round < 200; round++) {
		buf_clear(&b);
		for (int i = 0; i < 400; i++) {
			seed = seed * 1664525u + 1013904223u;
			buf_text(&b, pieces[(seed >> 16) % (sizeof pieces / sizeof pieces[0])]);
		}
		size_t from = 0;
		while (from < b.len) {
			struct arena *a = arena_new(0);
			struct fit_part p;
			fit_part(a, buf_str(&b), from, 60, &p);
			CHECK_TRUE(p.next > from && str_utf8_ok(p.text));
			from = p.next > from ? p.next : b.len;
			arena_free(&a);
		}
	}
	buf_release(&b);
}

/* The slices of HTML: all of it, each about as large as asked for. */
static size_t html_parts(struct str html, size_t max)
{
	size_t parts = 0;
	for (size_t from = 0; from < html.n; parts++) {
		struct fit_part p;
		fit_html(html, from, max, &p);
		CHECK_TRUE(p.body.p == html.p + from && p.next == from + p.body.n);
		CHECK_TRUE(p.next > from && p.tokens <= max + 2);
		if (p.next <= from)
			break;
		from = p.next;
	}
	return parts;
}

static void html_between_tags(void)
{
	struct buf b;
	struct fit_part p;
	buf_init(&b, 0);
	buf_text(&b, "<!DOCTYPE html><title>a < b</title><!-- <p> --><body>");
	for (int i = 0; i < 100; i++)
		buf_addf(&b,
			"<p class='x' title=\"a > <p> b\">Words of <b>paragraph</b> %d</p>\n",
			i);
	for (size_t from = 0; from < b.len; from = p.next) {
		fit_html(buf_str(&b), from, 120, &p);
		CHECK_TRUE(p.tokens <= 120 && (p.tokens > 30 || p.next == b.len));
		if (p.next < b.len)
			CHECK_TRUE(str_starts((struct str) { b.p + p.next, b.len - p.next },
				STR("<p class")));
	}
	buf_release(&b);
}

/* A script is kept whole where it fits, and is cut behind a line where it fits nowhere. */
static void html_with_scripts(void)
{
	struct buf b;
	struct fit_part p;
	buf_init(&b, 0);
	buf_text(&b, "<p>a<p>b<Script>if (a < b) { document.write('<p></p>') }</sCript ><p>c");
	fit_html(buf_str(&b), 0, 10, &p);
	CHECK_STR(p.text, "<p>a<p>b");
	buf_clear(&b);
	buf_text(&b, "<p>a<script>");
	for (int i = 0; i < 300; i++)
		buf_addf(&b, "var v%d = '<p>';\n", i);
	buf_text(&b, "</script><p>b");
	fit_html(buf_str(&b), 0, 200, &p);
	CHECK_TRUE(str_ends(p.text, STR(";\n")));
	CHECK_TRUE(html_parts(buf_str(&b), 200) > 8);
	buf_release(&b);
}

static void any_html(void)
{
	static const char *const pieces[] = { "<p>", "</p>", "<", ">", "<!--", "-->",
		"<a href=\"", "\"", "'", "=", "<script>", "</script", "<style", "</style>",
		"word ", "\n", "\xC3\xA9", "<!", "<?", "<svg/>", "</", " " };
	uint32_t seed = 9;
	struct buf b;
	buf_init(&b, 0);
	for (int round = 0; round < 300; round++) {
		buf_clear(&b);
		for (int i = 0; i < 300; i++) {
			seed = seed * 1664525u + 1013904223u;
			buf_text(&b, pieces[(seed >> 16) % (sizeof pieces / sizeof pieces[0])]);
		}
		CHECK_TRUE(html_parts(buf_str(&b), 60) > 1);
	}
	buf_release(&b);
}

static void markdown_then_html(void)
{
	struct arena *a = arena_new(0);
	struct str markdown = STR("# A\n\nb\n"), html = STR("<h1>A</h1><p>b</p>");
	struct fit_page p;
	fit_page(a, markdown, html, 0, 1000, &p);
	CHECK_STR(p.markdown, markdown.p);
	CHECK_STR(p.html, html.p);
	CHECK_INT(p.next, markdown.n + html.n);
	fit_page(a, markdown, html, 0, FIT_LEAST, &p); /* too little is left for HTML */
	CHECK_TRUE(p.html.p == NULL && p.next == markdown.n);
	fit_page(a, markdown, html, p.next, FIT_LEAST, &p);
	CHECK_TRUE(p.markdown.p == NULL && p.next == markdown.n + html.n);
	CHECK_STR(p.html, html.p);
	fit_page(a, STR(""), html, 4, 1000, &p);
	CHECK_STR(p.html, "A</h1><p>b</p>");
	arena_free(&a);
}

static void tokens_of_texts(void)
{
	static const struct {
		const char *text;
		size_t low, high;
	} cases[] = {
		{ "", 0, 0 },
		{ "the", 1, 1 },
		{ " ", 1, 1 },
		{ "\n\n\n\n", 1, 1 },
		{ "1234567", 3, 3 },
		{ "The quick brown fox jumps over the lazy dog.", 10, 13 },
		{ "\xFF\xFE\x80", 1, 9 },
		{ "\xE6\xBC\xA2\xE5\xAD\x97", 1, 4 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		size_t n = tokens_count(str_of(cases[i].text));
		CHECK_TRUE(n >= cases[i].low && n <= cases[i].high);
	}
	struct str text = STR("One line here.\nAnother 12345 line, there's more.\n- and\n");
	uint64_t sum = 0, all = tokens_units(text);
	for (struct str line; str_cut(&text, '\n', &line) && line.n;)
		sum += tokens_units((struct str) { line.p, line.n + 1 });
	CHECK_INT(sum, all);
}

TEST_MAIN(TEST(whole_when_it_fits), TEST(before_headings), TEST(fences_reopened),
	TEST(headers_repeated), TEST(items_told), TEST(definitions_go_along),
	TEST(one_long_line), TEST(any_text), TEST(html_between_tags), TEST(html_with_scripts),
	TEST(any_html), TEST(markdown_then_html), TEST(tokens_of_texts))
