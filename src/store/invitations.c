/* SPDX-License-Identifier: Apache-2.0 */
#include "store/invitations.h"
#include "store/row.h"

#define SELECT_INVITATIONS                                                                     \
	"SELECT id, kind, role, made_by, created_ms, expires_ms, used_ms FROM invitations "

static void read_row(struct db_rows *r, struct arena *a, struct invitations_row *row)
{
	*row = (struct invitations_row) {
		.id = row_text(r, 0, a),
		.kind = row_text(r, 1, a),
		.role = row_text(r, 2, a),
		.made_by = row_text_or_null(r, 3, a),
		.created_ms = db_get_int(r, 4),
		.expires_ms = db_get_int(r, 5),
		.used_ms = db_get_int(r, 6),
	};
}

bool invitations_put(struct db *d, const struct invitations_row *row, struct err *e)
{
	return db_exec(d,
		"INSERT INTO invitations (hash, id, kind, role, made_by, created_ms,"
		" expires_ms, used_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		DB_ARGS(db_b(row->hash), db_t(row->id), db_t(row->kind), db_t(row->role),
			db_t(row->made_by), db_i(row->created_ms), db_i(row->expires_ms),
			db_i(row->used_ms)),
		NULL, e);
}

bool invitations_find(struct db *d, struct str hash, int64_t now_ms, struct arena *a,
	struct invitations_row *row, struct err *e)
{
	struct db_rows *r = db_query(d,
		SELECT_INVITATIONS "WHERE hash = $1 AND used_ms = 0 AND expires_ms > $2",
		DB_ARGS(db_b(hash), db_i(now_ms)), e);
	if (!row_first(r, "invitation", e))
		return false;
	read_row(r, a, row);
	db_end(r);
	return true;
}

bool invitations_use(struct db *d, struct str hash, int64_t now_ms, bool *done, struct err *e)
{
	int64_t changed = 0;
	bool ok = db_exec(d,
		"UPDATE invitations SET used_ms = $2"
		" WHERE hash = $1 AND used_ms = 0 AND expires_ms > $2",
		DB_ARGS(db_b(hash), db_i(now_ms)), &changed, e);
	*done = ok && changed > 0;
	return ok;
}

bool invitations_list(struct db *d, const char *kind, int64_t most, struct arena *a,
	struct invitations_row **rows, size_t *count, struct err *e)
{
	*count = 0;
	*rows = ARENA_ARRAY(a, struct invitations_row, (size_t)most + 1);
	struct db_rows *r = db_query(d,
		SELECT_INVITATIONS "WHERE kind = $1 ORDER BY created_ms DESC, id LIMIT $2",
		DB_ARGS(db_t(kind), db_i(most)), e);
	if (!r)
		return false;
	while (db_next(r, e))
		read_row(r, a, &(*rows)[(*count)++]);
	return e->code == ERR_NONE;
}

bool invitations_drop(struct db *d, const char *id, bool *found, struct err *e)
{
	int64_t changed = 0;
	bool ok = db_exec(d, "DELETE FROM invitations WHERE id = $1 AND used_ms = 0",
		DB_ARGS(db_t(id)), &changed, e);
	*found = ok && changed > 0;
	return ok;
}

bool invitations_drop_kind(struct db *d, const char *kind, struct err *e)
{
	return db_exec(
		d, "DELETE FROM invitations WHERE kind = $1", DB_ARGS(db_t(kind)), NULL, e);
}

bool invitations_sweep(struct db *d, int64_t before_ms, struct err *e)
{
	return db_exec(d,
		"DELETE FROM invitations WHERE expires_ms < $1"
		" OR (used_ms > 0 AND used_ms < $1)",
		DB_ARGS(db_i(before_ms)), NULL, e);
}
