/* SPDX-License-Identifier: Apache-2.0 */
/* The driver face on real files: what goes in comes out, what fails says so in words. */
#include "store/db.h"
#include "lib/place.h"
#include "lib/test.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static struct db_place place(void)
{
	return (struct db_place) { place_fresh(), "a.db", .durable = true };
}

static struct db *fresh(void)
{
	struct err e;
	struct db_place p = place();
	struct db *d = db_open(&p, &e);
	CHECK(d);
	CHECK(db_script(d, "CREATE TABLE t (id TEXT PRIMARY KEY, n BIGINT, b BYTEA)", &e));
	return d;
}

static void values_come_back(void)
{
	struct err e;
	struct db *d = fresh();
	int64_t changed;
	struct str bytes = { "a\0b\xFF", 4 }, none = { "", 0 };
	static const char put[] = "INSERT INTO t (id, n, b) VALUES ($1, $2, $3)";
	CHECK_TRUE(db_exec(
		d, put, DB_ARGS(db_t("one"), db_i(INT64_MIN), db_b(bytes)), &changed, &e));
	CHECK_INT(changed, 1);
	CHECK_TRUE(db_exec(d, put, DB_ARGS(db_t("two"), db_i(2), db_b(none)), NULL, &e));
	CHECK_TRUE(db_exec(d, put, DB_ARGS(db_t("zero"), db_i(0), db_t(NULL)), NULL, &e));

	struct db_rows *r = db_query(d, "SELECT id, n, b FROM t ORDER BY n", DB_NO_ARGS, &e);
	CHECK_TRUE(db_next(r, &e));
	CHECK_STR(db_get_str(r, 0), "one");
	CHECK_TRUE(db_get_int(r, 1) == INT64_MIN);
	CHECK_TRUE(str_eq(db_get_str(r, 2), bytes));
	CHECK_TRUE(db_next(r, &e));
	CHECK_TRUE(db_get_str(r, 2).p == NULL);
	CHECK_TRUE(db_next(r, &e));
	CHECK_INT(db_get_str(r, 2).n, 0);
	CHECK_TRUE(!db_next(r, &e));
	CHECK_INT(e.code, ERR_NONE);
	db_close(&d);
}

/* Placeholders are names to SQLite: their order in the text must not matter. */
static void placeholders_are_numbered(void)
{
	struct err e;
	struct db *d = fresh();
	struct db_rows *r =
		db_query(d, "SELECT $2, $1, $10, $2 FROM (SELECT $3, $4, $5, $6, $7, $8, $9)",
			DB_ARGS(db_i(1), db_i(2), db_i(3), db_i(4), db_i(5), db_i(6), db_i(7),
				db_i(8), db_i(9), db_i(10)),
			&e);
	CHECK_TRUE(r && db_next(r, &e));
	CHECK_INT(db_get_int(r, 0), 2);
	CHECK_INT(db_get_int(r, 1), 1);
	CHECK_INT(db_get_int(r, 2), 10);
	CHECK_INT(db_get_int(r, 3), 2);
	db_end(r);
	db_close(&d);
}

static void statements_can_be_left_early_and_used_again(void)
{
	struct err e;
	struct db *d = fresh();
	static const char get[] = "SELECT 1 UNION SELECT 2";
	for (int i = 0; i < 3; i++) {
		struct db_rows *r = db_query(d, get, DB_NO_ARGS, &e);
		CHECK_TRUE(r && db_next(r, &e));
		db_end(r);
	}
	db_close(&d);
}

static void a_rollback_takes_all_back(void)
{
	struct err e;
	struct db *d = fresh();
	static const char put[] = "INSERT INTO t (id) VALUES ($1)";
	CHECK_TRUE(db_begin(d, &e));
	CHECK_TRUE(db_exec(d, put, DB_ARGS(db_t("a")), NULL, &e));
	CHECK_TRUE(!db_exec(d, put, DB_ARGS(db_t("a")), NULL, &e));
	CHECK_INT(e.code, ERR_INTERNAL);
	db_rollback(d);
	struct db_rows *r = db_query(d, "SELECT count(*) FROM t", DB_NO_ARGS, &e);
	CHECK_TRUE(r && db_next(r, &e));
	CHECK_INT(db_get_int(r, 0), 0);
	db_end(r);
	db_close(&d);
}

