/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this access token good? A JWT by the issuer's keys; anything else by asking the issuer, if it
 * can be asked. A JWT that is not good is never asked about: what the keys refuse stays refused.
 */
#include "auth/issuer/inside.h"
#include "base/clock.h"

struct check {
	struct issuer *i;
	struct issuer_check *c;
	struct issuer_ask ask;
	bool searched; /* the second time round, with keys fetched for its kid */
	struct introspection answer;
	unsigned char key[SHA256_SIZE];
};

static enum flow_next refuse(struct check *k, const char *why)
{
	k->c->why = why;
	err_set(&k->c->err, ERR_UNAUTHORIZED, "the token is not accepted: %s", why);
	return FLOW_DONE;
}

static enum flow_next undecided(struct check *k, const char *why)
{
	k->c->why = "its issuer cannot be asked at the moment";
	err_set(&k->c->err, ERR_OVERLOADED, "%s", why);
	return FLOW_DONE;
}

static enum flow_next step_keys(struct flow *f)
{
	struct check *k = flow_self(f);
	return issuer_enter(k->i, &k->ask, f);
}

static struct str kid_of(struct str token, struct arena *a)
{
	struct jws jws;
	const char *why;
	if (!jws_split(token, a, &jws, &why))
		return (struct str) { NULL, 0 };
	return json_str(json_object_get(jws.header, "kid"));
}

static enum flow_next step_verify(struct flow *f)
{
	struct check *k = flow_self(f);
	struct issuer_check *c = k->c;
	struct arena *a = f->call->arena;
	if (k->ask.err.code == ERR_NOT_FOUND)
		return refuse(k, "its issuer has no key of that kid");
	if (k->ask.err.code != ERR_NONE)
		return undecided(k, k->ask.err.msg);
	switch (verify_token(
		k->ask.keys, &c->rules, c->token, c->proof, a, &c->claims, &c->why)) {
	case VERDICT_GOOD:
		return FLOW_DONE;
	case VERDICT_UNKNOWN_KEY:
		if (k->searched)
			return refuse(k, c->why);
		k->searched = true;
		k->ask = (struct issuer_ask) { .kid = kid_of(c->token, a) };
		return flow_again(f);
	case VERDICT_BAD:
		break;
	}
	return refuse(k, c->why);
}

static const struct flow_step jwt_steps[] = {
	{ "check.keys", step_keys },
	{ "check.verify", step_verify },
	{ 0 },
};

/* A proof (RFC 9449 section 4.3) for a token whose binding the issuer told: its key, and ath. */
static bool proof_fits(struct check *k, const json_t *claims, struct arena *a, const char **jkt)
{
	struct issuer_check *c = k->c;
	const char *named =
		json_string_value(json_object_get(json_object_get(claims, "cnf"), "jkt"));
	struct jws jws;
	c->why = "it is not bound to a key";
	if (!named)
		return false;
	if (!jws_split(c->proof->text, a, &jws, &c->why))
		return false;
	c->why = "the proof's ath is not this token's";
	const char *claimed = json_string_value(json_object_get(jws.payload, "ath"));
	if (!claimed || !same_secret(str_of(claimed), str_of(sha256_b64(c->token, a))))
		return false;
	if (!dpop_check(c->proof, a, jkt, &c->why))
		return false;
	c->why = "it is bound to another key than the proof's";
	return strcmp(*jkt, named) == 0;
}

/* Servers answer for refresh tokens too, and for ID tokens: what it is must be said (RFC 7662
 * token_type; typ of Keycloak; token_use of Hydra) and be an access token. */
static bool is_access_token(const json_t *claims)
{
	struct str type = str_of(json_string_value(json_object_get(claims, "token_type")));
	struct str typ = str_of(json_string_value(json_object_get(claims, "typ")));
	struct str use = str_of(json_string_value(json_object_get(claims, "token_use")));
	bool type_ok = str_ieq(type, STR("Bearer")) || str_ieq(type, STR("DPoP"));
	bool typ_ok = str_ieq(typ, STR("Bearer")) || str_ieq(typ, STR("DPoP")) ||
		      str_ieq(typ, STR("at+jwt"));
	bool use_ok = str_eq(use, STR("access_token"));
	return (type_ok || typ_ok || use_ok) && (type_ok || !type.p) && (typ_ok || !typ.p) &&
	       (use_ok || !use.p);
}

