/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "store/jobs_in.h"

void job_row_read(struct db_rows *r, struct arena *a, struct job_row *row)
{
	*row = (struct job_row) {
		.id = row_text(r, 0, a),
		.account_id = row_text(r, 1, a),
		.kind = row_text(r, 2, a),
		.dialect = row_text(r, 3, a),
		.name = row_text(r, 4, a),
		.spec = row_text(r, 5, a),
		.webhook = row_text_or_null(r, 6, a),
		.state = db_get_int(r, 7),
		.total = db_get_int(r, 8),
		.ended = db_get_int(r, 9),
		.failed = db_get_int(r, 10),
		.created_ms = db_get_int(r, 11),
		.began_ms = db_get_int(r, 12),
		.ended_ms = db_get_int(r, 13),
		.deadline_ms = db_get_int(r, 14),
		.expires_ms = db_get_int(r, 15),
	};
}

bool job_read(struct db *d, const char *id, const char *account_id, int64_t now_ms,
	struct arena *a, struct job_row *out, struct err *e)
{
	struct db_rows *r = db_query(d,
		SELECT_JOBS(FAILED_COUNTED) "WHERE j.id = $1"
					    " AND (j.expires_ms = 0 OR j.expires_ms > $2)",
		DB_ARGS(db_t(id), db_i(now_ms)), e);
	if (!row_first(r, "job", e))
		return false;
	job_row_read(r, a, out);
	db_end(r);
	if (account_id && strcmp(out->account_id, account_id) != 0)
		return err_set(e, ERR_NOT_FOUND, "no such job");
	return true;
}

static bool read_rows(
	struct db_rows *r, struct arena *a, struct job_row **rows, size_t *count, struct err *e)
{
	*rows = NULL;
	*count = 0;
	if (!r)
		return false;
	while (db_next(r, e)) {
		*rows = row_room(a, *rows, *count, sizeof **rows);
		job_row_read(r, a, &(*rows)[(*count)++]);
	}
	return e->code == ERR_NONE;
}

#define OF_ACCOUNT                                                                             \
	"WHERE j.account_id = $1 AND (j.expires_ms = 0 OR j.expires_ms > $2)"                  \
	" AND j.state IN ($3, $4, $5, $6, $7, $8) "
_Static_assert(JOB_STATES == 6, "a place for each state");

bool jobs_read(struct db *d, const struct jobs_query *q, struct arena *a, struct job_row **rows,
	size_t *count, int64_t *total, struct err *e)
{
	struct db_value v[2 + JOB_STATES + 2] = { db_t(q->account_id), db_i(q->now_ms) };
	for (int s = 0; s < JOB_STATES; s++)
		v[2 + s] = db_i(!q->states || (q->states >> s & 1) ? s : -1);
	v[2 + JOB_STATES] = db_i(q->limit);
	v[3 + JOB_STATES] = db_i(q->offset);
	return row_number(d, "SELECT COUNT(*) FROM jobs j " OF_ACCOUNT,
		       (struct db_args) { v, 2 + JOB_STATES }, total, e) &&
	       read_rows(db_query(d,
				 SELECT_JOBS(FAILED_COUNTED) OF_ACCOUNT
				 "ORDER BY j.created_ms DESC, j.id DESC LIMIT $9 OFFSET $10",
				 (struct db_args) { v, COUNT_OF(v) }, e),
		       a, rows, count, e);
}

bool jobs_open_read(struct db *d, int64_t after_ms, const char *after_id, size_t most,
	struct arena *a, struct job_row **rows, size_t *count, struct err *e)
{
	return read_rows(
		db_query(d,
			SELECT_JOBS(FAILED_AT_THE_END) "WHERE j.state < 2 AND (j.created_ms, "
						       "j.id) > ($1, $2)"
						       " ORDER BY j.created_ms, j.id LIMIT $3",
			DB_ARGS(db_i(after_ms), db_s(after_id ? str_of(after_id) : STR("")),
				db_i((int64_t)most)),
			e),
		a, rows, count, e);
}
