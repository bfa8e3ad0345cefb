/* SPDX-License-Identifier: Apache-2.0 */
/* The SQL of the audit table (main database). */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include "base/arena.h"
#include "store/db.h"

struct audits_row {
	const char *id, *event, *account_id, *account_name, *subject, *peer, *detail;
	int64_t at_ms;
};
bool audits_put(struct db *d, const struct audits_row *row, struct err *e);
/* Newest first. account_id NULL: everybody's. account_name NULL: no user. */
bool audits_list(struct db *d, const char *account_id, int64_t before_ms, int64_t most,
	struct arena *a, struct audits_row **rows, size_t *count, struct err *e);
/* Removes all rows of this event but the latest `most`. */
bool audits_trim(struct db *d, const char *event, int64_t most, struct err *e);
bool audits_sweep(struct db *d, int64_t before_ms, struct err *e);

#endif
