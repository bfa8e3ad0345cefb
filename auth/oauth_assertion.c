/* SPDX-License-Identifier: Apache-2.0 */
/*
 * private_key_jwt (RFC 7523 section 3, OpenID Connect Core section 9): a client that has registered
 * keys signs who it is, for this server, once. Keys stand in the client's own metadata (jwks); those
 * at another address (jwks_uri) are not fetched, so the method is not announced.
 */
#include "auth/oauth.h"
#include "base/clock.h"

enum { LEEWAY_S = 30, LONGEST_S = 3600 };

bool oauth_assertion_sent(const struct form *form)
{
	return str_eq(form_get(form, "client_assertion_type"),
		       STR("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")) &&
	       form_get(form, "client_assertion").p;
}

/* The client that an assertion names, before anything of it is believed. p NULL: none. */
struct str oauth_assertion_client(struct oauth_call *c)
{
	struct jws jws;
	const char *why;
	if (!oauth_assertion_sent(&c->form) ||
		!jws_split(form_get(&c->form, "client_assertion"), c->r->arena, &jws, &why))
		return (struct str) { NULL, 0 };
	return str_of(json_string_value(json_object_get(jws.payload, "sub")));
}

static bool signed_by(struct oauth_call *c, struct claims *claims, const char **why)
{
	static const char *const types[] = { "JWT", "client-authentication+jwt", "", NULL };
	struct arena *a = c->r->arena;
	const char *const audiences[] = { c->site.base,
		arena_printf(a, "%s/token", c->site.base), NULL };
	const struct verify_rules rules = { .issuer = c->client.id,
		.audiences = audiences,
		.types = types,
		.algs = ALG_ES256 | ALG_RS256 | ALG_PS256,
		.leeway_s = LEEWAY_S };
	struct err e;
	struct key_set *keys = key_set_new(json_object_get(c->client.metadata, "jwks"), &e);
	*why = "the client has registered no key that could be used";
	bool good = keys && verify_token(keys, &rules, form_get(&c->form, "client_assertion"),
				    NULL, a, claims, why) == VERDICT_GOOD;
	key_set_drop(&keys);
	return good;
}

static enum flow_next step_verify(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	struct claims claims;
	const char *why;
	if (!oauth_assertion_sent(&c->form))
		return oauth_stop(f, OAUTH_INVALID_CLIENT, "unknown client or wrong secret");
	if (!signed_by(c, &claims, &why))
		return oauth_stop(f, OAUTH_INVALID_CLIENT, "client_assertion: %s", why);
	if (strcmp(claims.sub, c->client.id) != 0 || !claims.jti[0] ||
		claims.exp_s > now_ms() / 1000 + LONGEST_S)
		return oauth_stop(f, OAUTH_INVALID_CLIENT,
			"client_assertion: sub must be the client, jti be there, exp within "
			"the hour");
	struct assertion_use *use = c->assertion = ARENA_NEW(c->r->arena, struct assertion_use);
	*use = (struct assertion_use) {
		.client_id = c->client.id, .jti = claims.jti, .expires_ms = claims.exp_s * 1000
	};
	return store_write(auth_parts()->store, f, assertion_use_write, use);
}

static enum flow_next step_once(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	if (c->assertion->used_before)
		return oauth_stop(
			f, OAUTH_INVALID_CLIENT, "client_assertion: it was used before");
	return FLOW_NEXT;
}

const struct flow_step oauth_assertion_steps[] = {
	{ "verify", step_verify },
	{ "once", step_once },
	{ 0 },
};
