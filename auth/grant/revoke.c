/* SPDX-License-Identifier: Apache-2.0 */
/* The end of grants: by revocation (RFC 7009), and of what is over and forgotten. */
#include "account/audit.h"
#include "auth/grant/device.h"
#include "auth/grant/inner.h"
#include "base/clock.h"
#include "store/codes.h"

/* The grant that is meant. ERR_NOT_FOUND. */
static bool find(struct db *d, const struct token_revoke *c, struct arena *a,
	struct grants_row *g, struct err *e)
{
	unsigned char hash[SHA256_SIZE];
	struct refresh_row row;
	if (!c->token.p)
		return grants_get(d, c->grant_id, a, g, e);
	sha256(c->token, hash);
	return refresh_get(d, hash_str(hash), a, &row, e) &&
	       grants_get(d, row.grant_id, a, g, e);
}

static bool of(const char *wanted, const char *is)
{
	return !wanted || strcmp(wanted, is) == 0;
}

static bool revoke(struct db *d, struct token_revoke *c, struct arena *a, struct err *e)
{
	struct grants_row g;
	int64_t ended = 0;
	if (!find(d, c, a, &g, e))
		return e->code == ERR_NOT_FOUND;
	c->found = of(c->client_id, g.client_id) && of(c->account_id, g.account_id);
	if (!c->found)
		return true;
	return grants_revoke(d, g.id, c->why, now_ms(), &ended, e) &&
	       consents_drop(d, g.account_id, g.client_id, e) &&
	       (!ended || audit_put(d,
				  &(struct audit) {
					  AUDIT_TOKEN_REVOKED, c->by, g.id, c->peer, c->why },
				  e));
}

bool token_revoke_write(struct db *d, void *arg, struct err *e)
{
	struct token_revoke *c = arg;
	struct arena *a = arena_new(0);
	c->found = false;
	bool ok = revoke(d, c, a, e);
	arena_free(&a);
	return ok;
}

bool grant_list(struct store *s, const char *account_id, struct arena *a,
	struct grant_row **out, size_t *count, struct err *e)
{
	struct grants_row *rows;
	bool ok = grants_list(store_read(s), account_id, now_ms(), a, &rows, count, e);
	store_read_end(s);
	*out = ARENA_ARRAY(a, struct grant_row, ok ? *count + 1 : 1);
	for (size_t i = 0; ok && i < *count; i++)
		(*out)[i] = (struct grant_row) { .id = rows[i].id,
			.client_id = rows[i].client_id,
			.client_name = rows[i].client_name,
			.kind = rows[i].kind,
			.account_id = rows[i].account_id,
			.scopes = scopes_known(str_of(rows[i].scopes)),
			.created_ms = rows[i].created_ms,
			.used_ms = rows[i].used_ms,
			.expires_ms = rows[i].expires_ms,
			.revoked_ms = rows[i].revoked_ms };
	return ok;
}

/* Codes and tokens stay a day longer than they count: one that comes again is known as such. */
bool grant_sweep_write(struct db *d, void *arg, struct err *e)
{
	int64_t now = now_ms(), before = now - DAY_MS;
	(void)arg;
	return codes_sweep(d, now, before, e) && device_sweep_write(d, NULL, e) &&
	       grants_sweep(d, before, e);
}
