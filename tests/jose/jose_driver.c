/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_token and dpop_check behind a pipe, for tokens of other libraries: one JSON object a line
 * in, "good|bad|unknown TAB why TAB sub-or-jkt" a line out.
 *	{"jwks":{},"issuer":"","audiences":[],"types":[],"algs":[],"scope":true,"token":"",
 *	 "proof":"","method":"","url":""}
 * Without a token the proof is checked alone. `jose_driver sign` reads a private JWK and then
 * payloads, and writes our tokens. `jose_driver rate N` verifies one ES256 token N times.
 */
#include "auth/jose/sign.h"
#include "auth/jose/verify.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/mem.h"

enum { LIST_MAX = 8 };
static struct dpop_seen *seen;

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));
	return t ? t : "";
}

static const char *const *texts(const json_t *list, const char *out[LIST_MAX + 1])
{
	size_t n = 0;
	for (; n < json_array_size(list) && n < LIST_MAX; n++)
		out[n] = json_string_value(json_array_get(list, n));
	out[n] = NULL;
	return out;
}

static void answer(const json_t *j, struct arena *a)
{
	static const char *const words[] = { "good", "bad", "unknown" };
	const char *audiences[LIST_MAX + 1], *types[LIST_MAX + 1], *why, *jkt = NULL;
	struct err e;
	struct claims c = { 0 };
	struct verify_rules rules = { .issuer = text(j, "issuer"),
		.audiences = texts(json_object_get(j, "audiences"), audiences),
		.types = texts(json_object_get(j, "types"), types),
		.leeway_s = 30,
		.scope_needed = json_is_true(json_object_get(j, "scope")) };
	const json_t *algs = json_object_get(j, "algs"), *alg,
		     *token = json_object_get(j, "token");
	size_t i;
	json_array_foreach(algs, i, alg) rules.algs |=
		jose_alg_find(str_of(json_string_value(alg)));
	struct dpop_proof proof = { str_of(text(j, "proof")), text(j, "method"), text(j, "url"),
		seen };
	if (!token) {
		bool ok = dpop_check(&proof, a, &jkt, &why);
		printf("%s\t%s\t%s\n", ok ? "good" : "bad", ok ? "" : why, ok ? jkt : "");
		return;
	}
	struct key_set *keys = key_set_new(json_object_get(j, "jwks"), &e);
	if (!keys) {
		printf("bad\t%s\t\n", e.msg);
		return;
	}
	enum verdict v = verify_token(keys, &rules,
		(struct str) { json_string_value(token), json_string_length(token) },
		proof.text.n ? &proof : NULL, a, &c, &why);
	printf("%s\t%s\t%s\n", words[v], why, c.sub);
	key_set_drop(&keys);
}

static void each_line(void (*with)(const json_t *, struct arena *))
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	while ((n = getline(&line, &room, stdin)) > 0) {
		struct arena *a = arena_new(0);
		json_t *j = json_loadb(line, (size_t)n, JSON_ALLOW_NUL, NULL);
		CHECK(j);
		with(json_own(a, j), a);
		arena_free(&a);
	}
	free(line);
}

static struct signing_key *key;
static void sign(const json_t *j, struct arena *a)
{
	if (!key) {
		char *private = json_dumps(j, 0);
		key = signing_key_load(str_of(private));
		mem_free(private);
		CHECK(key);
		return;
	}
	puts(jws_sign(key, "at+jwt", j, a));
}

static void rate(long times)
{
	static const char *const audiences[] = { "https://rs.example/mcp", NULL };
	static const char *const types[] = { "at+jwt", NULL };
	const struct verify_rules rules = { .issuer = "https://id.example",
		.audiences = audiences,
		.types = types,
		.algs = ALG_ES256,
		.leeway_s = 30,
		.scope_needed = true };
	struct arena *a = arena_new(0);
	struct err e;
	key = signing_key_new();
	json_t *jwks = json_own(a, json_pack("{s[O]}", "keys", signing_key_public(key, a)));
	struct key_set *keys = key_set_new(jwks, &e);
	json_t *payload = json_own(
		a, json_pack("{ss ss ss ss ss ss ss sI sI}", "iss", rules.issuer, "aud",
			   audiences[0], "sub", "user_1k9x", "client_id", "client_1k9x",
			   "scope", "scrape jobs:read", "jti", "jti_1k9x", "gid", "grant_1k9x",
			   "iat", (json_int_t)(now_ms() / 1000), "exp",
			   (json_int_t)(now_ms() / 1000 + 3600)));
	struct str token = str_of(jws_sign(key, "at+jwt", payload, a));
	int64_t began = mono_us();
	for (long i = 0; i < times; i++) {
		struct arena *one = arena_new(0);
		struct claims c;
		const char *why;
		CHECK(verify_token(keys, &rules, token, NULL, one, &c, &why) == VERDICT_GOOD);
		arena_free(&one);
	}
	int64_t us = mono_us() - began;
	printf("%.0f verifications/s, %.1f us each\n", (double)times * 1e6 / (double)us,
		(double)us / (double)times);
	key_set_drop(&keys);
	arena_free(&a);
}

int main(int argc, char **argv)
{
	mem_init();
	jose_start();
	seen = dpop_seen_new();
	if (argc > 2 && strcmp(argv[1], "rate") == 0)
		rate(strtol(argv[2], NULL, 10));
	else
		each_line(argc > 1 && strcmp(argv[1], "sign") == 0 ? sign : answer);
	signing_key_free(&key);
	dpop_seen_free(&seen);
	jose_stop();
	return 0;
}
