/* SPDX-License-Identifier: Apache-2.0 */
#include "store/devices.h"
#include "store/row.h"

#define SELECT_DEVICES                                                                         \
	"SELECT hash, user_code, client_id, scopes, issuer, resource, state, grant_id,"        \
	" polled_ms, interval_ms, created_ms, expires_ms FROM device_codes "

bool devices_put(struct db *d, const struct devices_row *row, bool *fresh, struct err *e)
{
	return row_given(
		db_query(d,
			"INSERT INTO device_codes (hash, user_code, client_id, scopes, issuer,"
			" resource, state, polled_ms, interval_ms, created_ms, expires_ms)"
			" VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, $8, $9)"
			" ON CONFLICT (user_code) DO NOTHING RETURNING user_code",
			DB_ARGS(db_b(row->hash), db_t(row->user_code), db_t(row->client_id),
				db_t(row->scopes), db_t(row->issuer), db_t(row->resource),
				db_i(row->interval_ms), db_i(row->created_ms),
				db_i(row->expires_ms)),
			e),
		fresh, e);
}

bool devices_waiting(struct db *d, int64_t now_ms, int64_t *count, struct err *e)
{
	return row_number(d,
		"SELECT COUNT(*) FROM device_codes WHERE state = 'waiting' AND expires_ms > $1",
		DB_ARGS(db_i(now_ms)), count, e);
}

static bool read_one(struct db_rows *r, struct arena *a, struct devices_row *row, struct err *e)
{
	if (!row_first(r, "device code", e))
		return false;
	*row = (struct devices_row) {
		.hash = row_bytes(r, 0, a),
		.user_code = row_text(r, 1, a),
		.client_id = row_text(r, 2, a),
		.scopes = row_text(r, 3, a),
		.issuer = row_text(r, 4, a),
		.resource = row_text(r, 5, a),
		.state = row_text(r, 6, a),
		.grant_id = row_text_or_null(r, 7, a),
		.polled_ms = db_get_int(r, 8),
		.interval_ms = db_get_int(r, 9),
		.created_ms = db_get_int(r, 10),
		.expires_ms = db_get_int(r, 11),
	};
	db_end(r);
	return true;
}

bool devices_by_hash(
	struct db *d, struct str hash, struct arena *a, struct devices_row *row, struct err *e)
{
	return read_one(db_query(d, SELECT_DEVICES "WHERE hash = $1", DB_ARGS(db_b(hash)), e),
		a, row, e);
}

bool devices_by_user_code(struct db *d, const char *user_code, int64_t now_ms, struct arena *a,
	struct devices_row *row, struct err *e)
{
	return read_one(
		db_query(d,
			SELECT_DEVICES
			"WHERE user_code = $1 AND state = 'waiting' AND expires_ms > $2",
			DB_ARGS(db_t(user_code), db_i(now_ms)), e),
		a, row, e);
}

bool devices_answer(
	struct db *d, const struct devices_answer *answer, bool *taken, struct err *e)
{
	return row_given(
		db_query(d,
			"UPDATE device_codes SET state = $2, account_id = $3, grant_id = $4,"
			" auth_ms = $5 WHERE user_code = $1 AND state = 'waiting'"
			" AND expires_ms > $6 RETURNING user_code",
			DB_ARGS(db_t(answer->user_code), db_t(answer->state),
				db_t(answer->account_id), db_t(answer->grant_id),
				db_i(answer->auth_ms), db_i(answer->now_ms)),
			e),
		taken, e);
}

bool devices_polled(
	struct db *d, struct str hash, int64_t now_ms, int64_t interval_ms, struct err *e)
{
	return db_exec(d,
		"UPDATE device_codes SET polled_ms = $2, interval_ms = $3 WHERE hash = $1",
		DB_ARGS(db_b(hash), db_i(now_ms), db_i(interval_ms)), NULL, e);
}

bool devices_use(struct db *d, struct str hash, bool *taken, struct err *e)
{
	return row_given(db_query(d,
				 "UPDATE device_codes SET state = 'used'"
				 " WHERE hash = $1 AND state = 'allowed' RETURNING user_code",
				 DB_ARGS(db_b(hash)), e),
		taken, e);
}

bool devices_sweep(struct db *d, int64_t before_ms, struct err *e)
{
	return db_exec(d,
		"DELETE FROM device_codes WHERE hash IN (SELECT hash FROM device_codes"
		" WHERE expires_ms < $1 LIMIT $2)",
		DB_ARGS(db_i(before_ms), db_i(DEVICES_BATCH)), NULL, e);
}
