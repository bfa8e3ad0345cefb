/* SPDX-License-Identifier: Apache-2.0 */
#include "store/codes.h"
#include "store/row.h"

/* --- authorization requests --- */

#define REQUEST_COLUMNS                                                                        \
	"id, session_hash, client_id, redirect_uri, challenge, scopes, issuer, resource,"      \
	" state, dpop_jkt, created_ms, expires_ms"

bool requests_put(struct db *d, const struct requests_row *row, struct err *e)
{
	return db_exec(d,
		"INSERT INTO auth_requests (" REQUEST_COLUMNS ")"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		DB_ARGS(db_t(row->id), db_b(row->session_hash), db_t(row->client_id),
			db_t(row->redirect_uri), db_t(row->challenge), db_t(row->scopes),
			db_t(row->issuer), db_t(row->resource), db_s(row->state),
			db_t(row->dpop_jkt), db_i(row->created_ms), db_i(row->expires_ms)),
		NULL, e);
}

static bool read_request(
	struct db_rows *r, struct arena *a, struct requests_row *row, struct err *e)
{
	if (!row_first(r, "authorization request", e))
		return false;
	*row = (struct requests_row) {
		.id = row_text(r, 0, a),
		.session_hash = row_bytes(r, 1, a),
		.client_id = row_text(r, 2, a),
		.redirect_uri = row_text(r, 3, a),
		.challenge = row_text(r, 4, a),
		.scopes = row_text(r, 5, a),
		.issuer = row_text(r, 6, a),
		.resource = row_text(r, 7, a),
		.state = row_bytes(r, 8, a),
		.dpop_jkt = row_text_or_null(r, 9, a),
		.created_ms = db_get_int(r, 10),
		.expires_ms = db_get_int(r, 11),
	};
	db_end(r);
	return true;
}

bool requests_get(struct db *d, struct str id, struct str session_hash, int64_t now_ms,
	struct arena *a, struct requests_row *row, struct err *e)
{
	return read_request(db_query(d,
				    "SELECT " REQUEST_COLUMNS " FROM auth_requests"
				    " WHERE id = $1 AND session_hash = $2 AND expires_ms > $3",
				    DB_ARGS(db_s(id), db_b(session_hash), db_i(now_ms)), e),
		a, row, e);
}

bool requests_take(struct db *d, struct str id, struct str session_hash, int64_t now_ms,
	struct arena *a, struct requests_row *row, struct err *e)
{
	return read_request(db_query(d,
				    "DELETE FROM auth_requests"
				    " WHERE id = $1 AND session_hash = $2 AND expires_ms > $3"
				    " RETURNING " REQUEST_COLUMNS,
				    DB_ARGS(db_s(id), db_b(session_hash), db_i(now_ms)), e),
		a, row, e);
}

bool requests_move(struct db *d, struct str from, struct str to, struct err *e)
{
	return db_exec(d, "UPDATE auth_requests SET session_hash = $2 WHERE session_hash = $1",
		DB_ARGS(db_b(from), db_b(to)), NULL, e);
}

/* --- codes --- */

bool codes_put(struct db *d, const struct codes_row *row, struct err *e)
{
	return db_exec(d,
		"INSERT INTO codes (hash, grant_id, redirect_uri, challenge, expires_ms, "
		"used_ms)"
		" VALUES ($1, $2, $3, $4, $5, 0)",
		DB_ARGS(db_b(row->hash), db_t(row->grant_id), db_t(row->redirect_uri),
			db_t(row->challenge), db_i(row->expires_ms)),
		NULL, e);
}

bool codes_get(
	struct db *d, struct str hash, struct arena *a, struct codes_row *row, struct err *e)
{
	struct db_rows *r = db_query(d,
		"SELECT hash, grant_id, redirect_uri, challenge, expires_ms, used_ms"
		" FROM codes WHERE hash = $1",
		DB_ARGS(db_b(hash)), e);
	if (!row_first(r, "code", e))
		return false;
	*row = (struct codes_row) {
		.hash = row_bytes(r, 0, a),
		.grant_id = row_text(r, 1, a),
		.redirect_uri = row_text(r, 2, a),
		.challenge = row_text(r, 3, a),
		.expires_ms = db_get_int(r, 4),
		.used_ms = db_get_int(r, 5),
	};
	db_end(r);
	return true;
}

bool codes_use(struct db *d, struct str hash, int64_t now_ms, bool *taken, struct err *e)
{
	return row_given(db_query(d,
				 "UPDATE codes SET used_ms = $2 WHERE hash = $1 AND used_ms = 0"
				 " RETURNING grant_id",
				 DB_ARGS(db_b(hash), db_i(now_ms)), e),
		taken, e);
}

