/* SPDX-License-Identifier: Apache-2.0 */
#include "extract/answer.h"

#include "base/buf.h"
#include "base/check.h"
#include "base/json.h"
#include "lib/test.h"

#define CHOICE(rest) "{\"choices\":[{\"index\":0," rest "}]}"
#define SAYS(content) CHOICE("\"finish_reason\":\"stop\",\"message\":{\"content\":" content "}")

/* body -> the model's text, or why there is none */
static const struct {
	const char *body, *content;
	bool cut;
	const char *why;
} bodies[] = {
	{ SAYS("\"hello\""), "hello" },
	{ SAYS("\"  {\\\"a\\\":1}\\n\""), "{\"a\":1}" },
	{ SAYS("\"\""), "" },
	{ SAYS("null"), "" },
	{ CHOICE("\"message\":{}"), "" },
	{ SAYS("[{\"type\":\"text\",\"text\":\"{\\\"a\\\":\"},{\"type\":\"text\",\"text\":\"1}"
	       "\"}]"),
		"{\"a\":1}" },
	{ SAYS("[{\"type\":\"image_url\"},7,null]"), "" },
	{ CHOICE("\"finish_reason\":\"length\",\"message\":{\"content\":\"{\"}"), "{", true },
	{ CHOICE("\"finish_reason\":\"stop\",\"message\":{\"content\":null,\"refusal\":"
		 "\"no\"}"),
		NULL, false, "the model refused to answer" },
	{ CHOICE("\"finish_reason\":\"content_filter\",\"message\":{\"content\":\"x\"}"), NULL,
		false, "the content filter of the model's endpoint stopped the answer" },
	{ CHOICE("\"finish_reason\":\"tool_calls\",\"message\":{\"content\":null,\"tool_"
		 "calls\":[{}]}"),
		NULL, false, "the model called a tool instead of answering, and it has none" },
	{ CHOICE("\"message\":{\"content\":null,\"function_call\":{\"name\":\"x\"}}"), NULL,
		false, "the model called a tool instead of answering, and it has none" },
	{ "{}", NULL, false,
		"the model's endpoint answered with something that is not a chat completion" },
	{ "{\"choices\":[]}", NULL, false,
		"the model's endpoint answered with something that is not a chat completion" },
	{ "{\"choices\":{\"0\":1}}", NULL, false,
		"the model's endpoint answered with something that is not a chat completion" },
	{ "{\"error\":{\"message\":\"sk-secret\"}}", NULL, false,
		"the model's endpoint answered with something that is not a chat completion" },
	{ "[1]", NULL, false,
		"the model's endpoint answered with something that is not a chat completion" },
	{ "", NULL, false, "the model's endpoint answered with something that is not JSON" },
	{ "<html>", NULL, false,
		"the model's endpoint answered with something that is not JSON" },
	{ "{\"choices\":[{\"message\":{\"content\":\"x", NULL, false,
		"the model's endpoint answered with something that is not JSON" },
	{ SAYS("\"\xFF\""), NULL, false,
		"the model's endpoint answered with something that is not JSON" },
};

static void bodies_are_read(void)
{
	for (size_t i = 0; i < COUNT_OF(bodies); i++) {
		struct arena *a = arena_new(0);
		struct llm_answer answer;
		struct err e = { 0 };
		bool ok = answer_read(a, str_of(bodies[i].body), &answer, &e);
		CHECK_INT(ok, bodies[i].content != NULL);
		if (ok && bodies[i].content)
			CHECK_STR(answer.content, bodies[i].content);
		CHECK_INT(answer.cut, bodies[i].cut);
		CHECK_INT(e.code, bodies[i].why ? ERR_LLM_FAILED : ERR_NONE);
		CHECK_TEXT(e.msg, bodies[i].why ? bodies[i].why : "");
		arena_free(&a);
	}
}

static void tokens_are_counted(void)
{
	static const struct {
		const char *usage;
		int64_t in, out;
	} rows[] = {
		{ "{\"prompt_tokens\":12,\"completion_tokens\":3}", 12, 3 },
		{ "{\"prompt_tokens\":-1,\"completion_tokens\":99999999999999}", 0, 0 },
		{ "{\"prompt_tokens\":\"12\",\"completion_tokens\":1.5}", 0, 0 },
		{ "null", 0, 0 },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *a = arena_new(0);
		struct llm_answer answer;
		struct err e = { 0 };
		const char *body = arena_printf(a, "{\"usage\":%s}", rows[i].usage);
		CHECK_TRUE(
			!answer_read(a, str_of(body), &answer, &e)); /* counted all the same */
		CHECK_INT(answer.tokens_in, rows[i].in);
		CHECK_INT(answer.tokens_out, rows[i].out);
		arena_free(&a);
	}
}

/* the model's text -> the value, NULL: no JSON */
static const struct {
	const char *content, *value;
	bool cut;
} contents[] = {
	{ "{\"extract\":{\"a\":1}}", "{\"a\":1}" },
	{ "{\"extract\":[1,2]}", "[1,2]" },
	{ "{\"extract\":null}", "null" },
	{ "{\"extract\":\"\xC3\xA4\"}", "\"\xC3\xA4\"" },
	{ "{\"extract\":1,\"more\":2}", "{\"extract\":1,\"more\":2}" },
	{ "{\"a\":1}", "{\"a\":1}" },
	{ "[1]", "[1]" },
	{ "12", "12" },
	{ "12", NULL, true },
	{ "{\"extract\":12}", "12", true },
	{ "```json\n{\"a\":1}\n```", "{\"a\":1}" },
	{ "```\n[1]\n```", "[1]" },
	{ "```json\r\n[1]\r\n```", "[1]" },
	{ "```", NULL },
	{ "``````", NULL },
	{ "```json```", NULL },
	{ "\xEF\xBB\xBF{\"a\":1}", "{\"a\":1}" },
	{ "<think>{\"a\":2}?</think>\n{\"a\":1}", "{\"a\":1}" },
	{ "<think>no end {\"a\":1}", NULL },
	{ "Sure! {\"a\":1}", NULL },
	{ "{\"a\":1} Done.", NULL },
	{ "{\"a\":1}{\"a\":2}", NULL },
	{ "{\"a\":1,\"a\":2}", NULL },
	{ "{'a':1}", NULL },
	{ "{\"a\":NaN}", NULL },
	{ "", NULL },
};

static void contents_become_values(void)
{
	for (size_t i = 0; i < COUNT_OF(contents); i++) {
		struct arena *a = arena_new(0);
		struct buf b;
		struct llm_answer answer = { str_of(contents[i].content), contents[i].cut, 0,
			0 };
		json_t *value = answer_value(a, &answer);
		buf_init(&b, 0);
		json_put_value(&b, value);
		if (contents[i].value)
			CHECK_STR(buf_str(&b), contents[i].value);
		else if (value)
			test_fail(__FILE__, __LINE__, "%s was taken for JSON",
				contents[i].content);
		buf_release(&b);
		arena_free(&a);
	}
}

static void nesting_is_bounded(void)
{
	struct arena *a = arena_new(0);
	struct buf b;
	buf_init(&b, 0);
	for (int i = 0; i < 100000; i++)
		buf_char(&b, '[');
	struct llm_answer answer = { buf_str(&b), false, 0, 0 };
	CHECK_TRUE(!answer_value(a, &answer));
	buf_release(&b);
	arena_free(&a);
}

TEST_MAIN(TEST(bodies_are_read), TEST(tokens_are_counted), TEST(contents_become_values),
	TEST(nesting_is_bounded))
