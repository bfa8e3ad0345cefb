/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A database, whichever it is. SQL is written once, in src/store: `$1` placeholders, TEXT ids,
 * BIGINT milliseconds, BYTEA, ON CONFLICT, RETURNING; a driver only opens, binds, steps and commits.
 *
 * A struct db belongs to one thread at a time. Statements are kept prepared and found by the
 * address of their text, so the text must be a literal.
 *
 * Errors: ERR_OVERLOADED when the disk is full or another writer holds on too long (try later),
 * ERR_INTERNAL for the rest; what happened in detail is in the log.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/err.h"
#include "base/str.h"

enum { DB_ARGS_MAX = 16, DB_STATEMENTS_MAX = 512, DB_BUSY_MS = 5000 };

struct db;
struct db_rows; /* a statement that is giving its rows */

struct db_place {
	const char *folder; /* made if it is missing (unless read_only) */
	const char *file;
	bool read_only; /* the file must be there */
	bool durable; /* true: a commit survives power loss; false: for what can be lost */
};

enum db_kind { DB_NULL, DB_INT, DB_REAL, DB_TEXT, DB_BYTES };
struct db_value {
	enum db_kind kind;
	int64_t i;
	double d;
	struct str s; /* TEXT, BYTES: must outlive the statement's last step */
};
struct db_args {
	const struct db_value *v;
	size_t n;
};
#define DB_ARGS(...)                                                                           \
	((struct db_args) { (const struct db_value[]) { __VA_ARGS__ },                         \
		sizeof((const struct db_value[]) { __VA_ARGS__ }) / sizeof(struct db_value) })
#define DB_NO_ARGS ((struct db_args) { NULL, 0 })

static inline struct db_value db_i(int64_t i)
{
	return (struct db_value) { DB_INT, .i = i };
}
static inline struct db_value db_t(const char *text) /* NULL gives NULL */
{
	return (struct db_value) { text ? DB_TEXT : DB_NULL, .s = str_of(text) };
}
static inline struct db_value db_b(struct str bytes)
{
	return (struct db_value) { DB_BYTES, .s = bytes };
}

struct db *db_open(const struct db_place *place, struct err *e);
void db_close(struct db **d);
/* Removes the file and what belongs to it. Nobody may have it open. */
void db_remove(const struct db_place *place);

/* One statement without rows. *changed (may be NULL): how many rows it touched. */
bool db_exec(
	struct db *d, const char *sql, struct db_args args, int64_t *changed, struct err *e);
/* Statements without arguments, separated by semicolons, not kept. */
bool db_script(struct db *d, const char *sql, struct err *e);

/* NULL: *e says why. Walk it with db_next to its end, or leave it early with db_end. */
struct db_rows *db_query(struct db *d, const char *sql, struct db_args args, struct err *e);
/* true: a row is there. false: the end (e->code is ERR_NONE) or an error; the rows are closed. */
bool db_next(struct db_rows *r, struct err *e);
void db_end(struct db_rows *r);
int64_t db_get_int(struct db_rows *r, int column);
struct str db_get_str(
	struct db_rows *r, int column); /* TEXT and BYTES; until the next db_next */

/* A transaction that writes. After a failure inside it: db_rollback. */
bool db_begin(struct db *d, struct err *e);
bool db_commit(struct db *d, struct err *e);
void db_rollback(struct db *d);

/* Changes when somebody else, in any process, has committed to the file; -1: cannot tell. */
int64_t db_version(struct db *d);
int64_t db_used_bytes(struct db *d); /* pages in use; -1: cannot tell */
bool db_damaged(const struct db *d); /* the file was found malformed; sticky */
bool db_failed(
	const struct db *d); /* the disk did not keep a write: nothing is written any more */

#endif
