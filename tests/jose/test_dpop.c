/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs of possession: every check of auth.md section 5c, with and without a token. */
#include "auth/jose/verify.h"
#include "jose/forge.h"
#include "lib/test.h"

#include <openssl/bn.h>
#include <openssl/ec.h>

static struct arena *a;
static struct signing_key *issuer, *client;
static struct key_set *keys;
static struct dpop_seen *seen;
static const char *bound; /* a token bound to the client's key */
static const char *const audiences[] = { FORGE_AUDIENCE, NULL };
static const char *const types[] = { "at+jwt", NULL };
static const struct verify_rules rules = { .issuer = FORGE_ISSUER,
	.audiences = audiences,
	.types = types,
	.algs = ALG_ES256,
	.leeway_s = 30,
	.scope_needed = true };

static const char *bound_to(const struct signing_key *k)
{
	return forge_token(issuer, NULL,
		arena_printf(a, "{\"cnf\":{\"jkt\":\"%s\"}}", signing_key_id(k)), a);
}

static void fresh(void)
{
	struct err e;
	jose_start();
	a = arena_new(0);
	issuer = signing_key_new();
	client = signing_key_new();
	keys = key_set_new(forge_jwks(issuer, a), &e);
	seen = dpop_seen_new();
	bound = bound_to(client);
}

static void done(void)
{
	clock_fake(-1, -1);
	dpop_seen_free(&seen);
	key_set_drop(&keys);
	signing_key_free(&issuer);
	signing_key_free(&client);
	arena_free(&a);
	jose_stop();
}

static struct dpop_proof request(const char *proof)
{
	return (struct dpop_proof) { str_of(proof), "POST", FORGE_AUDIENCE, seen };
}

static const char *with_token(const char *token, struct dpop_proof p, enum verdict *v)
{
	struct claims c;
	const char *why;
	*v = verify_token(keys, &rules, str_of(token), &p, a, &c, &why);
	CHECK_TRUE((*v == VERDICT_GOOD) == (c.all != NULL));
	if (*v == VERDICT_GOOD)
		CHECK_TEXT(c.jkt, signing_key_id(client));
	return why;
}

/* Both ways of use: the proof alone, and again (with another jti) beside the token. */
static void expect(const char *header, const char *payload, const char *why_not)
{
	const char *jkt, *why, *alone = forge_proof(client, header, payload, NULL, a);
	struct dpop_proof p = request(alone);
	enum verdict v;
	bool ok = dpop_check(&p, a, &jkt, &why);
	if (ok != !why_not || (why_not && strcmp(why, why_not) != 0))
		test_fail(__FILE__, __LINE__, "alone %s %s: %d %s", header, payload, ok, why);
	CHECK_TRUE(ok == (jkt != NULL));
	if (ok)
		CHECK_TEXT(jkt, signing_key_id(client));
	why = with_token(bound, request(forge_proof(client, header, payload, bound, a)), &v);
	if ((v == VERDICT_GOOD) != !why_not || (why_not && strcmp(why, why_not) != 0))
		test_fail(__FILE__, __LINE__, "token %s %s: %d %s", header, payload, v, why);
}

static const char no_typ[] = "the proof's typ is not dpop+jwt",
		  no_jwk[] = "the proof's jwk is not a public key of P-256",
		  no_place[] = "the proof is for another URL",
		  no_method[] = "the proof is for another method",
		  no_time[] = "the proof is too old or not valid yet",
		  no_jti[] = "the proof's jti is not a short text",
		  no_crit[] = "the proof has a crit or b64 header";

