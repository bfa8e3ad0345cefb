/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What has to be done now and then, left with the writer by whoever comes by after an hour: nothing
 * grows while nobody comes, so no thread is needed for it.
 */
#include "account/chores.h"
#include "auth/oauth.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

enum { CHORES_MS = 3600 * 1000, STRANGERS = 1000 };

static _Atomic int64_t due_ms; /* mono_ms; 0: at once */

static atomic_uint strangers;

void chores_start(void)
{
	atomic_store(&strangers, 0);
	atomic_store(&due_ms, 0);
}

struct rotation {
	struct ring_rotate rotate;
	struct arena *arena;
};

static bool rotate_write(struct db *d, void *arg, struct err *e)
{
	return ring_rotate_write(d, &((struct rotation *)arg)->rotate, e);
}

static void rotate_end(void *arg, const struct err *e)
{
	struct rotation *r = arg;
	if (e->code == ERR_NONE && r->rotate.rotated)
		log_info("auth.key_rotated kid=%s", r->rotate.kid);
	arena_free(&r->arena);
	mem_free(r);
}

static void rotate(const struct auth *parts)
{
	struct rotation *r = MEM_NEW(struct rotation);
	r->arena = arena_new(0);
	r->rotate.conf = parts->conf;
	ring_rotate_draw(&r->rotate, r->arena);
	if (store_post(parts->store, rotate_write, rotate_end, r))
		return;
	arena_free(&r->arena);
	mem_free(r);
}

void oauth_chores(void)
{
	const struct auth *parts = auth_parts();
	int64_t now = mono_ms(), due = atomic_load(&due_ms);
	if (due > now || !atomic_compare_exchange_strong(&due_ms, &due, now + CHORES_MS))
		return;
	account_sweep(parts->store, auth_session_life(parts->conf));
	store_post(parts->store, grant_sweep_write, NULL, NULL);
	store_post(parts->store, client_sweep_write, NULL, NULL);
	if (parts->ring && ring_due(parts->ring))
		rotate(parts);
}

static bool trim_write(struct db *d, void *arg, struct err *e)
{
	return account_trim_write(d, arg, e) && request_trim_write(d, arg, e) &&
	       device_sweep_write(d, arg, e);
}

void oauth_stranger(void)
{
	oauth_chores();
	if (atomic_fetch_add(&strangers, 1) % STRANGERS == STRANGERS - 1)
		store_post(auth_parts()->store, trim_write, NULL, NULL);
}
