/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite, and the only file that knows it. WAL, so that readers and the writer do not wait for each
 * other; NOMUTEX, as a handle belongs to one thread; statements prepared once and kept.
 *
 * SQLite takes `$1` for a name, so each argument is bound through the index of its name, looked up
 * when the statement is prepared. A statement whose last step was not reached holds the WAL back:
 * every way out of one resets it.
 */
#include "store/db_driver.h"
#include "base/check.h"
#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

struct rows {
	struct db_rows rows;
	const char *sql;
	sqlite3_stmt *statement;
	int index[DB_ARGS_MAX];
	bool busy;
};
struct lite {
	sqlite3 *file;
	struct rows kept[DB_STATEMENTS_MAX];
	size_t n_kept;
};

static struct lite *lite(struct db *d)
{
	return d->handle;
}

/* What SQLite said, in words for the caller; the detail goes to the log. */
static bool fault(struct db *d, const char *what, struct err *e)
{
	sqlite3 *file = lite(d)->file;
	int code = sqlite3_extended_errcode(file);
	int system = sqlite3_system_errno(file);
	int kind = code & 0xFF;
	char detail[LOG_QUOTE_SIZE];

	log_error("store.failed at=%s code=%d errno=%d detail=%s", what, code, system,
		log_quote(str_of(sqlite3_errmsg(file)), detail));
	if (kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB)
		d->damaged = true;
	if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC)
		d->failed = true;
	if (kind == SQLITE_FULL ||
		(kind == SQLITE_IOERR && (system == ENOSPC || system == EDQUOT)))
		return err_set(e, ERR_OVERLOADED, "the server's disk is full");
	if (kind == SQLITE_BUSY || kind == SQLITE_LOCKED)
		return err_set(e, ERR_OVERLOADED, "the store is busy, try again");
	if (d->damaged)
		return err_set(e, ERR_INTERNAL, "a database file is damaged");
	if (kind == SQLITE_READONLY || kind == SQLITE_PERM || kind == SQLITE_CANTOPEN)
		return err_set(e, ERR_INTERNAL, "a database file cannot be opened or written");
	return err_set(e, ERR_INTERNAL, "the store failed");
}

/* --- files --- */

static bool make_folder(const char *folder, struct err *e)
{
	char path[PATH_SIZE];
	size_t n = strlen(folder);
	if (n == 0 || n >= sizeof path)
		return err_set(
			e, ERR_INVALID_REQUEST, "data: the folder's name is empty or too long");
	memcpy(path, folder, n + 1);
	for (size_t i = 1; i <= n; i++) {
		if (path[i] != '/' && path[i] != 0)
			continue;
		char was = path[i];
		path[i] = 0;
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			return err_set(e, ERR_INTERNAL, "data: cannot make the folder %s: %s",
				path, strerror(errno));
		path[i] = was;
	}
	return true;
}

static bool path_of(const struct db_place *p, const char *end, char out[PATH_SIZE])
{
	int n = snprintf(out, PATH_SIZE, "%s/%s%s", p->folder, p->file, end);
	return n > 0 && n < PATH_SIZE;
}

/* The file holds who may do what: only its owner may read it, whatever the folder says. SQLite
 * gives its side files the mode of the file. A file that is there is not opened: closing any
 * descriptor of it would drop the locks of this process's other handles (fcntl locks are the
 * process's), and the next program to leave would take the WAL away under them. */
static bool make_file(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST)
		return true;
	if (fd < 0)
		return err_set(
			e, ERR_INTERNAL, "data: cannot open %s: %s", path, strerror(errno));
	close(fd);
	return true;
}

static bool lite_open(struct db *d, const struct db_place *p, struct err *e)
{
	char path[PATH_SIZE];
	if (!p->read_only && !make_folder(p->folder, e))
		return false;
	if (!path_of(p, "", path))
		return err_set(e, ERR_INVALID_REQUEST, "data: the folder's name is too long");
	if (!p->read_only && !make_file(path, e))
		return false;

	struct lite *l = MEM_NEW(struct lite);
	d->handle = l;
	int flags = (p->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
		    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	bool ok = sqlite3_open_v2(path, &l->file, flags, NULL) == SQLITE_OK;
	if (ok) {
		sqlite3_busy_timeout(l->file, DB_BUSY_MS);
		ok = sqlite3_exec(l->file, "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;",
			     NULL, NULL, NULL) == SQLITE_OK;
	}
	if (ok && !p->read_only) /* the WAL is cut back to 16 MB after a large write */
		ok = sqlite3_exec(l->file,
			     p->durable ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
					  "PRAGMA journal_size_limit=16777216;"
					: "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
					  "PRAGMA journal_size_limit=16777216;"
					  "PRAGMA secure_delete=OFF;",
			     NULL, NULL, NULL) == SQLITE_OK;
	if (ok)
		return true;
	fault(d, "open", e);
	sqlite3_close(l->file);
	mem_free(l);
	return false;
}

static void lite_close(struct db *d)
{
	struct lite *l = lite(d);
	for (size_t i = 0; i < l->n_kept; i++)
		sqlite3_finalize(l->kept[i].statement);
	CHECK(sqlite3_close(l->file) == SQLITE_OK);
	mem_free(l);
}

static void lite_remove(const struct db_place *p)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char path[PATH_SIZE];
	for (size_t i = 0; i < COUNT_OF(ends); i++)
		if (path_of(p, ends[i], path) && unlink(path) != 0 && errno != ENOENT)
			log_error("store.remove_failed file=%s errno=%d", p->file, errno);
}