static const struct {
	const char *header, *payload, *why;
} cases[] = {
	{ NULL, NULL, NULL },
	{ "{\"typ\":\"DPoP+JWT\"}", NULL, NULL },
	{ "{\"typ\":\"jwt\"}", NULL, no_typ },
	{ "{\"typ\":7}", NULL, no_typ },
	{ "{\"typ\":\"application/dpop+jwt\"}", NULL, no_typ },
	{ "{\"crit\":[\"x\"]}", NULL, no_crit },
	{ "{\"b64\":false}", NULL, no_crit },
	{ "{\"jwk\":7}", NULL, no_jwk },
	{ "{\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}}", NULL, no_jwk },
	{ "{\"jwk\":{\"kty\":\"RSA\",\"n\":\"AA\",\"e\":\"AQAB\"}}", NULL, no_jwk },
	{ "{\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"A=\",\"y\":\"A=\"}}", NULL,
		no_jwk },
	{ NULL, "{\"htm\":\"GET\"}", no_method },
	{ NULL, "{\"htm\":\"post\"}", no_method },
	{ NULL, "{\"htm\":null}", no_method },
	{ NULL, "{\"htu\":null}", no_place },
	{ NULL, "{\"htu\":7}", no_place },
	{ NULL, "{\"htu\":\"\"}", no_place },
	{ NULL, "{\"htu\":\"/mcp\"}", no_place },
	{ NULL, "{\"htu\":\"https://rs.example/x\"}", no_place },
	{ NULL, "{\"htu\":\"https://rs.example/MCP\"}", no_place },
	{ NULL, "{\"htu\":\"https://rs.example/mcp/\"}", no_place },
	{ NULL, "{\"htu\":\"https://rs.example/%6dcp\"}", no_place },
	{ NULL, "{\"htu\":\"https://rs.example\"}", no_place },
	{ NULL, "{\"htu\":\"http://rs.example/mcp\"}", no_place },
	{ NULL, "{\"htu\":\"http://rs.example:443/mcp\"}", no_place },
	{ NULL, "{\"htu\":\"https://rs.example:444/mcp\"}", no_place },
	{ NULL, "{\"htu\":\"https://rs.example.evil/mcp\"}", no_place },
	{ NULL, "{\"htu\":\"https://rs.example@evil/mcp\"}", no_place },
	{ NULL, "{\"htu\":\"https://evil@rs.example/mcp\"}", no_place },
	{ NULL, "{\"htu\":\"ftp://rs.example/mcp\"}", no_place },
	{ NULL, "{\"htu\":\"https:/rs.example/mcp\"}", no_place },
	{ NULL, "{\"htu\":\"https:///mcp\"}", no_place },
	{ NULL, "{\"htu\":\"https://:443/mcp\"}", no_place },
	{ NULL, "{\"htu\":\"HTTPS://RS.Example/mcp\"}", NULL },
	{ NULL, "{\"htu\":\"https://rs.example:443/mcp\"}", NULL },
	{ NULL, "{\"htu\":\"https://rs.example:/mcp\"}", NULL },
	{ NULL, "{\"htu\":\"https://rs.example/mcp?a=1&b=/x#y\"}", NULL },
	{ NULL, "{\"htu\":\"https://rs.example/mcp#y?z\"}", NULL },
	{ NULL, "{\"iat\":null}", no_time },
	{ NULL, "{\"iat\":\"@+0\"}", no_time },
	{ NULL, "{\"iat\":@+0.5}", no_time },
	{ NULL, "{\"iat\":0}", no_time },
	{ NULL, "{\"iat\":@-70}", no_time },
	{ NULL, "{\"iat\":@-50}", NULL },
	{ NULL, "{\"iat\":@+20}", NULL },
	{ NULL, "{\"iat\":@+40}", no_time },
	{ NULL, "{\"jti\":null}", no_jti },
	{ NULL, "{\"jti\":\"\"}", no_jti },
	{ NULL, "{\"jti\":7}", no_jti },
	{ NULL, "{\"ath\":7}", "the proof's ath is not text" },
};

static void every_line_of_the_checks_holds(void)
{
	fresh();
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		expect(cases[i].header, cases[i].payload, cases[i].why);
	char jti[300];
	memset(jti, 'j', sizeof jti);
	expect(NULL, arena_printf(a, "{\"jti\":\"%.*s\"}", 257, jti), no_jti);
	done();
}

