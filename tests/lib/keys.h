/* SPDX-License-Identifier: Apache-2.0 */
/* Keys with a store of their own, as each process has them. */
#ifndef TESTS_LIB_KEYS_H
#define TESTS_LIB_KEYS_H

#include "account/key.h"

enum { OPEN_MAX_KEYS = 8 };
static struct {
	struct keys *keys;
	struct store *store;
} open_keys_table[OPEN_MAX_KEYS];

static inline struct keys *open_keys(const char *folder, struct err *e)
{
	struct store *s = store_open(folder, e);
	for (int i = 0; s && i < OPEN_MAX_KEYS; i++)
		if (!open_keys_table[i].keys) {
			open_keys_table[i].store = s;
			return open_keys_table[i].keys = keys_open(s);
		}
	store_close(&s);
	return NULL;
}

static inline struct store *store_of(struct keys *k)
{
	for (int i = 0; i < OPEN_MAX_KEYS; i++)
		if (open_keys_table[i].keys == k)
			return open_keys_table[i].store;
	return NULL;
}

static inline void close_keys(struct keys **k)
{
	for (int i = 0; *k && i < OPEN_MAX_KEYS; i++)
		if (open_keys_table[i].keys == *k) {
			open_keys_table[i].keys = NULL;
			keys_close(k);
			store_close(&open_keys_table[i].store);
		}
}

static inline bool make_key(
	struct keys *k, const char *name, unsigned scopes, struct key_made *made, struct err *e)
{
	struct key_create c = { .account_id = "acc_local", .name = name, .scopes = scopes };
	bool ok = key_create_draw(&c, e) && store_run(store_of(k), key_create_write, &c, e);
	*made = c.made;
	return ok;
}

static inline bool revoke_key(struct keys *k, const char *id, struct err *e)
{
	struct key_revoke c = { .id = id };
	if (!store_run(store_of(k), key_revoke_write, &c, e))
		return false;
	*e = c.fault;
	return e->code == ERR_NONE;
}

#endif
