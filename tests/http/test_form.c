/* SPDX-License-Identifier: Apache-2.0 */
/* Forms: what is read, what is refused, what counts as sent. */
#include "base/check.h"
#include "http/form.h"
#include "lib/test.h"

static struct arena *arena;
static struct form form;

static bool parse(const char *text)
{
	struct err e = { 0 };
	bool ok = form_parse(str_of(text), arena, &form, &e);
	CHECK(ok || e.code == ERR_INVALID_REQUEST);
	return ok;
}

static bool is(const char *name, const char *value)
{
	return str_eq(form_get(&form, name), str_of(value));
}

static void values_are_decoded(void)
{
	arena = arena_new(0);
	CHECK_TRUE(parse("a=1&b=x+y&c=%E2%82%AC&%64=%26%3d&e&f=&=g"));
	CHECK_TRUE(form.n == 7);
	CHECK_TRUE(is("a", "1") && is("b", "x y") && is("c", "€") && is("d", "&="));
	CHECK_TRUE(
		!form_get(&form, "e").p && !form_get(&form, "f").p && !form_get(&form, "z").p);
	CHECK_TRUE(parse("") && form.n == 0);
	CHECK_TRUE(parse("&&a=1&&") && form.n == 1);
	CHECK_TRUE(parse("a=b=c") && is("a", "b=c"));
	arena_free(&arena);
}

static void bad_encodings_are_refused(void)
{
	arena = arena_new(0);
	static const char *const rows[] = { "a=%", "a=%4", "a=%zz", "%=1", "a=%00", "a=%ff",
		"a=%c3%28", "a=%ed%a0%80", "a=%c0%80", "%ff=1", "b=1&a=%4g" };
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		CHECK_TRUE(!parse(rows[i]));
	arena_free(&arena);
}

static void limits_hold(void)
{
	arena = arena_new(0);
	struct buf b;
	struct err e;
	buf_init(&b, 4 * FORM_BYTES);
	for (int i = 0; i < FORM_FIELDS; i++)
		buf_addf(&b, "a%d=1&", i);
	CHECK_TRUE(form_parse(buf_str(&b), arena, &form, &e) && form.n == FORM_FIELDS);
	buf_text(&b, "z=1");
	CHECK_TRUE(!form_parse(buf_str(&b), arena, &form, &e));
	buf_clear(&b);
	buf_text(&b, "a=");
	while (b.len < FORM_BYTES)
		buf_char(&b, 'x');
	CHECK_TRUE(form_parse(buf_str(&b), arena, &form, &e));
	buf_char(&b, 'x');
	CHECK_TRUE(!form_parse(buf_str(&b), arena, &form, &e));
	buf_release(&b);
	arena_free(&arena);
}

/* checklist.23 */
static void repetitions_are_seen(void)
{
	arena = arena_new(0);
	CHECK_TRUE(parse("a=1&b=2&a=3") && str_eq(form_repeated(&form, NULL), STR("a")));
	CHECK_TRUE(parse("a=1&%61=1") && str_eq(form_repeated(&form, NULL), STR("a")));
	CHECK_TRUE(parse("a=&a=") && str_eq(form_repeated(&form, NULL), STR("a")));
	CHECK_TRUE(parse("a=1&b=2&a=3") && !form_repeated(&form, "a").p);
	CHECK_TRUE(parse("a=1&b=2&a=3&b=1") && str_eq(form_repeated(&form, "a"), STR("b")));
	CHECK_TRUE(parse("a=1&b=1") && !form_repeated(&form, NULL).p);
	arena_free(&arena);
}

TEST_MAIN(TEST(values_are_decoded), TEST(bad_encodings_are_refused), TEST(limits_hold),
	TEST(repetitions_are_seen))
