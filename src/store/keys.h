/* SPDX-License-Identifier: Apache-2.0 */
/* The SQL of accounts and API keys (main database). Text of rows lives in the arena given. */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include "base/arena.h"
#include "store/db.h"

struct keys_row {
	const char *id, *account_id, *prefix, *name;
	const char *scopes; /* names, blanks between */
	struct str hash; /* SHA-256 of the key's text */
	int64_t created_ms, expires_ms, revoked_ms, last_used_ms; /* 0: never */
	bool account_disabled;
};

bool keys_put(struct db *d, const struct keys_row *row, struct err *e);
/* ERR_NOT_FOUND when there is none. */
bool keys_by_hash(
	struct db *d, struct str hash, struct arena *a, struct keys_row *row, struct err *e);
/* Oldest first, at most KEYS_LIST_MAX. account_id NULL: everybody's. */
enum { KEYS_LIST_MAX = 100000 };
bool keys_list(struct db *d, const char *account_id, struct arena *a, struct keys_row **rows,
	size_t *count, struct err *e);
/* account_id NULL: whoever's it is. A second time keeps the first time. */
bool keys_revoke(struct db *d, const char *id, const char *account_id, int64_t now_ms,
	bool *found, struct err *e);
/* All of the account's keys of this name. */
bool keys_revoke_named(
	struct db *d, const char *account_id, const char *name, int64_t now_ms, struct err *e);
/* Is it the only living key of its account with the scope keys:manage? No key of another account
 * is (account_id NULL: any). */
bool keys_last_manager(struct db *d, const char *id, const char *account_id, int64_t now_ms,
	bool *last, struct err *e);
/* The keys of an account that are neither revoked nor expired. */
bool keys_count_of(
	struct db *d, const char *account_id, int64_t now_ms, size_t *count, struct err *e);
/* Deletes those of this name that are revoked or expired. */
bool keys_drop_dead(
	struct db *d, const char *account_id, const char *name, int64_t now_ms, struct err *e);
bool keys_touch(struct db *d, const char *id, int64_t now_ms, struct err *e);
/* Neither revoked nor expired. */
bool keys_count(struct db *d, int64_t now_ms, size_t *count, struct err *e);
/* ERR_NOT_FOUND for an unknown account. */
bool accounts_disable(struct db *d, const char *id, bool disabled, struct err *e);

#endif
