/* SPDX-License-Identifier: Apache-2.0 */
/* The SQL of OAuth clients (main database). Text of rows lives in the arena given. */
#ifndef STORE_CLIENTS_H
#define STORE_CLIENTS_H

#include "base/arena.h"
#include "store/db.h"

enum { CLIENTS_LIST_MAX = 10000, CLIENTS_BATCH = 500 };

struct clients_row {
	const char *id;
	const char *kind; /* dcr, cimd, static */
	const char *name, *metadata;
	struct str secret_hash; /* p NULL: public */
	const char *account_id; /* NULL */
	const char *scopes; /* names, blanks between */
	int64_t created_ms, used_ms, fetched_ms, fresh_ms; /* 0: never */
	const char *peer; /* "": not from the network */
	bool disabled;
};

bool clients_put(struct db *d, const struct clients_row *row, struct err *e);
/* A document read (again): name, metadata and times are replaced, nothing else. */
bool clients_put_document(struct db *d, const struct clients_row *row, struct err *e);
/* ERR_NOT_FOUND when there is none. */
bool clients_get(
	struct db *d, struct str id, struct arena *a, struct clients_row *row, struct err *e);
/* Newest first, at most CLIENTS_LIST_MAX. */
bool clients_list(
	struct db *d, struct arena *a, struct clients_row **rows, size_t *count, struct err *e);
bool clients_disable(struct db *d, const char *id, bool *found, struct err *e);
bool clients_touch(struct db *d, const char *id, int64_t now_ms, struct err *e);
/* Keeps the newest `most` of a kind that were never authorized. *removed may be NULL. */
bool clients_trim(
	struct db *d, const char *kind, int64_t most, int64_t *removed, struct err *e);
/* How many registered themselves from there since then, and were not authorized yet. */
bool clients_count_from(
	struct db *d, const char *peer, int64_t since_ms, int64_t *count, struct err *e);
/* May a machine client get a token: is it there and not disabled, and its account neither? */
bool clients_machine(
	struct db *d, const char *id, bool *live, bool *account_disabled, struct err *e);
/* Removes clients (not those an administrator made) that were not used since before_ms and have no
 * living grant; a described one stays when it was disabled. CLIENTS_BATCH at a time. */
bool clients_sweep(struct db *d, int64_t before_ms, int64_t now_ms, struct err *e);

#endif
