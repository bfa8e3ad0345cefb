/* SPDX-License-Identifier: Apache-2.0 */
/*
 * private_key_jwt (RFC 7523 section 3, OpenID Connect Core section 9): a client that has registered
 * keys signs who it is, for this server, once. The keys stand in the client's own metadata (jwks) or
 * at the address that it names (jwks_uri), which is fetched only for what could be the client's word.
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

struct assertion { /* oauth_call.assertion */
	struct str text;
	bool has_kid, searched;
	const char *uri; /* NULL: the keys stand in the metadata */
	struct key_set *keys;
	struct client_keys_find find;
	struct assertion_use use;
};

static void drop_keys(void *keys)
{
	struct key_set *k = keys;
	key_set_drop(&k);
}

static enum flow_next keys_inline(struct flow *f, struct assertion *s)
{
	struct oauth_call *c = oauth_of(f);
	struct err e;
	s->keys = key_set_new(json_object_get(c->client.metadata, "jwks"), &e);
	if (!s->keys)
		return oauth_stop(f, OAUTH_INVALID_CLIENT,
			"the client has registered no key that could be used");
	arena_defer(c->r->arena, drop_keys, s->keys);
	return FLOW_NEXT;
}

/* Does it say that it is this client's, and not over? Nothing is proven by that. */
static bool claims_to_be(const struct client *client, const struct jws *jws)
{
	const char *iss = json_string_value(json_object_get(jws->payload, "iss"));
	const char *sub = json_string_value(json_object_get(jws->payload, "sub"));
	int64_t exp_s = json_integer_value(json_object_get(jws->payload, "exp"));
	return iss && sub && strcmp(iss, client->id) == 0 && strcmp(sub, client->id) == 0 &&
	       exp_s > now_ms() / 1000;
}

static enum flow_next step_read(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	struct assertion *s = c->assertion = ARENA_NEW(c->r->arena, struct assertion);
	const json_t *metadata = c->client.metadata;
	struct jws jws;
	const char *why;
	if (!oauth_assertion_sent(&c->form))
		return oauth_stop(f, OAUTH_INVALID_CLIENT, "unknown client or wrong secret");
	s->text = form_get(&c->form, "client_assertion");
	if (!jws_split(s->text, c->r->arena, &jws, &why))
		return oauth_stop(f, OAUTH_INVALID_CLIENT, "client_assertion: %s", why);
	if (!claims_to_be(&c->client, &jws))
		return oauth_stop(f, OAUTH_INVALID_CLIENT,
			"client_assertion: iss and sub must be the client, exp be there and "
			"not over");
	s->has_kid = json_object_get(jws.header, "kid") != NULL;
	if (json_object_get(metadata, "jwks"))
		return keys_inline(f, s);
	s->uri = json_string_value(json_object_get(metadata, "jwks_uri"));
	return s->uri ? FLOW_NEXT
		      : oauth_stop(f, OAUTH_INVALID_CLIENT, "the client has no keys");
}

static enum flow_next step_keys(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	struct assertion *s = c->assertion;
	if (!s->uri)
		return FLOW_NEXT;
	s->find = (struct client_keys_find) {
		.uri = s->uri, .peer = c->r->peer, .keys = s->keys
	};
	return client_keys_enter(auth_parts()->client_keys, &s->find, f);
}

static enum flow_next refused(struct flow *f, const char *why)
{
	return oauth_stop(f, OAUTH_INVALID_CLIENT, "client_assertion: %s", why);
}

/* RFC 7523 section 3 leaves both open: jti must be there, and exp near. */
static enum flow_next use_once(struct flow *f, const struct claims *claims)
{
	struct oauth_call *c = oauth_of(f);
	struct assertion_use *use = &c->assertion->use;
	if (strcmp(claims->sub, c->client.id) != 0 || !claims->jti[0] ||
		claims->exp_s > now_ms() / 1000 + LONGEST_S)
		return refused(f, "sub must be the client, jti be there, exp within the "
				  "hour");
	*use = (struct assertion_use) { .client_id = c->client.id,
		.jti = claims->jti,
		.expires_ms = claims->exp_s * 1000 };
	return store_write(auth_parts()->store, f, assertion_use_write, use);
}

/* Keys may have changed since they were fetched. One without kid is told by its signature alone. */
static enum flow_next step_verify(struct flow *f)
{
	static const char *const types[] = { "JWT", "client-authentication+jwt", "", NULL };
	struct oauth_call *c = oauth_of(f);
	struct assertion *s = c->assertion;
	struct arena *a = c->r->arena;
	const char *const audiences[] = { c->site.base,
		arena_printf(a, "%s/token", c->site.base), NULL };
	const struct verify_rules rules = { .issuer = c->client.id,
		.audiences = audiences,
		.types = types,
		.algs = ALG_ES256 | ALG_RS256 | ALG_PS256,
		.leeway_s = LEEWAY_S };
	struct claims claims;
	const char *why = "no key has its kid";
	if (s->uri && s->find.fault.code != OAUTH_NONE)
		return oauth_stop_with(f, &s->find.fault);
	if (s->uri && s->searched && s->find.keys == s->keys)
		return refused(f, s->has_kid ? why : "its signature is wrong");
	if (s->uri)
		s->keys = s->find.keys;
	enum verdict verdict = verify_token(s->keys, &rules, s->text, NULL, a, &claims, &why);
	if (verdict == VERDICT_GOOD)
		return use_once(f, &claims);
	if (!s->uri || s->searched || (verdict == VERDICT_BAD && s->has_kid))
		return refused(f, why);
	s->searched = true;
	return flow_again(f);
}

static enum flow_next step_once(struct flow *f)
{
	return oauth_of(f)->assertion->use.used_before ? refused(f, "it was used before")
						       : FLOW_NEXT;
}

static const struct flow_step key_steps[] = {
	{ "keys", step_keys },
	{ "verify", step_verify },
	{ 0 },
};

static enum flow_next step_prove(struct flow *f)
{
	return flow_enter(f, key_steps, flow_self(f));
}

const struct flow_step oauth_assertion_steps[] = {
	{ "read", step_read },
	{ "prove", step_prove },
	{ "once", step_once },
	{ 0 },
};
