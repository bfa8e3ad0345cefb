/* SPDX-License-Identifier: Apache-2.0 */
/* The SQL of sessions (main database). Text of rows lives in the arena given. */
#ifndef STORE_SESSIONS_H
#define STORE_SESSIONS_H

#include "store/users.h"

struct sessions_row {
	struct str hash; /* SHA-256 of the cookie's text */
	const char *id, *account_id, *csrf; /* account_id NULL: nobody has signed in */
	const char *state, *notice; /* or NULL */
	int64_t created_ms, seen_ms, auth_ms;
	const char *peer, *agent;
	bool user_there; /* user is filled */
	struct users_row user;
};
struct sessions_since { /* those that were seen and made after */
	int64_t seen_ms, created_ms;
};
bool sessions_put(struct db *d, const struct sessions_row *row, struct err *e);
/* ERR_NOT_FOUND. */
bool sessions_get(struct db *d, struct str hash, struct sessions_since since, struct arena *a,
	struct sessions_row *row, struct err *e);
/* Last seen first, at most 200. */
bool sessions_list(struct db *d, const char *account_id, struct sessions_since since,
	struct arena *a, struct sessions_row **rows, size_t *count, struct err *e);
bool sessions_touch(struct db *d, struct str hash, int64_t now_ms, struct err *e);
bool sessions_state(
	struct db *d, struct str hash, const char *state, const char *notice, struct err *e);
/* *account_id: whose it was; NULL: nobody's, or it is unknown. */
bool sessions_drop(struct db *d, struct str hash, struct arena *a, const char **account_id,
	int64_t *count, struct err *e);
/* id NULL: all of the account; keep.p NULL: none is kept. */
bool sessions_drop_of(struct db *d, const char *account_id, const char *id, struct str keep,
	int64_t *count, struct err *e);
/* Of those in which nobody has signed in, all but the last seen `most`. */
bool sessions_trim(struct db *d, int64_t most, struct err *e);
/* Those that neither were seen nor made after. */
bool sessions_sweep(struct db *d, struct sessions_since since, struct err *e);

#endif
