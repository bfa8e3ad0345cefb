/* SPDX-License-Identifier: Apache-2.0 */
/* A session is read together with its user: roles and "disabled" count from the next request on. */
#include "store/sessions.h"
#include "store/row.h"

enum { SESSIONS_LIST_MAX = 200, SWEEP_MAX = 50000 };

#define SELECT_SESSIONS                                                                        \
	"SELECT s.hash, s.id, s.account_id, s.csrf, s.state, s.notice, s.created_ms,"          \
	" s.seen_ms, s.auth_ms, s.peer, s.agent, u.name, u.email, u.password, u.role,"         \
	" a.disabled, u.created_ms, u.signed_in_ms, u.password_ms"                             \
	" FROM sessions s LEFT JOIN accounts a ON a.id = s.account_id"                         \
	" LEFT JOIN users u ON u.account_id = s.account_id "

static void read_user(struct db_rows *r, struct arena *a, struct sessions_row *row)
{
	const char *name = row_text_or_null(r, 11, a);
	if (!name)
		return;
	row->user_there = true;
	row->user = (struct users_row) {
		.id = row->account_id,
		.name = name,
		.email = row_text_or_null(r, 12, a),
		.password = row_text_or_null(r, 13, a),
		.role = row_text(r, 14, a),
		.disabled = db_get_int(r, 15) != 0,
		.created_ms = db_get_int(r, 16),
		.signed_in_ms = db_get_int(r, 17),
		.password_ms = db_get_int(r, 18),
	};
}

static void read_row(struct db_rows *r, struct arena *a, struct sessions_row *row)
{
	*row = (struct sessions_row) {
		.hash = row_bytes(r, 0, a),
		.id = row_text(r, 1, a),
		.account_id = row_text_or_null(r, 2, a),
		.csrf = row_text(r, 3, a),
		.state = row_text_or_null(r, 4, a),
		.notice = row_text_or_null(r, 5, a),
		.created_ms = db_get_int(r, 6),
		.seen_ms = db_get_int(r, 7),
		.auth_ms = db_get_int(r, 8),
		.peer = row_text(r, 9, a),
		.agent = row_text(r, 10, a),
	};
	read_user(r, a, row);
}

bool sessions_put(struct db *d, const struct sessions_row *row, struct err *e)
{
	return db_exec(d,
		"INSERT INTO sessions (hash, id, account_id, csrf, state, notice, created_ms,"
		" seen_ms, auth_ms, peer, agent)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		DB_ARGS(db_b(row->hash), db_t(row->id), db_t(row->account_id), db_t(row->csrf),
			db_t(row->state), db_t(row->notice), db_i(row->created_ms),
			db_i(row->seen_ms), db_i(row->auth_ms), db_t(row->peer),
			db_t(row->agent)),
		NULL, e);
}

bool sessions_get(struct db *d, struct str hash, struct sessions_since since, struct arena *a,
	struct sessions_row *row, struct err *e)
{
	struct db_rows *r = db_query(d,
		SELECT_SESSIONS "WHERE s.hash = $1 AND s.seen_ms > $2 AND s.created_ms > $3",
		DB_ARGS(db_b(hash), db_i(since.seen_ms), db_i(since.created_ms)), e);
	if (!row_first(r, "session", e))
		return false;
	read_row(r, a, row);
	db_end(r);
	return true;
}

bool sessions_list(struct db *d, const char *account_id, struct sessions_since since,
	struct arena *a, struct sessions_row **rows, size_t *count, struct err *e)
{
	*count = 0;
	*rows = ARENA_ARRAY(a, struct sessions_row, SESSIONS_LIST_MAX);
	struct db_rows *r = db_query(d,
		SELECT_SESSIONS "WHERE s.account_id = $1 AND s.seen_ms > $2"
				" AND s.created_ms > $3 ORDER BY s.seen_ms DESC, s.id LIMIT $4",
		DB_ARGS(db_t(account_id), db_i(since.seen_ms), db_i(since.created_ms),
			db_i(SESSIONS_LIST_MAX)),
		e);
	if (!r)
		return false;
	while (db_next(r, e))
		read_row(r, a, &(*rows)[(*count)++]);
	return e->code == ERR_NONE;
}

bool sessions_touch(struct db *d, struct str hash, int64_t now_ms, struct err *e)
{
	return db_exec(d, "UPDATE sessions SET seen_ms = $2 WHERE hash = $1 AND seen_ms < $2",
		DB_ARGS(db_b(hash), db_i(now_ms)), NULL, e);
}

bool sessions_state(
	struct db *d, struct str hash, const char *state, const char *notice, struct err *e)
{
	return db_exec(d, "UPDATE sessions SET state = $2, notice = $3 WHERE hash = $1",
		DB_ARGS(db_b(hash), db_t(state), db_t(notice)), NULL, e);
}

bool sessions_drop(struct db *d, struct str hash, struct arena *a, const char **account_id,
	int64_t *count, struct err *e)
{
	*account_id = NULL;
	*count = 0;
	struct db_rows *r =
		db_query(d, "DELETE FROM sessions WHERE hash = $1 RETURNING account_id",
			DB_ARGS(db_b(hash)), e);
	if (!r)
		return false;
	while (db_next(r, e)) { /* a RETURNING statement is done only at its end */
		*account_id = row_text_or_null(r, 0, a);
		++*count;
	}
	return e->code == ERR_NONE;
}

bool sessions_drop_of(struct db *d, const char *account_id, const char *id, struct str keep,
	int64_t *count, struct err *e)
{
	return db_exec(d,
		"DELETE FROM sessions WHERE account_id = $1 AND ($2 = '' OR id = $2)"
		" AND hash <> $3",
		DB_ARGS(db_t(account_id), db_t(id ? id : ""), db_b(keep)), count, e);
}

bool sessions_sweep(struct db *d, struct sessions_since since, struct err *e)
{
	return db_exec(d,
		"DELETE FROM sessions WHERE hash IN (SELECT hash FROM sessions"
		" WHERE seen_ms <= $1 OR created_ms <= $2 LIMIT $3)",
		DB_ARGS(db_i(since.seen_ms), db_i(since.created_ms), db_i(SWEEP_MAX)), NULL, e);
}

bool sessions_trim(struct db *d, int64_t most, struct err *e)
{
	return db_exec(d,
		"DELETE FROM sessions WHERE hash IN (SELECT hash FROM sessions"
		" WHERE account_id IS NULL ORDER BY seen_ms DESC LIMIT $2 OFFSET $1)",
		DB_ARGS(db_i(most), db_i(SWEEP_MAX)), NULL, e);
}
