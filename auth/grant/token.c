/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Codes for tokens. Everything is checked before the code is taken, so a request that is wrong does
 * not spend it; a code that was taken before ends what was given for it (7.8).
 */
#include "auth/grant/token.h"
#include "auth/grant/inner.h"
#include "base/clock.h"
#include "store/codes.h"

enum { CODE_BYTES = 256, VERIFIER_LEAST = 43, VERIFIER_MOST = 128 };

void code_redeem_draw(struct code_redeem *c)
{
	refresh_draw(c->refresh, c->refresh_hash);
}

static bool unreserved(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = str_lower(s.p[i]);
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			    (c && strchr("-._~", c))))
			return false;
	}
	return true;
}

/* RFC 7636 section 4.6, S256 alone. */
static bool verifier_ok(struct str verifier, struct str challenge, struct arena *a)
{
	if (verifier.n < VERIFIER_LEAST || verifier.n > VERIFIER_MOST ||
		!unreserved(verifier) || !challenge_ok(challenge))
		return false;
	return same_secret(str_of(sha256_b64(verifier, a)), challenge);
}

bool challenge_ok(struct str challenge)
{
	static const char last[] = "AEIMQUYcgkosw048"; /* 256 bits leave two unused */
	if (challenge.n != 43)
		return false;
	for (size_t i = 0; i < challenge.n; i++) {
		char c = str_lower(challenge.p[i]);
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return strchr(last, challenge.p[42]) != NULL;
}

/* Whether this request may have what the code stands for. */
static bool redeemable(struct code_redeem *c, const struct codes_row *code,
	const struct grants_row *g, int64_t now)
{
	struct oauth_error *e = &c->fault;
	if (code->expires_ms <= now)
		return oauth_fail(e, OAUTH_INVALID_GRANT, "the code has expired");
	if (!grant_row_live(g, now, e))
		return false;
	if (c->redirect_uri.p && !str_eq(c->redirect_uri, str_of(code->redirect_uri)))
		return oauth_fail(e, OAUTH_INVALID_GRANT,
			"redirect_uri is not that of the authorization request");
	if (!verifier_ok(c->verifier, str_of(code->challenge), c->arena))
		return oauth_fail(e, OAUTH_INVALID_GRANT,
			"code_verifier does not fit the code_challenge");
	if (c->resource.p && !resource_same(c->resource, g->resource))
		return oauth_fail(e, OAUTH_INVALID_TARGET,
			"resource is not that of the authorization request");
	return grant_key_ok(g, c->dpop_jkt, e);
}

static bool code_unknown(struct code_redeem *c)
{
	oauth_fail(&c->fault, OAUTH_INVALID_GRANT, "the code is not known, or was used");
	return true;
}

static bool redeem(struct db *d, struct code_redeem *c, const struct codes_row *code,
	const struct grants_row *g, struct err *e)
{
	int64_t now = now_ms();
	bool taken = false;
	if (code->used_ms == 0) {
		if (!redeemable(c, code, g, now))
			return true;
		if (!codes_use(d, code->hash, now, &taken, e))
			return false;
	}
	if (!taken) {
		code_unknown(c);
		return grant_end_reused(d, g, c->peer, "code used twice", now, e);
	}
	struct issue issue = { .grant = g,
		.client = c->client,
		.refresh_hash = c->refresh_hash,
		.life = &c->life,
		.dpop_jkt = c->dpop_jkt,
		.peer = c->peer,
		.bind = true,
		.now_ms = now };
	if (!issue_write(d, &issue, e))
		return false;
	grant_decide(g, scopes_known(str_of(g->scopes)), c->dpop_jkt, c->arena, &c->grant);
	c->grant.refresh = issue.refresh;
	return true;
}

bool code_redeem_write(struct db *d, void *arg, struct err *e)
{
	struct code_redeem *c = arg;
	unsigned char hash[SHA256_SIZE];
	struct codes_row code;
	struct grants_row grant;
	c->fault = (struct oauth_error) { OAUTH_NONE };
	c->grant = (struct token_grant) { 0 };
	if (!c->code.n || c->code.n > CODE_BYTES)
		return code_unknown(c);
	sha256(c->code, hash);
	if (!codes_get(d, hash_str(hash), c->arena, &code, e))
		return e->code == ERR_NOT_FOUND && code_unknown(c);
	if (!grants_get(d, code.grant_id, c->arena, &grant, e))
		return e->code == ERR_NOT_FOUND && code_unknown(c);
	if (strcmp(grant.client_id, c->client->id) != 0)
		return code_unknown(c);
	return redeem(d, c, &code, &grant, e);
}