/* --- statements --- */

static bool lite_script(struct db *d, const char *sql, struct err *e)
{
	if (sqlite3_exec(lite(d)->file, sql, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	return fault(d, "script", e);
}

static void lite_end(struct db_rows *rows)
{
	struct rows *r = (struct rows *)rows;
	sqlite3_reset(r->statement); /* its code repeats the last step's, which was seen */
	sqlite3_clear_bindings(r->statement);
	r->busy = false;
}

static struct rows *prepared(struct db *d, const char *sql, struct err *e)
{
	struct lite *l = lite(d);
	for (size_t i = 0; i < l->n_kept; i++)
		if (l->kept[i].sql == sql)
			return &l->kept[i];
	CHECK(l->n_kept < DB_STATEMENTS_MAX);
	struct rows *r = &l->kept[l->n_kept];
	*r = (struct rows) { .rows.db = d, .sql = sql };
	if (sqlite3_prepare_v3(l->file, sql, -1, SQLITE_PREPARE_PERSISTENT, &r->statement,
		    NULL) != SQLITE_OK) {
		fault(d, "prepare", e);
		return NULL;
	}
	for (int i = 0; i < DB_ARGS_MAX; i++) {
		char name[16];
		snprintf(name, sizeof name, "$%d", i + 1);
		r->index[i] = sqlite3_bind_parameter_index(r->statement, name);
	}
	l->n_kept++;
	return r;
}

static int bind(struct rows *r, int index, const struct db_value *v)
{
	switch (v->kind) {
	case DB_NULL:
		return sqlite3_bind_null(r->statement, index);
	case DB_INT:
		return sqlite3_bind_int64(r->statement, index, v->i);
	case DB_REAL:
		return sqlite3_bind_double(r->statement, index, v->d);
	case DB_TEXT:
		return sqlite3_bind_text64(
			r->statement, index, v->s.p, v->s.n, SQLITE_STATIC, SQLITE_UTF8);
	case DB_BYTES:
		return sqlite3_bind_blob64(
			r->statement, index, v->s.n ? v->s.p : "", v->s.n, SQLITE_STATIC);
	}
	return SQLITE_MISUSE;
}

static struct db_rows *lite_query(
	struct db *d, const char *sql, struct db_args args, struct err *e)
{
	struct rows *r = prepared(d, sql, e);
	if (!r)
		return NULL;
	CHECK(!r->busy);
	for (size_t i = 0; i < args.n; i++) {
		CHECK(r->index[i] > 0);
		if (bind(r, r->index[i], &args.v[i]) != SQLITE_OK) {
			fault(d, "bind", e);
			lite_end(&r->rows);
			return NULL;
		}
	}
	r->busy = true;
	return &r->rows;
}

static bool lite_next(struct db_rows *rows, struct err *e)
{
	struct rows *r = (struct rows *)rows;
	int code = sqlite3_step(r->statement);
	if (code == SQLITE_ROW)
		return true;
	if (code != SQLITE_DONE)
		fault(rows->db, "step", e);
	lite_end(rows);
	return false;
}

static int64_t lite_changed(struct db *d)
{
	return sqlite3_changes64(lite(d)->file);
}

static int64_t lite_get_int(struct db_rows *rows, int column)
{
	return sqlite3_column_int64(((struct rows *)rows)->statement, column);
}

static struct str lite_get_str(struct db_rows *rows, int column)
{
	sqlite3_stmt *s = ((struct rows *)rows)->statement;
	const char *p = sqlite3_column_blob(s, column); /* first: it decides the form */
	return (struct str) { p, (size_t)sqlite3_column_bytes(s, column) };
}

static void lite_rollback(struct db *d)
{
	struct err e;
	if (!sqlite3_get_autocommit(lite(d)->file)) /* it rolls back by itself on some errors */
		lite_script(d, "ROLLBACK", &e);
}

static int64_t one_number(struct db *d, const char *sql)
{
	struct err e;
	struct db_rows *r = db_query(d, sql, DB_NO_ARGS, &e);
	if (!r || !db_next(r, &e))
		return -1;
	int64_t n = db_get_int(r, 0);
	db_end(r);
	return n;
}

static int64_t lite_version(struct db *d)
{
	return one_number(d, "PRAGMA data_version");
}

static int64_t lite_used_bytes(struct db *d)
{
	int64_t size = one_number(d, "PRAGMA page_size");
	int64_t pages = one_number(d, "PRAGMA page_count");
	int64_t unused = one_number(d, "PRAGMA freelist_count");
	return size < 0 || pages < 0 || unused < 0 ? -1 : (pages - unused) * size;
}

const struct db_driver db_sqlite = {
	.name = "sqlite",
	.begin = "BEGIN IMMEDIATE",
	.open = lite_open,
	.close = lite_close,
	.remove = lite_remove,
	.script = lite_script,
	.query = lite_query,
	.next = lite_next,
	.end = lite_end,
	.changed = lite_changed,
	.get_int = lite_get_int,
	.get_str = lite_get_str,
	.rollback = lite_rollback,
	.version = lite_version,
	.used_bytes = lite_used_bytes,
};