static void a_private_key_in_the_header_is_refused(void)
{
	struct err e;
	fresh();
	json_t *jwk = json_read(a, signing_key_private(client, a), &e);
	char *text = json_dumps(jwk, JSON_COMPACT);
	expect(arena_printf(a, "{\"jwk\":%s}", text), NULL, no_jwk);
	mem_free(text);
	done();
}

static void only_es256_is_taken(void)
{
	static const char *const algs[] = { "none", "HS256", "RS256", "PS256", "ES384", "EdDSA",
		"es256" };
	fresh();
	const char *good = forge_proof(client, NULL, NULL, NULL, a), *jkt, *why;
	for (size_t i = 0; i < COUNT_OF(algs); i++) {
		const char *head = arena_printf(
			a, "{\"typ\":\"dpop+jwt\",\"alg\":\"%s\",\"jwk\":{}}", algs[i]);
		struct dpop_proof p = request(
			arena_printf(a, "%s%s", b64url(str_of(head), a), strchr(good, '.')));
		CHECK_TRUE(!dpop_check(&p, a, &jkt, &why));
		CHECK_TEXT(why, "the proof's alg is not ES256");
	}
	done();
}

static void methods_and_ports_are_those_of_the_request(void)
{
	static const struct {
		const char *method, *url, *htu;
		bool good;
	} asked[] = {
		{ "GET", "https://h.example/a", "https://h.example/a", true },
		{ "DELETE", "https://h.example:8443/a", "https://h.example:8443/a", true },
		{ "OPTIONS", "http://h.example/", "http://h.example", true },
		{ "PUT", "http://127.0.0.1:8080/token", "http://127.0.0.1:8080/token", true },
		{ "POST", "http://[::1]:8080/token", "http://[::1]:8080/token", true },
		{ "POST", "https://[::1]/token", "https://[::1]:443/token", true },
		{ "POST", "http://[::1]:8080/token", "http://[::1]/token", false },
		{ "POST", "https://h.example:8443/a", "https://h.example/a", false },
		{ "POST", "http://h.example/a", "http://h.example:80/a", true },
		{ "POST", "http://h.example/a", "HTTP://H.EXAMPLE/a", true },
		{ "PATCH", "https://h.example/a", "https://h.example/a", false },
		{ "CONNECT", "https://h.example/a", "https://h.example/a", false },
		{ "HEAD", "https://h.example/a", "https://h.example/a", false },
	};
	fresh();
	for (size_t i = 0; i < COUNT_OF(asked); i++) {
		const char *payload = arena_printf(
			a, "{\"htm\":\"%s\",\"htu\":\"%s\"}", asked[i].method, asked[i].htu);
		const char *jkt, *why;
		enum verdict v;
		struct dpop_proof p = { str_of(forge_proof(client, NULL, payload, NULL, a)),
			asked[i].method, asked[i].url, seen };
		bool ok = dpop_check(&p, a, &jkt, &why);
		p.text = str_of(forge_proof(client, NULL, payload, bound, a));
		with_token(bound, p, &v);
		if (ok != asked[i].good || (v == VERDICT_GOOD) != asked[i].good)
			test_fail(__FILE__, __LINE__, "%s %s: %d %d", asked[i].method,
				asked[i].htu, ok, v);
	}
	done();
}

