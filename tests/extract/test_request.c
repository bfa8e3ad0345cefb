/* SPDX-License-Identifier: Apache-2.0 */
#include "extract/request.h"

#include "base/check.h"
#include "base/json.h"
#include "lib/test.h"

static const struct request_message messages[] = {
	{ "system", { "be \"brief\"", 10 } },
	{ "user", { "a\nb\x01\xC3\xA4", 6 } },
};

static json_t *built(struct arena *a, struct request_ways ways)
{
	struct buf b;
	struct err e = { 0 };
	buf_init(&b, 0);
	request_build(&b,
		&(struct request) { "gpt \"4\"", 4096, ways, messages, COUNT_OF(messages) });
	json_t *j = json_read(a, buf_str(&b), &e);
	buf_release(&b);
	CHECK_TRUE(j);
	return j;
}

static const char *text_at(const json_t *j, const char *name)
{
	return json_string_value(json_object_get(j, name));
}

static void says_what_is_asked(void)
{
	struct arena *a = arena_new(0);
	json_t *j = built(a, (struct request_ways) { 0 });
	CHECK_TEXT(text_at(j, "model"), "gpt \"4\"");
	json_t *list = json_object_get(j, "messages");
	CHECK_INT(json_array_size(list), 2);
	CHECK_TEXT(text_at(json_array_get(list, 0), "role"), "system");
	CHECK_TEXT(text_at(json_array_get(list, 0), "content"), "be \"brief\"");
	CHECK_TEXT(text_at(json_array_get(list, 1), "content"), "a\nb\x01\xC3\xA4");
	CHECK_INT(json_integer_value(json_object_get(j, "max_tokens")), 4096);
	CHECK_TRUE(json_is_integer(json_object_get(j, "temperature")));
	json_t *format = json_object_get(j, "response_format");
	CHECK_TEXT(text_at(format, "type"), "json_schema");
	json_t *schema = json_object_get(json_object_get(format, "json_schema"), "schema");
	CHECK_TEXT(text_at(schema, "type"), "object");
	arena_free(&a);
}

static void goes_other_ways(void)
{
	static const struct {
		struct request_ways ways;
		const char *form, *tokens, *absent;
	} rows[] = {
		{ { FORM_OBJECT, false, false }, "json_object", "max_tokens",
			"max_completion_tokens" },
		{ { FORM_TEXT, false, true }, NULL, "max_completion_tokens", "max_tokens" },
		{ { FORM_SCHEMA, true, false }, "json_schema", "max_tokens", "temperature" },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *a = arena_new(0);
		json_t *j = built(a, rows[i].ways);
		json_t *format = json_object_get(j, "response_format");
		CHECK_INT(format != NULL, rows[i].form != NULL);
		if (rows[i].form)
			CHECK_TEXT(text_at(format, "type"), rows[i].form);
		CHECK_INT(json_integer_value(json_object_get(j, rows[i].tokens)), 4096);
		CHECK_TRUE(!json_object_get(j, rows[i].absent));
		arena_free(&a);
	}
}

TEST_MAIN(TEST(says_what_is_asked), TEST(goes_other_ways))
