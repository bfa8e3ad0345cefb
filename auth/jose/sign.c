/* SPDX-License-Identifier: Apache-2.0 */
/* cjose signs; it writes neither alg nor use into a JWK and counts its users without a lock, so
 * keys are never shared through it (auth.md section 6). */
#include "auth/jose/sign.h"
#include "auth/jose/inner.h"
#include "base/check.h"
#include "base/mem.h"

#include <cjose/cjose.h>

struct signing_key {
	cjose_jwk_t *jwk;
	char id[THUMB_B64 + 1], x[P256_B64 + 1], y[P256_B64 + 1];
};

void signing_key_free(struct signing_key **k)
{
	if (*k)
		cjose_jwk_release((*k)->jwk);
	mem_free(*k);
	*k = NULL;
}

/* As the library writes the key; to be wiped and freed with text_free. */
static char *text_of(const cjose_jwk_t *jwk, bool private)
{
	cjose_err e = { 0 };
	return cjose_jwk_to_json(jwk, private, &e);
}

static void text_free(char *text)
{
	if (text)
		mem_wipe(text, strlen(text));
	cjose_get_dealloc()(text);
}

/* Takes jwk over. The public part comes from the private one, whatever a text said beside it. */
static struct signing_key *wrap(cjose_jwk_t *jwk)
{
	struct signing_key *k = NULL;
	struct arena *a = arena_new(0);
	char *text = text_of(jwk, false);
	json_t *j = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
	struct jwk public;
	const char *why;
	if (j && jwk_read(j, a, &public, &why) && public.algs == ALG_ES256) {
		k = MEM_NEW(struct signing_key);
		k->jwk = jwk;
		memcpy(k->x, member(j, "x").p, P256_B64);
		memcpy(k->y, member(j, "y").p, P256_B64);
		memcpy(k->id, sha256_b64(str_of(public.text), a), THUMB_B64);
	} else {
		cjose_jwk_release(jwk);
	}
	json_decref(j);
	text_free(text);
	arena_free(&a);
	return k;
}

struct signing_key *signing_key_new(void)
{
	cjose_err e = { 0 };
	cjose_jwk_t *jwk = cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &e);
	CHECK(jwk);
	struct signing_key *k = wrap(jwk);
	CHECK(k);
	return k;
}

static bool is_private_p256(const json_t *j)
{
	static const char *const numbers[] = { "x", "y", "d" };
	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		struct str n = member(j, numbers[i]);
		if (n.n != P256_B64 || !b64url_ok(n))
			return false;
	}
	return str_eq(member(j, "kty"), STR("EC")) && str_eq(member(j, "crv"), STR("P-256"));
}

struct signing_key *signing_key_load(struct str jwk)
{
	struct arena *a = arena_new(0);
	struct err err;
	cjose_err e = { 0 };
	json_t *j = json_read(a, jwk, &err);
	struct signing_key *k = NULL;
	if (j && is_private_p256(j)) {
		cjose_jwk_t *read = cjose_jwk_import(jwk.p, jwk.n, &e);
		k = read ? wrap(read) : NULL;
	}
	if (k && (!str_eq(member(j, "x"), str_of(k->x)) ||
			 !str_eq(member(j, "y"), str_of(k->y))))
		signing_key_free(&k);
	arena_free(&a);
	return k;
}

const char *signing_key_id(const struct signing_key *k)
{
	return k->id;
}

static void wipe(void *text)
{
	mem_wipe(text, strlen(text));
}

struct str signing_key_private(const struct signing_key *k, struct arena *a)
{
	char *text = text_of(k->jwk, true);
	CHECK(text);
	char *copy = arena_text(a, str_of(text));
	text_free(text);
	arena_defer(a, wipe, copy);
	return str_of(copy);
}

json_t *signing_key_public(const struct signing_key *k, struct arena *a)
{
	return json_own(
		a, json_pack("{ss ss ss ss ss ss ss}", "kty", "EC", "crv", "P-256", "x", k->x,
			   "y", k->y, "kid", k->id, "alg", "ES256", "use", "sig"));
}

const char *jws_sign(
	const struct signing_key *k, const char *typ, const json_t *payload, struct arena *a)
{
	cjose_err e = { 0 };
	cjose_jws_t *jws = NULL;
	const char *compact = NULL, *out = NULL;
	struct buf body;
	buf_init(&body, 0);
	json_put_value(&body, payload);
	cjose_header_t *h = cjose_header_new(&e);
	if (h && cjose_header_set(h, CJOSE_HDR_ALG, CJOSE_HDR_ALG_ES256, &e) &&
		cjose_header_set(h, "typ", typ, &e) &&
		cjose_header_set(h, CJOSE_HDR_KID, k->id, &e))
		jws = cjose_jws_sign(k->jwk, h, (const uint8_t *)body.p, body.len, &e);
	if (jws && cjose_jws_export(jws, &compact, &e))
		out = arena_text(a, str_of(compact)); /* compact goes with jws */
	if (jws)
		cjose_jws_release(jws);
	if (h)
		cjose_header_release(h);
	buf_release(&body);
	return out;
}
