/* SPDX-License-Identifier: Apache-2.0 */
/* Outcomes of a job in pages. The body stands last: the columns before it are read without it. */
#include "store/jobs_in.h"

#define SELECT_RESULTS                                                                         \
	"SELECT " ITEM_COLUMNS ", r.body FROM items"                                           \
	" LEFT JOIN results r ON r.job_id = items.job_id AND r.seq = items.seq"                \
	" WHERE items.job_id = $1 "

static struct db_rows *query(struct db *d, const char *job_id, enum results_order order,
	int64_t from, size_t most, struct err *e)
{
	if (order == RESULTS_BY_NO)
		return db_query(d,
			SELECT_RESULTS "AND items.no > 0 AND items.no >= $2"
				       " ORDER BY items.no LIMIT $3",
			DB_ARGS(db_t(job_id), db_i(from), db_i((int64_t)most)), e);
	return db_query(d,
		SELECT_RESULTS "AND items.state = 2 AND items.seq >= $2"
			       " ORDER BY items.seq LIMIT $3",
		DB_ARGS(db_t(job_id), db_i(from), db_i((int64_t)most)), e);
}

bool results_read(struct db *d, const char *job_id, enum results_order order, int64_t from,
	size_t most, size_t max_bytes, struct arena *a, struct result_row **rows, size_t *count,
	struct err *e)
{
	size_t bytes = 0;
	*rows = NULL;
	*count = 0;
	struct db_rows *r = query(d, job_id, order, from, most, e);
	if (!r)
		return false;
	while (db_next(r, e)) {
		struct str body = db_get_str(r, ITEM_COLUMN_COUNT);
		bytes += body.n;
		if (*count && bytes > max_bytes) {
			db_end(r);
			return true;
		}
		*rows = row_room(a, *rows, *count, sizeof **rows);
		struct result_row *row = &(*rows)[(*count)++];
		item_row_read(r, a, &row->item);
		row->body = body.p ? (struct str) { arena_keep(a, body), body.n }
				   : (struct str) { NULL, 0 };
	}
	return e->code == ERR_NONE;
}
