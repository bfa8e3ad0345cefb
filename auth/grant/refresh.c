/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Refresh tokens rotate on each use (7.12, 7.13). Two windows of one client, or a lost answer, may
 * bring the one just replaced again: for REFRESH_GRACE_MS it gives another pair of the same family,
 * REFRESH_SIBLINGS at most, unless one of its successors was replaced too: then, and later, its
 * return ends the family.
 */
#include "auth/grant/inner.h"
#include "base/clock.h"
#include "store/codes.h"

enum { TOKEN_BYTES = 256 };

void refresh_draw(char text[REFRESH_TEXT_SIZE], unsigned char hash[SHA256_SIZE])
{
	memcpy(text, "rt_", 3);
	random_base62(text + 3, SECRET_CHARS);
	sha256(str_of(text), hash);
}

void refresh_rotate_draw(struct refresh_rotate *c)
{
	refresh_draw(c->refresh, c->refresh_hash);
}

static bool token_unknown(struct refresh_rotate *c)
{
	oauth_fail(&c->fault, OAUTH_INVALID_GRANT,
		"the refresh token is not known, was replaced or has expired");
	return true;
}

/* The scope of this access token: what is asked for, all of the grant's when nothing is. Names that
 * nobody here knows were never granted and are passed over, as at the authorization endpoint. */
static bool narrowed(struct refresh_rotate *c, unsigned granted, unsigned *scopes)
{
	unsigned asked = c->scope.p ? scopes_known(c->scope) : granted;
	*scopes = asked;
	if (asked & ~granted)
		return oauth_fail(
			&c->fault, OAUTH_INVALID_SCOPE, "scope has more than what was granted");
	return asked || oauth_fail(&c->fault, OAUTH_INVALID_SCOPE, "no scope is left");
}

static bool rotatable(struct refresh_rotate *c, const struct refresh_row *row,
	const struct grants_row *g, int64_t now, unsigned *scopes)
{
	if (!grant_row_live(g, now, &c->fault))
		return false;
	if (row->expires_ms <= now || g->created_ms + c->life.refresh_max_ms <= now)
		return !token_unknown(c);
	if (c->resource.p && !resource_same(c->resource, g->resource))
		return oauth_fail(
			&c->fault, OAUTH_INVALID_TARGET, "resource is not that of the grant");
	return narrowed(c, scopes_known(str_of(g->scopes)), scopes) &&
	       grant_key_ok(g, c->dpop_jkt, &c->fault);
}

static bool rotate(struct db *d, struct refresh_rotate *c, const struct refresh_row *row,
	const struct grants_row *g, struct err *e)
{
	int64_t now = now_ms();
	unsigned scopes = 0;
	bool taken;
	bool late = row->used_ms && (now - row->used_ms > REFRESH_GRACE_MS || row->child_used);
	if (late) {
		token_unknown(c);
		return grant_end_reused(d, g, c->peer, "refresh token used again", now, e);
	}
	if (!rotatable(c, row, g, now, &scopes))
		return true;
	struct refresh_terms terms = { now, now - REFRESH_GRACE_MS, REFRESH_SIBLINGS };
	if (!refresh_use(d, row->hash, &terms, &taken, e))
		return false;
	if (!taken) /* enough pairs were given for it */
		return token_unknown(c);
	struct issue issue = { .grant = g,
		.client = c->client,
		.parent = row->hash,
		.refresh_hash = c->refresh_hash,
		.life = &c->life,
		.dpop_jkt = c->dpop_jkt,
		.peer = c->peer,
		.now_ms = now };
	if (!issue_write(d, &issue, e))
		return false;
	grant_decide(g, scopes, c->dpop_jkt, c->arena, &c->grant);
	c->grant.refresh = issue.refresh;
	return true;
}

bool refresh_rotate_write(struct db *d, void *arg, struct err *e)
{
	struct refresh_rotate *c = arg;
	unsigned char hash[SHA256_SIZE];
	struct refresh_row row;
	struct grants_row grant;
	c->fault = (struct oauth_error) { OAUTH_NONE };
	c->grant = (struct token_grant) { 0 };
	if (!c->token.n || c->token.n > TOKEN_BYTES)
		return token_unknown(c);
	sha256(c->token, hash);
	if (!refresh_get(d, hash_str(hash), c->arena, &row, e))
		return e->code == ERR_NOT_FOUND && token_unknown(c);
	if (!grants_get(d, row.grant_id, c->arena, &grant, e))
		return e->code == ERR_NOT_FOUND && token_unknown(c);
	if (strcmp(grant.client_id, c->client->id) != 0)
		return token_unknown(c);
	return rotate(d, c, &row, &grant, e);
}
