/* SPDX-License-Identifier: Apache-2.0 */
/* One list of columns serves every look-up, so that their order stands in one place. */
#include "store/users.h"
#include "store/row.h"

#define SELECT_USERS                                                                           \
	"SELECT u.account_id, u.name, u.email, u.password, u.role, a.disabled, u.created_ms,"  \
	" u.signed_in_ms, u.password_ms FROM users u JOIN accounts a ON a.id = u.account_id "

static void read_row(struct db_rows *r, struct arena *a, struct users_row *row)
{
	*row = (struct users_row) {
		.id = row_text(r, 0, a),
		.name = row_text(r, 1, a),
		.email = row_text_or_null(r, 2, a),
		.password = row_text_or_null(r, 3, a),
		.role = row_text(r, 4, a),
		.disabled = db_get_int(r, 5) != 0,
		.created_ms = db_get_int(r, 6),
		.signed_in_ms = db_get_int(r, 7),
		.password_ms = db_get_int(r, 8),
	};
}

bool users_put(struct db *d, const struct users_row *row, const char *folded, struct err *e)
{
	return db_exec(d, "INSERT INTO accounts (id, name, created_ms) VALUES ($1, $2, $3)",
		       DB_ARGS(db_t(row->id), db_t(row->name), db_i(row->created_ms)), NULL,
		       e) &&
	       db_exec(d,
		       "INSERT INTO users (account_id, name, folded, email, password, role,"
		       " created_ms, signed_in_ms, password_ms)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		       DB_ARGS(db_t(row->id), db_t(row->name), db_t(folded), db_t(row->email),
			       db_t(row->password), db_t(row->role), db_i(row->created_ms),
			       db_i(row->signed_in_ms), db_i(row->password_ms)),
		       NULL, e);
}

static bool one_user(struct db *d, const char *sql, struct db_args args, struct arena *a,
	struct users_row *row, struct err *e)
{
	struct db_rows *r = db_query(d, sql, args, e);
	if (!row_first(r, "user", e))
		return false;
	read_row(r, a, row);
	db_end(r);
	return true;
}

bool users_by_name(
	struct db *d, struct str folded, struct arena *a, struct users_row *row, struct err *e)
{
	return one_user(
		d, SELECT_USERS "WHERE u.folded = $1", DB_ARGS(db_s(folded)), a, row, e);
}

bool users_by_id(
	struct db *d, const char *id, struct arena *a, struct users_row *row, struct err *e)
{
	return one_user(
		d, SELECT_USERS "WHERE u.account_id = $1", DB_ARGS(db_t(id)), a, row, e);
}

bool users_by_identity(struct db *d, const char *issuer, const char *subject, struct arena *a,
	struct users_row *row, struct err *e)
{
	return one_user(d,
		SELECT_USERS "JOIN identities i ON i.account_id = u.account_id"
			     " WHERE i.issuer = $1 AND i.subject = $2",
		DB_ARGS(db_t(issuer), db_t(subject)), a, row, e);
}

bool users_list(
	struct db *d, struct arena *a, struct users_row **rows, size_t *count, struct err *e)
{
	*count = 0;
	*rows = NULL;
	struct db_rows *r = db_query(
		d, SELECT_USERS "ORDER BY u.folded LIMIT $1", DB_ARGS(db_i(USERS_ROWS_MAX)), e);
	if (!r)
		return false;
	while (db_next(r, e)) {
		*rows = row_room(a, *rows, *count, sizeof **rows);
		read_row(r, a, &(*rows)[(*count)++]);
	}
	return e->code == ERR_NONE;
}

bool users_count(struct db *d, int64_t *count, struct err *e)
{
	return row_number(d, "SELECT COUNT(*) FROM users", DB_NO_ARGS, count, e);
}

bool users_taken(struct db *d, struct str folded, bool *taken, struct err *e)
{
	int64_t n;
	bool ok = row_number(d, "SELECT COUNT(*) FROM users WHERE folded = $1",
		DB_ARGS(db_s(folded)), &n, e);
	*taken = n > 0;
	return ok;
}

bool users_last_admin(struct db *d, const char *id, bool *last, struct err *e)
{
	int64_t it, others;
#define ADMINS                                                                                 \
	"SELECT COUNT(*) FROM users u JOIN accounts a ON a.id = u.account_id"                  \
	" WHERE u.role = 'admin' AND a.disabled = 0 AND u.account_id "
	bool ok = row_number(d, ADMINS "= $1", DB_ARGS(db_t(id)), &it, e) &&
		  row_number(d, ADMINS "<> $1", DB_ARGS(db_t(id)), &others, e);
#undef ADMINS
	*last = ok && it && !others;
	return ok;
}

