/* SPDX-License-Identifier: Apache-2.0 */
/* Failures as two processes count them, on a clock that the test turns. */
#include "account/throttle.h"
#include "base/arena.h"
#include "base/check.h"
#include "base/clock.h"
#include "lib/test.h"
#include "lib/two_stores.h"

static void note(const char *name, const char *peer, bool failed)
{
	struct throttle_note c = { "sign-in", str_of(name), peer, failed };
	struct err e;
	CHECK_TRUE(store_run(server, throttle_note_write, &c, &e));
}

/* How many seconds they have to wait, as the other process says; 0: none. */
static int wait_of(const char *name, const char *peer)
{
	struct err e = { ERR_NONE };
	int retry = -1;
	bool ok = throttle_allows(command, "sign-in", str_of(name), peer, &retry, &e);
	CHECK_INT(e.code, ok ? ERR_NONE : ERR_RATE_LIMITED);
	if (!ok)
		CHECK_TEXT(e.msg, "too many attempts: try again later");
	CHECK_TRUE(ok ? retry == 0 : retry > 0);
	return retry;
}

static void checklist_32_the_delay_doubles_and_has_a_ceiling(void)
{
	static const int want[] = { 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900,
		900 };
	open_stores();
	for (size_t i = 0; i < COUNT_OF(want); i++) {
		note("ann", "", true);
		CHECK_INT(wait_of("ann", ""), want[i]);
		if (!want[i])
			continue;
		at(want[i] * 1000 - 1); /* the last moment, then the first one */
		CHECK_INT(wait_of("ann", ""), 1);
		at(want[i] * 1000);
		CHECK_INT(wait_of("ann", ""), 0);
		at(0);
	}
	CHECK_INT(wait_of("bob", ""), 0);
	close_both();
}

static void checklist_32_it_is_never_for_ever(void)
{
	open_stores();
	for (int i = 0; i < 1000; i++)
		note("ann", "192.0.2.1", true);
	CHECK_INT(wait_of("ann", ""), THROTTLE_MOST_S);
	CHECK_INT(wait_of("", "192.0.2.1"), THROTTLE_MOST_S);
	at(THROTTLE_MOST_S * 1000);
	CHECK_INT(wait_of("ann", "192.0.2.1"), 0);
	/* a quarter of an hour forgives one; four hours all that ever counted */
	at(4 * 3600000);
	for (int i = 0; i < THROTTLE_FREE; i++)
		note("ann", "", true);
	CHECK_INT(wait_of("ann", ""), 0);
	close_both();
}

/* Who guesses whenever it is allowed, for a week. */
static void checklist_32_guessing_on_and_on_is_slow(void)
{
	enum { WEEK_S = 7 * 86400 };
	int guesses = 0;
	open_stores();
	for (int64_t s = 0; s < WEEK_S; s += wait_of("ann", "")) {
		at(s * 1000);
		note("ann", "", true);
		guesses++;
		while (wait_of("ann", "") == 0) {
			note("ann", "", true);
			guesses++;
		}
	}
	CHECK_TRUE(guesses > 600 && guesses < 700); /* four an hour, after the first few */
	close_both();
}

static void slow_mistakes_are_forgiven(void)
{
	open_stores();
	for (int i = 0; i < 100; i++) {
		at(i * (int64_t)THROTTLE_MOST_S * 1000);
		CHECK_INT(wait_of("ann", "192.0.2.1"), 0);
		note("ann", "192.0.2.1", true);
		CHECK_INT(wait_of("ann", "192.0.2.1"), 0);
	}
	close_both();
}

static void a_clock_that_was_wrong_locks_nobody_out(void)
{
	open_stores();
	at(INT64_C(400) * 86400000); /* a year ahead */
	for (int i = 0; i < 20; i++)
		note("ann", "", true);
	CHECK_INT(wait_of("ann", ""), THROTTLE_MOST_S);
	at(0);
	CHECK_INT(wait_of("ann", ""), 0);
	note("ann", "", true); /* and what is counted from now on counts */
	CHECK_INT(wait_of("ann", ""), THROTTLE_MOST_S);
	close_both();
}

static void a_success_clears_the_account_and_not_the_address(void)
{
	open_stores();
	for (int i = 0; i < 6; i++)
		note("ann", "192.0.2.1", true);
	CHECK_INT(wait_of("ann", ""), 4);
	note("ann", "192.0.2.1", false);
	CHECK_INT(wait_of("ann", ""), 0);
	CHECK_INT(wait_of("", "192.0.2.1"), 4);
	CHECK_INT(wait_of("bob", "192.0.2.1"), 4); /* one password, many names */
	close_both();
}

