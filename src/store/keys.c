/* SPDX-License-Identifier: Apache-2.0 */
/* One SELECT serves looking up and listing, so that the order of columns stands in one place. */
#include "store/keys.h"
#include "store/row.h"

#define SELECT_KEYS                                                                            \
	"SELECT k.id, k.account_id, k.prefix, k.name, k.scopes, k.hash, k.created_ms, "        \
	"k.expires_ms,"                                                                        \
	" k.revoked_ms, k.last_used_ms, a.disabled"                                            \
	" FROM api_keys k JOIN accounts a ON a.id = k.account_id "

static void read_row(struct db_rows *r, struct arena *a, struct keys_row *row)
{
	*row = (struct keys_row) {
		.id = row_text(r, 0, a),
		.account_id = row_text(r, 1, a),
		.prefix = row_text(r, 2, a),
		.name = row_text(r, 3, a),
		.scopes = row_text(r, 4, a),
		.hash = row_bytes(r, 5, a),
		.created_ms = db_get_int(r, 6),
		.expires_ms = db_get_int(r, 7),
		.revoked_ms = db_get_int(r, 8),
		.last_used_ms = db_get_int(r, 9),
		.account_disabled = db_get_int(r, 10) != 0,
	};
}

bool keys_put(struct db *d, const struct keys_row *row, struct err *e)
{
	return db_exec(d,
		"INSERT INTO api_keys (id, account_id, prefix, name, scopes, hash, created_ms,"
		" expires_ms, revoked_ms, last_used_ms)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		DB_ARGS(db_t(row->id), db_t(row->account_id), db_t(row->prefix),
			db_t(row->name), db_t(row->scopes), db_b(row->hash),
			db_i(row->created_ms), db_i(row->expires_ms), db_i(row->revoked_ms),
			db_i(row->last_used_ms)),
		NULL, e);
}

bool keys_by_hash(
	struct db *d, struct str hash, struct arena *a, struct keys_row *row, struct err *e)
{
	struct db_rows *r =
		db_query(d, SELECT_KEYS "WHERE k.hash = $1", DB_ARGS(db_b(hash)), e);
	if (!row_first(r, "key", e))
		return false;
	read_row(r, a, row);
	db_end(r);
	return true;
}

bool keys_list(struct db *d, const char *account_id, struct arena *a, struct keys_row **rows,
	size_t *count, struct err *e)
{
	*count = 0;
	*rows = NULL;
	struct db_rows *r = db_query(d,
		SELECT_KEYS "WHERE $1 = '' OR k.account_id = $1"
			    " ORDER BY k.created_ms, k.id LIMIT $2",
		DB_ARGS(db_t(account_id ? account_id : ""), db_i(KEYS_LIST_MAX)), e);
	if (!r)
		return false;
	while (db_next(r, e)) {
		*rows = row_room(a, *rows, *count, sizeof **rows);
		read_row(r, a, &(*rows)[(*count)++]);
	}
	return e->code == ERR_NONE;
}

bool keys_revoke(struct db *d, const char *id, const char *account_id, int64_t now_ms,
	bool *found, struct err *e)
{
	int64_t changed = 0;
	bool ok = db_exec(d,
		"UPDATE api_keys SET revoked_ms = CASE WHEN revoked_ms = 0 THEN $3 ELSE "
		"revoked_ms END WHERE id = $1 AND ($2 = '' OR account_id = $2)",
		DB_ARGS(db_t(id), db_t(account_id ? account_id : ""), db_i(now_ms)), &changed,
		e);
	*found = changed > 0;
	return ok;
}

bool keys_revoke_named(
	struct db *d, const char *account_id, const char *name, int64_t now_ms, struct err *e)
{
	return db_exec(d,
		"UPDATE api_keys SET revoked_ms = $3"
		" WHERE account_id = $1 AND name = $2 AND revoked_ms = 0",
		DB_ARGS(db_t(account_id), db_t(name), db_i(now_ms)), NULL, e);
}

bool keys_last_manager(struct db *d, const char *id, const char *account_id, int64_t now_ms,
	bool *last, struct err *e)
{
	int64_t it, others;
#define MANAGES                                                                                \
	" ' ' || k.scopes || ' ' LIKE '% keys:manage %' AND k.revoked_ms = 0"                  \
	" AND (k.expires_ms = 0 OR k.expires_ms > $2)"
	bool ok = row_number(d,
			  "SELECT COUNT(*) FROM api_keys k WHERE k.id = $1"
			  " AND ($3 = '' OR k.account_id = $3) AND" MANAGES,
			  DB_ARGS(db_t(id), db_i(now_ms), db_t(account_id ? account_id : "")),
			  &it, e) &&
		  row_number(d,
			  "SELECT COUNT(*) FROM api_keys k WHERE k.id <> $1 AND k.account_id ="
			  " (SELECT account_id FROM api_keys WHERE id = $1) AND" MANAGES,
			  DB_ARGS(db_t(id), db_i(now_ms)), &others, e);
#undef MANAGES
	*last = ok && it && !others;
	return ok;
}

bool keys_count_of(
	struct db *d, const char *account_id, int64_t now_ms, size_t *count, struct err *e)
{
	int64_t n;
	bool ok = row_number(d,
		"SELECT COUNT(*) FROM api_keys WHERE account_id = $1 AND revoked_ms = 0"
		" AND (expires_ms = 0 OR expires_ms > $2)",
		DB_ARGS(db_t(account_id), db_i(now_ms)), &n, e);
	*count = (size_t)n;
	return ok;
}

bool keys_drop_dead(
	struct db *d, const char *account_id, const char *name, int64_t now_ms, struct err *e)
{
	return db_exec(d,
		"DELETE FROM api_keys WHERE account_id = $1 AND name = $2 AND (revoked_ms <> 0"
		" OR (expires_ms <> 0 AND expires_ms <= $3))",
		DB_ARGS(db_t(account_id), db_t(name), db_i(now_ms)), NULL, e);
}

bool keys_touch(struct db *d, const char *id, int64_t now_ms, struct err *e)
{
	return db_exec(d,
		"UPDATE api_keys SET last_used_ms = $2 WHERE id = $1 AND last_used_ms < $2",
		DB_ARGS(db_t(id), db_i(now_ms)), NULL, e);
}

bool keys_count(struct db *d, int64_t now_ms, size_t *count, struct err *e)
{
	int64_t n;
	bool ok = row_number(d,
		"SELECT COUNT(*) FROM api_keys"
		" WHERE revoked_ms = 0 AND (expires_ms = 0 OR expires_ms > $1)",
		DB_ARGS(db_i(now_ms)), &n, e);
	*count = (size_t)n;
	return ok;
}

bool accounts_disable(struct db *d, const char *id, bool disabled, struct err *e)
{
	int64_t changed = 0;
	bool ok = db_exec(d, "UPDATE accounts SET disabled = $2 WHERE id = $1",
		DB_ARGS(db_t(id), db_i(disabled)), &changed, e);
	return ok && (changed > 0 || err_set(e, ERR_NOT_FOUND, "no such account"));
}
