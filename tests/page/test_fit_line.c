/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "page/fit_case.h"

/* A line that fits in no part: no link, code or tag is cut, and its rest stands where it stood. */
static void lines_cut(void)
{
	static const struct {
		const char *before, *unit, *after,
			*rest; /* rest: how each further part begins */
	} cases[] = {
		{ "", "[a b c d](https://example.com/some_(long)_path \"a title\") ", "\n",
			"[a b" },
		{ "", "`code with blanks in it` and ", "\n", NULL },
		{ "", "**strong words in a row** ", "\n", "**strong" },
		{ "", "word - 12. # > word<br>", "\n", "word" },
		{ "- ", "[link](https://example.com/x) ", "\n- next\n",
			"- \xE2\x80\xA6\n  [link]" },
		{ "12. > ", "[link](https://example.com/x) ", "\n13. next\n",
			"12. \xE2\x80\xA6\n    > [link]" },
		{ "> - ", "[link](https://example.com/x) ", "\n",
			"> - \xE2\x80\xA6\n>   [link]" },
		{ "| A | B \\| C | D |\n| --- | --- | --- |\n| 1 | 2 \\| 3 | ",
			"[link](https://example.com/x)<br>", " |\n",
			"| A | B \\| C | D |\n| --- | --- | --- |\n| \xE2\x80\xA6 | "
			"\xE2\x80\xA6 | [link]" },
		{ "- | A | ", "[link](https://example.com/x)<br>",
			" | B |\n  | --- | --- | --- |\n",
			"- \xE2\x80\xA6\n  | \xE2\x80\xA6 | [link]" },
		{ "- ```\n  ", "0123456789 ", "\n  ```\n", "- \xE2\x80\xA6\n  ```\n  01" },
		{ "", "\xE4\xB8\xAD\xE6\x96\x87[\xE4\xB8\xAD](https://example.com/x)", "\n",
			NULL },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buf b;
		buf_init(&b, 0);
		buf_text(&b, cases[i].before);
		for (int k = 0; k < 200; k++)
			buf_text(&b, cases[i].unit);
		buf_text(&b, cases[i].after);
		CHECK_TRUE(check_parts(buf_str(&b), 150) > 4);
		for (size_t next = 0; next < b.len;) {
			struct arena *a = arena_new(0);
			bool first = next == 0;
			struct str t = part(a, buf_str(&b), next, 150, &next), all = t, line;
			if (cases[i].rest && !first && next < b.len)
				CHECK_STR(str_head(t, strlen(cases[i].rest)), cases[i].rest);
			long open = 0, code = 0;
			for (size_t k = 0; k < t.n; k++) {
				open += (t.p[k] == '[') + (t.p[k] == '(') - (t.p[k] == ']') -
					(t.p[k] == ')');
				code += t.p[k] == '`';
			}
			CHECK_INT(open, 0);
			CHECK_INT(code % 2, 0);
			while (str_cut(&all, '\n', &line))
				CHECK_TRUE(!str_starts(line, STR("- 12")) &&
					   !str_starts(line, STR("12. #")) &&
					   !str_starts(line, STR("#")));
			arena_free(&a);
		}
		buf_release(&b);
	}
}

static void put_case(struct buf *b, const char *pattern)
{
	for (const char *p = pattern; *p; p++) {
		if (*p != '^' && *p != '@')
			buf_char(b, *p);
		for (int i = 0; i < 150 && (*p == '^' || *p == '@'); i++)
			buf_addf(b, *p == '^' ? "%03dabc/" : "word%03d ", i);
	}
}

/* A link that fits in no part: "^" stands for an address, "@" for words. No part has half a link; the address is said
 * where the text ends, unless it is what does not fit. */
