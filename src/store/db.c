/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver face: hands every call to the driver and keeps the few rules that hold for all of
 * them. After a write that the disk did not keep (an fsync that failed) the kernel may have dropped
 * the dirty pages, so nothing this handle says about durability can be believed any more: it
 * refuses to begin transactions from then on.
 */
#include "store/db.h"
#include "store/db_driver.h"
#include "base/check.h"
#include "base/mem.h"

struct db *db_open(const struct db_place *place, struct err *e)
{
	struct db *d = MEM_NEW(struct db);
	d->driver = &db_sqlite;
	if (!d->driver->open(d, place, e)) {
		mem_free(d);
		return NULL;
	}
	return d;
}

void db_close(struct db **d)
{
	if (!*d)
		return;
	(*d)->driver->close(*d);
	mem_free(*d);
	*d = NULL;
}

void db_remove(const struct db_place *place)
{
	db_sqlite.remove(place);
}

bool db_script(struct db *d, const char *sql, struct err *e)
{
	return d->driver->script(d, sql, e);
}

struct db_rows *db_query(struct db *d, const char *sql, struct db_args args, struct err *e)
{
	CHECK(args.n <= DB_ARGS_MAX);
	e->code = ERR_NONE;
	return d->driver->query(d, sql, args, e);
}

bool db_next(struct db_rows *r, struct err *e)
{
	e->code = ERR_NONE;
	return r->db->driver->next(r, e);
}

void db_end(struct db_rows *r)
{
	r->db->driver->end(r);
}

int64_t db_get_int(struct db_rows *r, int column)
{
	return r->db->driver->get_int(r, column);
}

struct str db_get_str(struct db_rows *r, int column)
{
	return r->db->driver->get_str(r, column);
}

bool db_exec(
	struct db *d, const char *sql, struct db_args args, int64_t *changed, struct err *e)
{
	struct db_rows *r = db_query(d, sql, args, e);
	if (!r)
		return false;
	while (db_next(r, e)) /* a RETURNING statement is done only at its end */
		;
	if (changed)
		*changed = d->driver->changed(d);
	return e->code == ERR_NONE;
}

bool db_begin(struct db *d, struct err *e)
{
	if (d->failed)
		return err_set(e, ERR_INTERNAL, "the store could not write and is closed");
	return d->driver->script(d, d->driver->begin, e);
}

bool db_commit(struct db *d, struct err *e)
{
	return d->driver->script(d, "COMMIT", e);
}

void db_rollback(struct db *d)
{
	d->driver->rollback(d);
}

int64_t db_version(struct db *d)
{
	return d->driver->version(d);
}

int64_t db_used_bytes(struct db *d)
{
	return d->driver->used_bytes(d);
}

bool db_damaged(const struct db *d)
{
	return d->damaged;
}

bool db_failed(const struct db *d)
{
	return d->failed;
}
