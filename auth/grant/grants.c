/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which grants live, asked with every access token. Before each look into the memory the database is
 * asked whether anybody has committed since (store_version, a look into shared memory), as the keys
 * do (account/key.c): what anybody revokes or disables, in any process, counts for the very next
 * request.
 */
#include "auth/grant/inner.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"

#include <pthread.h>

enum { GRANTS_KEPT = 4096 };

struct grants {
	struct store *store;
	pthread_mutex_t lock;
	struct map *known; /* grant id -> struct known */
	int64_t version; /* of the database, when `known` was last emptied */
};
struct known {
	char account_id[IDENT_SIZE];
	unsigned scopes;
	int64_t expires_ms;
	bool revoked, disabled;
};

struct grants *grants_open(struct store *s)
{
	struct grants *g = MEM_NEW(struct grants);
	pthread_mutex_init(&g->lock, NULL);
	g->store = s;
	g->known = map_new(GRANTS_KEPT);
	g->version = -1;
	return g;
}

void grants_close(struct grants **g)
{
	if (!*g)
		return;
	map_free(&(*g)->known, mem_free);
	pthread_mutex_destroy(&(*g)->lock);
	mem_free(*g);
	*g = NULL;
}

static void forget_if_changed(struct grants *g)
{
	int64_t version = store_version(g->store);
	if (version == g->version && version >= 0)
		return;
	map_clear(g->known, mem_free);
	g->version = version;
}

static bool bad_token(struct err *e)
{
	return err_set(e, ERR_UNAUTHORIZED, "the token was revoked or has expired");
}

/* From the database; NULL: *e says why. */
static struct known *learn(struct grants *g, const char *id, struct arena *a, struct err *e)
{
	struct grants_row row;
	bool found = grants_get(store_read(g->store), id, a, &row, e);
	store_read_end(g->store);
	if (!found) {
		if (e->code == ERR_NOT_FOUND)
			bad_token(e);
		return NULL;
	}
	struct known *k = MEM_NEW(struct known);
	snprintf(k->account_id, sizeof k->account_id, "%s", row.account_id);
	k->scopes = scopes_known(str_of(row.scopes));
	k->expires_ms = row.expires_ms;
	k->revoked = row.revoked_ms != 0;
	k->disabled = row.account_disabled;
	if (map_count(g->known) >= GRANTS_KEPT)
		map_clear(g->known, mem_free);
	map_put(g->known, str_of(id), k);
	return k;
}

bool grants_live(struct grants *g, const char *grant_id, struct arena *a,
	const char **account_id, unsigned *scopes, struct err *e)
{
	pthread_mutex_lock(&g->lock);
	forget_if_changed(g);
	const struct known *k = map_get(g->known, str_of(grant_id));
	if (!k)
		k = learn(g, grant_id, a, e);
	bool ok = k != NULL;
	if (ok && (k->revoked || k->expires_ms <= now_ms()))
		ok = bad_token(e);
	else if (ok && k->disabled)
		ok = err_set(e, ERR_USER_DISABLED, "the account of this token is disabled");
	if (ok) {
		*account_id = arena_text(a, str_of(k->account_id));
		*scopes = k->scopes;
	}
	pthread_mutex_unlock(&g->lock);
	return ok;
}
