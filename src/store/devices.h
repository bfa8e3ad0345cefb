/* SPDX-License-Identifier: Apache-2.0 */
/* The SQL of device codes (main database). Text of rows lives in the arena given. */
#ifndef STORE_DEVICES_H
#define STORE_DEVICES_H

#include "base/arena.h"
#include "store/db.h"

enum { DEVICES_BATCH = 20000 };

struct devices_row {
	struct str hash;
	const char *user_code; /* upper case, no dash */
	const char *client_id;
	const char *scopes; /* names, blanks between */
	const char *issuer, *resource;
	const char *state; /* waiting, allowed, denied, used */
	const char *grant_id; /* NULL: none yet */
	int64_t polled_ms, interval_ms, created_ms, expires_ms;
};
/* State waiting. *fresh false: the user code is in use. */
bool devices_put(struct db *d, const struct devices_row *row, bool *fresh, struct err *e);
bool devices_waiting(struct db *d, int64_t now_ms, int64_t *count, struct err *e);
/* ERR_NOT_FOUND. By user code only one that waits and has not expired. */
bool devices_by_hash(
	struct db *d, struct str hash, struct arena *a, struct devices_row *row, struct err *e);
bool devices_by_user_code(struct db *d, const char *user_code, int64_t now_ms, struct arena *a,
	struct devices_row *row, struct err *e);
/* The person's answer, once: *taken false when it does not wait (any more). */
struct devices_answer {
	const char *user_code, *state, *account_id, *grant_id;
	int64_t auth_ms, now_ms;
};
bool devices_answer(
	struct db *d, const struct devices_answer *answer, bool *taken, struct err *e);
bool devices_polled(
	struct db *d, struct str hash, int64_t now_ms, int64_t interval_ms, struct err *e);
/* allowed -> used, once. */
bool devices_use(struct db *d, struct str hash, bool *taken, struct err *e);
bool devices_sweep(struct db *d, int64_t before_ms, struct err *e);

#endif
