/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys: plausible text -> SHA-256 -> row -> same hash -> not revoked, not expired, account enabled.
 *
 * One reading handle on the main database behind a lock, and a cache of the hashes that were good.
 * Before each look into the cache the database is asked whether anybody has committed since
 * (db_version, a look into shared memory): so a key that the command line revokes is refused by the
 * very next request, in every process, and no clock is involved. Everything is written by the
 * writer. "Last used" is written at most once a minute for each key, and nobody waits for it.
 */
#include "account/key.h"
#include "account/key_text.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/ident.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/metric.h"
#include "store/keys.h"
#include "store/schema.h"
#include "store/writer.h"

#include <pthread.h>

enum { GOOD_MAX = 4096, WRITES_MAX = 4096, NAME_MAX_CHARS = 100, SHOWN = 12 };
enum { TOUCH_EVERY_MS = 60000 };

struct keys {
	pthread_mutex_t lock;
	struct db *db; /* for reading */
	struct map *good; /* hash -> struct good */
	int64_t version; /* of the database, when `good` was last emptied */
	struct writer *writer;
};
struct good {
	char id[IDENT_SIZE], account_id[IDENT_SIZE];
	unsigned scopes;
	int64_t expires_ms, touched_ms;
	bool disabled;
};

struct keys *keys_open(const struct conf *c, struct err *e)
{
	struct db_place place = { c->data, "scraped.db", .durable = true };
	struct db *writers = db_open(&place, e), *own = NULL;
	place.read_only = true;
	if (writers && schema_upgrade(writers, SCHEMA_MAIN, e))
		own = db_open(&place, e);
	if (!own) {
		db_close(&writers);
		return NULL;
	}
	struct keys *k = MEM_NEW(struct keys);
	pthread_mutex_init(&k->lock, NULL);
	k->db = own;
	k->good = map_new(GOOD_MAX);
	k->version = -1;
	k->writer = writer_start(writers, WRITES_MAX);
	return k;
}

void keys_close(struct keys **k)
{
	if (!*k)
		return;
	db_close(&(*k)->db);
	writer_stop(&(*k)->writer);
	map_free(&(*k)->good, mem_free);
	pthread_mutex_destroy(&(*k)->lock);
	mem_free(*k);
	*k = NULL;
}

/* --- finding --- */

static bool drop(void *arg, struct str key, void *value)
{
	(void)arg;
	(void)key;
	mem_free(value);
	return false;
}

static void forget_all(struct keys *k)
{
	map_each(k->good, drop, NULL);
}

static void forget_if_changed(struct keys *k)
{
	int64_t version = db_version(k->db);
	if (version == k->version && version >= 0)
		return;
	forget_all(k);
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

/* Scopes that this program does not know (any more) give nothing. */
static unsigned known_scopes(const char *names)
{
	struct str rest = str_of(names), name;
	struct err ignored;
	unsigned all = 0, one;
	while (str_cut(&rest, ' ', &name))
		if (scopes_parse(name, &one, &ignored))
			all |= one;
	return all;
}

/* From the database; NULL: *e says why. */
static struct good *learn(struct keys *k, struct str hash, struct arena *a, struct err *e)
{
	struct keys_row row;
	if (!keys_by_hash(k->db, hash, a, &row, e)) {
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
	g->scopes = known_scopes(row.scopes);
	g->expires_ms = row.expires_ms;
	g->touched_ms = row.last_used_ms;
	g->disabled = row.account_disabled;
	if (map_count(k->good) >= GOOD_MAX)
		forget_all(k);
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
	if (!writer_post(k->writer, write_touch, end_touch, t))
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
		ok = find(k, (struct str) { (char *)hash, sizeof hash }, a, who, e);
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
		.scopes = known_scopes(from->scopes),
		.created_ms = from->created_ms,
		.last_used_ms = from->last_used_ms,
		.revoked_ms = from->revoked_ms,
		.expires_ms = from->expires_ms,
	};
}

static bool write_new(struct db *d, void *arg, struct err *e)
{
	return keys_put(d, arg, e);
}

struct change { /* of a key or an account */
	const char *id;
	int64_t now;
	bool disabled;
};

static bool write_revoke(struct db *d, void *arg, struct err *e)
{
	const struct change *c = arg;
	return keys_revoke(d, c->id, c->now, e);
}

static bool write_disable(struct db *d, void *arg, struct err *e)
{
	const struct change *c = arg;
	return accounts_disable(d, c->id, c->disabled, e);
}

static bool name_ok(const char *name, struct err *e)
{
	struct str s = str_of(name);
	bool ok = str_utf8_ok(s) && str_utf8_count(s) <= NAME_MAX_CHARS;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F)
			ok = false;
	return ok || err_set(e, ERR_INVALID_REQUEST,
			     "name must be up to %d characters without control characters",
			     NAME_MAX_CHARS);
}

bool key_create(
	struct keys *k, const char *name, unsigned scopes, struct key_made *made, struct err *e)
{
	unsigned char hash[SHA256_SIZE];
	char names[256], shown[SHOWN + 1] = "";
	if (!name_ok(name, e))
		return false;
	key_text_new(made->text);
	ident_new("key", made->id);
	sha256(str_of(made->text), hash);
	memcpy(shown, made->text, SHOWN);
	scopes_print(scopes, ' ', names);
	struct keys_row row = {
		.id = made->id,
		.account_id = "acc_local",
		.prefix = shown,
		.name = name,
		.scopes = names,
		.hash = { (char *)hash, sizeof hash },
		.created_ms = now_ms(),
	};
	return writer_run(k->writer, write_new, &row, e);
}

bool key_list(
	struct keys *k, struct arena *a, struct key_row **rows, size_t *count, struct err *e)
{
	struct keys_row *stored;
	pthread_mutex_lock(&k->lock);
	bool ok = keys_list(k->db, a, &stored, count, e);
	pthread_mutex_unlock(&k->lock);
	if (!ok)
		return false;
	*rows = ARENA_ARRAY(a, struct key_row, *count + 1);
	for (size_t i = 0; i < *count; i++)
		to_row(&stored[i], &(*rows)[i]);
	return true;
}

bool key_revoke(struct keys *k, const char *id, struct err *e)
{
	return writer_run(
		k->writer, write_revoke, &(struct change) { .id = id, .now = now_ms() }, e);
}

bool account_disable(struct keys *k, const char *account_id, bool disabled, struct err *e)
{
	return writer_run(k->writer, write_disable,
		&(struct change) { .id = account_id, .disabled = disabled }, e);
}

size_t key_count_live(struct keys *k)
{
	struct err e;
	size_t count;
	pthread_mutex_lock(&k->lock);
	bool ok = keys_count(k->db, now_ms(), &count, &e);
	pthread_mutex_unlock(&k->lock);
	return ok ? count : 0;
}

bool keys_ready(struct keys *k, struct err *e)
{
	size_t count;
	pthread_mutex_lock(&k->lock);
	bool ok = !writer_failed(k->writer) ||
		  err_set(e, ERR_INTERNAL, "the store could not write");
	ok = ok && keys_count(k->db, now_ms(), &count, e);
	pthread_mutex_unlock(&k->lock);
	return ok;
}
