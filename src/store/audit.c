/* SPDX-License-Identifier: Apache-2.0 */
#include "store/audit.h"

bool audits_put(struct db *d, const struct audits_row *row, struct err *e)
{
	return db_exec(d,
		"INSERT INTO audit (id, at_ms, event, account_id, subject, peer, detail)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7)",
		DB_ARGS(db_t(row->id), db_i(row->at_ms), db_t(row->event),
			db_t(row->account_id), db_t(row->subject), db_t(row->peer),
			db_t(row->detail)),
		NULL, e);
}
