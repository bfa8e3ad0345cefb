/* SPDX-License-Identifier: Apache-2.0 */
#include "store/pages.h"
#include "store/schema.h"
#include "lib/place.h"
#include "lib/test.h"

static struct db *fresh(void)
{
	struct err e;
	struct db_place p = { place_fresh(), "cache.db" };
	struct db *d = db_open(&p, &e);
	CHECK(d && schema_upgrade(d, SCHEMA_CACHE, &e));
	return d;
}

static struct pages_row row(const char *hash, int64_t fetched_ms, const char *body)
{
	return (struct pages_row) { .hash = str_of(hash),
		.final_url = "https://a.example/",
		.mime = "text/html",
		.status = 200,
		.fetched_ms = fetched_ms,
		.took_ms = 12,
		.encoding = "gzip",
		.body = str_of(body) };
}

static struct pages_age since(int64_t ms)
{
	return (struct pages_age) { ms, 5000 };
}

static void a_row_comes_back_while_it_is_young(void)
{
	struct err e;
	struct db *d = fresh();
	struct arena *a = arena_new(0);
	struct pages_row put = row("h", 1000, "body"), got;
	CHECK_TRUE(pages_put(d, &put, &e));
	CHECK_TRUE(pages_get(d, STR("h"), since(999), a, &got, &e));
	CHECK_STR(got.body, "body");
	CHECK_TEXT(got.final_url, "https://a.example/");
	CHECK_TEXT(got.mime, "text/html");
	CHECK_TRUE(got.charset == NULL);
	CHECK_INT(got.status, 200);
	CHECK_INT(got.took_ms, 12);
	CHECK_TEXT(got.encoding, "gzip");
	CHECK_TRUE(
		!pages_get(d, STR("h"), since(1000), a, &got, &e) && e.code == ERR_NOT_FOUND);
	put = row("future", 5001, "x"); /* the clock was set back since */
	CHECK_TRUE(pages_put(d, &put, &e));
	CHECK_TRUE(
		!pages_get(d, STR("future"), since(0), a, &got, &e) && e.code == ERR_NOT_FOUND);
	CHECK_TRUE(
		!pages_get(d, STR("other"), since(0), a, &got, &e) && e.code == ERR_NOT_FOUND);
	arena_free(&a);
	db_close(&d);
}

static void the_newest_fetch_wins(void)
{
	struct err e;
	struct db *d = fresh();
	struct arena *a = arena_new(0);
	struct pages_row first = row("h", 1000, "first"), second = row("h", 2000, "second"),
			 got;
	CHECK_TRUE(pages_put(d, &second, &e));
	CHECK_TRUE(pages_put(d, &first, &e)); /* came later, was fetched earlier */
	CHECK_TRUE(pages_get(d, STR("h"), since(0), a, &got, &e));
	CHECK_STR(got.body, "second");
	arena_free(&a);
	db_close(&d);
}

static void the_oldest_are_dropped_first(void)
{
	struct err e;
	struct db *d = fresh();
	struct arena *a = arena_new(0);
	static const char *const names[] = { "c", "a", "d", "b" };
	static const int64_t times[] = { 3, 1, 4, 2 };
	int64_t dropped;
	struct pages_row got;
	for (int i = 0; i < 4; i++) {
		struct pages_row put = row(names[i], times[i], "x");
		CHECK_TRUE(pages_put(d, &put, &e));
	}
	CHECK_TRUE(pages_drop_old(d, 4, 2, &dropped, &e));
	CHECK_INT(dropped, 2);
	CHECK_TRUE(!pages_get(d, STR("a"), since(0), a, &got, &e) && e.code == ERR_NOT_FOUND);
	CHECK_TRUE(!pages_get(d, STR("b"), since(0), a, &got, &e) && e.code == ERR_NOT_FOUND);
	CHECK_TRUE(pages_get(d, STR("c"), since(0), a, &got, &e));
	CHECK_TRUE(pages_drop_old(d, 4, 10, &dropped, &e));
	CHECK_INT(dropped, 1);
	CHECK_TRUE(pages_get(d, STR("d"), since(0), a, &got, &e));
	arena_free(&a);
	db_close(&d);
}

TEST_MAIN(TEST(a_row_comes_back_while_it_is_young), TEST(the_newest_fetch_wins),
	TEST(the_oldest_are_dropped_first))
