/* SPDX-License-Identifier: Apache-2.0 */
/* Which texts may reach the libraries at all. */
#include "auth/jose/inner.h"
#include "jose/forge.h"
#include "lib/test.h"

static const char letters[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

static bool splits(const char *text, size_t n)
{
	struct arena *a = arena_new(0);
	struct jws jws;
	const char *why;
	bool ok = jws_split((struct str) { text, n }, a, &jws, &why);
	CHECK_TRUE(ok == (jws.header && jws.payload));
	CHECK_TRUE(why && *why);
	if (ok)
		CHECK_TRUE(jws_looks_like((struct str) { text, n }));
	arena_free(&a);
	return ok;
}

/* The library ends the process at some of these, so this runs before every one of its calls. */
static void no_byte_outside_base64url_passes_anywhere(void)
{
	struct arena *a = arena_new(0);
	struct signing_key *k = signing_key_new();
	const char *token = jws_sign(k, "at+jwt", forge_json("{\"sub\":\"u\"}", a), a);
	size_t n = strlen(token), passed = 0;
	char *copy = arena_text(a, str_of(token));
	CHECK_TRUE(splits(token, n));
	for (size_t i = 0; i < n; i++) {
		for (int c = 0; c < 256; c++) {
			if (c && memchr(letters, c, sizeof letters - 1))
				continue;
			copy[i] = (char)c;
			passed += splits(copy, n) + jws_looks_like((struct str) { copy, n });
		}
		copy[i] = token[i];
	}
	CHECK_INT(passed, 0);
	signing_key_free(&k);
	arena_free(&a);
}

static void odd_shapes_are_refused(void)
{
	static const char *const bad[] = { "", ".", "..", "A=.x.y", "e30.e30.", ".e30.e30",
		"e30..e30", "e30.e30", "e30.e30.e30.e30", "e30.e30.e30.",
		"e30.e30.e30=", "e30=.e30.e30", "e30.e30.A", "e3.e30.e30", "A.e30.e30",
		" e30.e30.e30", "e30.e30.e30\n", "e30.e30.e3\x80" };
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (splits(bad[i], strlen(bad[i])))
			test_fail(__FILE__, __LINE__, "%s passes", bad[i]);
	CHECK_TRUE(!splits(NULL, 0));
	CHECK_TRUE(splits("e30.e30.e30w", 12));
}

static void each_part_has_one_spelling(void)
{
	/* the unused bits of the last letter: "e30" is {}, "e31" would decode to it as well */
	CHECK_TRUE(!splits("e31.e30.e30w", 12));
	CHECK_TRUE(!splits("e30.e31.e30w", 12));
	CHECK_TRUE(!splits("e30.e30.e31", 11));
	CHECK_TRUE(splits("e30.e30.e30", 11));
}

static void parts_are_objects_without_repeated_members(void)
{
	static const char *const bad[] = { "[]", "1", "null", "{\"a\":1,\"a\":2}",
		"{\"a\":{\"b\":1,\"b\":1}}", "{\"a\":\"\\u0000\"}", "{} {}",
		"{\"a\":\"\xff\"}" };
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		const char *part = b64url(str_of(bad[i]), a);
		const char *first = arena_printf(a, "%s.e30.e30w", part),
			   *second = arena_printf(a, "e30.%s.e30w", part);
		CHECK_TRUE(!splits(first, strlen(first)));
		CHECK_TRUE(!splits(second, strlen(second)));
	}
	char deep[400];
	memset(deep, '[', 200);
	memset(deep + 200, ']', 200);
	const char *text = arena_printf(a, "{\"a\":%.*s}", 400, deep);
	const char *token = arena_printf(a, "e30.%s.e30w", b64url(str_of(text), a));
	CHECK_TRUE(!splits(token, strlen(token)));
	arena_free(&a);
}

static void eight_kib_is_the_end(void)
{
	char text[JWS_MAX + 4];
	memcpy(text, "e30.e30.", 8);
	memset(text + 8, 'A', sizeof text - 8);
	CHECK_TRUE(splits(text, JWS_MAX));
	CHECK_TRUE(!splits(text, JWS_MAX + 4));
	CHECK_TRUE(!jws_looks_like((struct str) { text, JWS_MAX + 4 }));
}

static void base64url_goes_there_and_back(void)
{
	struct arena *a = arena_new(0);
	struct str back;
	char bytes[70];
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * 37 + 251);
	for (size_t n = 0; n <= sizeof bytes; n++) {
		const char *text = b64url((struct str) { bytes, n }, a);
		CHECK_TRUE(b64url_decode(str_of(text), a, &back));
		CHECK_TRUE(back.n == n && memcmp(back.p, bytes, n) == 0);
	}
	CHECK_TEXT(b64url(STR("\xfb\xff\xfe"), a), "-__-"); /* RFC 4648 section 5 */
	CHECK_TEXT(b64url(STR("fo"), a), "Zm8");
	arena_free(&a);
}

TEST_MAIN(TEST(no_byte_outside_base64url_passes_anywhere), TEST(odd_shapes_are_refused),
	TEST(each_part_has_one_spelling), TEST(parts_are_objects_without_repeated_members),
	TEST(eight_kib_is_the_end), TEST(base64url_goes_there_and_back))
