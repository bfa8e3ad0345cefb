/* SPDX-License-Identifier: Apache-2.0 */
#include "store/throttle.h"

bool throttle_get(struct db *d, const char *key, struct throttle_row *row, struct err *e)
{
	*row = (struct throttle_row) { 0 };
	struct db_rows *r =
		db_query(d, "SELECT count, until_ms, last_ms FROM throttle WHERE key = $1",
			DB_ARGS(db_t(key)), e);
	if (!r)
		return false;
	if (!db_next(r, e))
		return e->code == ERR_NONE;
	*row = (struct throttle_row) { db_get_int(r, 0), db_get_int(r, 1), db_get_int(r, 2) };
	db_end(r);
	return true;
}

bool throttle_put(struct db *d, const char *key, const struct throttle_row *row, struct err *e)
{
	return db_exec(d,
		"INSERT INTO throttle (key, count, until_ms, last_ms) VALUES ($1, $2, $3, $4)"
		" ON CONFLICT (key) DO UPDATE SET count = excluded.count,"
		" until_ms = excluded.until_ms, last_ms = excluded.last_ms",
		DB_ARGS(db_t(key), db_i(row->count), db_i(row->until_ms), db_i(row->last_ms)),
		NULL, e);
}

bool throttle_drop(struct db *d, const char *key, struct err *e)
{
	return db_exec(d, "DELETE FROM throttle WHERE key = $1", DB_ARGS(db_t(key)), NULL, e);
}

bool throttle_drop_old(struct db *d, int64_t last_before_ms, struct err *e)
{
	return db_exec(d, "DELETE FROM throttle WHERE last_ms < $1",
		DB_ARGS(db_i(last_before_ms)), NULL, e);
}

bool throttle_trim(struct db *d, int64_t most, struct err *e)
{
	return db_exec(d,
		"DELETE FROM throttle WHERE key IN (SELECT key FROM throttle"
		" ORDER BY last_ms DESC LIMIT 50000 OFFSET $1)",
		DB_ARGS(db_i(most)), NULL, e);
}
