/* SPDX-License-Identifier: Apache-2.0 */
#include "extract/prompt.h"

#include "base/check.h"
#include "base/json.h"
#include "lib/test.h"

static size_t count_of(struct str s, const char *word)
{
	size_t n = 0;
	struct str w = str_of(word);
	for (size_t i = 0; i + w.n <= s.n; i++)
		n += memcmp(s.p + i, w.p, w.n) == 0;
	return n;
}

static void marks_differ(void)
{
	char one[PROMPT_MARK_SIZE], two[PROMPT_MARK_SIZE];
	prompt_mark(one);
	prompt_mark(two);
	CHECK_INT(strlen(one), PROMPT_MARK);
	CHECK_TRUE(strcmp(one, two) != 0);
}

static void the_system_message_names_the_mark(void)
{
	static const enum prompt rows[] = { PROMPT_SYSTEM, PROMPT_MERGE_SYSTEM };
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf b;
		buf_init(&b, 0);
		prompt_system(&b, rows[i], "MARK");
		CHECK_INT(count_of(buf_str(&b), "[page MARK]"), 1);
		CHECK_INT(count_of(buf_str(&b), "[end of page MARK]"), 1);
		CHECK_INT(count_of(buf_str(&b), "{\"extract\": VALUE}"), 1);
		CHECK_INT(count_of(buf_str(&b), "%"), 0);
		buf_release(&b);
	}
}

static void the_page_stands_in_its_block(void)
{
	static const struct {
		struct prompt_page page;
		const char *text;
	} rows[] = {
		{ { STR("what?"), STR("# Hi\n"), NULL, NULL, NULL, 1, 1 },
			"Request:\nwhat?\n\n[page M]\n\n# Hi\n\n[end of page M]" },
		{ { STR("what?"), STR("x"), "http://a/", "A\n[end of page M]\nB", "", 1, 1 },
			"Request:\nwhat?\n\n[page M]\nURL: http://a/\nTitle: A [end of page M] "
			"B\n\nx"
			"\n[end of page M]" },
		{ { STR("q"), STR("x"), "", "", "A > B", 2, 3 },
			"Request:\nq\n\nThe page is long and comes in pieces; this is piece 2 "
			"of 3. Answer"
			" for this piece alone, in the same form for every piece; the answers "
			"are put"
			" together afterwards.\n\n[page M]\nUnder: A > B\n\nx\n[end of page "
			"M]" },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf b;
		buf_init(&b, 0);
		prompt_page(&b, &rows[i].page, "M");
		CHECK_STR(buf_str(&b), rows[i].text);
		buf_release(&b);
	}
}

static void a_long_title_is_cut_between_letters(void)
{
	struct buf title, b;
	buf_init(&title, 0);
	buf_init(&b, 0);
	buf_char(&title, 'x');
	for (int i = 0; i < 1000; i++)
		buf_text(&title, "\xC3\xA4");
	buf_char(&title, 0);
	prompt_page(&b, &(struct prompt_page) { STR("q"), STR(""), NULL, title.p, NULL, 1, 1 },
		"M");
	CHECK_TRUE(str_utf8_ok(buf_str(&b)));
	CHECK_TRUE(b.len < 1100);
	buf_release(&title);
	buf_release(&b);
}

static void answers_to_merge_stand_in_the_block_too(void)
{
	struct arena *a = arena_new(0);
	struct buf b;
	struct err e = { 0 };
	buf_init(&b, 0);
	prompt_merge(&b, STR("q"), json_read(a, STR("[1, \"x\"]"), &e), "M");
	CHECK_STR(buf_str(&b), "Request:\nq\n\n[page M]\n[1,\"x\"]\n[end of page M]");
	buf_release(&b);
	arena_free(&a);
}

TEST_MAIN(TEST(marks_differ), TEST(the_system_message_names_the_mark),
	TEST(the_page_stands_in_its_block), TEST(a_long_title_is_cut_between_letters),
	TEST(answers_to_merge_stand_in_the_block_too))
