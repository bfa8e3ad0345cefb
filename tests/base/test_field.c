/* SPDX-License-Identifier: Apache-2.0 */
/* Field tables: every type in, out and as schema; every way to be wrong, with its words. */
#include "lib/test.h"
#include "base/check.h"
#include "base/field.h"

#include <stddef.h>

struct inner {
	int64_t min, max;
};
struct sample {
	const char *name;
	struct str text;
	int64_t count, wait_ms, when;
	double share;
	bool on;
	int color;
	struct strs words;
	json_t *any;
	struct inner range;
};
#define AT(m) offsetof(struct sample, m)
static const char *const colors[] = { "red", "green", NULL };
static const struct field range_fields[] = {
	{ "min", F_INT, 0, offsetof(struct inner, min), 0, 60000, .text = "500" },
	{ "max", F_INT, 0, offsetof(struct inner, max), 0, 60000, .text = "2000" },
	{ 0 },
};
static const struct field fields[] = {
	{ "name", F_STR, F_REQ, AT(name), 1, 5, .about = "A name" },
	{ "text", F_TEXT, F_OMIT, AT(text) },
	{ "count", F_INT, 0, AT(count), 1, 10, .text = "3" },
	{ "wait", F_INT, F_OMIT, AT(wait_ms), 1, 100, .scale = 1000 },
	{ "share", F_NUM, F_OMIT, AT(share), 0, 1 },
	{ "on", F_BOOL, F_OMIT, AT(on) },
	{ "color", F_CHOICE, 0, AT(color), .choices = colors, .text = "\"green\"" },
	{ "words", F_STRS, F_OMIT, AT(words), 1, 3 },
	{ "any", F_JSON, F_OMIT, AT(any) },
	{ "when", F_TIME, F_OMIT, AT(when) },
	{ "range", F_OBJ, 0, AT(range), .sub = range_fields },
	{ 0 },
};

static void say_unknown(void *arg, const char *path)
{
	buf_addf(arg, "[%s]", path);
}

static void decoding(void)
{
	static const struct {
		const char *in, *want; /* want starting with '!' is the message */
	} rows[] = {
		{ "{\"name\":\"n\"}", "{\"name\":\"n\",\"count\":3,\"color\":\"green\","
				      "\"range\":{\"min\":500,\"max\":2000}}" },
		{ "{\"name\":\"\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\",\"wait\":2,\"share\":0.5,"
		  "\"on\":true,"
		  "\"color\":\"red\",\"words\":[\"a\",\"b\"],\"any\":{\"x\":[1]},\"when\":"
		  "\"2026-01-27T10:30:00Z\","
		  "\"range\":{\"max\":9},\"text\":\"t\\n\"}",
			"{\"name\":\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\",\"text\":"
			"\"t\\n\",\"count\":3,\"wait\":2,"
			"\"share\":0.5,\"on\":true,\"color\":\"red\",\"words\":[\"a\",\"b\"],"
			"\"any\":{\"x\":[1]},"
			"\"when\":\"2026-01-27T10:30:00Z\",\"range\":{\"min\":500,\"max\":9}"
			"}" },
		{ "{\"name\":\"n\",\"count\":null,\"range\":null}",
			"{\"name\":\"n\",\"count\":3,\"color\":\"green\",\"range\":{\"min\":"
			"500,\"max\":2000}}" },
		{ "{}", "!name is missing" },
		{ "{\"name\":null}", "!name is missing" },
		{ "{\"name\":\"\"}", "!name must be a string of 1 to 5 characters" },
		{ "{\"name\":\"123456\"}", "!name must be a string of 1 to 5 characters" },
		{ "{\"name\":1}", "!name must be a string of 1 to 5 characters" },
		{ "{\"name\":\"n\",\"count\":0}", "!count must be an integer from 1 to 10" },
		{ "{\"name\":\"n\",\"count\":11}", "!count must be an integer from 1 to 10" },
		{ "{\"name\":\"n\",\"count\":4.0}",
			"{\"name\":\"n\",\"count\":4,\"color\":\"green\",\"range\":{\"min\":"
			"500,\"max\":2000}}" },
		{ "{\"name\":\"n\",\"count\":3.5}", "!count must be an integer from 1 to 10" },
		{ "{\"name\":\"n\",\"count\":1e300}",
			"!count must be an integer from 1 to 10" },
		{ "{\"name\":\"n\",\"count\":\"3\"}",
			"!count must be an integer from 1 to 10" },
		{ "{\"name\":\"n\",\"count\":true}", "!count must be an integer from 1 to 10" },
		{ "{\"name\":\"n\",\"share\":1.1}", "!share must be a number from 0 to 1" },
		{ "{\"name\":\"n\",\"on\":1}", "!on must be true or false" },
		{ "{\"name\":\"n\",\"color\":\"Red\"}", "!color must be \"red\" or \"green\"" },
		{ "{\"name\":\"n\",\"words\":[]}",
			"!words must be an array of 1 to 3 strings" },
		{ "{\"name\":\"n\",\"words\":[\"a\",1]}", "!words[1] must be a string" },
		{ "{\"name\":\"n\",\"when\":\"soon\"}",
			"!when must be a time such as \"2026-01-27T10:30:00Z\"" },
		{ "{\"name\":\"n\",\"range\":{\"min\":-1}}",
			"!range.min must be an integer from 0 to 60000" },
		{ "{\"name\":\"n\",\"range\":[]}", "!range must be an object" },
		{ "[]", "!the body must be a JSON object" },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *a = arena_new(0);
		struct sample s = { 0 };
		struct err e = { 0 };
		struct buf out;
		buf_init(&out, 0);
		json_t *j = json_read(a, str_of(rows[i].in), &e);
		CHECK_TRUE(j);
		if (fields_decode(fields, j, &s, a, (struct field_unknown) { 0 }, &e))
			fields_encode(fields, &s, &out);
		else
			buf_addf(&out, "!%s", e.msg);
		CHECK_STR(buf_str(&out), rows[i].want);
		buf_release(&out);
		arena_free(&a);
	}
}

