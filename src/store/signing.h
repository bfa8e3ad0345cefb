/* SPDX-License-Identifier: Apache-2.0 */
/* The SQL of signing keys (main database). Text of rows lives in the arena given. */
#ifndef STORE_SIGNING_H
#define STORE_SIGNING_H

#include "base/arena.h"
#include "store/db.h"

enum { SIGNING_MAX = 16 };

struct signing_row {
	const char *kid;
	const char *jwk; /* private, maybe sealed */
	const char *state; /* next, current, retired */
	int64_t created_ms, current_ms, retired_ms; /* 0: not yet */
};
bool signing_put(struct db *d, const struct signing_row *row, struct err *e);
/* At most SIGNING_MAX: current, next, then retired ones, newest first. */
bool signing_list(
	struct db *d, struct arena *a, struct signing_row **rows, size_t *count, struct err *e);
bool signing_promote(struct db *d, const char *kid, int64_t now_ms, struct err *e);
bool signing_retire(struct db *d, const char *kid, int64_t now_ms, struct err *e);
/* Removes those that retired before before_ms. */
bool signing_drop(struct db *d, int64_t before_ms, struct err *e);
/* The same key in another wrapping; nothing happens when it is not `was` any more. */
bool signing_reseal(
	struct db *d, const char *kid, const char *was, const char *jwk, struct err *e);

#endif
