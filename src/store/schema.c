/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Schema steps are numbered for each file; the number of the last one taken is kept in the file
 * itself. All that are missing are taken in one transaction, so a stop in the middle leaves the old
 * schema, and two programs that start together take them once.
 */
#include "store/schema.h"
#include "base/check.h"
#include "base/log.h"

static const struct {
	enum schema_file file;
	int step;
	const char *sql;
} steps[] = {
#define SCHEMA_ROW(file, step, sql) { SCHEMA_##file, step, sql },
#include "store/schema_table.h"
#undef SCHEMA_ROW
};

static bool read_step(struct db *d, int64_t *step, struct err *e)
{
	*step = 0;
	struct db_rows *r = db_query(d, "SELECT step FROM schema_steps", DB_NO_ARGS, e);
	if (!r)
		return false;
	if (db_next(r, e)) {
		*step = db_get_int(r, 0);
		db_end(r);
	}
	return e->code == ERR_NONE;
}

static bool take(struct db *d, enum schema_file file, struct err *e)
{
	int64_t have, known = 0;
	if (!db_script(
		    d, "CREATE TABLE IF NOT EXISTS schema_steps (step BIGINT NOT NULL)", e) ||
		!read_step(d, &have, e))
		return false;
	for (size_t i = 0; i < COUNT_OF(steps); i++) {
		if (steps[i].file != file)
			continue;
		known = steps[i].step;
		if (known > have && !db_script(d, steps[i].sql, e))
			return false;
	}
	if (have > known)
		return err_set(e, ERR_INVALID_REQUEST,
			"data: the database was made by a newer version (schema %lld, this "
			"program "
			"knows %lld)",
			(long long)have, (long long)known);
	if (have == known)
		return true;
	log_info("store.upgraded file=%s from=%lld to=%lld",
		file == SCHEMA_MAIN ? "main" : "cache", (long long)have, (long long)known);
	return db_exec(d, "DELETE FROM schema_steps", DB_NO_ARGS, NULL, e) &&
	       db_exec(d, "INSERT INTO schema_steps (step) VALUES ($1)", DB_ARGS(db_i(known)),
		       NULL, e);
}

bool schema_upgrade(struct db *d, enum schema_file file, struct err *e)
{
	if (!db_begin(d, e))
		return false;
	if (take(d, file, e) && db_commit(d, e))
		return true;
	db_rollback(d);
	return false;
}