/* --- refresh tokens --- */

bool refresh_put(struct db *d, const struct refresh_row *row, struct err *e)
{
	return db_exec(d,
		"INSERT INTO refresh (hash, grant_id, parent, created_ms, used_ms, children,"
		" expires_ms) VALUES ($1, $2, $3, $4, 0, 0, $5)",
		DB_ARGS(db_b(row->hash), db_t(row->grant_id), db_b_or_null(row->parent),
			db_i(row->created_ms), db_i(row->expires_ms)),
		NULL, e);
}

bool refresh_get(
	struct db *d, struct str hash, struct arena *a, struct refresh_row *row, struct err *e)
{
	struct db_rows *r = db_query(d,
		"SELECT r.hash, r.grant_id, r.parent, r.created_ms, r.used_ms, r.children,"
		" r.expires_ms, (SELECT COUNT(*) FROM refresh c WHERE c.grant_id = r.grant_id"
		" AND c.parent = r.hash AND c.used_ms > 0) FROM refresh r WHERE r.hash = $1",
		DB_ARGS(db_b(hash)), e);
	if (!row_first(r, "token", e))
		return false;
	*row = (struct refresh_row) {
		.hash = row_bytes(r, 0, a),
		.grant_id = row_text(r, 1, a),
		.parent = row_bytes(r, 2, a),
		.created_ms = db_get_int(r, 3),
		.used_ms = db_get_int(r, 4),
		.children = db_get_int(r, 5),
		.expires_ms = db_get_int(r, 6),
		.child_used = db_get_int(r, 7) > 0,
	};
	db_end(r);
	return true;
}

bool refresh_use(struct db *d, struct str hash, const struct refresh_terms *terms, bool *taken,
	struct err *e)
{
	return row_given(db_query(d,
				 "UPDATE refresh SET children = children + 1,"
				 " used_ms = CASE WHEN used_ms = 0 THEN $2 ELSE used_ms END"
				 " WHERE hash = $1 AND (used_ms = 0 OR (used_ms >= $3 AND "
				 "children < $4))"
				 " RETURNING grant_id",
				 DB_ARGS(db_b(hash), db_i(terms->now_ms), db_i(terms->since_ms),
					 db_i(terms->most)),
				 e),
		taken, e);
}

bool assertions_put(
	struct db *d, const char *key, int64_t expires_ms, bool *fresh, struct err *e)
{
	return row_given(db_query(d,
				 "INSERT INTO assertions (key, expires_ms) VALUES ($1, $2)"
				 " ON CONFLICT (key) DO NOTHING RETURNING key",
				 DB_ARGS(db_t(key), db_i(expires_ms)), e),
		fresh, e);
}

bool requests_trim(struct db *d, int64_t most, struct err *e)
{
	return db_exec(d,
		"DELETE FROM auth_requests WHERE id IN (SELECT id FROM auth_requests"
		" ORDER BY expires_ms DESC LIMIT $2 OFFSET $1)",
		DB_ARGS(db_i(most), db_i(CODES_BATCH)), NULL, e);
}

/* A refresh token that was replaced is known until it would have expired: until then its return ends
 * the family, later it is refused like any expired one. */
bool codes_sweep(struct db *d, int64_t now_ms, int64_t before_ms, struct err *e)
{
	return db_exec(d,
		       "DELETE FROM auth_requests WHERE id IN (SELECT id FROM auth_requests"
		       " WHERE expires_ms < $1 LIMIT $2)",
		       DB_ARGS(db_i(now_ms), db_i(CODES_BATCH)), NULL, e) &&
	       db_exec(d,
		       "DELETE FROM codes WHERE hash IN (SELECT hash FROM codes"
		       " WHERE expires_ms < $1 LIMIT $2)",
		       DB_ARGS(db_i(before_ms), db_i(CODES_BATCH)), NULL, e) &&
	       db_exec(d,
		       "DELETE FROM refresh WHERE hash IN (SELECT hash FROM refresh"
		       " WHERE expires_ms < $1 LIMIT $2)",
		       DB_ARGS(db_i(before_ms), db_i(CODES_BATCH)), NULL, e) &&
	       db_exec(d,
		       "DELETE FROM assertions WHERE key IN (SELECT key FROM assertions"
		       " WHERE expires_ms < $1 LIMIT $2)",
		       DB_ARGS(db_i(now_ms), db_i(CODES_BATCH)), NULL, e);
}
