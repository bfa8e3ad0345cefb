/* SPDX-License-Identifier: Apache-2.0 */
#include "store/audit.h"
#include "store/row.h"

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

bool audits_list(struct db *d, const char *account_id, int64_t before_ms, int64_t most,
	struct arena *a, struct audits_row **rows, size_t *count, struct err *e)
{
	*count = 0;
	*rows = ARENA_ARRAY(a, struct audits_row, (size_t)most + 1);
	struct db_rows *r = db_query(d,
		"SELECT t.id, t.at_ms, t.event, t.account_id, u.name, t.subject, t.peer, "
		"t.detail"
		" FROM audit t LEFT JOIN users u ON u.account_id = t.account_id"
		" WHERE ($1 = '' OR t.account_id = $1) AND t.at_ms < $2"
		" ORDER BY t.at_ms DESC, t.id LIMIT $3",
		DB_ARGS(db_t(account_id ? account_id : ""), db_i(before_ms), db_i(most)), e);
	if (!r)
		return false;
	while (db_next(r, e))
		(*rows)[(*count)++] = (struct audits_row) {
			.id = row_text(r, 0, a),
			.at_ms = db_get_int(r, 1),
			.event = row_text(r, 2, a),
			.account_id = row_text_or_null(r, 3, a),
			.account_name = row_text_or_null(r, 4, a),
			.subject = row_text_or_null(r, 5, a),
			.peer = row_text(r, 6, a),
			.detail = row_text(r, 7, a),
		};
	return e->code == ERR_NONE;
}

bool audits_sweep(struct db *d, int64_t before_ms, struct err *e)
{
	return db_exec(d,
		"DELETE FROM audit WHERE id IN"
		" (SELECT id FROM audit WHERE at_ms < $1 ORDER BY at_ms LIMIT 50000)",
		DB_ARGS(db_i(before_ms)), NULL, e);
}

bool audits_trim(struct db *d, const char *event, int64_t most, struct err *e)
{
	return db_exec(d,
		"DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE event = $1"
		" ORDER BY at_ms DESC LIMIT 200000 OFFSET $2)",
		DB_ARGS(db_t(event), db_i(most)), NULL, e);
}