static void version_tells_of_others_only(void)
{
	struct err e;
	struct db *d = fresh();
	struct db_place p = { place_made, "a.db", .durable = true };
	struct db *other = db_open(&p, &e);
	int64_t was = db_version(d);
	CHECK_TRUE(was >= 0);
	CHECK_TRUE(db_script(d, "INSERT INTO t (id) VALUES ('own')", &e));
	CHECK_TRUE(db_version(d) == was);
	CHECK_TRUE(db_script(other, "INSERT INTO t (id) VALUES ('other')", &e));
	CHECK_TRUE(db_version(d) != was);
	db_close(&other);
	db_close(&d);
}

static void the_file_is_its_owners(void)
{
	struct stat st;
	struct db *d = fresh();
	char path[128];
	snprintf(path, sizeof path, "%s/a.db", place_made);
	CHECK_TRUE(stat(path, &st) == 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	snprintf(path, sizeof path, "%s/a.db-wal", place_made);
	CHECK_TRUE(stat(path, &st) == 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	db_close(&d);
}

static void garbage_is_damaged_not_fatal(void)
{
	struct err e;
	struct db_place p = place();
	char path[128];
	mkdir(p.folder, 0700);
	snprintf(path, sizeof path, "%s/a.db", p.folder);
	FILE *f = fopen(path, "w");
	for (int i = 0; i < 1000; i++)
		fputs("this is no database ", f);
	fclose(f);
	struct db *d = db_open(&p, &e);
	CHECK_TRUE(!d);
	CHECK_INT(e.code, ERR_INTERNAL);
	CHECK_TEXT(e.msg, "a database file is damaged");
	db_remove(&p);
	d = db_open(&p, &e);
	CHECK_TRUE(d != NULL);
	db_close(&d);
}

static void a_folder_that_cannot_be_made_is_named(void)
{
	struct err e;
	struct db_place p = { "/proc/nobody/here", "a.db" };
	struct db *d = db_open(&p, &e);
	CHECK_TRUE(!d);
	CHECK_TRUE(str_has(str_of(e.msg), STR("/proc/nobody")));
	p = (struct db_place) { place_fresh(), "missing.db", .read_only = true };
	CHECK_TRUE(!db_open(&p, &e));
}

/* A file size limit stands for a full disk: the same write error without a special mount. */
static void a_full_disk_is_an_error_and_passes(void)
{
	struct err e;
	struct db *d = fresh();
	struct rlimit was, tight;
	static const char big[] = "INSERT INTO t (id, b) VALUES ($1, zeroblob(4000000))";
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	tight = was;
	tight.rlim_cur = 1000000;
	setrlimit(RLIMIT_FSIZE, &tight);
	CHECK_TRUE(!db_exec(d, big, DB_ARGS(db_t("big")), NULL, &e));
	CHECK_TRUE(e.code == ERR_INTERNAL || e.code == ERR_OVERLOADED);
	setrlimit(RLIMIT_FSIZE, &was);
	CHECK_TRUE(db_exec(d, big, DB_ARGS(db_t("big")), NULL, &e));
	db_close(&d);
}

TEST_MAIN(TEST(values_come_back), TEST(placeholders_are_numbered),
	TEST(statements_can_be_left_early_and_used_again), TEST(a_rollback_takes_all_back),
	TEST(version_tells_of_others_only), TEST(the_file_is_its_owners),
	TEST(garbage_is_damaged_not_fatal), TEST(a_folder_that_cannot_be_made_is_named),
	TEST(a_full_disk_is_an_error_and_passes))