/* The answer, by the same rules as a JWT. */
static enum flow_next judge(struct check *k, const json_t *claims, struct arena *a)
{
	struct issuer_check *c = k->c;
	const char *jkt = NULL;
	if (!is_access_token(claims))
		return refuse(k, "it is no access token");
	if (c->proof && !proof_fits(k, claims, a, &jkt))
		return refuse(k, c->why);
	json_t *plain = json_own(a, json_copy((json_t *)(uintptr_t)claims));
	json_object_del(plain, "token_type");
	if (c->proof) /* checked here */
		json_object_del(plain, "cnf");
	if (!json_object_get(plain, "sub")) /* a client acts for itself: as in RFC 9068 2.2 */
		json_object_set(plain, "sub", json_object_get(plain, "client_id"));
	if (verify_claims(plain, &c->rules, a, &c->claims, &c->why) != VERDICT_GOOD)
		return refuse(k, c->why);
	if (jkt)
		c->claims.jkt = jkt;
	return FLOW_DONE;
}

/* Known already? Else the endpoint must be: its place may have to be learnt first. */
static enum flow_next step_look(struct flow *f)
{
	struct check *k = flow_self(f);
	struct arena *a = f->call->arena;
	struct str answer;
	struct err e;
	if (!k->i->client_id[0] || !k->i->client_secret[0])
		return refuse(
			k, "it is not a JWT, and the issuer cannot be asked about others");
	struct str parts =
		str_of(arena_printf(a, "%.*s\n%s", STR_ARG(k->c->token), k->i->text));
	sha256(parts, k->key);
	if (verdicts_get(k->i->verdicts, k->key, a, &answer)) {
		json_t *claims = answer.p ? json_read(a, answer, &e) : NULL;
		return claims ? judge(k, claims, a)
			      : refuse(k, "its issuer says that it is not active");
	}
	if (issuer_introspector(k->i))
		return FLOW_NEXT;
	k->ask.metadata_only = true;
	return issuer_enter(k->i, &k->ask, f);
}

static enum flow_next step_ask(struct flow *f)
{
	struct check *k = flow_self(f);
	struct introspector *pool = issuer_introspector(k->i);
	if (!pool && k->ask.err.code != ERR_NONE)
		return undecided(k, k->ask.err.msg);
	if (!pool)
		return refuse(
			k, "it is not a JWT, and the issuer has no introspection endpoint");
	introspect_begin(pool, k->c->token, &k->answer, f);
	return FLOW_PARKED;
}

static int64_t answer_life_ms(const json_t *claims)
{
	const json_t *exp = json_object_get(claims, "exp");
	int64_t left_ms = json_is_integer(exp) ? json_integer_value(exp) * 1000 - now_ms() : 0;
	return left_ms < VERDICT_MS ? left_ms : VERDICT_MS;
}

static enum flow_next step_judge(struct flow *f)
{
	struct check *k = flow_self(f);
	const struct introspection *answer = &k->answer;
	struct str none = { NULL, 0 };
	struct buf text;
	if (answer->err.code != ERR_NONE)
		return undecided(k, answer->err.msg);
	if (!answer->active) {
		verdicts_put(k->i->verdicts, k->key, none, VERDICT_BAD_MS);
		return refuse(k, "its issuer says that it is not active");
	}
	buf_init(&text, VERDICT_BYTES);
	json_put_value(&text, answer->claims);
	if (!text.full)
		verdicts_put(
			k->i->verdicts, k->key, buf_str(&text), answer_life_ms(answer->claims));
	buf_release(&text);
	return judge(k, answer->claims, f->call->arena);
}

static const struct flow_step opaque_steps[] = {
	{ "check.look", step_look },
	{ "check.ask", step_ask },
	{ "check.judge", step_judge },
	{ 0 },
};

/* Three parts, or the beginning of a JSON object in base64url and a dot: nobody's opaque token, and a
 * broken one is not asked about. */
static bool is_jwt(struct str token)
{
	return jws_looks_like(token) ||
	       (str_starts(token, STR("eyJ")) && str_find(token, '.') < token.n);
}

enum flow_next issuer_check_enter(struct issuer *i, struct issuer_check *c, struct flow *f)
{
	struct check *k = ARENA_NEW(f->call->arena, struct check);
	k->i = i;
	k->c = c;
	c->err = (struct err) { ERR_NONE };
	c->why = "it is good";
	return flow_enter(f, is_jwt(c->token) ? jwt_steps : opaque_steps, k);
}
