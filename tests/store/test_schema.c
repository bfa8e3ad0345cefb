/* SPDX-License-Identifier: Apache-2.0 */
#include "store/schema.h"
#include "lib/place.h"
#include "lib/test.h"

static const struct {
	enum schema_file file;
	int step;
	const char *sql;
} steps[] = {
#define SCHEMA_ROW(file, step, sql) { SCHEMA_##file, step, sql },
#include "store/schema_table.h"
#undef SCHEMA_ROW
};

static int last_step(enum schema_file file)
{
	int last = 0;
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		last = steps[i].file == file ? steps[i].step : last;
	return last;
}

static struct db *opened(const char *file)
{
	struct err e;
	struct db_place p = { place_made, file, .durable = true };
	struct db *d = db_open(&p, &e);
	CHECK(d);
	return d;
}

static int64_t number(struct db *d, const char *sql)
{
	struct err e;
	struct db_rows *r = db_query(d, sql, DB_NO_ARGS, &e);
	CHECK(r && db_next(r, &e));
	int64_t n = db_get_int(r, 0);
	db_end(r);
	return n;
}

static void a_new_file_gets_all_and_a_second_time_nothing(void)
{
	struct err e;
	place_fresh();
	for (int i = 0; i < 2; i++) {
		struct db *d = opened("main.db");
		CHECK_TRUE(schema_upgrade(d, SCHEMA_MAIN, &e));
		CHECK_INT(number(d, "SELECT step FROM schema_steps"), last_step(SCHEMA_MAIN));
		CHECK_INT(number(d, "SELECT count(*) FROM schema_steps"), 1);
		CHECK_INT(number(d, "SELECT count(*) FROM accounts WHERE id = 'acc_local'"), 1);
		CHECK_INT(number(d, "SELECT count(*) FROM api_keys"), 0);
		db_close(&d);
	}
	struct db *d = opened("cache.db");
	CHECK_TRUE(schema_upgrade(d, SCHEMA_CACHE, &e));
	CHECK_INT(number(d, "SELECT count(*) FROM pages"), 0);
	db_close(&d);
}

static void an_older_file_gets_what_is_missing_and_keeps_its_rows(void)
{
	struct err e;
	place_fresh();
	struct db *d = opened("main.db");
	CHECK_TRUE(db_script(d, steps[0].sql, &e)); /* as the first release made it */
	CHECK_TRUE(db_script(d,
		"CREATE TABLE schema_steps (step BIGINT NOT NULL);"
		"INSERT INTO schema_steps (step) VALUES (1);"
		"INSERT INTO api_keys VALUES ('key_1', 'acc_local', X'00', 'sk_live_abcd', '',"
		" 'scrape', 1, 0, 0, 0)",
		&e));
	CHECK_TRUE(schema_upgrade(d, SCHEMA_MAIN, &e));
	CHECK_INT(number(d, "SELECT step FROM schema_steps"), last_step(SCHEMA_MAIN));
	CHECK_INT(number(d, "SELECT count(*) FROM api_keys WHERE id = 'key_1'"), 1);
	CHECK_INT(number(d, "SELECT count(*) FROM users"), 0);
	CHECK_INT(number(d, "SELECT count(*) FROM grants"), 0);
	db_close(&d);
}

static void a_newer_file_is_refused_and_kept(void)
{
	struct err e;
	place_fresh();
	struct db *d = opened("main.db");
	CHECK_TRUE(schema_upgrade(d, SCHEMA_MAIN, &e));
	CHECK_TRUE(db_script(d, "UPDATE schema_steps SET step = 999", &e));
	CHECK_TRUE(!schema_upgrade(d, SCHEMA_MAIN, &e));
	CHECK_INT(e.code, ERR_INVALID_REQUEST);
	CHECK_TRUE(str_has(str_of(e.msg), STR("newer version (schema 999")));
	CHECK_INT(number(d, "SELECT step FROM schema_steps"), 999);
	db_close(&d);
}

static void a_step_that_fails_leaves_nothing_half_done(void)
{
	struct err e;
	place_fresh();
	struct db *d = opened("main.db");
	CHECK_TRUE(db_script(d, "CREATE TABLE api_keys (surprise TEXT)", &e)); /* in the way */
	CHECK_TRUE(!schema_upgrade(d, SCHEMA_MAIN, &e));
	CHECK_INT(number(d, "SELECT count(*) FROM sqlite_master WHERE name IN"
			    " ('accounts', 'schema_steps')"),
		0);
	CHECK_TRUE(db_script(d, "DROP TABLE api_keys", &e));
	CHECK_TRUE(schema_upgrade(d, SCHEMA_MAIN, &e));
	db_close(&d);
}

TEST_MAIN(TEST(a_new_file_gets_all_and_a_second_time_nothing),
	TEST(an_older_file_gets_what_is_missing_and_keeps_its_rows),
	TEST(a_newer_file_is_refused_and_kept),
	TEST(a_step_that_fails_leaves_nothing_half_done))
