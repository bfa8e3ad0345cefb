/* SPDX-License-Identifier: Apache-2.0 */
/*
 * API keys (auth.md section 11): sk_live_ + 43 base62 characters + _ + 4 of the CRC-32. Only the
 * SHA-256 is stored. The command line may add and revoke while the server runs: changes count at
 * once, also in other processes.
 */
#ifndef ACCOUNT_KEY_H
#define ACCOUNT_KEY_H

#include "account/principal.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/ident.h"

struct keys; /* the main database's keys and a cache of good hashes; safe from any desk */
enum { KEY_TEXT_SIZE = 64 };

struct keys *keys_open(
	const struct conf *c, struct err *e); /* makes folder and file if missing */
void keys_close(struct keys **k);
/* The principal lives in the arena. ERR_UNAUTHORIZED, the same words for every bad key;
 * ERR_USER_DISABLED for a good key of a disabled account. */
bool keys_find(struct keys *k, struct str text, struct arena *a, const struct principal **who,
	struct err *e);

struct key_row {
	const char *id, *name, *prefix, *account_id;
	unsigned scopes;
	int64_t created_ms, last_used_ms, revoked_ms, expires_ms; /* 0: never */
};
struct key_made {
	char id[IDENT_SIZE], text[KEY_TEXT_SIZE];
};
/* The key's text is shown once, here. name: up to 100 characters of UTF-8, may be "". */
bool key_create(struct keys *k, const char *name, unsigned scopes, struct key_made *made,
	struct err *e);
bool key_list(
	struct keys *k, struct arena *a, struct key_row **rows, size_t *count, struct err *e);
bool key_revoke(struct keys *k, const char *id, struct err *e); /* ERR_NOT_FOUND; idempotent */
size_t key_count_live(struct keys *k);
/* Its keys answer ERR_USER_DISABLED from now on (or again count). ERR_NOT_FOUND. */
bool account_disable(struct keys *k, const char *account_id, bool disabled, struct err *e);
/* For readiness: the database can be read, and no write was lost. */
bool keys_ready(struct keys *k, struct err *e);

#endif
