/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/test.h"
#include "base/buf.h"
#include "base/mem.h"
#include "page/outline.h"

#include <stdio.h>

static void headings_have_level_text_and_place(void)
{
	static const struct {
		int level;
		const char *text, *line;
	} want[] = { { 1, "Title", "# Title" }, { 2, "With code and bold", "## With" },
		{ 3, "In a quote", "> ###" }, { 2, "Setext of Q&A", "Setext" },
		{ 6, "Last", "###### Last" } };
	struct str md = STR(
		"# Title\n\ntext\n\n## With `code` and **bold**\n\n```\n# no heading\n```\n\n"
		"> ### In a quote\n\nSetext of Q&amp;A\n---\n- # \n\n\\# no\n\n###### Last "
		"##\n");
	struct arena *a = arena_new(0);
	struct outline o;
	outline_read(a, md, &o);
	CHECK_INT(o.n, sizeof want / sizeof want[0]);
	for (size_t i = 0; i < o.n && i < sizeof want / sizeof want[0]; i++) {
		CHECK_INT(o.headings[i].level, want[i].level);
		CHECK_STR(o.headings[i].text, want[i].text);
		struct str line = { md.p + o.headings[i].at, md.n - o.headings[i].at };
		CHECK_TRUE(str_starts(line, str_of(want[i].line)));
	}
	arena_free(&a);
}

static void nothing_is_no_piece(void)
{
	struct arena *a = arena_new(0);
	struct outline o;
	size_t count = 9;
	outline_read(a, STR(""), &o);
	CHECK_INT(o.n, 0);
	outline_cut(a, STR(""), 1000, &count);
	CHECK_INT(count, 0);
	outline_cut(a, STR("short"), 1000, &count);
	CHECK_INT(count, 1);
	arena_free(&a);
}

static void build(struct buf *md, int chapters)
{
	for (int i = 1; i <= chapters; i++) {
		buf_addf(md, "## Chapter %d\n\n", i);
		for (int k = 0; k < 6; k++)
			buf_addf(md,
				"Paragraph %d with some words that make it as long as one may "
				"be.\n\n",
				k);
		buf_text(md, "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |\n\n```c\nint "
			     "a;\n\nint b;\n```\n\n- x\n- y\n\n");
	}
}

/* Together the pieces are the text; none is too long; each begins with a block. */
static void check_pieces(struct str md, const struct outline_piece *p, size_t n, size_t max)
{
	const char *at = md.p;
	for (size_t i = 0; i < n; i++) {
		CHECK_TRUE(p[i].text.p == at);
		CHECK_TRUE(p[i].text.n > 0 && p[i].text.n <= max);
		CHECK_TRUE(str_utf8_ok(p[i].text));
		at += p[i].text.n;
	}
	CHECK_TRUE(at == md.p + md.n);
}

static void pieces_begin_at_headings(void)
{
	struct arena *a = arena_new(0);
	struct buf md;
	size_t n;
	buf_init(&md, 0);
	buf_text(&md, "# Book\n\n");
	build(&md, 20);
	struct outline_piece *p = outline_cut(a, buf_str(&md), 900, &n);
	check_pieces(buf_str(&md), p, n, 900);
	CHECK_TRUE(n >= 12);
	for (size_t i = 1; i < n; i++)
		CHECK_TRUE(str_starts(p[i].text, STR("## Chapter ")));
	CHECK_TEXT(p[0].under, "Book");
	CHECK_TEXT(p[1].under, "Book > Chapter 2");
	buf_release(&md);
	arena_free(&a);
}

static void tables_and_code_stay_whole(void)
{
	struct arena *a = arena_new(0);
	struct buf md;
	size_t n;
	buf_init(&md, 0);
	build(&md, 10);
	struct outline_piece *p = outline_cut(a, buf_str(&md), 300, &n);
	check_pieces(buf_str(&md), p, n, 300);
	for (size_t i = 0; i < n; i++) {
		size_t fences = 0;
		for (size_t k = 0; k + 3 <= p[i].text.n; k++)
			fences += memcmp(p[i].text.p + k, "```", 3) == 0;
		CHECK_INT(fences % 2, 0);
		CHECK_TRUE(!str_starts(p[i].text, STR("| ---")) &&
			   !str_starts(p[i].text, STR("| 1")));
	}
	buf_release(&md);
	arena_free(&a);
}