bool users_set_password(
	struct db *d, const char *id, const char *hash, int64_t now_ms, struct err *e)
{
	return db_exec(d,
		"UPDATE users SET password = $2, password_ms = $3 WHERE account_id = $1",
		DB_ARGS(db_t(id), db_t(hash), db_i(now_ms)), NULL, e);
}

bool users_set_role(struct db *d, const char *id, const char *role, struct err *e)
{
	return db_exec(d, "UPDATE users SET role = $2 WHERE account_id = $1",
		DB_ARGS(db_t(id), db_t(role)), NULL, e);
}

bool users_set_email(struct db *d, const char *id, const char *email, struct err *e)
{
	return db_exec(d, "UPDATE users SET email = $2 WHERE account_id = $1",
		DB_ARGS(db_t(id), db_t(email)), NULL, e);
}

bool users_signed_in(
	struct db *d, const char *id, const char *hash, int64_t now_ms, struct err *e)
{
	return db_exec(d,
		"UPDATE users SET signed_in_ms = $3, password = CASE WHEN $2 = '' THEN password"
		" ELSE $2 END WHERE account_id = $1",
		DB_ARGS(db_t(id), db_t(hash ? hash : ""), db_i(now_ms)), NULL, e);
}

bool users_end_grants(
	struct db *d, const char *id, const char *why, int64_t now_ms, struct err *e)
{
	return db_exec(d,
		       "UPDATE grants SET revoked_ms = $2, why = $3"
		       " WHERE account_id = $1 AND revoked_ms = 0",
		       DB_ARGS(db_t(id), db_i(now_ms), db_t(why)), NULL, e) &&
	       db_exec(d,
		       "UPDATE device_codes SET state = 'denied'"
		       " WHERE account_id = $1 AND state = 'allowed'",
		       DB_ARGS(db_t(id)), NULL, e);
}

bool users_drop_scope(struct db *d, const char *id, const char *scope, struct err *e)
{
#define WITHOUT                                                                                \
	"scopes = TRIM(REPLACE(' ' || scopes || ' ', ' ' || $2 || ' ', ' '))"                  \
	" WHERE account_id = $1"
	struct db_args args = DB_ARGS(db_t(id), db_t(scope));
	return db_exec(d, "UPDATE api_keys SET " WITHOUT, args, NULL, e) &&
	       db_exec(d, "UPDATE grants SET " WITHOUT, args, NULL, e);
#undef WITHOUT
}

/* --- identities --- */

bool identities_any(
	struct db *d, const char *issuer, const char *account_id, bool *any, struct err *e)
{
	*any = false;
	struct db_rows *r = db_query(d,
		"SELECT 1 FROM identities WHERE issuer = $1 AND account_id = $2 LIMIT 1",
		DB_ARGS(db_t(issuer), db_t(account_id)), e);
	if (!r)
		return false;
	if (!db_next(r, e))
		return e->code == ERR_NONE;
	*any = true;
	db_end(r);
	return true;
}

bool identities_owner(struct db *d, const char *issuer, const char *subject, struct arena *a,
	const char **account_id, struct err *e)
{
	*account_id = NULL;
	struct db_rows *r = db_query(d,
		"SELECT account_id FROM identities WHERE issuer = $1 AND subject = $2",
		DB_ARGS(db_t(issuer), db_t(subject)), e);
	if (!r)
		return false;
	if (!db_next(r, e))
		return e->code == ERR_NONE;
	*account_id = row_text(r, 0, a);
	db_end(r);
	return true;
}

bool identities_put(struct db *d, const char *issuer, const char *subject,
	const char *account_id, int64_t now_ms, struct err *e)
{
	return db_exec(d,
		"INSERT INTO identities (issuer, subject, account_id, created_ms)"
		" VALUES ($1, $2, $3, $4) ON CONFLICT (issuer, subject) DO NOTHING",
		DB_ARGS(db_t(issuer), db_t(subject), db_t(account_id), db_i(now_ms)), NULL, e);
}

/* --- switches --- */

bool switches_get(
	struct db *d, const char *name, struct arena *a, const char **value, struct err *e)
{
	*value = NULL;
	struct db_rows *r = db_query(
		d, "SELECT value FROM switches WHERE name = $1", DB_ARGS(db_t(name)), e);
	if (!r)
		return false;
	if (!db_next(r, e))
		return e->code == ERR_NONE;
	*value = row_text(r, 0, a);
	db_end(r);
	return true;
}

bool switches_set(struct db *d, const char *name, const char *value, struct err *e)
{
	return db_exec(d,
		"INSERT INTO switches (name, value) VALUES ($1, $2)"
		" ON CONFLICT (name) DO UPDATE SET value = excluded.value",
		DB_ARGS(db_t(name), db_t(value)), NULL, e);
}
