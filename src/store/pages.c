/* SPDX-License-Identifier: Apache-2.0 */
/* The body stands last in its row: SQLite reads the columns before it without touching it. */
#include "store/pages.h"
#include "store/row.h"

bool pages_put(struct db *d, const struct pages_row *row, struct err *e)
{
	return db_exec(d,
		"INSERT INTO pages (hash, final_url, mime, charset, encoding, status,"
		" fetched_ms, took_ms, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
		" ON CONFLICT (hash) DO UPDATE SET final_url = excluded.final_url,"
		" mime = excluded.mime, charset = excluded.charset,"
		" encoding = excluded.encoding, status = excluded.status,"
		" fetched_ms = excluded.fetched_ms, took_ms = excluded.took_ms,"
		" body = excluded.body"
		" WHERE excluded.fetched_ms >= pages.fetched_ms",
		DB_ARGS(db_b(row->hash), db_t(row->final_url), db_t(row->mime),
			db_t(row->charset), db_t(row->encoding), db_i(row->status),
			db_i(row->fetched_ms), db_i(row->took_ms), db_b(row->body)),
		NULL, e);
}

bool pages_get(struct db *d, struct str hash, struct pages_age age, struct arena *a,
	struct pages_row *row, struct err *e)
{
	struct db_rows *r = db_query(d,
		"SELECT final_url, mime, charset, encoding, status, fetched_ms, took_ms, body"
		" FROM pages WHERE hash = $1 AND fetched_ms > $2 AND fetched_ms <= $3",
		DB_ARGS(db_b(hash), db_i(age.after_ms), db_i(age.until_ms)), e);
	if (!row_first(r, "page", e))
		return false;
	struct str body = db_get_str(r, 7);
	*row = (struct pages_row) {
		.hash = hash,
		.final_url = row_text(r, 0, a),
		.mime = row_text_or_null(r, 1, a),
		.charset = row_text_or_null(r, 2, a),
		.encoding = row_text_or_null(r, 3, a),
		.status = db_get_int(r, 4),
		.fetched_ms = db_get_int(r, 5),
		.took_ms = db_get_int(r, 6),
		.body = { arena_keep(a, body), body.n },
	};
	db_end(r);
	return true;
}

bool pages_drop_old(
	struct db *d, int64_t before_ms, int64_t count, int64_t *dropped, struct err *e)
{
	return db_exec(d,
		"DELETE FROM pages WHERE hash IN (SELECT hash FROM pages WHERE fetched_ms < $1"
		" ORDER BY fetched_ms LIMIT $2)",
		DB_ARGS(db_i(before_ms), db_i(count)), dropped, e);
}