/* Code that holds blank lines, right behind other code or text: pieces begin at fences. */
static void fences_without_blank_lines(void)
{
	struct arena *a = arena_new(0);
	struct buf md;
	size_t n;
	buf_init(&md, 0);
	for (int i = 0; i < 30; i++)
		buf_addf(&md, "text %d\n```\n\nint a;\n\nint b;\n```\n~~~~\n```\n\nx\n~~~~\n",
			i);
	struct outline_piece *p = outline_cut(a, buf_str(&md), 256, &n);
	check_pieces(buf_str(&md), p, n, 256);
	CHECK_TRUE(n > 5);
	for (size_t i = 0; i < n; i++)
		CHECK_TRUE(str_starts(p[i].text, STR("text ")) ||
			   str_starts(p[i].text, STR("```\n\nint a")) ||
			   str_starts(p[i].text, STR("~~~~\n```")));
	buf_release(&md);
	arena_free(&a);
}

static void long_blocks_are_cut_between_characters(void)
{
	struct arena *a = arena_new(0);
	struct buf md;
	size_t n;
	buf_init(&md, 0);
	for (int i = 0; i < 2000; i++)
		buf_text(&md, "\xE6\xBC\xA2");
	struct outline_piece *p = outline_cut(a, buf_str(&md), 1000, &n);
	check_pieces(buf_str(&md), p, n, 1000);
	CHECK_TRUE(n >= 6 && n <= 13);
	buf_release(&md);
	arena_free(&a);
}

/* A carriage return alone ends a line, too. */
static void lines_end_with_any_line_end(void)
{
	static const char *const texts[] = { "# One\nTwo\n---\n", "# One\rTwo\r---\r",
		"# One\r\nTwo\r\n---\r\n", "# One\rTwo\n---" };
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct arena *a = arena_new(0);
		struct outline o;
		outline_read(a, str_of(texts[i]), &o);
		CHECK_INT(o.n, 2);
		CHECK_STR(o.headings[1].text, "Two");
		CHECK_INT(o.headings[0].at, 0);
		CHECK_INT(o.headings[1].at, strcspn(texts[i], "T"));
		arena_free(&a);
	}
}

/* More lines than md4c can look for links in; what their headings say is said as written. */
static void many_lines_without_a_blank_one(void)
{
	enum { LINES = 1200 };
	struct arena *a = arena_new(0);
	struct outline o;
	struct buf md;
	buf_init(&md, 0);
	buf_text(&md, "# A [link](/to)\n\n");
	for (int i = 0; i < LINES; i++)
		buf_addf(&md, "[a%d]%s", i, i % 2 ? "\n" : "\r");
	buf_text(&md, "# With [brackets](/b) &amp; more\n\n# A [link](/to)\n");
	outline_read(a, buf_str(&md), &o);
	CHECK_INT(o.n, 3);
	CHECK_STR(o.headings[0].text, "A link");
	CHECK_STR(o.headings[1].text, "With [brackets](/b) & more");
	CHECK_STR(o.headings[2].text, "A link");
	CHECK_TRUE(memcmp(md.p + o.headings[1].at, "# With", 6) == 0);
	CHECK_INT(o.headings[2].at, md.len - strlen("# A [link](/to)\n"));
	buf_release(&md);
	arena_free(&a);
}

TEST_MAIN(TEST(headings_have_level_text_and_place), TEST(nothing_is_no_piece),
	TEST(pieces_begin_at_headings), TEST(tables_and_code_stay_whole),
	TEST(fences_without_blank_lines), TEST(long_blocks_are_cut_between_characters),
	TEST(many_lines_without_a_blank_one), TEST(lines_end_with_any_line_end))
