/* SPDX-License-Identifier: Apache-2.0 */
/* Which keys of an issuer may reach the libraries, and who holds a set for how long. */
#include "auth/jose/verify.h"
#include "jose/forge.h"
#include "lib/test.h"

static struct arena *a;
static struct err e;

static void fresh(void)
{
	jose_start();
	arena_free(&a);
	a = arena_new(0);
	e = (struct err) { 0 };
}

static void done(void)
{
	arena_free(&a);
	jose_stop();
}

/* A modulus of that many bytes: odd, its highest bit set, unless it is spoiled afterwards. */
static char *modulus(size_t bytes, int first, int last)
{
	char *n = arena_alloc(a, bytes);
	memset(n, 0x5a, bytes);
	n[0] = (char)first;
	n[bytes - 1] = (char)last;
	return arena_text(a, str_of(b64url((struct str) { n, bytes }, a)));
}

static size_t usable(json_t *jwk)
{
	json_t *set = json_own(a, json_pack("{s[o]}", "keys", jwk));
	struct key_set *s = key_set_new(set, &e);
	size_t n = s ? key_set_count(s) : 0;
	CHECK_TRUE(s || e.code == ERR_INVALID_REQUEST);
	key_set_drop(&s);
	CHECK_TRUE(s == NULL);
	return n;
}

static size_t rsa(const char *n, const char *exponent)
{
	return usable(
		json_pack("{ss ss ss ss}", "kty", "RSA", "n", n, "e", exponent, "kid", "r"));
}

static void rsa_keys_have_2048_to_4096_bits_and_are_odd(void)
{
	fresh();
	CHECK_INT(rsa(modulus(256, 0xc1, 0x5b), "AQAB"), 1);
	CHECK_INT(rsa(modulus(512, 0xc1, 0x5b), "AQAB"), 1);
	CHECK_INT(rsa(modulus(384, 0x01, 0x5b), "AQAB"), 1);
	CHECK_INT(rsa("AA", "AA"), 0); /* with these the library never ends */
	CHECK_INT(rsa("AA", "AQAB"), 0);
	CHECK_INT(rsa("", "AQAB"), 0);
	CHECK_INT(rsa(modulus(255, 0xc1, 0x5b), "AQAB"), 0);
	CHECK_INT(rsa(modulus(513, 0xc1, 0x5b), "AQAB"), 0);
	CHECK_INT(rsa(modulus(256, 0x71, 0x5b), "AQAB"), 0); /* 2047 bits */
	CHECK_INT(rsa(modulus(256, 0xc1, 0x5a), "AQAB"), 0); /* even */
	CHECK_INT(rsa(modulus(257, 0x00, 0x5b), "AQAB"), 0); /* leading zero */
	char *zeros = modulus(256, 0xc1, 0x5b);
	memset(zeros, 'A', strlen(zeros));
	CHECK_INT(rsa(zeros, "AQAB"), 0);
	char *n = modulus(256, 0xc1, 0x5b);
	n[100] = '=';
	CHECK_INT(rsa(n, "AQAB"), 0);
	n[100] = '+';
	CHECK_INT(rsa(n, "AQAB"), 0);
	CHECK_INT(rsa(modulus(256, 0xc1, 0x5b), "AQ"), 0);
	CHECK_INT(rsa(modulus(256, 0xc1, 0x5b), "AQAC"), 0); /* even */
	CHECK_INT(rsa(modulus(256, 0xc1, 0x5b), "Aw"), 0);
	CHECK_INT(rsa(modulus(256, 0xc1, 0x5b), "AQAB="), 0);
	CHECK_INT(rsa(modulus(256, 0xc1, 0x5b), ""), 0);
	done();
}

