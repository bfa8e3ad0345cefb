/* SPDX-License-Identifier: Apache-2.0 */
#include "extract/merge.h"

#include "base/buf.h"
#include "base/check.h"
#include "base/json.h"
#include "lib/test.h"

/* the pieces' answers -> one; NULL: no rule fits */
static const struct {
	const char *answers, *merged;
} rows[] = {
	{ "[1]", "1" },
	{ "[null,null]", "null" },
	{ "[null,{\"a\":1},null]", "{\"a\":1}" },
	{ "[[1,2],[2,3]]", "[1,2,3]" },
	{ "[[1,1],[1,2,2]]", "[1,1,2,2]" },
	{ "[[{\"a\":1,\"b\":2}],[{\"b\":2,\"a\":1},{\"a\":1}]]",
		"[{\"a\":1,\"b\":2},{\"a\":1}]" },
	{ "[[1],[1.0],[\"1\"],[true]]", "[1,1.0,\"1\",true]" },
	{ "[{\"a\":1},{\"a\":2,\"b\":3}]", "{\"a\":1,\"b\":3}" },
	{ "[{\"a\":null,\"s\":\"\"},{\"a\":2,\"s\":\"x\"}]", "{\"a\":2,\"s\":\"x\"}" },
	{ "[{\"a\":0,\"b\":false},{\"a\":2,\"b\":true}]", "{\"a\":0,\"b\":false}" },
	{ "[{\"l\":[1],\"o\":{\"x\":null}},{\"l\":[1,2],\"o\":{\"x\":1,\"y\":[3]}},"
	  "{\"o\":{\"y\":[4]}}]",
		"{\"l\":[1,2],\"o\":{\"x\":1,\"y\":[3,4]}}" },
	{ "[{\"a\":[1]},{\"a\":{\"b\":1}}]", "{\"a\":[1]}" },
	{ "[\"x\",\"x\",null]", "\"x\"" },
	{ "[\"x\",\"y\"]", NULL },
	{ "[3,5]", NULL },
	{ "[{\"a\":1},[1]]", NULL },
	{ "[{\"a\":1},\"text\"]", NULL },
	{ "[{},[1],[],\"\"]", "[1]" },
	{ "[[],{}]", "[]" },
	{ "[null,[],\"\"]", "[]" },
};

static void answers_become_one(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *a = arena_new(0);
		struct buf b;
		struct err e = { 0 };
		buf_init(&b, 0);
		json_t *merged = merge_answers(a, json_read(a, str_of(rows[i].answers), &e));
		json_put_value(&b, merged);
		if (rows[i].merged)
			CHECK_STR(buf_str(&b), rows[i].merged);
		else if (merged)
			test_fail(__FILE__, __LINE__, "%s was merged", rows[i].answers);
		buf_release(&b);
		arena_free(&a);
	}
}

/* As deep as JSON may be, and a list as long as an answer can hold. */
static void large_answers(void)
{
	struct arena *a = arena_new(0);
	struct err e = { 0 };
	struct buf b;
	buf_init(&b, 0);
	buf_char(&b, '[');
	for (int k = 0; k < 2; k++) {
		for (int i = 0; i < JSON_DEPTH - 2; i++)
			buf_text(&b, "{\"a\":");
		buf_addf(&b, "[%d]", k);
		for (int i = 0; i < JSON_DEPTH - 2; i++)
			buf_char(&b, '}');
		buf_text(&b, k ? "]" : ",");
	}
	json_t *all = merge_answers(a, json_read(a, buf_str(&b), &e));
	for (int i = 0; i < JSON_DEPTH - 2; i++)
		all = json_object_get(all, "a");
	CHECK_INT(json_array_size(all), 2);
	buf_clear(&b);
	buf_char(&b, '[');
	for (int k = 0; k < 2; k++) {
		buf_char(&b, '[');
		for (int i = 0; i < 100000; i++)
			buf_addf(&b, i ? ",%d" : "%d", i + k);
		buf_text(&b, k ? "]]" : "],");
	}
	CHECK_INT(json_array_size(merge_answers(a, json_read(a, buf_str(&b), &e))), 100001);
	buf_release(&b);
	arena_free(&a);
}

TEST_MAIN(TEST(answers_become_one), TEST(large_answers))