/* (r, s) and (r, n-s) are both good: the same proof in other bytes. */
static const char *malleated(const char *proof)
{
	struct str raw;
	const char *dot = strrchr(proof, '.');
	unsigned char sig[64];
	EC_GROUP *g = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	BIGNUM *s;
	char padded[92];
	size_t n = strlen(dot + 1);
	memcpy(padded, dot + 1, n);
	for (size_t i = 0; i < n; i++)
		padded[i] = (char)(padded[i] == '-' ? '+' : padded[i] == '_' ? '/' : padded[i]);
	memset(padded + n, '=', 88 - n);
	unsigned char out[66];
	CHECK(b64_decode((struct str) { padded, 88 }, out, &raw.n) && raw.n == 64);
	memcpy(sig, out, 64);
	s = BN_bin2bn(sig + 32, 32, NULL);
	BN_sub(s, EC_GROUP_get0_order(g), s);
	BN_bn2binpad(s, sig + 32, 32);
	BN_free(s);
	EC_GROUP_free(g);
	return arena_printf(a, "%.*s.%s", (int)(dot - proof), proof,
		b64url((struct str) { (const char *)sig, 64 }, a));
}

static void a_proof_is_good_once_in_whatever_bytes(void)
{
	const char *jkt, *why;
	enum verdict v;
	fresh();
	const char *proof = forge_proof(client, NULL, NULL, NULL, a);
	struct dpop_proof p = request(malleated(proof));
	CHECK_TRUE(dpop_check(&p, a, &jkt, &why)); /* the altered signature is a good one */
	p = request(proof);
	CHECK_TRUE(!dpop_check(&p, a, &jkt, &why));
	CHECK_TEXT(why, "the proof was used before");
	proof = forge_proof(client, NULL, NULL, bound, a);
	with_token(bound, request(proof), &v);
	CHECK_INT(v, VERDICT_GOOD);
	CHECK_TEXT(
		with_token(bound, request(malleated(proof)), &v), "the proof was used before");
	CHECK_TEXT(with_token(bound, request(proof), &v), "the proof was used before");
	/* used beside a token, it cannot be used alone any more, and a new signature changes nothing */
	p = request(forge_proof(client, NULL, "{\"jti\":\"once\"}", NULL, a));
	CHECK_TRUE(dpop_check(&p, a, &jkt, &why));
	p = request(forge_proof(client, NULL, "{\"jti\":\"once\"}", NULL, a));
	CHECK_TRUE(!dpop_check(&p, a, &jkt, &why));
	/* the same jti of another key is another proof */
	p = request(forge_proof(issuer, NULL, "{\"jti\":\"once\"}", NULL, a));
	CHECK_TRUE(dpop_check(&p, a, &jkt, &why));
	done();
}

static void a_bad_signature_does_not_use_the_jti_up(void)
{
	const char *jkt, *why;
	fresh();
	const char *good = forge_proof(client, NULL, "{\"jti\":\"j\"}", NULL, a);
	json_t *jwk = signing_key_public(client, a);
	char *text = json_dumps(jwk, JSON_COMPACT);
	/* signed by another key than the one in its header */
	struct dpop_proof p = request(forge_proof(
		issuer, arena_printf(a, "{\"jwk\":%s}", text), "{\"jti\":\"j\"}", NULL, a));
	mem_free(text);
	CHECK_TRUE(!dpop_check(&p, a, &jkt, &why));
	CHECK_TEXT(why, "the proof's signature is wrong");
	p = request(good);
	CHECK_TRUE(dpop_check(&p, a, &jkt, &why));
	done();
}

