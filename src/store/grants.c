/* SPDX-License-Identifier: Apache-2.0 */
#include "store/grants.h"
#include "store/row.h"

#define SELECT_GRANTS                                                                          \
	"SELECT g.id, g.account_id, g.client_id, g.client_name, g.kind, g.scopes, g.issuer,"   \
	" g.resource, g.dpop_jkt, g.auth_ms, g.created_ms, g.used_ms, g.expires_ms,"           \
	" g.revoked_ms, a.disabled FROM grants g JOIN accounts a ON a.id = g.account_id "

static void read_row(struct db_rows *r, struct arena *a, struct grants_row *row)
{
	*row = (struct grants_row) {
		.id = row_text(r, 0, a),
		.account_id = row_text(r, 1, a),
		.client_id = row_text(r, 2, a),
		.client_name = row_text(r, 3, a),
		.kind = row_text(r, 4, a),
		.scopes = row_text(r, 5, a),
		.issuer = row_text(r, 6, a),
		.resource = row_text(r, 7, a),
		.dpop_jkt = row_text_or_null(r, 8, a),
		.auth_ms = db_get_int(r, 9),
		.created_ms = db_get_int(r, 10),
		.used_ms = db_get_int(r, 11),
		.expires_ms = db_get_int(r, 12),
		.revoked_ms = db_get_int(r, 13),
		.account_disabled = db_get_int(r, 14) != 0,
	};
}

static bool read_one(struct db_rows *r, struct arena *a, struct grants_row *row, struct err *e)
{
	if (!row_first(r, "grant", e))
		return false;
	read_row(r, a, row);
	db_end(r);
	return true;
}

bool grants_put(struct db *d, const struct grants_row *row, struct err *e)
{
	return db_exec(d,
		"INSERT INTO grants (id, account_id, client_id, client_name, kind, scopes, "
		"issuer,"
		" resource, dpop_jkt, auth_ms, created_ms, used_ms, expires_ms, revoked_ms)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0)",
		DB_ARGS(db_t(row->id), db_t(row->account_id), db_t(row->client_id),
			db_t(row->client_name), db_t(row->kind), db_t(row->scopes),
			db_t(row->issuer), db_t(row->resource), db_t(row->dpop_jkt),
			db_i(row->auth_ms), db_i(row->created_ms), db_i(row->used_ms),
			db_i(row->expires_ms)),
		NULL, e);
}

bool grants_get(
	struct db *d, const char *id, struct arena *a, struct grants_row *row, struct err *e)
{
	return read_one(
		db_query(d, SELECT_GRANTS "WHERE g.id = $1", DB_ARGS(db_t(id)), e), a, row, e);
}

bool grants_of_machine(struct db *d, const char *client_id, const char *issuer,
	const char *resource, struct arena *a, struct grants_row *row, struct err *e)
{
	return read_one(
		db_query(d,
			SELECT_GRANTS "WHERE g.client_id = $1 AND g.kind = 'client'"
				      " AND g.issuer = $2 AND g.resource = $3"
				      " AND g.revoked_ms = 0 ORDER BY g.created_ms LIMIT 1",
			DB_ARGS(db_t(client_id), db_t(issuer), db_t(resource)), e),
		a, row, e);
}

bool grants_list(struct db *d, const char *account_id, int64_t now_ms, struct arena *a,
	struct grants_row **rows, size_t *count, struct err *e)
{
	*count = 0;
	*rows = NULL;
	struct db_rows *r = db_query(d,
		SELECT_GRANTS "WHERE ($1 = '' OR g.account_id = $1) AND g.revoked_ms = 0"
			      " AND g.expires_ms > $2"
			      " ORDER BY g.created_ms DESC, g.id LIMIT $3",
		DB_ARGS(db_t(account_id ? account_id : ""), db_i(now_ms),
			db_i(GRANTS_LIST_MAX)),
		e);
	if (!r)
		return false;
	while (db_next(r, e)) {
		*rows = row_room(a, *rows, *count, sizeof **rows);
		read_row(r, a, &(*rows)[(*count)++]);
	}
	return e->code == ERR_NONE;
}

