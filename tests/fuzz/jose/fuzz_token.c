/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text as a token against a fixed set of keys: the libraries never end the process, and nothing
 * is good but what the keys' owner signed. The seeds' exp lies far ahead, for the library reads the
 * real clock.
 */
#include "fuzz/jose/common.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const audiences[] = { "https://rs.example/mcp", NULL };
static const char *const types[] = { "at+jwt", "JWT", "", NULL };
static const struct verify_rules rules = { .issuer = "https://id.example",
	.audiences = audiences,
	.types = types,
	.algs = ALG_ES256 | ALG_RS256 | ALG_PS256,
	.leeway_s = 30,
	.scope_needed = true };

static struct key_set *fixed_keys(void)
{
	static struct key_set *keys;
	if (!keys) {
		struct arena *a = arena_new(0);
		struct err e;
		keys = key_set_new(json_read(a, STR(FUZZ_JWKS), &e), &e);
		CHECK(keys && key_set_count(keys) == 2);
		arena_free(&a);
	}
	return keys;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct claims c;
	const char *why = NULL;
	fuzz_start();
	struct arena *a = arena_new(0);
	struct str text = { (const char *)data, size };
	enum verdict v = verify_token(fixed_keys(), &rules, text, NULL, a, &c, &why);
	CHECK(why && (v == VERDICT_GOOD) == (c.all != NULL));
	if (v != VERDICT_BAD)
		CHECK(jws_looks_like(text));
	if (v == VERDICT_GOOD) /* the seeds' subject: nobody else was ever signed for */
		CHECK(strcmp(c.sub, "user_1") == 0);
	arena_free(&a);
	return 0;
}