static const struct {
	const char *patch; /* of a good P-256 key */
	size_t usable;
} ec_cases[] = {
	{ NULL, 1 },
	{ "{\"kid\":null}", 1 },
	{ "{\"alg\":null,\"use\":null}", 1 },
	{ "{\"key_ops\":[\"sign\",\"verify\"]}", 1 },
	{ "{\"x5t\":\"A=\",\"x5c\":[1,{}],\"ext\":true}", 1 },
	{ "{\"kid\":7}", 0 },
	{ "{\"kid\":\"\"}", 0 },
	{ "{\"kty\":null}", 0 },
	{ "{\"kty\":\"oct\",\"k\":\"AAAA\"}", 0 },
	{ "{\"kty\":\"OKP\",\"crv\":\"Ed25519\"}", 0 },
	{ "{\"kty\":\"RSA\"}", 0 },
	{ "{\"kty\":[\"EC\"]}", 0 },
	{ "{\"crv\":\"P-384\"}", 0 },
	{ "{\"crv\":\"secp256k1\"}", 0 },
	{ "{\"crv\":null}", 0 },
	{ "{\"use\":\"enc\"}", 0 },
	{ "{\"use\":7}", 0 },
	{ "{\"key_ops\":[\"encrypt\"]}", 0 },
	{ "{\"key_ops\":\"verify\"}", 0 },
	{ "{\"alg\":\"ES384\"}", 0 },
	{ "{\"alg\":\"RS256\"}", 0 },
	{ "{\"alg\":7}", 0 },
	{ "{\"x\":null}", 0 },
	{ "{\"x\":\"A=\"}", 0 },
	{ "{\"x\":\"\"}", 0 },
	{ "{\"y\":7}", 0 },
	{ "{\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}", 0 }, /* not on the curve */
	{ "{\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
	  "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
		0 },
	{ "{\"x\":\"_____________________________________________w\"}", 0 },
	{ "{\"x\":\"__________________________________________8\"}", 0 }, /* above the prime */
	{ "{\"d\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}", 0 }, /* private */
	{ "{\"k\":\"AA\"}", 0 },
};

static void ec_keys_are_public_points_of_p256_for_signatures(void)
{
	fresh();
	struct signing_key *k = signing_key_new();
	json_t *public = signing_key_public(k, a);
	struct buf b;
	buf_init(&b, 0);
	json_put_value(&b, public);
	buf_char(&b, 0);
	for (size_t i = 0; i < COUNT_OF(ec_cases); i++) {
		size_t n = usable(json_incref(forge_patch(b.p, ec_cases[i].patch, a)));
		if (n != ec_cases[i].usable)
			test_fail(__FILE__, __LINE__, "%s: %zu", ec_cases[i].patch, n);
	}
	buf_release(&b);
	signing_key_free(&k);
	done();
}

static void a_set_without_a_usable_key_is_an_error(void)
{
	static const char *const bad[] = { "{}", "[]", "{\"keys\":{}}", "{\"keys\":[]}",
		"{\"keys\":[1,null,\"x\",[]]}", "{\"keys\":\"x\"}", "7" };
	fresh();
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		e = (struct err) { 0 };
		CHECK_TRUE(!key_set_new(forge_json(bad[i], a), &e));
		CHECK_INT(e.code, ERR_INVALID_REQUEST);
		CHECK_TRUE(strlen(e.msg) > 20);
	}
	CHECK_TRUE(!key_set_new(NULL, &e));
	done();
}

static void bad_keys_leave_the_good_ones_alone_and_32_are_enough(void)
{
	fresh();
	json_t *list = json_array(), *set = json_own(a, json_pack("{so}", "keys", list));
	struct signing_key *first = signing_key_new(), *last = signing_key_new();
	json_array_append_new(
		list, json_pack("{ss ss ss}", "kty", "RSA", "n", "AA", "e", "AQAB"));
	json_array_append(list, signing_key_public(first, a));
	json_array_append_new(list, json_pack("{ss ss}", "kty", "oct", "k", "AAAA"));
	for (int i = 1; i < KEY_SET_MAX; i++) {
		struct signing_key *k = signing_key_new();
		json_array_append(list, signing_key_public(k, a));
		signing_key_free(&k);
	}
	json_array_append(list, signing_key_public(last, a));
	struct key_set *s = key_set_new(set, &e);
	CHECK_INT(key_set_count(s), KEY_SET_MAX);
	CHECK_TRUE(key_set_has(s, str_of(signing_key_id(first))));
	CHECK_TRUE(!key_set_has(s, str_of(signing_key_id(last))));
	CHECK_TRUE(!key_set_has(s, STR("")));
	key_set_drop(&s);
	signing_key_free(&first);
	signing_key_free(&last);
	done();
}

