/* SPDX-License-Identifier: Apache-2.0 */
/* Each line of the checks before and behind the library, with tokens whose signature is good. */
#include "auth/jose/verify.h"
#include "jose/forge.h"
#include "lib/test.h"

static struct arena *a;
static struct signing_key *key;
static struct key_set *keys;
static const char *const audiences[] = { FORGE_AUDIENCE, "https://rs.example", NULL };
static const char *const types[] = { "at+jwt", NULL };
static struct verify_rules rules = { .issuer = FORGE_ISSUER,
	.audiences = audiences,
	.types = types,
	.algs = ALG_ES256,
	.leeway_s = 30,
	.scope_needed = true };

static void fresh(void)
{
	struct err e;
	arena_free(&a);
	key_set_drop(&keys);
	signing_key_free(&key);
	jose_start();
	a = arena_new(0);
	key = signing_key_new();
	keys = key_set_new(forge_jwks(key, a), &e);
	CHECK(keys);
}

static void done(void)
{
	key_set_drop(&keys);
	signing_key_free(&key);
	arena_free(&a);
	jose_stop();
}

static const char *verdict_of(const char *token, enum verdict *v)
{
	struct claims c;
	const char *why = NULL;
	*v = verify_token(keys, &rules, str_of(token), NULL, a, &c, &why);
	CHECK_TRUE((*v == VERDICT_GOOD) == (c.all != NULL));
	CHECK_TRUE((*v == VERDICT_GOOD) == (*c.sub != 0));
	return why;
}

static void a_good_token_tells_its_claims(void)
{
	struct claims c;
	const char *why;
	fresh();
	const char *token =
		forge_token(key, NULL, "{\"nonce\":\"n\",\"azp\":\"z\",\"auth_time\":@-5}", a);
	CHECK_INT(verify_token(keys, &rules, str_of(token), NULL, a, &c, &why), VERDICT_GOOD);
	CHECK_TEXT(c.iss, FORGE_ISSUER);
	CHECK_TEXT(c.sub, "user_1");
	CHECK_TEXT(c.client_id, "client_1");
	CHECK_TEXT(c.scope, "scrape jobs");
	CHECK_TEXT(c.jti, "jti_1");
	CHECK_TEXT(c.gid, "grant_1");
	CHECK_TEXT(c.nonce, "n");
	CHECK_TEXT(c.azp, "z");
	CHECK_TEXT(c.jkt, "");
	CHECK_INT(c.exp_s - c.iat_s, 300);
	CHECK_INT(c.iat_s - c.auth_time_s, 5);
	CHECK_TEXT(json_string_value(json_object_get(c.all, "jti")), "jti_1");
	done();
}

static const char good[] = "it is good", bad_aud[] = "it is for another audience",
		  bad_iss[] = "it is of another issuer", late[] = "it has expired",
		  bad_exp[] = "exp is not a whole number of seconds",
		  bad_time[] = "nbf, iat or auth_time is not a whole number of seconds",
		  early[] = "it is not valid yet",
		  bad_type[] = "its typ is not that of an accepted kind of token",
		  bad_text[] = "a claim that is text has another type",
		  bad_alg[] = "its alg is not allowed",
		  bad_crit[] = "it has a crit or b64 header",
		  bound[] = "it is bound to a key and may not be used without a proof",
		  odd_cnf[] = "its cnf is not understood";

