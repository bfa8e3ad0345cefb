/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/bearer_token.h"
#include "auth/good_tokens.h"
#include "auth/identity.h"

#include <stdio.h>

enum { LEEWAY_S = 30, LIST_MAX = 8 };

/* Set once, before the doors open. */
static struct {
	const struct auth *parts;
	struct arena *arena;
	struct good_tokens *good; /* of our own */
	struct identities *identities; /* NULL: no outside issuer */
	const char *types[LIST_MAX + 1];
	unsigned algs, scopes; /* accepted from the outside issuer; what each token of it has */
} own;

static void read_lists(const struct conf *c)
{
	struct str types = str_of(c->issuer_types), algs = str_of(c->issuer_algs),
		   scopes = str_of(c->issuer_scopes), word;
	for (int n = 0; n < LIST_MAX && str_cut(&types, ',', &word); n++)
		own.types[n] = arena_text(own.arena, str_trim(word));
	while (str_cut(&algs, ',', &word))
		own.algs |= jose_alg_find(str_trim(word));
	while (str_cut(&scopes, ',', &word))
		own.scopes |= scopes_known(str_trim(word));
}

void token_start(const struct auth *parts)
{
	token_stop();
	own.parts = parts;
	own.arena = arena_new(0);
	own.good = good_tokens_new();
	if (!parts->outside)
		return;
	own.identities = identities_new(parts->store);
	read_lists(parts->conf);
}

void token_stop(void)
{
	good_tokens_free(&own.good);
	identities_free(&own.identities);
	arena_free(&own.arena);
	memset(&own, 0, sizeof own);
}

static void admit(
	struct http_req *r, const char *account_id, const char *credential_id, unsigned scopes)
{
	struct principal *who = ARENA_NEW(r->arena, struct principal);
	*who = (struct principal) { .account_id = account_id,
		.credential_id = credential_id,
		.via = VIA_TOKEN,
		.scopes = scopes };
	r->call.who = who;
	r->admitted = true;
}

/* --- our own --- */

bool own_token(const struct http_req *r, const struct site *site, struct str token,
	const struct dpop_proof *proof, struct claims *claims, const char **why)
{
	static const char *const types[] = { "at+jwt", NULL };
	const struct verify_rules rules = { .issuer = site->base,
		.audiences = site->audiences,
		.types = types,
		.algs = ALG_ES256,
		.leeway_s = LEEWAY_S,
		.scope_needed = true };
	struct key_set *keys = ring_keys(own.parts->ring);
	*why = "the keys cannot be read";
	bool known = keys && !proof &&
		     good_tokens_find(own.good, keys, site->base, token, r->arena, claims);
	bool good = known || (keys && verify_token(keys, &rules, token, proof, r->arena, claims,
					      why) == VERDICT_GOOD);
	if (good && !known)
		good_tokens_add(own.good, keys, token, claims);
	key_set_drop(&keys);
	if (good && !claims->gid[0])
		*why = "gid is missing";
	return good && claims->gid[0];
}

enum flow_next token_who_own(struct token_who *w, struct flow *f)
{
	struct claims claims;
	const char *why, *account;
	unsigned scopes;
	if (!own_token(w->r, &w->site, w->token, w->proof, &claims, &why))
		return flow_fail(f, ERR_UNAUTHORIZED, "The access token is not good: %s", why);
	if (!grants_live(
		    own.parts->grants, claims.gid, w->r->arena, &account, &scopes, &f->err))
		return FLOW_FAILED;
	if (strcmp(account, claims.sub) != 0)
		return flow_fail(f, ERR_UNAUTHORIZED,
			"The access token is not good: sub is not the grant's");
	admit(w->r, account, claims.gid, scopes & scopes_known(str_of(claims.scope)));
	return FLOW_NEXT;
}

/* --- the outside issuer's --- */

static enum flow_next step_check(struct flow *f)
{
	struct token_who *w = flow_self(f);
	w->check = (struct issuer_check) {
		.token = w->token,
		.rules = { .issuer = own.parts->conf->issuer,
			.audiences = w->site.audiences,
			.types = own.types,
			.algs = own.algs,
			.leeway_s = LEEWAY_S,
			.scope_needed = !own.scopes },
		.proof = w->proof,
	};
	return issuer_check_enter(own.parts->outside, &w->check, f);
}

static bool find(struct token_who *w, struct err *e)
{
	const struct claims *claims = &w->check.claims;
	const char *account, *issuer = own.parts->conf->issuer;
	struct arena *a = w->r->arena;
	unsigned role;
	if (!identities_find(own.identities, issuer, claims->sub, a, &account, &role, e))
		return false;
	admit(w->r, account, arena_printf(a, "%s/%s", account, claims->client_id),
		role & (own.scopes | scopes_known(str_of(claims->scope))));
	return true;
}

static enum flow_next step_find(struct flow *f)
{
	struct token_who *w = flow_self(f);
	const struct err *e = &w->check.err;
	if (e->code == ERR_UNAUTHORIZED)
		return flow_fail(f, ERR_UNAUTHORIZED, "The access token is not good: %s",
			w->check.why ? w->check.why : "its issuer does not know it");
	if (e->code != ERR_NONE) {
		f->err = *e;
		return FLOW_FAILED;
	}
	if (find(w, &f->err))
		return FLOW_DONE;
	if (f->err.code != ERR_NOT_FOUND)
		return FLOW_FAILED;
	f->err.code = ERR_NONE;
	identity_new_user(
		&w->create, own.parts->conf->issuer, w->check.claims.sub, w->r->arena);
	return store_write(own.parts->store, f, user_create_write, &w->create);
}

/* Another request may have made the same user meanwhile: that is as good. */
static enum flow_next step_made(struct flow *f)
{
	struct token_who *w = flow_self(f);
	if (find(w, &f->err))
		return FLOW_NEXT;
	if (f->err.code == ERR_NOT_FOUND)
		flow_fail(f, ERR_INTERNAL, "no account could be made for this token");
	return FLOW_FAILED;
}

static const struct flow_step outside_steps[] = {
	{ "check", step_check },
	{ "find", step_find },
	{ "made", step_made },
	{ 0 },
};

enum flow_next token_who_outside(struct token_who *w, struct flow *f)
{
	return flow_enter(f, outside_steps, w);
}