static const char *const audiences[] = { FORGE_AUDIENCE, NULL };
static const char *const types[] = { "at+jwt", NULL };
static const struct verify_rules rules = { .issuer = FORGE_ISSUER,
	.audiences = audiences,
	.types = types,
	.algs = ALG_ES256 | ALG_RS256 | ALG_PS256 };

static enum verdict verdict(struct key_set *s, const char *token)
{
	struct claims c;
	const char *why;
	return verify_token(s, &rules, str_of(token), NULL, a, &c, &why);
}

static void keys_without_kid_and_twice_the_same_kid_work(void)
{
	fresh();
	struct signing_key *one = signing_key_new(), *two = signing_key_new(),
			   *none = signing_key_new();
	json_t *list = json_array(), *set = json_own(a, json_pack("{so}", "keys", list));
	json_array_append(list, signing_key_public(one, a));
	json_array_append(list, signing_key_public(two, a));
	json_object_set_new(json_array_get(list, 0), "kid", json_string("same"));
	json_object_set_new(json_array_get(list, 1), "kid", json_string("same"));
	json_array_append(list, signing_key_public(none, a));
	json_object_del(json_array_get(list, 2), "kid");
	struct key_set *s = key_set_new(set, &e);
	CHECK_INT(verdict(s, forge_token(one, "{\"kid\":\"same\"}", NULL, a)), VERDICT_GOOD);
	CHECK_INT(verdict(s, forge_token(two, "{\"kid\":\"same\"}", NULL, a)), VERDICT_GOOD);
	CHECK_INT(verdict(s, forge_token(none, "{\"kid\":null}", NULL, a)), VERDICT_GOOD);
	CHECK_INT(verdict(s, forge_token(none, "{\"kid\":\"own\"}", NULL, a)), VERDICT_GOOD);
	CHECK_INT(verdict(s, forge_token(two, "{\"kid\":\"own\"}", NULL, a)),
		VERDICT_UNKNOWN_KEY);
	CHECK_INT(verdict(s, forge_token(two, "{\"kid\":null}", NULL, a)), VERDICT_GOOD);
	key_set_drop(&s);
	signing_key_free(&one);
	signing_key_free(&two);
	signing_key_free(&none);
	done();
}

static void a_set_lives_until_its_last_user_drops_it(void)
{
	fresh();
	struct signing_key *k = signing_key_new();
	struct key_set *s = key_set_new(forge_jwks(k, a), &e), *mine = key_set_hold(s);
	key_set_drop(&s);
	CHECK_TRUE(s == NULL);
	CHECK_INT(verdict(mine, forge_token(k, NULL, NULL, a)), VERDICT_GOOD);
	key_set_drop(&mine);
	key_set_drop(&mine); /* nothing there: nothing happens */
	signing_key_free(&k);
	done();
}

TEST_MAIN(TEST(rsa_keys_have_2048_to_4096_bits_and_are_odd),
	TEST(ec_keys_are_public_points_of_p256_for_signatures),
	TEST(a_set_without_a_usable_key_is_an_error),
	TEST(bad_keys_leave_the_good_ones_alone_and_32_are_enough),
	TEST(keys_without_kid_and_twice_the_same_kid_work),
	TEST(a_set_lives_until_its_last_user_drops_it))
