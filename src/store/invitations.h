/* SPDX-License-Identifier: Apache-2.0 */
/* The SQL of invitations and setup links (main database). */
#ifndef STORE_INVITATIONS_H
#define STORE_INVITATIONS_H

#include "base/arena.h"
#include "store/db.h"

struct invitations_row {
	struct str hash; /* SHA-256 of its text */
	const char *id, *kind, *role, *made_by; /* made_by: or NULL */
	int64_t created_ms, expires_ms, used_ms; /* used_ms 0: not yet */
};
bool invitations_put(struct db *d, const struct invitations_row *row, struct err *e);
/* Its kind and role, if it can be used; ERR_NOT_FOUND. */
bool invitations_find(struct db *d, struct str hash, int64_t now_ms, struct arena *a,
	struct invitations_row *row, struct err *e);
/* Uses it up. *done: it could be used until now. */
bool invitations_use(struct db *d, struct str hash, int64_t now_ms, bool *done, struct err *e);
/* Of this kind, newest first. */
bool invitations_list(struct db *d, const char *kind, int64_t most, struct arena *a,
	struct invitations_row **rows, size_t *count, struct err *e);
/* Only one that nobody has used. */
bool invitations_drop(struct db *d, const char *id, bool *found, struct err *e);
bool invitations_drop_kind(struct db *d, const char *kind, struct err *e);
/* Those that were used up or expired before then. */
bool invitations_sweep(struct db *d, int64_t before_ms, struct err *e);

#endif