static void long_links(void)
{
	static const struct {
		const char *pattern, *first,
			*last; /* how those parts begin, and how they end */
		size_t links; /* whole ones in all parts */
	} cases[] = {
		{ "[the link](/^) and more\n", "the link\n", " and more\n", 0 },
		{ "(see [the link](/^)) and more\n", "(see\n", ") and more\n", 0 },
		{ "(see[it](/^)[that](/b)) @ end\n", "(see\n", " end\n", 1 },
		{ "[@](/x) and more\n", "word000 ", "](/x) and more\n", 1 },
		{ "[@][1] and [b][2].\n\n[1]: /a\n[2]: /b\n", "word000 ", "[1]: /a\n[2]: /b\n",
			2 },
		{ "![alt](/^) end\n", "alt\n", " end\n", 0 },
		{ "[![alt](/^)](/x) end\n", "alt\n", " end\n", 0 },
		{ "[![alt](/a) @](/x) end\n", "![alt](/a) word000", "](/x) end\n", 2 },
		{ "- [@](/x) end\n", "- word000 ", "](/x) end\n", 1 },
		{ "| a | [b](/^) c | d |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n", "| a |", NULL,
			0 },
		{ "Above.\n\n- [b](/^) c\n", "Above.\n", " c\n", 0 },
		{ "Above.\n\n- 1\n\n  [b](/^)\n\nend\n", "Above.\n\n- 1\n", "end\n", 0 },
		{ "a [b \\[ `[` ![](/^)\n", "a\n", NULL, 0 },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buf b;
		size_t links = 0;
		buf_init(&b, 0);
		put_case(&b, cases[i].pattern);
		CHECK_TRUE(check_parts(buf_str(&b), 150) > 1);
		for (size_t next = 0; next < b.len;) {
			struct arena *a = arena_new(0);
			bool first = next == 0;
			struct str t = part(a, buf_str(&b), next, 150, &next);
			if (first)
				CHECK_STR(str_head(t, strlen(cases[i].first)), cases[i].first);
			if (next == b.len && cases[i].last &&
				!str_ends(t, str_of(cases[i].last)))
				CHECK_STR(t, cases[i].last);
			for (size_t k = 0; k + 1 < t.n; k++)
				links += t.p[k] == ']' &&
					 (t.p[k + 1] == '(' || t.p[k + 1] == '[');
			CHECK_TRUE(!str_has(t, STR("abc/")) || cases[i].links > 0);
			arena_free(&a);
		}
		CHECK_INT(links, cases[i].links);
		buf_release(&b);
	}
}

/* A header that is larger than a part is one in each part that it is cut into. */
static void header_cut(void)
{
	struct buf b;
	buf_init(&b, 0);
	buf_text(&b, "| A \\| B | ");
	add_words(&b, 500);
	buf_text(&b, " | C |\n| --- | :-: | --- |\n| a | b | c |\n");
	check_parts(buf_str(&b), 200);
	size_t next = 0, parts = 0;
	while (next < b.len) {
		struct arena *a = arena_new(0);
		struct str t = part(a, buf_str(&b), next, 200, &next);
		CHECK_TRUE(str_starts(t, !parts		? STR("| A \\| B | time ")
					 : next < b.len ? STR("| \xE2\x80\xA6 | ")
							: STR("| | | |\n")));
		CHECK_TRUE(str_has(t, STR(" |\n| --- | :-: | --- |\n")));
		if (next < b.len)
			CHECK_TRUE(str_ends(t, STR(" |\n| --- | :-: | --- |\n")));
		parts++;
		arena_free(&a);
	}
	CHECK_TRUE(parts > 2);
	buf_release(&b);
}

/* A delimiter row that does not fit behind its header goes with it. */
static void delimiter_row_stays(void)
{
	for (int words = 120; words < 150; words++) {
		struct arena *a = arena_new(0);
		struct buf b;
		buf_init(&b, 0);
		buf_text(&b, "| A | ");
		add_words(&b, words);
		buf_text(&b, " |\n| --- | --- |\n");
		for (int i = 0; i < 30; i++)
			buf_text(&b, "| a | b |\n");
		for (size_t next = 0; next < b.len;) {
			struct str t = part(a, buf_str(&b), next, 150, &next);
			CHECK_TRUE(str_has(t, STR(" |\n| --- | --- |\n")));
		}
		buf_release(&b);
		arena_free(&a);
	}
}

/* A header that would take half of the part is written with empty cells. */
static void long_header(void)
{
	struct arena *a = arena_new(0);
	struct buf b;
	buf_init(&b, 0);
	buf_text(&b, "| ");
	add_words(&b, 120);
	buf_text(&b, " | B |\n| :-- | --- |\n");
	for (int i = 0; i < 90; i++)
		buf_addf(&b, "| row %d | b |\n", i);
	size_t next = 0;
	(void)part(a, buf_str(&b), 0, 200, &next);
	struct str t = part(a, buf_str(&b), next, 200, &next);
	CHECK_TRUE(str_starts(t, STR("| | |\n| :-- | --- |\n| row ")));
	buf_release(&b);
	arena_free(&a);
}

TEST_MAIN(TEST(lines_cut), TEST(long_links), TEST(long_header), TEST(header_cut),
	TEST(delimiter_row_stays))
