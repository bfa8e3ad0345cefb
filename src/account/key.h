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
#include "base/ident.h"
#include "store/store.h"

struct keys; /* the main database's keys and a cache of good hashes; safe from any desk */
enum { KEY_TEXT_SIZE = 64 };

struct keys *keys_open(struct store *store); /* which must outlive it */
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
enum { KEYS_PER_ACCOUNT = 1000 };
/* The name of keys that a sign-in over REST gives: a new password ends them. */
#define KEY_OF_SIGN_IN "sign-in"
/* A new key. Its text is shown once, in `made`. */
struct key_create {
	const char *account_id;
	const char *name; /* up to 100 characters of UTF-8, may be "" */
	unsigned scopes;
	int64_t expires_ms; /* 0: never */
	const char *by, *peer; /* for the audit; NULL: the command line */
	bool sweep; /* delete the account's revoked and expired keys of this name before */
	struct key_made made;
	struct err fault; /* too many keys */
};
/* Checks the name and the time, and draws the key (before the write: commands may run twice). */
bool key_create_draw(struct key_create *c, struct err *e);
write_fn key_create_write;
/* Revokes for good; a second time changes nothing. */
struct key_revoke {
	const char *id;
	const char *account_id; /* only a key of this account; NULL: any */
	bool keep_last_manager; /* fault when it is the last live key:manage key of its account */
	const char *by, *peer;
	struct err fault; /* ERR_NOT_FOUND, ERR_FORBIDDEN */
};
write_fn key_revoke_write;
/* Oldest first. account_id NULL: everybody's. */
bool key_list(struct keys *k, const char *account_id, struct arena *a, struct key_row **rows,
	size_t *count, struct err *e);
size_t key_count_live(struct keys *k);
/* Its keys answer ERR_USER_DISABLED from now on (or again count). ERR_NOT_FOUND. */
bool account_disable(struct keys *k, const char *account_id, bool disabled, struct err *e);

#endif
