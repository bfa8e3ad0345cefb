/* SPDX-License-Identifier: Apache-2.0 */
/* Headings read back, and the places where long Markdown is cut. */
#include "lib/test.h"
#include "base/check.h"
#include "page/outline.h"

static void headings(void)
{
	static const char text[] =
		"intro\n\n# One *two* `three`\n\ntext\n\n> # in a quote\n\n"
		"```\n# in code\n```\n\n## A &amp; b\n\n- # in a list\n\nSet\n===\n";
	static const struct {
		int level;
		const char *text, *line;
	} want[] = { { 1, "One two three", "# One" }, { 2, "A &amp; b", "## A" },
		{ 1, "Set", "Set\n=" } };
	struct arena *a = arena_new(0);
	struct outline_heading *h;
	size_t n;
	outline_read(STR(text), a, &h, &n);
	CHECK_INT(n, COUNT_OF(want));
	for (size_t i = 0; i < n && i < COUNT_OF(want); i++) {
		CHECK_INT(h[i].level, want[i].level);
		CHECK_STR(h[i].text, want[i].text);
		CHECK_TRUE(
			str_starts((struct str) { text + h[i].at, sizeof text - 1 - h[i].at },
				str_of(want[i].line)));
	}
	arena_free(&a);
}

/* Pieces of `size`, joined by |, and whether everything is in them. */
static void check_cut(const char *text, size_t size, size_t most, const char *want, bool whole)
{
	struct arena *a = arena_new(0);
	struct str *pieces;
	struct buf b;
	size_t n;
	buf_init(&b, 0);
	CHECK_INT(outline_cut(str_of(text), size, most, a, &pieces, &n), whole);
	for (size_t i = 0; i < n; i++) {
		CHECK_TRUE(pieces[i].n > 0 && pieces[i].n <= size);
		CHECK_TRUE(str_utf8_ok(pieces[i]));
		buf_addf(&b, "%s%.*s", i ? "|" : "", STR_ARG(pieces[i]));
	}
	CHECK_STR(buf_str(&b), want);
	buf_release(&b);
	arena_free(&a);
}

#define TEN "123456789 "
#define LINE TEN TEN TEN TEN "\n"
static void cuts(void)
{
	check_cut("short\n", 64, 4, "short\n", true);
	check_cut("", 64, 4, "", true);
	/* before the higher heading, although a lower one and a block come later */
	check_cut("# A\n\n" LINE "\n# B\n\nx\n\n## C\n\n" LINE, 64, 4,
		"# A\n\n" LINE "\n|# B\n\nx\n\n## C\n\n" LINE, true);
	/* between blocks */
	check_cut(LINE "\n" LINE "\n" LINE, 64, 4, LINE "\n|" LINE "\n|" LINE, true);
	/* before the fence, not behind it */
	check_cut(LINE "\n```c\nint x; int y; int z;\n```\n\n" LINE, 64, 4,
		LINE "\n|```c\nint x; int y; int z;\n```\n\n|" LINE, true);
	/* between lines, then between characters */
	check_cut(LINE LINE LINE, 64, 4, LINE "|" LINE "|" LINE, true);
	check_cut(TEN TEN TEN TEN TEN TEN "12\xc3\xa9\xc3\xa9", 64, 4,
		TEN TEN TEN TEN TEN TEN "12\xc3\xa9|\xc3\xa9", true);
	check_cut(LINE "\n" LINE "\n" LINE, 64, 2, LINE "\n|" LINE "\n", false);
}

TEST_MAIN(TEST(headings), TEST(cuts))