static void unknown_members_are_told(void)
{
	struct arena *a = arena_new(0);
	struct sample s = { 0 };
	struct err e = { 0 };
	struct buf out;
	buf_init(&out, 0);
	json_t *j = json_read(a, STR("{\"name\":\"n\",\"x\":1,\"range\":{\"y\":2}}"), &e);
	CHECK_TRUE(fields_decode(
		fields, j, &s, a, (struct field_unknown) { say_unknown, &out }, &e));
	CHECK_STR(buf_str(&out), "[range.y][x]");
	buf_release(&out);
	arena_free(&a);
}

static void schema(void)
{
	static const struct field few[] = {
		{ "url", F_STR, F_REQ, AT(name), 1, 8192, .about = "The URL" },
		{ "count", F_INT, 0, AT(count), 0, 10, .text = "3" },
		{ "color", F_CHOICE, 0, AT(color), .choices = colors },
		{ "secret", F_STR, F_HIDDEN | F_REQ, AT(name) },
		{ 0 },
	};
	struct buf b;
	buf_init(&b, 0);
	fields_schema(few, true, &b);
	CHECK_STR(buf_str(&b),
		"{\"type\":\"object\",\"properties\":{\"url\":{\"type\":\"string\","
		"\"minLength\":1,"
		"\"maxLength\":8192,\"description\":\"The "
		"URL\"},\"count\":{\"type\":\"integer\","
		"\"minimum\":0,\"maximum\":10,\"default\":3},\"color\":{\"type\":\"string\","
		"\"enum\":[\"red\",\"green\"]}},\"required\":[\"url\"]}");
	buf_release(&b);
}

static void json_rules(void)
{
	static const char deep[] =
		"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[";
	static const struct str bad[] = { { "{\"a\":1,\"a\":2}", 13 }, { "{} x", 4 }, { "", 0 },
		{ "\"\\u0000\"", 8 }, { "\"\xff\"", 3 }, { "\"\\ud800\"", 8 }, { "1e400", 5 },
		{ deep, sizeof deep - 1 }, { "{\"a\":NaN}", 9 },
		{ "99999999999999999999", 20 } };
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct arena *a = arena_new(0);
		struct err e = { 0 };
		CHECK_TRUE(!json_read(a, bad[i], &e));
		CHECK_INT(e.code, ERR_INVALID_REQUEST);
		arena_free(&a);
	}
	struct buf b;
	buf_init(&b, 0);
	json_put_str(&b, STR("0123456789abcdef\"\\\n\x01\xc3\xa9 0123456789abcdef\t"));
	CHECK_STR(buf_str(&b),
		"\"0123456789abcdef\\\"\\\\\\n\\u0001\xc3\xa9 0123456789abcdef\\t\"");
	buf_release(&b);
}

/* Numbers come out as they were written, with no digits of the machine's. */
static void numbers_stay(void)
{
	static const char same[] =
		"[19.99,0.1,-4.7,1.0,1000.0,1e+20,1.5e-07,13.404953999999975,0."
		"30000000000000004,"
		"12345678901234567,-0.0,{\"1.10\":\"19.990\",\"\\\"1.10\":\"\\\"\",\"k\":2.5}]";
	struct arena *a = arena_new(0);
	struct err e;
	CHECK_STR(str_of(json_print(a, json_read(a, str_of(same), &e))), same);
	CHECK_STR(str_of(json_print(a, json_read(a, STR("[1.10,1E2]"), &e))), "[1.1,100.0]");
	arena_free(&a);
}

TEST_MAIN(TEST(decoding), TEST(unknown_members_are_told), TEST(schema), TEST(json_rules),
	TEST(numbers_stay))
