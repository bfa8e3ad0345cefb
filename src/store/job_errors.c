/* SPDX-License-Identifier: Apache-2.0 */
/* The items of a job that failed, found by an index of their own. */
#include "store/jobs.h"
#include "store/row.h"

bool job_errors_read(struct db *d, const char *job_id, size_t most, struct arena *a,
	struct item_row **rows, size_t *count, struct err *e)
{
	struct db_rows *r = db_query(d,
		"SELECT seq, url, code, message, no, ended_ms FROM items"
		" WHERE job_id = $1 AND code IS NOT NULL ORDER BY seq LIMIT $2",
		DB_ARGS(db_t(job_id), db_i((int64_t)most)), e);
	*rows = ARENA_ARRAY(a, struct item_row, most ? most : 1);
	*count = 0;
	if (!r)
		return false;
	while (db_next(r, e)) {
		if (*count == most)
			continue;
		(*rows)[(*count)++] = (struct item_row) {
			.seq = db_get_int(r, 0),
			.url = row_text(r, 1, a),
			.code = row_text(r, 2, a),
			.message = row_text(r, 3, a),
			.no = db_get_int(r, 4),
			.ended_ms = db_get_int(r, 5),
			.state = 2,
		};
	}
	return e->code == ERR_NONE;
}
