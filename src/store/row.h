/* SPDX-License-Identifier: Apache-2.0 */
/* What files of SQL need to read rows and to give arguments. */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "base/arena.h"
#include "store/db.h"

static inline const char *row_text(struct db_rows *r, int column, struct arena *a)
{
	return arena_text(a, db_get_str(r, column));
}
/* NULL and the empty text are the same to the driver: both give NULL. */
static inline const char *row_text_or_null(struct db_rows *r, int column, struct arena *a)
{
	struct str s = db_get_str(r, column);
	return s.p && s.n ? arena_text(a, s) : NULL;
}
static inline struct str row_bytes(struct db_rows *r, int column, struct arena *a)
{
	struct str s = db_get_str(r, column);
	return s.p && s.n ? (struct str) { arena_text(a, s), s.n } : (struct str) { NULL, 0 };
}
static inline struct db_value db_s(struct str text) /* p NULL gives NULL */
{
	return (struct db_value) { text.p ? DB_TEXT : DB_NULL, .s = text };
}

static inline struct db_value db_b_or_null(struct str bytes)
{
	return (struct db_value) { bytes.p ? DB_BYTES : DB_NULL, .s = bytes };
}

/* The first row, to be read and left with db_end. false: an error, or ERR_NOT_FOUND: there is none. */
static inline bool row_first(struct db_rows *r, const char *what, struct err *e)
{
	return r && (db_next(r, e) || (e->code == ERR_NONE &&
					      err_set(e, ERR_NOT_FOUND, "no such %s", what)));
}
/* Room for one more in a list of `count` rows in the arena, NULL at first. */
static inline void *row_room(struct arena *a, void *rows, size_t count, size_t size)
{
	enum { FIRST = 16 };
	if (!count)
		return arena_alloc(a, FIRST * size);
	bool full = count >= FIRST && (count & (count - 1)) == 0;
	return full ? arena_grow(a, rows, count * size, 2 * count * size) : rows;
}

/* One row with one number. */
static inline bool row_number(
	struct db *d, const char *sql, struct db_args args, int64_t *out, struct err *e)
{
	struct db_rows *r = db_query(d, sql, args, e);
	*out = 0;
	if (!r || !db_next(r, e))
		return false;
	*out = db_get_int(r, 0);
	db_end(r);
	return true;
}

/* Whether a statement with RETURNING gave a row. */
static inline bool row_given(struct db_rows *r, bool *given, struct err *e)
{
	*given = false;
	if (!r)
		return false;
	while (db_next(r, e))
		*given = true;
	return e->code == ERR_NONE;
}

#endif
