/* SPDX-License-Identifier: Apache-2.0 */
/* What a driver is to db.c: a struct of functions and the few words that differ. */
#ifndef STORE_DB_DRIVER_H
#define STORE_DB_DRIVER_H

#include "store/db.h"

struct db_driver {
	const char *name;
	const char *begin; /* opens a transaction that writes */
	bool (*open)(struct db *d, const struct db_place *place, struct err *e);
	void (*close)(struct db *d);
	void (*remove)(const struct db_place *place);
	bool (*script)(struct db *d, const char *sql, struct err *e);
	struct db_rows *(*query)(
		struct db *d, const char *sql, struct db_args args, struct err *e);
	bool (*next)(struct db_rows *r, struct err *e);
	void (*end)(struct db_rows *r);
	int64_t (*changed)(struct db *d);
	int64_t (*get_int)(struct db_rows *r, int column);
	struct str (*get_str)(struct db_rows *r, int column);
	void (*rollback)(struct db *d);
	int64_t (*version)(struct db *d);
	int64_t (*used_bytes)(struct db *d);
};

struct db {
	const struct db_driver *driver;
	void *handle; /* the driver's own */
	bool damaged, failed;
};
/* Every driver's rows begin with this. */
struct db_rows {
	struct db *db;
};

extern const struct db_driver db_sqlite;

#endif
