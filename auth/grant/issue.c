/* SPDX-License-Identifier: Apache-2.0 */
/* What the ways to a token have in common. */
#include "account/audit.h"
#include "auth/grant/inner.h"
#include "base/clock.h"
#include "store/codes.h"

bool resource_same(struct str sent, const char *stored)
{
	enum { BYTES = 2048 };
	char text[BYTES];
	size_t slashes = 0, n = 0;
	if (!sent.n || sent.n >= sizeof text)
		return false;
	for (size_t i = 0; i < sent.n; i++) { /* up to the path: without case */
		slashes += sent.p[i] == '/';
		text[n++] = slashes < 3 ? str_lower(sent.p[i]) : sent.p[i];
	}
	if (text[n - 1] == '/')
		n--;
	struct str same = { text, n }, want = str_of(stored), rest = want;
	for (size_t i = 0; i < 3 && rest.p; i++) { /* the origin alone means this server too */
		struct str ignored;
		str_cut(&rest, '/', &ignored);
	}
	struct str origin = { want.p, rest.p ? (size_t)(rest.p - want.p) - 1 : want.n };
	return str_eq(same, want) || str_eq(same, origin);
}

bool grant_row_live(const struct grants_row *g, int64_t now, struct oauth_error *e)
{
	if (g->revoked_ms)
		return oauth_fail(e, OAUTH_INVALID_GRANT, "the grant was revoked");
	if (g->account_disabled)
		return oauth_fail(e, OAUTH_INVALID_GRANT, "the account is disabled");
	if (g->expires_ms <= now)
		return oauth_fail(e, OAUTH_INVALID_GRANT, "the grant has expired");
	return true;
}

bool client_live(struct db *d, const char *id, struct arena *a, bool *live, struct err *e)
{
	struct clients_row row;
	e->code = ERR_NONE;
	*live = clients_get(d, str_of(id), a, &row, e) && !row.disabled;
	return *live || e->code == ERR_NONE || e->code == ERR_NOT_FOUND;
}

bool grant_key_ok(const struct grants_row *g, const char *dpop_jkt, struct oauth_error *e)
{
	if (!g->dpop_jkt)
		return true;
	if (!dpop_jkt)
		return oauth_fail(
			e, OAUTH_INVALID_GRANT, "it is bound to a key: a DPoP proof is needed");
	return same_secret(str_of(g->dpop_jkt), str_of(dpop_jkt)) ||
	       oauth_fail(e, OAUTH_INVALID_GRANT, "it is bound to another key");
}

void grant_decide(const struct grants_row *g, unsigned scopes, const char *dpop_jkt,
	struct arena *a, struct token_grant *out)
{
	*out = (struct token_grant) { .id = arena_copy(a, g->id),
		.account_id = arena_copy(a, g->account_id),
		.client_id = arena_copy(a, g->client_id),
		.issuer = arena_copy(a, g->issuer),
		.resource = arena_copy(a, g->resource),
		.dpop_jkt = arena_copy(a, dpop_jkt),
		.scopes = scopes,
		.auth_ms = g->auth_ms };
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

bool issue_write(struct db *d, struct issue *i, struct err *e)
{
	const struct grants_row *g = i->grant;
	int64_t idle = i->now_ms + i->life->refresh_idle_ms;
	int64_t end = least(g->expires_ms, g->created_ms + i->life->refresh_max_ms);
	struct refresh_row row = { .hash = hash_str(i->refresh_hash),
		.grant_id = g->id,
		.parent = i->parent,
		.created_ms = i->now_ms,
		.expires_ms = least(idle, end) };
	i->refresh = i->client->grant_types & GRANT_REFRESH && row.expires_ms > i->now_ms;
	bool bind = i->refresh && i->bind && i->dpop_jkt && !g->dpop_jkt &&
		    i->client->auth == AUTH_NONE;
	return (!i->refresh || refresh_put(d, &row, e)) &&
	       (!bind || grants_bind(d, g->id, i->dpop_jkt, e)) &&
	       grants_touch(d, g->id, i->now_ms, e) &&
	       clients_touch(d, g->client_id, i->now_ms, e) &&
	       audit_put(d,
		       &(struct audit) { AUDIT_TOKEN_ISSUED, g->account_id, g->id, i->peer,
			       g->client_name },
		       e);
}

bool grant_end_reused(struct db *d, const struct grants_row *g, const char *peer,
	const char *what, int64_t now, struct err *e)
{
	int64_t ended = 0;
	return grants_revoke(d, g->id, what, now, &ended, e) &&
	       (!ended || audit_put(d,
				  &(struct audit) { AUDIT_TOKEN_REUSED, g->account_id, g->id,
					  peer, what },
				  e));
}
