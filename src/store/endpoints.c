/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "store/hooks_in.h"

void endpoint_row_read(
	struct db_rows *r, int at, int64_t now, struct arena *a, struct endpoint_row *row)
{
	*row = (struct endpoint_row) {
		.id = row_text(r, at, a),
		.account_id = row_text(r, at + 1, a),
		.url = row_text(r, at + 2, a),
		.secret = row_text(r, at + 3, a),
		.old_until_ms = db_get_int(r, at + 5),
		.created_ms = db_get_int(r, at + 6),
		.disabled_ms = db_get_int(r, at + 7),
	};
	if (row->old_until_ms > now)
		row->old_secret = row_text_or_null(r, at + 4, a);
	else
		row->old_until_ms = 0;
}

static bool read_one(struct db *d, const char *id, const char *account_id, int64_t now,
	struct arena *a, struct endpoint_row *out, struct err *e)
{
	struct db_rows *r =
		db_query(d, "SELECT " ENDPOINT_COLUMNS " FROM endpoints p WHERE p.id = $1",
			DB_ARGS(db_t(id)), e);
	if (!row_first(r, "endpoint", e))
		return false;
	endpoint_row_read(r, 0, now, a, out);
	db_end(r);
	if (account_id && strcmp(out->account_id, account_id) != 0)
		return err_set(e, ERR_NOT_FOUND, "no such endpoint");
	return true;
}

bool endpoint_read(struct db *d, const char *id, const char *account_id, struct arena *a,
	struct endpoint_row *out, struct err *e)
{
	return read_one(d, id, account_id, now_ms(), a, out, e);
}

bool endpoints_read(struct db *d, const char *account_id, struct arena *a,
	struct endpoint_row **rows, size_t *count, struct err *e)
{
	*rows = NULL;
	*count = 0;
	struct db_rows *r = db_query(d,
		"SELECT " ENDPOINT_COLUMNS " FROM endpoints p WHERE p.account_id = $1"
		" ORDER BY p.created_ms, p.id LIMIT $2",
		DB_ARGS(db_t(account_id), db_i(ENDPOINTS_LIST_MAX)), e);
	if (!r)
		return false;
	while (db_next(r, e)) {
		*rows = row_room(a, *rows, *count, sizeof **rows);
		endpoint_row_read(r, 0, now_ms(), a, &(*rows)[(*count)++]);
	}
	return e->code == ERR_NONE;
}

/* The endpoint that a command is about. One that is not there is a fault of the caller's: then the
 * command ends with *over true. */
static bool find(struct db *d, const char *id, const char *account_id, int64_t now,
	struct arena *a, struct endpoint_row *row, struct err *fault, bool *over, struct err *e)
{
	fault->code = ERR_NONE;
	*row = (struct endpoint_row) { 0 };
	*over = !read_one(d, id, account_id, now, a, row, fault);
	if (!*over || fault->code == ERR_NOT_FOUND)
		return true;
	*e = *fault;
	return false;
}

bool endpoint_rotate_write(struct db *d, void *rotate, struct err *e)
{
	struct endpoint_rotate *t = rotate;
	bool over;
	if (!find(d, t->id, t->account_id, t->now_ms, t->arena, &t->row, &t->fault, &over, e))
		return false;
	if (over)
		return true;
	return db_exec(d,
		       "UPDATE endpoints SET old_secret = secret, old_until_ms = $2,"
		       " secret = $3 WHERE id = $1",
		       DB_ARGS(db_t(t->id), db_i(t->old_until_ms), db_t(t->secret)), NULL, e) &&
	       read_one(d, t->id, NULL, t->now_ms, t->arena, &t->row, e);
}

bool endpoint_enable_write(struct db *d, void *enable, struct err *e)
{
	struct endpoint_enable *t = enable;
	bool over;
	if (!find(d, t->id, t->account_id, t->now_ms, t->arena, &t->row, &t->fault, &over, e))
		return false;
	t->row.disabled_ms = 0;
	return over || db_exec(d, "UPDATE endpoints SET disabled_ms = 0 WHERE id = $1",
			       DB_ARGS(db_t(t->id)), NULL, e);
}
