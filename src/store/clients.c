/* SPDX-License-Identifier: Apache-2.0 */
#include "store/clients.h"
#include "store/row.h"

#define SELECT_CLIENTS                                                                         \
	"SELECT id, kind, name, metadata, secret_hash, account_id, scopes, created_ms,"        \
	" used_ms, fetched_ms, fresh_ms, peer, disabled FROM clients "

static void read_row(struct db_rows *r, struct arena *a, struct clients_row *row)
{
	*row = (struct clients_row) {
		.id = row_text(r, 0, a),
		.kind = row_text(r, 1, a),
		.name = row_text(r, 2, a),
		.metadata = row_text(r, 3, a),
		.secret_hash = row_bytes(r, 4, a),
		.account_id = row_text_or_null(r, 5, a),
		.scopes = row_text(r, 6, a),
		.created_ms = db_get_int(r, 7),
		.used_ms = db_get_int(r, 8),
		.fetched_ms = db_get_int(r, 9),
		.fresh_ms = db_get_int(r, 10),
		.peer = row_text(r, 11, a),
		.disabled = db_get_int(r, 12) != 0,
	};
}

#define INSERT_CLIENT                                                                          \
	"INSERT INTO clients (id, kind, name, metadata, secret_hash, account_id, scopes,"      \
	" created_ms, used_ms, fetched_ms, fresh_ms, peer, disabled)"                          \
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0)"
#define INSERT_ARGS(row)                                                                       \
	DB_ARGS(db_t((row)->id), db_t((row)->kind), db_t((row)->name), db_t((row)->metadata),  \
		db_b_or_null((row)->secret_hash), db_t((row)->account_id),                     \
		db_t((row)->scopes), db_i((row)->created_ms), db_i((row)->used_ms),            \
		db_i((row)->fetched_ms), db_i((row)->fresh_ms),                                \
		db_t((row)->peer ? (row)->peer : ""))

bool clients_put(struct db *d, const struct clients_row *row, struct err *e)
{
	return db_exec(d, INSERT_CLIENT, INSERT_ARGS(row), NULL, e);
}

bool clients_put_document(struct db *d, const struct clients_row *row, struct err *e)
{
	return db_exec(d,
		INSERT_CLIENT " ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
			      " metadata = excluded.metadata, fetched_ms = excluded.fetched_ms,"
			      " fresh_ms = excluded.fresh_ms WHERE clients.kind = 'cimd'",
		INSERT_ARGS(row), NULL, e);
}

bool clients_get(
	struct db *d, struct str id, struct arena *a, struct clients_row *row, struct err *e)
{
	struct db_rows *r = db_query(d, SELECT_CLIENTS "WHERE id = $1", DB_ARGS(db_s(id)), e);
	if (!row_first(r, "client", e))
		return false;
	read_row(r, a, row);
	db_end(r);
	return true;
}

bool clients_list(
	struct db *d, struct arena *a, struct clients_row **rows, size_t *count, struct err *e)
{
	*count = 0;
	*rows = NULL;
	struct db_rows *r = db_query(d, SELECT_CLIENTS "ORDER BY created_ms DESC, id LIMIT $1",
		DB_ARGS(db_i(CLIENTS_LIST_MAX)), e);
	if (!r)
		return false;
	while (db_next(r, e)) {
		*rows = row_room(a, *rows, *count, sizeof **rows);
		read_row(r, a, &(*rows)[(*count)++]);
	}
	return e->code == ERR_NONE;
}

bool clients_disable(struct db *d, const char *id, bool *found, struct err *e)
{
	int64_t changed = 0;
	bool ok = db_exec(d, "UPDATE clients SET disabled = 1 WHERE id = $1", DB_ARGS(db_t(id)),
		&changed, e);
	*found = changed > 0;
	return ok;
}

bool clients_touch(struct db *d, const char *id, int64_t now_ms, struct err *e)
{
	return db_exec(d, "UPDATE clients SET used_ms = $2 WHERE id = $1 AND used_ms < $2",
		DB_ARGS(db_t(id), db_i(now_ms)), NULL, e);
}

bool clients_trim(struct db *d, const char *kind, int64_t most, int64_t *removed, struct err *e)
{
	return db_exec(d,
		"DELETE FROM clients WHERE id IN (SELECT id FROM clients WHERE kind = $1"
		" AND used_ms = 0 AND disabled = 0 ORDER BY created_ms DESC, id"
		" LIMIT $2 OFFSET $3)",
		DB_ARGS(db_t(kind), db_i(CLIENTS_BATCH), db_i(most)), removed, e);
}

bool clients_count_from(
	struct db *d, const char *peer, int64_t since_ms, int64_t *count, struct err *e)
{
	return row_number(d,
		"SELECT COUNT(*) FROM clients WHERE kind = 'dcr' AND used_ms = 0"
		" AND created_ms > $2 AND peer = $1",
		DB_ARGS(db_t(peer), db_i(since_ms)), count, e);
}

bool clients_machine(
	struct db *d, const char *id, bool *live, bool *account_disabled, struct err *e)
{
	*live = *account_disabled = false;
	struct db_rows *r = db_query(d,
		"SELECT c.disabled, a.disabled FROM clients c JOIN accounts a"
		" ON a.id = c.account_id WHERE c.id = $1 AND c.kind = 'static'",
		DB_ARGS(db_t(id)), e);
	if (!r)
		return false;
	if (!db_next(r, e))
		return e->code == ERR_NONE;
	*live = db_get_int(r, 0) == 0;
	*account_disabled = db_get_int(r, 1) != 0;
	db_end(r);
	return true;
}

bool clients_sweep(struct db *d, int64_t before_ms, int64_t now_ms, struct err *e)
{
	return db_exec(d,
		"DELETE FROM clients WHERE id IN (SELECT c.id FROM clients c"
		" WHERE c.kind IN ('dcr', 'cimd') AND c.created_ms < $1 AND c.used_ms < $1"
		" AND c.fetched_ms < $1 AND (c.kind = 'dcr' OR c.disabled = 0)"
		" AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.client_id = c.id"
		" AND g.revoked_ms = 0 AND g.expires_ms > $2)"
		" ORDER BY c.created_ms LIMIT $3)",
		DB_ARGS(db_i(before_ms), db_i(now_ms), db_i(CLIENTS_BATCH)), NULL, e);
}
