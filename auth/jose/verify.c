/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that can be refused without a signature is refused first: it costs nothing, and what
 * is believed is decoded from the very bytes that the library then verifies.
 */
#include "auth/jose/verify.h"
#include "auth/jose/inner.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/digest.h"

static const struct {
	const char *name;
	size_t at;
} text_claims[] = {
#define TEXT_CLAIM(name)                                                                       \
	{                                                                                      \
#name, offsetof(struct claims, name)                                           \
	}
	TEXT_CLAIM(iss),
	TEXT_CLAIM(sub),
	TEXT_CLAIM(client_id),
	TEXT_CLAIM(scope),
	TEXT_CLAIM(jti),
	TEXT_CLAIM(gid),
	TEXT_CLAIM(nonce),
	TEXT_CLAIM(azp),
#undef TEXT_CLAIM
};
static const struct claims no_claims = { .iss = "",
	.sub = "",
	.client_id = "",
	.scope = "",
	.jti = "",
	.gid = "",
	.nonce = "",
	.azp = "",
	.jkt = "" };

/* Absent counts as good and leaves *out alone; else an integer of seconds, never a fraction. */
static bool seconds(const json_t *all, const char *name, int64_t *out)
{
	const json_t *v = json_object_get(all, name);
	if (v && json_is_integer(v) && json_integer_value(v) >= 0)
		*out = json_integer_value(v);
	return !v || (json_is_integer(v) && json_integer_value(v) >= 0);
}

static bool listed(const char *const *list, const char *text)
{
	for (; text && *list; list++)
		if (strcmp(*list, text) == 0)
			return true;
	return false;
}

/* A text, or a list of nothing but texts (RFC 7519 section 4.1.3). */
static bool aud_fits(const json_t *aud, const char *const *wanted)
{
	const json_t *one;
	bool fits = false;
	size_t i;
	if (json_is_string(aud))
		return listed(wanted, json_string_value(aud));
	json_array_foreach(aud, i, one)
	{
		if (!json_is_string(one))
			return false;
		fits |= listed(wanted, json_string_value(one));
	}
	return fits;
}

static bool times_fit(const json_t *all, const struct verify_rules *rules, struct claims *out,
	const char **why)
{
	int64_t now = now_ms() / 1000, nbf = 0;
	*why = "exp is not a whole number of seconds";
	if (!json_object_get(all, "exp") || !seconds(all, "exp", &out->exp_s))
		return false;
	*why = "it has expired";
	if (out->exp_s <= now)
		return false;
	*why = "nbf, iat or auth_time is not a whole number of seconds";
	if (!seconds(all, "nbf", &nbf) || !seconds(all, "iat", &out->iat_s) ||
		!seconds(all, "auth_time", &out->auth_time_s))
		return false;
	*why = "it is not valid yet";
	return nbf <= now + rules->leeway_s && out->iat_s <= now + rules->leeway_s;
}

/* cnf absent, or {"jkt": thumbprint}: a binding that is not understood cannot be checked. */
static bool binding_read(const json_t *all, struct claims *out)
{
	const json_t *cnf = json_object_get(all, "cnf");
	struct str jkt = member(cnf, "jkt");
	if (!cnf)
		return true;
	if (json_object_size(cnf) != 1 || jkt.n != THUMB_B64 || !b64url_ok(jkt))
		return false;
	out->jkt = jkt.p;
	return true;
}

static bool claims_read(json_t *all, const struct verify_rules *rules, bool token,
	struct claims *out, const char **why)
{
	*out = no_claims;
	out->all = all;
	*why = "a claim that is text has another type";
	for (size_t i = 0; i < COUNT_OF(text_claims); i++) {
		const json_t *v = json_object_get(all, text_claims[i].name);
		if (v && !json_is_string(v))
			return false;
		if (v)
			*(const char **)(void *)((char *)out + text_claims[i].at) =
				json_string_value(v);
	}
	*why = "it is of another issuer";
	if ((token || *out->iss) && strcmp(out->iss, rules->issuer) != 0)
		return false;
	*why = "it is for another audience";
	if (!aud_fits(json_object_get(all, "aud"), rules->audiences))
		return false;
	if (!times_fit(all, rules, out, why))
		return false;
	*why = "it has no sub";
	if (!*out->sub)
		return false;
	*why = "it has no scope";
	if (rules->scope_needed && !*out->scope)
		return false;
	*why = "its cnf is not understood";
	return binding_read(all, out);
}