static void token_and_proof_belong_together(void)
{
	enum verdict v;
	fresh();
	const char *free_token = forge_token(issuer, NULL, NULL, a), *other = bound_to(issuer);
	CHECK_TEXT(with_token(free_token,
			   request(forge_proof(client, NULL, NULL, free_token, a)), &v),
		"it is not bound to a key");
	CHECK_INT(v, VERDICT_BAD);
	CHECK_TEXT(with_token(other, request(forge_proof(client, NULL, NULL, other, a)), &v),
		"it is bound to another key than the proof's");
	CHECK_TEXT(with_token(bound, request(forge_proof(client, NULL, NULL, NULL, a)), &v),
		"the proof's ath is not this token's");
	CHECK_TEXT(with_token(bound, request(forge_proof(client, NULL, NULL, other, a)), &v),
		"the proof's ath is not this token's");
	CHECK_TEXT(with_token(bound,
			   request(forge_proof(client, NULL, "{\"ath\":\"A=\"}", NULL, a)), &v),
		"the proof's ath is not this token's");
	/* the token's signature counts as before */
	const char *forged = forge_token(client,
		arena_printf(a, "{\"kid\":\"%s\"}", signing_key_id(issuer)),
		arena_printf(a, "{\"cnf\":{\"jkt\":\"%s\"}}", signing_key_id(client)), a);
	CHECK_TEXT(with_token(forged, request(forge_proof(client, NULL, NULL, forged, a)), &v),
		"its signature or that of the proof is wrong");
	CHECK_INT(v, VERDICT_BAD);
	/* and so does the proof's, with everything else in order */
	char *text = json_dumps(signing_key_public(client, a), JSON_COMPACT);
	with_token(bound,
		request(forge_proof(
			issuer, arena_printf(a, "{\"jwk\":%s}", text), NULL, bound, a)),
		&v);
	CHECK_INT(v, VERDICT_BAD);
	mem_free(text);
	/* without a proof the token is nothing */
	struct claims c;
	const char *why;
	CHECK_INT(verify_token(keys, &rules, str_of(bound), NULL, a, &c, &why), VERDICT_BAD);
	with_token(bound, request(forge_proof(client, NULL, NULL, bound, a)), &v);
	CHECK_INT(v, VERDICT_GOOD);
	done();
}

static void odd_texts_are_no_proof(void)
{
	static const char *const bad[] = { "", "A=.x.y", "a.b.c", "e30.e30.e30w", "e30.e30",
		"..." };
	const char *jkt, *why;
	enum verdict v;
	fresh();
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct dpop_proof p = request(bad[i]);
		CHECK_TRUE(!dpop_check(&p, a, &jkt, &why));
		with_token(bound, p, &v);
		CHECK_INT(v, VERDICT_BAD);
	}
	/* bytes behind the signature's numbers */
	struct dpop_proof p =
		request(arena_printf(a, "%sAAAA", forge_proof(client, NULL, NULL, NULL, a)));
	CHECK_TRUE(!dpop_check(&p, a, &jkt, &why));
	done();
}

/* The memory of proofs forgets nothing that could be used again, and everything else. */
static void proofs_are_remembered_for_their_window(void)
{
	const char *jkt, *why;
	fresh();
	int64_t now = now_ms();
	clock_fake(now, 1000);
	const char *proof = forge_proof(client, NULL, "{\"iat\":@+30,\"jti\":\"w\"}", NULL, a);
	struct dpop_proof p = request(proof);
	CHECK_TRUE(dpop_check(&p, a, &jkt, &why));
	for (int s = 1; s <= 90; s++) { /* as long as iat is in the window */
		clock_fake(now + s * 1000, 1000 + s * 1000);
		CHECK_TRUE(!dpop_check(&p, a, &jkt, &why));
		CHECK_TEXT(why, "the proof was used before");
	}
	clock_fake(now + 91000, 92000);
	CHECK_TRUE(!dpop_check(&p, a, &jkt, &why));
	CHECK_TEXT(why, no_time);
	clock_fake(
		now, 1000 + DPOP_LIFE_S * 1000); /* forgotten: only the window keeps it out */
	CHECK_TRUE(dpop_check(&p, a, &jkt, &why));
	done();
}

TEST_MAIN(TEST(every_line_of_the_checks_holds), TEST(a_private_key_in_the_header_is_refused),
	TEST(only_es256_is_taken), TEST(methods_and_ports_are_those_of_the_request),
	TEST(a_proof_is_good_once_in_whatever_bytes),
	TEST(a_bad_signature_does_not_use_the_jti_up), TEST(token_and_proof_belong_together),
	TEST(odd_texts_are_no_proof), TEST(proofs_are_remembered_for_their_window))
