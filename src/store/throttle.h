/* SPDX-License-Identifier: Apache-2.0 */
/* The SQL of failures that are remembered (main database). */
#ifndef STORE_THROTTLE_H
#define STORE_THROTTLE_H

#include "store/db.h"

struct throttle_row {
	int64_t count, until_ms, last_ms;
};
/* All zero when there is none. */
bool throttle_get(struct db *d, const char *key, struct throttle_row *row, struct err *e);
bool throttle_put(struct db *d, const char *key, const struct throttle_row *row, struct err *e);
bool throttle_drop(struct db *d, const char *key, struct err *e);
/* Removes all but the latest `most`. */
bool throttle_trim(struct db *d, int64_t most, struct err *e);
bool throttle_drop_old(struct db *d, int64_t last_before_ms, struct err *e);

#endif