static bool typ_fits(const json_t *header, const char *const *types)
{
	struct str typ = member(header, "typ");
	const struct str media = STR("application/");
	if (json_object_get(header, "typ") && !typ.n)
		return false;
	if (str_istarts(typ, media))
		typ = (struct str) { typ.p + media.n, typ.n - media.n };
	for (; *types; types++)
		if (str_ieq(typ, str_of(*types)))
			return true;
	return false;
}

static bool header_fits(
	const json_t *header, const struct verify_rules *rules, const char **why)
{
	const json_t *kid = json_object_get(header, "kid");
	*why = "its alg is not allowed";
	if (!(jose_alg_find(member(header, "alg")) & rules->algs))
		return false;
	*why = "it has a crit or b64 header";
	if (json_object_get(header, "crit") || json_object_get(header, "b64"))
		return false;
	*why = "its kid is not text";
	if (kid && !json_is_string(kid))
		return false;
	*why = "its typ is not that of an accepted kind of token";
	return typ_fits(header, rules->types);
}

static bool bearer_verify_with(const char *token, const struct key *key)
{
	json_t *payload = NULL;
	bool good = oauth2_token_verify(NULL, NULL, key->bearer, token, &payload);
	json_decref(payload);
	return good;
}

/* A key without kid may be anybody's; a token without kid may be signed by any. */
static enum verdict signature(const struct key_set *keys, const struct jws *jws,
	const struct proof *proof, struct arena *a, const char **why)
{
	enum jose_alg alg = jose_alg_find(member(jws->header, "alg"));
	struct str kid = member(jws->header, "kid");
	const char *token = arena_text(a, jws->text);
	*why = proof ? "its signature or that of the proof is wrong" : "its signature is wrong";
	if (alg == ALG_ES256 && signature_size(jws->text) != ES256_SIG_B64)
		return VERDICT_BAD; /* the library passes over bytes behind the numbers */
	for (size_t i = 0; i < keys->n; i++) {
		const struct key *k = &keys->keys[i];
		if (!(k->algs & alg) || (kid.p && k->kid && !str_eq(kid, str_of(k->kid))))
			continue;
		if (proof ? proof_verify_with(proof, token, k) : bearer_verify_with(token, k))
			return VERDICT_GOOD;
	}
	if (!kid.p || key_set_has(keys, kid))
		return VERDICT_BAD;
	*why = "no key has its kid";
	return VERDICT_UNKNOWN_KEY;
}

/* The proof's part that needs the token: bound to this key, and made for this token. */
static bool proof_fits(const struct proof *p, const struct claims *c, struct str token,
	struct arena *a, const char **why)
{
	*why = "it is not bound to a key";
	if (!*c->jkt)
		return false;
	*why = "it is bound to another key than the proof's";
	if (strcmp(c->jkt, p->jkt) != 0)
		return false;
	*why = "the proof's ath is not this token's";
	return same_secret(str_of(p->ath), str_of(sha256_b64(token, a)));
}

enum verdict verify_token(struct key_set *keys, const struct verify_rules *rules,
	struct str token, const struct dpop_proof *proof, struct arena *a, struct claims *out,
	const char **why)
{
	struct jws jws;
	struct claims c;
	struct proof p;
	*out = no_claims;
	if (!jws_split(token, a, &jws, why) || !header_fits(jws.header, rules, why) ||
		!claims_read(jws.payload, rules, true, &c, why))
		return VERDICT_BAD;
	if (proof ? !proof_read(proof, a, &p, why) || !proof_fits(&p, &c, token, a, why)
		  : *c.jkt != 0) {
		if (!proof)
			*why = "it is bound to a key and may not be used without a proof";
		return VERDICT_BAD;
	}
	enum verdict v = signature(keys, &jws, proof ? &p : NULL, a, why);
	if (v != VERDICT_GOOD || (proof && !proof_take(proof->seen, &p, why)))
		return v == VERDICT_GOOD ? VERDICT_BAD : v;
	*out = c;
	*why = "it is good";
	return VERDICT_GOOD;
}

enum verdict verify_claims(const json_t *claims, const struct verify_rules *rules,
	struct arena *a, struct claims *out, const char **why)
{
	struct claims c;
	struct str kind = member(claims, "token_type");
	*out = no_claims;
	json_t *all = json_own(a, json_incref((json_t *)(uintptr_t)claims));
	if (!claims_read(all, rules, false, &c, why))
		return VERDICT_BAD;
	*why = "it is bound to a key and may not be used without a proof";
	if (*c.jkt)
		return VERDICT_BAD;
	*why = "its token_type is not Bearer";
	if (json_object_get(claims, "token_type") && !str_ieq(kind, STR("Bearer")))
		return VERDICT_BAD;
	*out = c;
	*why = "it is good";
	return VERDICT_GOOD;
}