bool grants_touch(struct db *d, const char *id, int64_t now_ms, struct err *e)
{
	return db_exec(d, "UPDATE grants SET used_ms = $2 WHERE id = $1",
		DB_ARGS(db_t(id), db_i(now_ms)), NULL, e);
}

bool grants_bind(struct db *d, const char *id, const char *dpop_jkt, struct err *e)
{
	return db_exec(d, "UPDATE grants SET dpop_jkt = $2 WHERE id = $1",
		DB_ARGS(db_t(id), db_t(dpop_jkt)), NULL, e);
}

bool grants_extend(struct db *d, const char *id, const char *scopes, int64_t expires_ms,
	int64_t now_ms, struct err *e)
{
	return db_exec(d,
		"UPDATE grants SET scopes = $2, expires_ms = $3, used_ms = $4 WHERE id = $1",
		DB_ARGS(db_t(id), db_t(scopes), db_i(expires_ms), db_i(now_ms)), NULL, e);
}

bool grants_revoke(struct db *d, const char *id, const char *why, int64_t now_ms,
	int64_t *changed, struct err *e)
{
	return db_exec(d,
		"UPDATE grants SET revoked_ms = $3, why = $2 WHERE id = $1 AND revoked_ms = 0",
		DB_ARGS(db_t(id), db_t(why), db_i(now_ms)), changed, e);
}

bool grants_revoke_client(struct db *d, const char *client_id, const char *why, int64_t now_ms,
	int64_t *changed, struct err *e)
{
	return db_exec(d,
		"UPDATE grants SET revoked_ms = $3, why = $2"
		" WHERE client_id = $1 AND revoked_ms = 0",
		DB_ARGS(db_t(client_id), db_t(why), db_i(now_ms)), changed, e);
}

bool grants_sweep(struct db *d, int64_t before_ms, struct err *e)
{
	return db_exec(d,
		"DELETE FROM grants WHERE id IN (SELECT g.id FROM grants g"
		" WHERE (g.expires_ms < $1 OR (g.revoked_ms > 0 AND g.revoked_ms < $1))"
		" AND NOT EXISTS (SELECT 1 FROM codes c WHERE c.grant_id = g.id)"
		" AND NOT EXISTS (SELECT 1 FROM refresh f WHERE f.grant_id = g.id) LIMIT $2)",
		DB_ARGS(db_i(before_ms), db_i(GRANTS_BATCH)), NULL, e);
}

/* --- consents --- */

bool consents_get(struct db *d, const char *account_id, const char *client_id,
	const char *resource, struct arena *a, const char **scopes, struct err *e)
{
	*scopes = "";
	struct db_rows *r = db_query(d,
		"SELECT scopes FROM consents"
		" WHERE account_id = $1 AND client_id = $2 AND resource = $3",
		DB_ARGS(db_t(account_id), db_t(client_id), db_t(resource)), e);
	if (!r)
		return false;
	if (!db_next(r, e))
		return e->code == ERR_NONE;
	*scopes = row_text(r, 0, a);
	db_end(r);
	return true;
}

bool consents_put(struct db *d, const char *account_id, const char *client_id,
	const char *resource, const char *scopes, int64_t now_ms, struct err *e)
{
	return db_exec(d,
		"INSERT INTO consents (account_id, client_id, resource, scopes, at_ms)"
		" VALUES ($1, $2, $3, $4, $5)"
		" ON CONFLICT (account_id, client_id, resource)"
		" DO UPDATE SET scopes = excluded.scopes, at_ms = excluded.at_ms",
		DB_ARGS(db_t(account_id), db_t(client_id), db_t(resource), db_t(scopes),
			db_i(now_ms)),
		NULL, e);
}

bool consents_drop(struct db *d, const char *account_id, const char *client_id, struct err *e)
{
	return db_exec(d,
		"DELETE FROM consents WHERE client_id = $2 AND ($1 = '' OR account_id = $1)",
		DB_ARGS(db_t(account_id ? account_id : ""), db_t(client_id)), NULL, e);
}