static const struct {
	const char *header, *payload, *why;
} cases[] = {
	{ NULL, NULL, good },
	{ "{\"typ\":\"AT+JWT\"}", NULL, good },
	{ "{\"typ\":\"application/at+jwt\"}", NULL, good },
	{ "{\"typ\":\"Application/AT+jwt\"}", NULL, good },
	{ "{\"typ\":\"JWT\"}", NULL, bad_type },
	{ "{\"typ\":\"at+jw\"}", NULL, bad_type },
	{ "{\"typ\":\"application/application/at+jwt\"}", NULL, bad_type },
	{ "{\"typ\":null}", NULL, bad_type },
	{ "{\"typ\":\"\"}", NULL, bad_type },
	{ "{\"typ\":7}", NULL, bad_type },
	{ "{\"kid\":null}", NULL, good },
	{ "{\"kid\":7}", NULL, "its kid is not text" },
	{ "{\"kid\":\"other\"}", NULL, "no key has its kid" },
	{ "{\"kid\":\"\"}", NULL, "no key has its kid" },
	{ "{\"crit\":[\"exp\"]}", NULL, bad_crit },
	{ "{\"crit\":[]}", NULL, bad_crit },
	{ "{\"b64\":true}", NULL, bad_crit },
	{ "{\"b64\":false}", NULL, bad_crit },
	{ "{\"jku\":\"https://evil.example\",\"jwk\":{},\"x5u\":\"x\"}", NULL, good },
	{ "{\"alg\":\"ES512\"}", NULL, bad_alg },
	{ "{\"alg\":\"ES384\"}", NULL, bad_alg },
	{ NULL, "{\"iss\":null}", bad_iss },
	{ NULL, "{\"iss\":7}", bad_text },
	{ NULL, "{\"iss\":\"https://id.example/\"}", bad_iss },
	{ NULL, "{\"iss\":\"https://ID.example\"}", bad_iss },
	{ NULL, "{\"iss\":[\"https://id.example\"]}", bad_text },
	{ NULL, "{\"aud\":null}", bad_aud },
	{ NULL, "{\"aud\":7}", bad_aud },
	{ NULL, "{\"aud\":[]}", bad_aud },
	{ NULL, "{\"aud\":\"https://rs.example/mcp/\"}", bad_aud },
	{ NULL, "{\"aud\":\"https://rs.example\"}", good },
	{ NULL, "{\"aud\":[\"x\",\"https://rs.example/mcp\"]}", good },
	{ NULL, "{\"aud\":[\"https://rs.example/mcp\",7]}", bad_aud },
	{ NULL, "{\"aud\":[[\"https://rs.example/mcp\"]]}", bad_aud },
	{ NULL, "{\"aud\":{\"https://rs.example/mcp\":1}}", bad_aud },
	{ NULL, "{\"exp\":null}", bad_exp },
	{ NULL, "{\"exp\":\"@+300\"}", bad_exp },
	{ NULL, "{\"exp\":@+300.5}", bad_exp },
	{ NULL, "{\"exp\":1e30}", bad_exp },
	{ NULL, "{\"exp\":-1}", bad_exp },
	{ NULL, "{\"exp\":true}", bad_exp },
	{ NULL, "{\"exp\":0}", late },
	{ NULL, "{\"exp\":@-1}", late },
	{ NULL, "{\"exp\":@+0}", late },
	{ NULL, "{\"nbf\":@+100}", early },
	{ NULL, "{\"nbf\":@+20}", good },
	{ NULL, "{\"nbf\":\"x\"}", bad_time },
	{ NULL, "{\"nbf\":1.5}", bad_time },
	{ NULL, "{\"iat\":@+100}", early },
	{ NULL, "{\"iat\":@+20}", good },
	{ NULL, "{\"iat\":null}", good },
	{ NULL, "{\"iat\":\"1\"}", bad_time },
	{ NULL, "{\"auth_time\":\"1\"}", bad_time },
	{ NULL, "{\"sub\":null}", "it has no sub" },
	{ NULL, "{\"sub\":\"\"}", "it has no sub" },
	{ NULL, "{\"sub\":[]}", bad_text },
	{ NULL, "{\"scope\":null}", "it has no scope" },
	{ NULL, "{\"scope\":\"\"}", "it has no scope" },
	{ NULL, "{\"scope\":[\"scrape\"]}", bad_text },
	{ NULL, "{\"gid\":1}", bad_text },
	{ NULL, "{\"cnf\":{\"jkt\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}}", bound },
	{ NULL, "{\"cnf\":{\"jkt\":\"A=\"}}", odd_cnf },
	{ NULL, "{\"cnf\":{\"x5t#S256\":\"x\"}}", odd_cnf },
	{ NULL, "{\"cnf\":{}}", odd_cnf },
	{ NULL, "{\"cnf\":1}", odd_cnf },
	{ NULL,
		"{\"cnf\":{\"jkt\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\",\"x5t#"
		"S256\":\"x\"}}",
		odd_cnf },
};