static void checklist_32_an_account_is_one_from_all_addresses(void)
{
	char peer[32];
	open_stores();
	for (int i = 0; i < 6; i++) {
		snprintf(peer, sizeof peer, "192.0.2.%d", i);
		note(i % 2 ? "ANN" : "ann", peer, true);
	}
	CHECK_INT(wait_of("Ann", "198.51.100.1"), 4);
	CHECK_INT(wait_of("bob", "192.0.2.1"), 0);
	close_both();
}

static void checklist_32_an_ipv6_address_is_its_64(void)
{
	static const struct {
		const char *peer;
		bool same;
	} rows[] = {
		{ "2001:db8:1:2::1", true },
		{ "2001:db8:1:2:ffff:ffff:ffff:ffff", true },
		{ "2001:DB8:1:2:0:0:0:7", true },
		{ "2001:db8:1:3::1", false },
		{ "::ffff:192.0.2.1", false },
		{ "", false },
	};
	open_stores();
	for (int i = 0; i < 6; i++) {
		char peer[64];
		snprintf(peer, sizeof peer, "2001:db8:1:2::%x", 0xab00 + i);
		note("", peer, true);
	}
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if ((wait_of("", rows[i].peer) > 0) != rows[i].same)
			test_fail(__FILE__, __LINE__, "%s", rows[i].peer);
	for (int i = 0; i < 6; i++)
		note("", "::ffff:192.0.2.7", true);
	CHECK_INT(wait_of("", "192.0.2.7"), 4); /* the same address, written otherwise */
	CHECK_INT(wait_of("", "192.0.2.8"), 0);
	close_both();
}

static void names_that_nobody_has_are_slowed_down_all_the_same(void)
{
	static const char *const odd[] = { "no such user", "\xFF\xFE",
		"'; DROP TABLE users; --" };
	open_stores();
	for (size_t i = 0; i < COUNT_OF(odd); i++) {
		CHECK_INT(wait_of(odd[i], ""), 0);
		for (int k = 0; k < 5; k++)
			note(odd[i], "", true);
		CHECK_INT(wait_of(odd[i], ""), 2);
	}
	close_both();
}

static void one_thing_does_not_slow_down_another(void)
{
	struct throttle_note c = { "device", STR("ann"), "192.0.2.1", true };
	struct err e;
	int retry;
	open_stores();
	for (int i = 0; i < 8; i++)
		CHECK_TRUE(store_run(server, throttle_note_write, &c, &e));
	CHECK_INT(wait_of("ann", "192.0.2.1"), 0);
	CHECK_TRUE(!throttle_allows(command, "device", STR(""), "192.0.2.1", &retry, &e));
	CHECK_INT(retry, 16);
	close_both();
}

static void it_survives_a_restart(void)
{
	struct err e;
	open_stores();
	for (int i = 0; i < 8; i++)
		note("ann", "", true);
	store_close(&command);
	store_close(&server);
	server = store_open(place_made, &e);
	command = store_open(place_made, &e);
	CHECK_INT(wait_of("ann", ""), 16);
	close_both();
}

static int64_t rows(void)
{
	struct err e;
	struct db_rows *r =
		db_query(store_read(command), "SELECT COUNT(*) FROM throttle", DB_NO_ARGS, &e);
	CHECK(r && db_next(r, &e));
	int64_t n = db_get_int(r, 0);
	db_end(r);
	store_read_end(command);
	return n;
}

static void the_chore_removes_what_is_forgiven(void)
{
	struct err e;
	open_stores();
	for (int i = 0; i < 20; i++)
		note("ann", "", true);
	at(3600000);
	note("bob", "", true);
	CHECK_TRUE(store_run(server, throttle_sweep_write, NULL, &e));
	CHECK_INT(rows(), 2);
	at(4 * 3600000);
	CHECK_TRUE(store_run(server, throttle_sweep_write, NULL, &e));
	CHECK_INT(rows(), 1);
	at(5 * 3600000);
	CHECK_TRUE(store_run(server, throttle_sweep_write, NULL, &e));
	CHECK_INT(rows(), 0);
	close_both();
}

TEST_MAIN(TEST(checklist_32_the_delay_doubles_and_has_a_ceiling),
	TEST(checklist_32_it_is_never_for_ever), TEST(checklist_32_guessing_on_and_on_is_slow),
	TEST(slow_mistakes_are_forgiven), TEST(a_clock_that_was_wrong_locks_nobody_out),
	TEST(a_success_clears_the_account_and_not_the_address),
	TEST(checklist_32_an_account_is_one_from_all_addresses),
	TEST(checklist_32_an_ipv6_address_is_its_64),
	TEST(names_that_nobody_has_are_slowed_down_all_the_same),
	TEST(one_thing_does_not_slow_down_another), TEST(it_survives_a_restart),
	TEST(the_chore_removes_what_is_forgiven))
