/* SPDX-License-Identifier: Apache-2.0 */
/* What was good is known again, for as long as it stays good. */
#include "auth/good_tokens.h"
#include "auth/jose/sign.h"
#include "base/check.h"
#include "base/clock.h"
#include "lib/test.h"

static struct arena *a;

static struct key_set *keys_new(void)
{
	struct err e;
	struct signing_key *k = signing_key_new();
	json_t *list = json_own(a, json_pack("{s:[O]}", "keys", signing_key_public(k, a)));
	struct key_set *s = key_set_new(list, &e);
	CHECK(s);
	signing_key_free(&k);
	return s;
}

static struct claims claims_of(const char *sub)
{
	return (struct claims) { .iss = "https://s.example",
		.sub = sub,
		.client_id = "c",
		.scope = "scrape",
		.jti = "j",
		.gid = "g",
		.nonce = "",
		.azp = "",
		.jkt = "",
		.exp_s = now_ms() / 1000 + 60 };
}

static bool known(struct good_tokens *g, struct key_set *keys, const char *token)
{
	struct claims out;
	return good_tokens_find(g, keys, "https://s.example", str_of(token), a, &out);
}

static void a_good_token_is_known_again(void)
{
	struct good_tokens *g = good_tokens_new();
	struct key_set *keys = keys_new();
	struct claims c = claims_of("anna"), out;
	CHECK_TRUE(!known(g, keys, "t1"));
	good_tokens_add(g, keys, STR("t1"), &c);
	CHECK_TRUE(good_tokens_find(g, keys, "https://s.example", STR("t1"), a, &out));
	CHECK_TEXT(out.sub, "anna");
	CHECK_TEXT(out.gid, "g");
	CHECK_TEXT(out.scope, "scrape");
	CHECK_INT(out.exp_s, c.exp_s);
	CHECK_TRUE(!known(g, keys, "t2"));
	CHECK_TRUE(!good_tokens_find(g, keys, "https://other.example", STR("t1"), a, &out));
	key_set_drop(&keys);
	good_tokens_free(&g);
}

static void an_expired_token_is_not(void)
{
	struct good_tokens *g = good_tokens_new();
	struct key_set *keys = keys_new();
	clock_fake(1000000, 0);
	struct claims c = claims_of("anna");
	good_tokens_add(g, keys, STR("t"), &c);
	clock_fake(c.exp_s * 1000 - 1, 0);
	CHECK_TRUE(known(g, keys, "t"));
	clock_fake(c.exp_s * 1000, 0);
	CHECK_TRUE(!known(g, keys, "t"));
	clock_fake(-1, -1);
	key_set_drop(&keys);
	good_tokens_free(&g);
}

static void other_keys_forget_all(void)
{
	struct good_tokens *g = good_tokens_new();
	struct key_set *keys = keys_new(), *other = keys_new();
	struct claims c = claims_of("anna");
	good_tokens_add(g, keys, STR("t"), &c);
	CHECK_TRUE(!known(g, other, "t"));
	good_tokens_add(g, other, STR("u"), &c);
	CHECK_TRUE(!known(g, other, "t"));
	CHECK_TRUE(!known(g, keys, "t"));
	CHECK_TRUE(known(g, other, "u"));
	key_set_drop(&keys);
	key_set_drop(&other);
	good_tokens_free(&g);
}

static void a_token_bound_to_a_key_is_never_kept(void)
{
	struct good_tokens *g = good_tokens_new();
	struct key_set *keys = keys_new();
	struct claims c = claims_of("anna");
	c.jkt = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
	good_tokens_add(g, keys, STR("t"), &c);
	CHECK_TRUE(!known(g, keys, "t"));
	key_set_drop(&keys);
	good_tokens_free(&g);
}

static void it_is_bounded(void)
{
	struct good_tokens *g = good_tokens_new();
	struct key_set *keys = keys_new();
	struct claims c = claims_of("anna");
	char token[32];
	int kept = 0;
	for (int i = 0; i <= GOOD_TOKENS_MAX; i++) {
		snprintf(token, sizeof token, "token%d", i);
		good_tokens_add(g, keys, str_of(token), &c);
	}
	for (int i = 0; i <= GOOD_TOKENS_MAX; i++) {
		snprintf(token, sizeof token, "token%d", i);
		kept += known(g, keys, token);
	}
	CHECK_INT(kept, 1);
	key_set_drop(&keys);
	good_tokens_free(&g);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = { TEST(a_good_token_is_known_again),
		TEST(an_expired_token_is_not), TEST(other_keys_forget_all),
		TEST(a_token_bound_to_a_key_is_never_kept), TEST(it_is_bounded) };
	a = arena_new(0);
	jose_start();
	int code = test_main(tests, sizeof tests / sizeof tests[0], argc, argv);
	jose_stop();
	arena_free(&a);
	return code;
}
