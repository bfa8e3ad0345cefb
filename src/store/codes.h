/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SQL of what is taken once (main database): authorization requests, codes, refresh tokens,
 * assertions. What takes is one statement that finds nothing the second time. Text of rows lives in
 * the arena given.
 */
#ifndef STORE_CODES_H
#define STORE_CODES_H

#include "base/arena.h"
#include "store/db.h"

enum { CODES_BATCH = 20000 };

struct requests_row {
	const char *id;
	struct str session_hash;
	const char *client_id, *redirect_uri, *challenge;
	const char *scopes; /* names, blanks between */
	const char *issuer, *resource;
	struct str state; /* p NULL: none */
	const char *dpop_jkt; /* NULL */
	int64_t created_ms, expires_ms;
};
bool requests_put(struct db *d, const struct requests_row *row, struct err *e);
/* Of this session and not expired. ERR_NOT_FOUND. */
bool requests_get(struct db *d, struct str id, struct str session_hash, int64_t now_ms,
	struct arena *a, struct requests_row *row, struct err *e);
/* The same, and it is gone. */
bool requests_take(struct db *d, struct str id, struct str session_hash, int64_t now_ms,
	struct arena *a, struct requests_row *row, struct err *e);
bool requests_move(struct db *d, struct str from, struct str to, struct err *e);

struct codes_row {
	struct str hash;
	const char *grant_id, *redirect_uri, *challenge;
	int64_t expires_ms, used_ms; /* 0: not yet */
};
bool codes_put(struct db *d, const struct codes_row *row, struct err *e);
bool codes_get(
	struct db *d, struct str hash, struct arena *a, struct codes_row *row, struct err *e);
bool codes_use(struct db *d, struct str hash, int64_t now_ms, bool *taken, struct err *e);

struct refresh_row {
	struct str hash;
	const char *grant_id;
	struct str parent; /* p NULL: the first of its family */
	int64_t created_ms, used_ms, children, expires_ms;
	bool child_used; /* read only: one that was given for it has been replaced itself */
};
bool refresh_put(struct db *d, const struct refresh_row *row, struct err *e);
bool refresh_get(
	struct db *d, struct str hash, struct arena *a, struct refresh_row *row, struct err *e);
/* One more pair for it: when it is unused, or was used after since_ms and gave fewer than most. */
struct refresh_terms {
	int64_t now_ms, since_ms, most;
};
bool refresh_use(struct db *d, struct str hash, const struct refresh_terms *terms, bool *taken,
	struct err *e);

/* *fresh false: it was there already. */
bool assertions_put(
	struct db *d, const char *key, int64_t expires_ms, bool *fresh, struct err *e);

/* Removes all but the latest `most`. */
bool requests_trim(struct db *d, int64_t most, struct err *e);
/* Removes requests and assertions that ended before now_ms, codes and refresh tokens that did before
 * before_ms, CODES_BATCH of each. */
bool codes_sweep(struct db *d, int64_t now_ms, int64_t before_ms, struct err *e);

#endif