static void every_line_of_the_checks_holds(void)
{
	fresh();
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		enum verdict v;
		const char *h = cases[i].header ? cases[i].header : "",
			   *p = cases[i].payload ? cases[i].payload : "";
		/* the library signs only with an alg it can use with the key: swap it afterwards */
		const char *token = forge_token(key,
			strstr(h, "\"alg\"") ? NULL : cases[i].header, cases[i].payload, a);
		if (strstr(h, "\"alg\"")) {
			const char *head = b64url(str_of(h), a);
			token = arena_printf(a, "%s%s", head, strchr(token, '.'));
		}
		const char *why = verdict_of(token, &v);
		enum verdict want = cases[i].why == good	     ? VERDICT_GOOD
				    : strstr(cases[i].why, "no key") ? VERDICT_UNKNOWN_KEY
								     : VERDICT_BAD;
		if (v != want || strcmp(why, cases[i].why) != 0)
			test_fail(__FILE__, __LINE__, "%s %s: %d, %s", h, p, v, why);
	}
	done();
}

static void an_unknown_key_is_told_only_for_a_token_that_is_good_else(void)
{
	enum verdict v;
	fresh();
	verdict_of(forge_token(key, "{\"kid\":\"x\"}", "{\"exp\":@-1}", a), &v);
	CHECK_INT(v, VERDICT_BAD);
	verdict_of(forge_token(key, "{\"kid\":\"x\"}", "{\"iss\":\"x\"}", a), &v);
	CHECK_INT(v, VERDICT_BAD);
	verdict_of(forge_token(key, "{\"kid\":\"x\"}", "{\"aud\":\"x\"}", a), &v);
	CHECK_INT(v, VERDICT_BAD);
	struct signing_key *other = signing_key_new();
	verdict_of(forge_token(other, NULL, NULL, a), &v);
	CHECK_INT(v, VERDICT_UNKNOWN_KEY);
	verdict_of(forge_token(other, "{\"kid\":null}", NULL, a), &v);
	CHECK_INT(v, VERDICT_BAD);
	verdict_of(forge_token(other, arena_printf(a, "{\"kid\":\"%s\"}", signing_key_id(key)),
			   NULL, a),
		&v);
	CHECK_INT(v, VERDICT_BAD);
	signing_key_free(&other);
	done();
}

/* Every other letter in every place: 6 bits at a time, the whole token. */
static void a_changed_token_is_never_good(void)
{
	enum verdict v;
	fresh();
	const char *token = forge_token(key, NULL, NULL, a);
	char *copy = arena_text(a, str_of(token));
	for (size_t i = 0; token[i]; i++) {
		struct arena *outer = a;
		if (token[i] == '.')
			continue;
		a = arena_new(0);
		copy[i] = token[i] == 'A' ? 'B' : 'A';
		verdict_of(copy, &v);
		CHECK_TRUE(v != VERDICT_GOOD);
		copy[i] = token[i];
		arena_free(&a);
		a = outer;
	}
	const char *longer[] = { "AAAA", "A", "=", ".", ".AAAA", " " };
	for (size_t i = 0; i < COUNT_OF(longer); i++) {
		verdict_of(arena_printf(a, "%s%s", token, longer[i]), &v);
		CHECK_INT(v, VERDICT_BAD);
	}
	verdict_of(token, &v);
	CHECK_INT(v, VERDICT_GOOD);
	done();
}

