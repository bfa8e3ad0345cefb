/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any JSON as a key set, and with what is left of it a token of each algorithm is verified: some
 * keys make the libraries loop or read what was never written, but only when they are used.
 */
#include "fuzz/jose/common.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const audiences[] = { "https://rs.example/mcp", NULL };
static const char *const types[] = { "", NULL };
static const struct verify_rules rules = { .issuer = "https://id.example",
	.audiences = audiences,
	.types = types,
	.algs = ALG_ES256 | ALG_RS256 | ALG_PS256 };

/* Unsigned, in time, for everybody's key. */
static const char *const heads[] = { "{\"alg\":\"ES256\"}", "{\"alg\":\"RS256\"}",
	"{\"alg\":\"PS256\"}" };
static const char body[] = "{\"iss\":\"https://id.example\",\"aud\":\"https://rs.example/mcp\","
			   "\"sub\":\"user_1\",\"exp\":9999999999}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e;
	fuzz_start();
	struct arena *a = arena_new(0);
	json_t *j = json_read(a, (struct str) { (const char *)data, size }, &e);
	struct key_set *s = j ? key_set_new(j, &e) : NULL;
	if (s) {
		CHECK(key_set_count(s) > 0 && key_set_count(s) <= KEY_SET_MAX);
		char signature[342];
		memset(signature, 'A', sizeof signature);
		for (size_t i = 0; i < COUNT_OF(heads); i++) {
			struct claims c;
			const char *why;
			const char *token =
				arena_printf(a, "%s.%s.%.*s", b64url(str_of(heads[i]), a),
					b64url(STR(body), a), i ? 342 : 86, signature);
			CHECK(verify_token(s, &rules, str_of(token), NULL, a, &c, &why) ==
				VERDICT_BAD);
		}
	}
	key_set_drop(&s);
	arena_free(&a);
	return 0;
}
