/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys: plausible text -> SHA-256 -> row -> same hash -> not revoked, not expired, account enabled.
 *
 * The main database, and a cache of the hashes that were good, behind a lock.
 * Before each look into the cache the database is asked whether anybody has committed since
 * (db_version, a look into shared memory): so a key that the command line revokes is refused by the
 * very next request, in every process, and no clock is involved. Everything is written by the
 * writer. "Last used" is written at most once a minute for each key, and nobody waits for it.
 */
#include "account/key.h"
#include "account/audit.h"
#include "account/user.h"
#include "account/key_text.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/ident.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/metric.h"
#include "store/keys.h"

#include <pthread.h>

enum { GOOD_MAX = 4096, NAME_MAX_CHARS = 100, SHOWN = 12 };
enum { TOUCH_EVERY_MS = 60000 };

struct keys {
	struct store *store;
	pthread_mutex_t lock;
	struct map *good; /* hash -> struct good */
	int64_t version; /* of the database, when `good` was last emptied */
};
struct good {
	char id[IDENT_SIZE], account_id[IDENT_SIZE];
	unsigned scopes;
	int64_t expires_ms, touched_ms;
	bool disabled;
};

struct keys *keys_open(struct store *store)
{
	struct keys *k = MEM_NEW(struct keys);
	pthread_mutex_init(&k->lock, NULL);
	k->store = store;
	k->good = map_new(GOOD_MAX);
	k->version = -1;
	return k;
}

void keys_close(struct keys **k)
{
	if (!*k)
		return;
	map_free(&(*k)->good, mem_free);
	pthread_mutex_destroy(&(*k)->lock);
	mem_free(*k);
	*k = NULL;
}

/* --- finding --- */

static void forget_if_changed(struct keys *k)
{
	int64_t version = store_version(k->store);
	if (version == k->version && version >= 0)
		return;
	map_clear(k->good, mem_free);
	k->version = version;
}

static bool bad_key(struct err *e)
{
	return err_set(e, ERR_UNAUTHORIZED, "missing or invalid API key");
}

static void copy_id(char out[IDENT_SIZE], const char *id)
{
	snprintf(out, IDENT_SIZE, "%s", id);
}

/* From the database; NULL: *e says why. */
static struct good *learn(struct keys *k, struct str hash, struct arena *a, struct err *e)
{
	struct keys_row row;
	bool found = keys_by_hash(store_read(k->store), hash, a, &row, e);
	store_read_end(k->store);
	if (!found) {
		if (e->code == ERR_NOT_FOUND)
			bad_key(e);
		return NULL;
	}
	if (!same_secret(hash, row.hash) || row.revoked_ms) {
		bad_key(e);
		return NULL;
	}
	struct good *g = MEM_NEW(struct good);
	copy_id(g->id, row.id);
	copy_id(g->account_id, row.account_id);
	g->scopes = scopes_known(str_of(row.scopes));
	g->expires_ms = row.expires_ms;
	g->touched_ms = row.last_used_ms;
	g->disabled = row.account_disabled;
	if (map_count(k->good) >= GOOD_MAX)
		map_clear(k->good, mem_free);
	map_put(k->good, hash, g);
	return g;
}

struct touch {
	char id[IDENT_SIZE];
	int64_t now;
};

static bool write_touch(struct db *d, void *arg, struct err *e)
{
	struct touch *t = arg;
	return keys_touch(d, t->id, t->now, e);
}

static void end_touch(void *arg, const struct err *e)
{
	(void)e; /* the store has logged it; a lost "last used" hurts nobody */
	mem_free(arg);
}

static void touch(struct keys *k, struct good *g, int64_t now)
{
	if (now - g->touched_ms < TOUCH_EVERY_MS)
		return;
	g->touched_ms = now;
	struct touch *t = MEM_NEW(struct touch);
	copy_id(t->id, g->id);
	t->now = now;
	if (!store_post(k->store, write_touch, end_touch, t))
		mem_free(t);
}

static const struct principal *principal_of(const struct good *g, struct arena *a)
{
	struct principal *p = ARENA_NEW(a, struct principal);
	*p = (struct principal) {
		.account_id = arena_text(a, str_of(g->account_id)),
		.credential_id = arena_text(a, str_of(g->id)),
		.via = VIA_KEY,
		.scopes = g->scopes,
	};
	return p;
}

static bool find(struct keys *k, struct str hash, struct arena *a, const struct principal **who,
	struct err *e)
{
	forget_if_changed(k);
	struct good *g = map_get(k->good, hash);
	if (!g && !(g = learn(k, hash, a, e)))
		return false;
	int64_t now = now_ms();
	if (g->expires_ms && g->expires_ms <= now)
		return bad_key(e);
	if (g->disabled)
		return err_set(e, ERR_USER_DISABLED, "the account of this key is disabled");
	touch(k, g, now);
	*who = principal_of(g, a);
	return true;
}

bool keys_find(struct keys *k, struct str text, struct arena *a, const struct principal **who,
	struct err *e)
{
	unsigned char hash[SHA256_SIZE];
	bool ok = key_text_plausible(text);
	if (ok) {
		sha256(text, hash);
		pthread_mutex_lock(&k->lock);
		ok = find(k, hash_str(hash), a, who, e);
		pthread_mutex_unlock(&k->lock);
	} else {
		bad_key(e);
	}
	if (!ok && e->code == ERR_UNAUTHORIZED)
		metric_add(METRIC_REFUSED_AUTH, 1);
	return ok;
}

