/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys as one constant, counted picture (struct loaded), exchanged under a lock: who signs or
 * verifies holds it meanwhile. Each use asks the database whether anybody has committed since the
 * last look, then whether the rows of the keys have changed; only then keys are read anew. So a
 * rotation counts for the next request of every process.
 */
#include "auth/grant/ring.h"
#include "account/audit.h"
#include "auth/grant/ring_in.h"
#include "auth/grant/seal.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

struct loaded *loaded_hold(struct ring *r)
{
	struct err e;
	pthread_mutex_lock(&r->lock);
	int64_t version = store_version(r->store), now = now_ms();
	bool changed = version != r->version || version < 0 || now >= r->now->until_ms;
	struct loaded *fresh = NULL;
	if (changed && loaded_read(r->conf, r->store, r->now, &fresh, &e)) {
		r->version = version;
		if (fresh) {
			loaded_drop(&r->now);
			r->now = fresh;
		}
	} else if (changed) {
		log_error("ring.read_failed why=%s", err_name(e.code));
	}
	struct loaded *l = r->now;
	atomic_fetch_add_explicit(&l->users, 1, memory_order_relaxed);
	pthread_mutex_unlock(&r->lock);
	return l;
}

/* --- the first keys --- */

struct reseal {
	const struct signing_row *row;
	struct str sealed;
};

static bool reseal_write(struct db *d, void *arg, struct err *e)
{
	const struct reseal *c = arg;
	return signing_reseal(d, c->row->kid, c->row->jwk, c->sealed.p, e);
}

/* Keys from before data_key was set. */
static bool seal_plain(const struct conf *c, struct store *s, struct arena *a, struct err *e)
{
	struct signing_row *rows;
	size_t n;
	bool ok = signing_list(store_read(s), a, &rows, &n, e);
	store_read_end(s);
	for (size_t i = 0; ok && c->data_key[0] && i < n; i++) {
		struct str jwk = str_of(rows[i].jwk);
		if (seal_is_sealed(jwk))
			continue;
		struct reseal one = { &rows[i], seal(jwk, c->data_key, rows[i].kid, a) };
		ok = store_run(s, reseal_write, &one, e);
	}
	return ok;
}

static bool make_missing(const struct conf *c, struct store *s, struct arena *a, struct err *e)
{
	for (int i = 0; i < 2; i++) { /* the current one, then the next */
		struct ring_rotate make = { .conf = c };
		ring_rotate_draw(&make, a);
		if (!store_run(s, ring_rotate_write, &make, e))
			return false;
	}
	return true;
}

struct ring *ring_open(const struct conf *c, struct store *s, struct err *e)
{
	struct arena *a = arena_new(0);
	struct loaded *first = NULL;
	bool ok = make_missing(c, s, a, e) && seal_plain(c, s, a, e) &&
		  loaded_read(c, s, NULL, &first, e);
	arena_free(&a);
	if (!ok)
		return NULL;
	struct ring *r = MEM_NEW(struct ring);
	pthread_mutex_init(&r->lock, NULL);
	r->conf = c;
	r->store = s;
	r->version = -1;
	r->now = first;
	return r;
}

void ring_close(struct ring **r)
{
	if (!*r)
		return;
	loaded_drop(&(*r)->now);
	pthread_mutex_destroy(&(*r)->lock);
	mem_free(*r);
	*r = NULL;
}

/* --- using them --- */

const char *ring_sign(
	struct ring *r, const char *typ, const json_t *payload, struct arena *a, struct err *e)
{
	struct loaded *l = loaded_hold(r);
	const char *text = jws_sign(l->keys[0], typ, payload, a);
	loaded_drop(&l);
	if (!text)
		err_set(e, ERR_INTERNAL, "the token could not be signed");
	return text;
}

const char *ring_jwks(struct ring *r, struct arena *a)
{
	struct loaded *l = loaded_hold(r);
	const char *text = arena_text(a, str_of(l->jwks));
	loaded_drop(&l);
	return text;
}

struct key_set *ring_keys(struct ring *r)
{
	struct loaded *l = loaded_hold(r);
	struct key_set *keys = key_set_hold(l->set);
	loaded_drop(&l);
	return keys;
}

bool ring_due(struct ring *r)
{
	struct loaded *l = loaded_hold(r);
	bool due = now_ms() >= l->due_ms;
	loaded_drop(&l);
	return due;
}

bool ring_list(
	struct store *s, struct arena *a, struct ring_row **out, size_t *count, struct err *e)
{
	struct signing_row *rows;
	bool ok = signing_list(store_read(s), a, &rows, count, e);
	store_read_end(s);
	*out = ARENA_ARRAY(a, struct ring_row, ok ? *count + 1 : 1);
	for (size_t i = 0; ok && i < *count; i++)
		(*out)[i] = (struct ring_row) { rows[i].kid, rows[i].state, rows[i].created_ms,
			rows[i].current_ms, rows[i].retired_ms };
	return ok;
}
