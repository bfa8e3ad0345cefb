/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens and proofs with any header and payload, signed with a real key: what a careless or a bad
 * issuer could make. In JSON texts "@+40" and "@-40" stand for seconds from now.
 */
#ifndef TESTS_JOSE_FORGE_H
#define TESTS_JOSE_FORGE_H

#include "auth/jose/jose.h"
#include "auth/jose/sign.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/mem.h"

#include <cjose/cjose.h>
#include <stdlib.h>

#define FORGE_ISSUER "https://id.example"
#define FORGE_AUDIENCE "https://rs.example/mcp"

static inline json_t *forge_json(const char *text, struct arena *a)
{
	struct buf b;
	struct err e;
	buf_init(&b, 0);
	while (*text) {
		if (*text == '@' && (text[1] == '+' || text[1] == '-')) {
			char *end;
			long long off = strtoll(text + 1, &end, 10);
			buf_addf(&b, "%lld", (long long)(now_ms() / 1000) + off);
			text = end;
		} else {
			buf_char(&b, *text++);
		}
	}
	json_t *j = json_read(a, buf_str(&b), &e);
	buf_release(&b);
	CHECK(j);
	return j;
}

/* base with the members of patch; a member that is null there is taken away. */
static inline json_t *forge_patch(const char *base, const char *patch, struct arena *a)
{
	json_t *j = forge_json(base, a), *p = forge_json(patch ? patch : "{}", a), *v;
	const char *name;
	json_object_foreach(p, name, v)
	{
		if (json_is_null(v))
			json_object_del(j, name);
		else
			json_object_set(j, name, v);
	}
	return j;
}

/* The payload as it is, repeated members and all. */
static inline const char *forge_sign(
	const struct signing_key *k, json_t *header, struct str payload, struct arena *a)
{
	cjose_err e = { 0 };
	const char *compact = NULL;
	struct str private = signing_key_private(k, a);
	cjose_jwk_t *jwk = cjose_jwk_import(private.p, private.n, &e);
	cjose_jws_t *jws =
		cjose_jws_sign(jwk, header, (const uint8_t *)payload.p, payload.n, &e);
	CHECK(jws && cjose_jws_export(jws, &compact, &e));
	const char *out = arena_text(a, str_of(compact));
	cjose_jws_release(jws);
	cjose_jwk_release(jwk);
	return out;
}

static inline const char *forge_signed(
	const struct signing_key *k, json_t *header, const json_t *payload, struct arena *a)
{
	struct buf b;
	buf_init(&b, 0);
	json_put_value(&b, payload);
	const char *out = forge_sign(k, header, buf_str(&b), a);
	buf_release(&b);
	return out;
}

/* An access token that is good but for the patches. */
static inline const char *forge_token(const struct signing_key *k, const char *header_patch,
	const char *payload_patch, struct arena *a)
{
	const char *header = arena_printf(
		a, "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}", signing_key_id(k));
	static const char payload[] =
		"{\"iss\":\"" FORGE_ISSUER "\",\"aud\":\"" FORGE_AUDIENCE
		"\",\"sub\":\"user_1\",\"client_id\":\"client_1\",\"scope\":\"scrape jobs\","
		"\"jti\":\"jti_1\",\"gid\":\"grant_1\",\"iat\":@+0,\"exp\":@+300}";
	return forge_signed(k, forge_patch(header, header_patch, a),
		forge_patch(payload, payload_patch, a), a);
}

/* A proof that is good but for the patches, with a jti of its own; ath when token is given. */
static inline const char *forge_proof(const struct signing_key *k, const char *header_patch,
	const char *payload_patch, const char *token, struct arena *a)
{
	static int serial;
	json_t *header = forge_patch("{\"alg\":\"ES256\",\"typ\":\"dpop+jwt\"}", NULL, a);
	json_t *jwk = signing_key_public(k, a),
	       *p = forge_json(header_patch ? header_patch : "{}", a);
	json_object_set(header, "jwk", jwk);
	json_object_update(header, p);
	json_t *payload = forge_patch(arena_printf(a,
					      "{\"htm\":\"POST\",\"htu\":\"" FORGE_AUDIENCE
					      "\",\"iat\":@+0,\"jti\":\"p%d\"}",
					      serial++),
		NULL, a);
	if (token) {
		unsigned char hash[SHA256_SIZE];
		sha256(str_of(token), hash);
		json_object_set_new(payload, "ath",
			json_string(
				b64url((struct str) { (const char *)hash, sizeof hash }, a)));
	}
	json_t *patch = forge_json(payload_patch ? payload_patch : "{}", a), *v;
	const char *name;
	json_object_foreach(patch, name, v)
	{
		if (json_is_null(v))
			json_object_del(payload, name);
		else
			json_object_set(payload, name, v);
	}
	return forge_signed(k, header, payload, a);
}

static inline json_t *forge_jwks(const struct signing_key *k, struct arena *a)
{
	json_t *list = json_array();
	if (k)
		json_array_append(list, signing_key_public(k, a));
	return json_own(a, json_pack("{so}", "keys", list));
}

#endif
