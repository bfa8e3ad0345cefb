/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/jose/sign.h"
#include "auth/jose/verify.h"
#include "jose/forge.h"
#include "lib/test.h"

static struct arena *a;

static void fresh(void)
{
	jose_start();
	arena_free(&a);
	a = arena_new(0);
}

static void done(void)
{
	arena_free(&a);
	jose_stop();
}

static const char *json_text(const json_t *j)
{
	struct buf b;
	buf_init(&b, 0);
	json_put_value(&b, j);
	const char *text = arena_text(a, buf_str(&b));
	buf_release(&b);
	return text;
}

static void the_public_key_says_what_it_is_for_and_no_more(void)
{
	static const char *const members[] = { "kty", "crv", "x", "y", "kid", "alg", "use" };
	fresh();
	struct signing_key *k = signing_key_new();
	json_t *j = signing_key_public(k, a);
	CHECK_INT(json_object_size(j), COUNT_OF(members));
	for (size_t i = 0; i < COUNT_OF(members); i++)
		CHECK_TRUE(json_is_string(json_object_get(j, members[i])));
	CHECK_TEXT(json_string_value(json_object_get(j, "kid")), signing_key_id(k));
	CHECK_TEXT(json_string_value(json_object_get(j, "alg")), "ES256");
	CHECK_TEXT(json_string_value(json_object_get(j, "use")), "sig");
	signing_key_free(&k);
	CHECK_TRUE(k == NULL);
	signing_key_free(&k);
	done();
}

/* A key of RFC 7515 appendix A.3; its thumbprint was computed by another library (npm jose). */
static const char known[] = "{\"kty\":\"EC\",\"crv\":\"P-256\","
			    "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
			    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\","
			    "\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"}";
static const char known_id[] = "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U";

static void a_kid_is_the_keys_thumbprint(void)
{
	fresh();
	struct signing_key *k = signing_key_load(STR(known));
	CHECK_TRUE(k);
	CHECK_TEXT(signing_key_id(k), known_id);
	signing_key_free(&k);
	done();
}

static void a_key_comes_back_from_its_private_text(void)
{
	fresh();
	struct signing_key *k = signing_key_new();
	struct str text = signing_key_private(k, a);
	CHECK_TRUE(str_has(text, STR("\"d\":")));
	struct signing_key *again = signing_key_load(text);
	CHECK_TRUE(again);
	CHECK_TEXT(signing_key_id(again), signing_key_id(k));
	CHECK_TEXT(
		json_text(signing_key_public(again, a)), json_text(signing_key_public(k, a)));
	signing_key_free(&k);
	signing_key_free(&again);
	done();
}

static void texts_that_are_no_key_are_refused(void)
{
	static const char *const patches[] = { "{\"d\":null}", "{\"d\":\"A=\"}", "{\"d\":\"\"}",
		"{\"d\":7}", "{\"x\":null}", "{\"kty\":\"oct\"}", "{\"crv\":\"P-384\"}",
		"{\"kty\":\"RSA\"}",
		/* the private number of another key, zero, and one above the order */
		"{\"d\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}",
		"{\"d\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
		"{\"d\":\"__________________________________________8\"}" };
	fresh();
	for (size_t i = 0; i < COUNT_OF(patches); i++) {
		const char *text = json_text(forge_patch(known, patches[i], a));
		struct signing_key *k = signing_key_load(str_of(text));
		if (k)
			test_fail(__FILE__, __LINE__, "%s is a key", patches[i]);
		signing_key_free(&k);
	}
	CHECK_TRUE(!signing_key_load(STR("")));
	CHECK_TRUE(!signing_key_load(STR("{")));
	CHECK_TRUE(!signing_key_load(STR("[]")));
	done();
}

static void a_token_has_the_header_asked_for_and_verifies(void)
{
	static const char *const audiences[] = { "x", NULL }, *const types[] = { "at+jwt",
		NULL };
	const struct verify_rules rules = {
		.issuer = "i", .audiences = audiences, .types = types, .algs = ALG_ES256
	};
	fresh();
	struct signing_key *k = signing_key_new();
	struct err e;
	struct claims c;
	struct jws jws;
	const char *why;
	const char *token = jws_sign(k, "at+jwt",
		forge_json(
			"{\"iss\":\"i\",\"aud\":\"x\",\"sub\":\"\\u00fc\\\"\",\"exp\":@+9}", a),
		a);
	CHECK_TRUE(jws_split(str_of(token), a, &jws, &why));
	CHECK_INT(json_object_size(jws.header), 3);
	CHECK_TEXT(json_string_value(json_object_get(jws.header, "alg")), "ES256");
	CHECK_TEXT(json_string_value(json_object_get(jws.header, "typ")), "at+jwt");
	CHECK_TEXT(json_string_value(json_object_get(jws.header, "kid")), signing_key_id(k));
	struct key_set *s = key_set_new(forge_jwks(k, a), &e);
	CHECK_INT(verify_token(s, &rules, str_of(token), NULL, a, &c, &why), VERDICT_GOOD);
	CHECK_TEXT(c.sub, "\xc3\xbc\"");
	key_set_drop(&s);
	signing_key_free(&k);
	done();
}

TEST_MAIN(TEST(the_public_key_says_what_it_is_for_and_no_more),
	TEST(a_kid_is_the_keys_thumbprint), TEST(a_key_comes_back_from_its_private_text),
	TEST(texts_that_are_no_key_are_refused),
	TEST(a_token_has_the_header_asked_for_and_verifies))