static void repeated_members_are_refused_though_signed(void)
{
	enum verdict v;
	fresh();
	json_t *h = forge_json(
		arena_printf(a, "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}",
			signing_key_id(key)),
		a);
	const char *payload = arena_printf(a,
		"{\"iss\":\"" FORGE_ISSUER "\",\"aud\":\"" FORGE_AUDIENCE
		"\",\"sub\":\"a\",\"scope\":\"s\",\"exp\":%lld,\"sub\":\"b\"}",
		(long long)now_ms() / 1000 + 300);
	const char *why = verdict_of(forge_sign(key, h, str_of(payload), a), &v);
	CHECK_INT(v, VERDICT_BAD);
	CHECK_TEXT(why, "its payload is not a JSON object without repeated members");
	done();
}

static void rules_decide_about_scope_typ_and_algorithm(void)
{
	static const char *const id_types[] = { "JWT", "", NULL };
	struct verify_rules own = rules;
	enum verdict v;
	fresh();
	rules.scope_needed = false;
	rules.types = id_types;
	verdict_of(forge_token(key, "{\"typ\":\"jwt\"}", "{\"scope\":null}", a), &v);
	CHECK_INT(v, VERDICT_GOOD);
	verdict_of(forge_token(key, "{\"typ\":null}", "{\"scope\":null}", a), &v);
	CHECK_INT(v, VERDICT_GOOD);
	verdict_of(forge_token(key, NULL, NULL, a), &v);
	CHECK_INT(v, VERDICT_BAD);
	rules.algs = ALG_RS256 | ALG_PS256;
	CHECK_TEXT(verdict_of(forge_token(key, "{\"typ\":null}", NULL, a), &v), bad_alg);
	rules = own;
	rules.leeway_s = 0;
	CHECK_TEXT(verdict_of(forge_token(key, NULL, "{\"nbf\":@+20}", a), &v), early);
	rules = own;
	CHECK_INT(jose_alg_find(STR("ES256")), ALG_ES256);
	CHECK_INT(jose_alg_find(STR("HS256")), 0);
	CHECK_INT(jose_alg_find(STR("none")), 0);
	done();
}

static const struct {
	const char *patch, *why;
} answers[] = {
	{ NULL, good },
	{ "{\"token_type\":\"bearer\"}", good },
	{ "{\"token_type\":\"DPoP\"}", "its token_type is not Bearer" },
	{ "{\"token_type\":1}", "its token_type is not Bearer" },
	{ "{\"iss\":null}", good },
	{ "{\"iss\":\"https://other.example\"}", bad_iss },
	{ "{\"aud\":null}", bad_aud },
	{ "{\"aud\":\"x\"}", bad_aud },
	{ "{\"exp\":null}", bad_exp },
	{ "{\"exp\":@-1}", late },
	{ "{\"nbf\":@+100}", early },
	{ "{\"sub\":null}", "it has no sub" },
	{ "{\"scope\":null}", "it has no scope" },
	{ "{\"cnf\":{\"jkt\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}}", bound },
};

static void introspected_claims_go_through_the_same_checks(void)
{
	static const char base[] =
		"{\"active\":true,\"iss\":\"" FORGE_ISSUER "\",\"aud\":\"" FORGE_AUDIENCE
		"\",\"sub\":\"u\",\"scope\":\"s\",\"exp\":@+60}";
	fresh();
	for (size_t i = 0; i < COUNT_OF(answers); i++) {
		struct claims c;
		const char *why;
		enum verdict v = verify_claims(
			forge_patch(base, answers[i].patch, a), &rules, a, &c, &why);
		CHECK_TRUE((v == VERDICT_GOOD) == (answers[i].why == good));
		CHECK_TEXT(why, answers[i].why);
		CHECK_TRUE((v == VERDICT_GOOD) == (c.all != NULL));
	}
	done();
}

TEST_MAIN(TEST(a_good_token_tells_its_claims), TEST(every_line_of_the_checks_holds),
	TEST(an_unknown_key_is_told_only_for_a_token_that_is_good_else),
	TEST(a_changed_token_is_never_good), TEST(repeated_members_are_refused_though_signed),
	TEST(rules_decide_about_scope_typ_and_algorithm),
	TEST(introspected_claims_go_through_the_same_checks))