/* --- managing: the command line's side --- */

static void to_row(const struct keys_row *from, struct key_row *to)
{
	*to = (struct key_row) {
		.id = from->id,
		.name = from->name,
		.prefix = from->prefix,
		.account_id = from->account_id,
		.scopes = scopes_known(str_of(from->scopes)),
		.created_ms = from->created_ms,
		.last_used_ms = from->last_used_ms,
		.revoked_ms = from->revoked_ms,
		.expires_ms = from->expires_ms,
	};
}

bool key_create_write(struct db *d, void *arg, struct err *e)
{
	struct key_create *c = arg;
	unsigned char hash[SHA256_SIZE];
	char names[256], shown[SHOWN + 1] = "";
	unsigned may;
	size_t count;
	c->fault.code = ERR_NONE;
	if (!account_scopes(d, c->account_id, &may, e))
		return false;
	if (c->by && strcmp(c->by, c->account_id) == 0) {
		c->scopes &= may; /* the role may have changed since it was asked */
		if (!c->scopes) {
			err_set(&c->fault, ERR_FORBIDDEN, "the account may not have this key");
			return true;
		}
	}
	if (c->sweep && !keys_drop_dead(d, c->account_id, c->name, now_ms(), e))
		return false;
	if (!keys_count_of(d, c->account_id, now_ms(), &count, e))
		return false;
	if (count >= KEYS_PER_ACCOUNT) {
		err_set(&c->fault, ERR_FORBIDDEN,
			"an account has at most %d keys: revoke those that are not used",
			KEYS_PER_ACCOUNT);
		return true;
	}
	sha256(str_of(c->made.text), hash);
	memcpy(shown, c->made.text, SHOWN);
	scopes_print(c->scopes, ' ', names);
	struct keys_row row = {
		.id = c->made.id,
		.account_id = c->account_id,
		.prefix = shown,
		.name = c->name,
		.scopes = names,
		.hash = hash_str(hash),
		.created_ms = now_ms(),
		.expires_ms = c->expires_ms,
	};
	return keys_put(d, &row, e) &&
	       audit_put(d,
		       &(struct audit) { AUDIT_KEY_CREATED, c->by, c->made.id, c->peer, names },
		       e);
}

static bool name_ok(const char *name, struct err *e)
{
	struct str s = str_of(name);
	return (str_utf8_ok(s) && str_utf8_count(s) <= NAME_MAX_CHARS && !str_has_control(s)) ||
	       err_set(e, ERR_INVALID_REQUEST,
		       "name must be up to %d characters without control characters",
		       NAME_MAX_CHARS);
}

bool key_create_draw(struct key_create *c, struct err *e)
{
	if (!name_ok(c->name, e))
		return false;
	if (c->expires_ms && c->expires_ms <= now_ms())
		return err_set(e, ERR_INVALID_REQUEST, "expires must be a time to come");
	key_text_new(c->made.text);
	ident_new("key", c->made.id);
	return true;
}

bool key_revoke_write(struct db *d, void *arg, struct err *e)
{
	struct key_revoke *c = arg;
	bool last = false, found = false;
	c->fault.code = ERR_NONE;
	if (c->keep_last_manager &&
		!keys_last_manager(d, c->id, c->account_id, now_ms(), &last, e))
		return false;
	if (last) {
		err_set(&c->fault, ERR_FORBIDDEN,
			"this is the account's last key that may manage keys");
		return true;
	}
	if (!keys_revoke(d, c->id, c->account_id, now_ms(), &found, e))
		return false;
	if (!found) {
		err_set(&c->fault, ERR_NOT_FOUND, "no such key");
		return true;
	}
	return audit_put(
		d, &(struct audit) { AUDIT_KEY_REVOKED, c->by, c->id, c->peer, NULL }, e);
}

struct change {
	const char *id;
	bool disabled;
};

static bool write_disable(struct db *d, void *arg, struct err *e)
{
	const struct change *c = arg;
	return accounts_disable(d, c->id, c->disabled, e);
}

bool account_disable(struct keys *k, const char *account_id, bool disabled, struct err *e)
{
	return store_run(k->store, write_disable,
		&(struct change) { .id = account_id, .disabled = disabled }, e);
}

bool key_list(struct keys *k, const char *account_id, struct arena *a, struct key_row **rows,
	size_t *count, struct err *e)
{
	struct keys_row *stored;
	bool ok = keys_list(store_read(k->store), account_id, a, &stored, count, e);
	store_read_end(k->store);
	if (!ok)
		return false;
	*rows = ARENA_ARRAY(a, struct key_row, *count + 1);
	for (size_t i = 0; i < *count; i++)
		to_row(&stored[i], &(*rows)[i]);
	return true;
}

size_t key_count_live(struct keys *k)
{
	struct err e;
	size_t count;
	bool ok = keys_count(store_read(k->store), now_ms(), &count, &e);
	store_read_end(k->store);
	return ok ? count : 0;
}
