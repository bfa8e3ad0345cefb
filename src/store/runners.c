/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Leases of runners, and what runners without one have left. Who that is comes from the index of
 * running items, which holds at most what is in flight.
 */
#include "store/jobs_in.h"

static bool hold_lease(struct db *d, const struct runner_lease *l, struct err *e)
{
	return db_exec(d,
		       "INSERT INTO runners (epoch, lease_until_ms) VALUES ($1, $2)"
		       " ON CONFLICT (epoch) DO UPDATE"
		       " SET lease_until_ms = excluded.lease_until_ms",
		       DB_ARGS(db_t(l->epoch), db_i(l->lease_until_ms)), NULL, e) &&
	       db_exec(d, "DELETE FROM runners WHERE epoch <> $1 AND lease_until_ms <= $2",
		       DB_ARGS(db_t(l->epoch), db_i(l->sole ? INT64_MAX : l->now_ms)), NULL, e);
}

static bool read_dead(struct db *d, struct arena *a, struct strs *owners, struct err *e)
{
	struct db_rows *r = db_query(d,
		"SELECT DISTINCT owner FROM items WHERE state = 1"
		" AND owner NOT IN (SELECT epoch FROM runners)",
		DB_NO_ARGS, e);
	if (!r)
		return false;
	while (db_next(r, e)) {
		owners->v = row_room(a, owners->v, owners->n, sizeof *owners->v);
		owners->v[owners->n++] = row_text(r, 0, a);
	}
	return e->code == ERR_NONE;
}

static bool count_crashes(
	struct db *d, const struct runner_lease *l, const char *owner, struct err *e)
{
	for (size_t i = 0; i < l->n_suspects; i++)
		if (!db_exec(d,
			    "UPDATE items SET crashes = crashes + $4, killed = killed + 1 - $4"
			    " WHERE job_id = $1 AND seq = $2 AND state = 1 AND owner = $3",
			    DB_ARGS(db_t(l->suspects[i].job_id), db_i(l->suspects[i].seq),
				    db_t(owner), db_i(l->suspects[i].died)),
			    NULL, e))
			return false;
	return true;
}

struct doomed {
	const char *job_id;
	int64_t seq;
	bool poison;
};

static bool read_doomed(struct db *d, struct arena *a, const char *owner, struct doomed **rows,
	size_t *count, struct err *e)
{
	struct db_rows *r = db_query(d,
		"SELECT job_id, seq, CASE WHEN crashes >= $2 OR killed >= $3 THEN 1 ELSE 0 END"
		" FROM items"
		" WHERE state = 1 AND owner = $1"
		" AND (crashes >= $2 OR killed >= $3 OR lost + 1 >= $4)",
		DB_ARGS(db_t(owner), db_i(CRASHES_MAX), db_i(CRASHES_MAX_KILLED),
			db_i(TRIES_LOST_MAX)),
		e);
	*rows = NULL;
	*count = 0;
	if (!r)
		return false;
	while (db_next(r, e)) {
		*rows = row_room(a, *rows, *count, sizeof **rows);
		(*rows)[(*count)++] = (struct doomed) { row_text(r, 0, a), db_get_int(r, 1),
			db_get_int(r, 2) != 0 };
	}
	return e->code == ERR_NONE;
}

static bool end_doomed(
	struct db *d, const struct runner_lease *l, const char *owner, struct err *e)
{
	struct doomed *rows;
	size_t count;
	if (!read_doomed(d, l->arena, owner, &rows, &count, e))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct item_end end = { .job_id = rows[i].job_id,
			.owner = owner,
			.seq = rows[i].seq,
			.code = err_name(ERR_INTERNAL),
			.message =
				rows[i].poison
					? "the server broke down on this page, time and again"
					: "the server stopped too often before this URL's end",
			.now_ms = l->now_ms,
			.keep_ms = l->keep_ms };
		if (!item_finish(d, &end, e))
			return false;
	}
	return true;
}

static bool take_back(struct db *d, const char *owner, int64_t *count, struct err *e)
{
	return db_exec(d,
		"UPDATE items SET state = 0, owner = NULL, due_ms = 0, lost = lost + 1"
		" WHERE state = 1 AND owner = $1",
		DB_ARGS(db_t(owner)), count, e);
}

bool runner_lease_write(struct db *d, void *lease, struct err *e)
{
	struct runner_lease *l = lease;
	struct strs owners = { NULL, 0 };
	l->recovered = 0;
	if (!hold_lease(d, l, e) || !read_dead(d, l->arena, &owners, e))
		return false;
	for (size_t i = 0; i < owners.n; i++) {
		int64_t count;
		if (!count_crashes(d, l, owners.v[i], e) || !end_doomed(d, l, owners.v[i], e) ||
			!take_back(d, owners.v[i], &count, e))
			return false;
		l->recovered += count;
	}
	return true;
}

bool runner_leave_write(struct db *d, void *leave, struct err *e)
{
	const struct runner_leave *l = leave;
	return db_exec(d,
		       "UPDATE items SET state = 0, owner = NULL, tries = tries - 1"
		       " WHERE state = 1 AND owner = $1",
		       DB_ARGS(db_t(l->epoch)), NULL, e) &&
	       db_exec(d, "DELETE FROM runners WHERE epoch = $1", DB_ARGS(db_t(l->epoch)), NULL,
		       e);
}
