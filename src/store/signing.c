/* SPDX-License-Identifier: Apache-2.0 */
#include "store/signing.h"
#include "store/row.h"

bool signing_put(struct db *d, const struct signing_row *row, struct err *e)
{
	return db_exec(d,
		"INSERT INTO signing_keys (kid, jwk, state, created_ms, current_ms, retired_ms)"
		" VALUES ($1, $2, $3, $4, $5, $6)",
		DB_ARGS(db_t(row->kid), db_t(row->jwk), db_t(row->state), db_i(row->created_ms),
			db_i(row->current_ms), db_i(row->retired_ms)),
		NULL, e);
}

bool signing_list(
	struct db *d, struct arena *a, struct signing_row **rows, size_t *count, struct err *e)
{
	*count = 0;
	*rows = ARENA_ARRAY(a, struct signing_row, SIGNING_MAX);
	struct db_rows *r = db_query(d,
		"SELECT kid, jwk, state, created_ms, current_ms, retired_ms FROM signing_keys"
		" ORDER BY CASE state WHEN 'current' THEN 0 WHEN 'next' THEN 1 ELSE 2 END,"
		" retired_ms DESC, created_ms, kid LIMIT $1",
		DB_ARGS(db_i(SIGNING_MAX)), e);
	if (!r)
		return false;
	while (db_next(r, e))
		(*rows)[(*count)++] = (struct signing_row) {
			.kid = row_text(r, 0, a),
			.jwk = row_text(r, 1, a),
			.state = row_text(r, 2, a),
			.created_ms = db_get_int(r, 3),
			.current_ms = db_get_int(r, 4),
			.retired_ms = db_get_int(r, 5),
		};
	return e->code == ERR_NONE;
}

bool signing_promote(struct db *d, const char *kid, int64_t now_ms, struct err *e)
{
	return db_exec(d,
		"UPDATE signing_keys SET state = 'current', current_ms = $2 WHERE kid = $1",
		DB_ARGS(db_t(kid), db_i(now_ms)), NULL, e);
}

bool signing_retire(struct db *d, const char *kid, int64_t now_ms, struct err *e)
{
	return db_exec(d,
		"UPDATE signing_keys SET state = 'retired', retired_ms = $2 WHERE kid = $1",
		DB_ARGS(db_t(kid), db_i(now_ms)), NULL, e);
}

bool signing_drop(struct db *d, int64_t before_ms, struct err *e)
{
	return db_exec(d,
		"DELETE FROM signing_keys WHERE state = 'retired' AND retired_ms < $1",
		DB_ARGS(db_i(before_ms)), NULL, e);
}

bool signing_reseal(
	struct db *d, const char *kid, const char *was, const char *jwk, struct err *e)
{
	return db_exec(d, "UPDATE signing_keys SET jwk = $3 WHERE kid = $1 AND jwk = $2",
		DB_ARGS(db_t(kid), db_t(was), db_t(jwk)), NULL, e);
}
