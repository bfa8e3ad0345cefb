/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept comes back while it is young; the file stays within its size and may break. */
#include "scrape/cache.h"
#include "base/clock.h"
#include "base/ident.h"
#include "base/mem.h"
#include "lib/place.h"
#include "lib/test.h"
#include "net/fetch.h"

#include <sys/stat.h>

static struct conf conf;
static struct arena *arena;

static struct cache *opened(int64_t bytes)
{
	struct err e;
	conf.data = place_made;
	conf.cache_bytes = bytes;
	struct cache *c = cache_open(&conf, &e);
	CHECK(c);
	return c;
}

static struct cache *fresh(int64_t bytes)
{
	place_fresh();
	arena_free(&arena);
	arena = arena_new(0);
	return opened(bytes);
}

static struct answer_id id_of(int n)
{
	struct answer_id id = { { 0 } };
	memcpy(id.hash, &n, sizeof n);
	return id;
}

static struct answer page(const char *body, size_t n, const char *encoding)
{
	return (struct answer) { .status = 200,
		.final_url = "https://a.example/x",
		.mime = "text/html",
		.encoding = encoding,
		.body = { body, n },
		.fetched_ms = now_ms(),
		.took_ms = 77 };
}

/* Writes are behind: what was put is there once the cache was closed and opened again. */
static void settle(struct cache **c, int64_t bytes)
{
	cache_close(c);
	*c = opened(bytes);
}

static bool get(struct cache *c, int n, int64_t max_age_s, struct answer *out)
{
	struct answer_id id = id_of(n);
	struct db *reader = cache_reader(c);
	CHECK(reader);
	bool hit = cache_get(c, reader, &id, max_age_s, arena, out);
	db_close(&reader);
	return hit;
}

static void put(struct cache *c, int n, struct answer a)
{
	struct answer_id id = id_of(n);
	(void)cache_put(c, &id, &a);
}

static void answers_come_back_as_they_were(void)
{
	struct cache *c = fresh(1 << 24);
	struct answer got;
	clock_fake(1000000, 1);
	put(c, 1, page("\x1F\x8B packed", 9, "gzip"));
	put(c, 2, page("", 0, NULL));
	settle(&c, 1 << 24);
	CHECK_TRUE(get(c, 1, 60, &got));
	CHECK_STR(got.body, "\x1F\x8B packed");
	CHECK_TEXT(got.encoding, "gzip");
	CHECK_TEXT(got.final_url, "https://a.example/x");
	CHECK_TEXT(got.mime, "text/html");
	CHECK_TRUE(!got.charset);
	CHECK_INT(got.status, 200);
	CHECK_INT(got.took_ms, 77);
	CHECK_INT(got.fetched_ms, 1000000);
	CHECK_INT(got.err.code, ERR_NONE);
	CHECK_TRUE(get(c, 2, 60, &got));
	CHECK_INT(got.body.n, 0);
	CHECK_TRUE(!got.encoding);
	CHECK_TRUE(!get(c, 3, 60, &got));
	cache_close(&c);
	clock_fake(-1, -1);
}

static void what_came_unpacked_is_packed(void)
{
	struct cache *c = fresh(1 << 24);
	struct answer got;
	struct err e;
	char body[20000];
	for (size_t i = 0; i < sizeof body; i++)
		body[i] = "<p>words and words</p>\n"[i % 23];
	put(c, 1, page(body, sizeof body, NULL));
	settle(&c, 1 << 24);
	CHECK_TRUE(get(c, 1, 60, &got));
	CHECK_TEXT(got.encoding, "zstd");
	CHECK_TRUE(got.body.n < 1000);
	struct fetch_res res = { .encoding = got.encoding, .body = got.body };
	CHECK_TRUE(fetch_unpack(&res, sizeof body, arena, &e));
	CHECK_TRUE(str_eq(res.body, (struct str) { body, sizeof body }));
	cache_close(&c);
}

static void age_is_the_callers_to_say(void)
{
	struct cache *c = fresh(1 << 24);
	struct answer got;
	clock_fake(1000000, 1);
	put(c, 1, page("x", 1, NULL));
	settle(&c, 1 << 24);
	clock_fake(1000000 + 60000 - 1, 1);
	CHECK_TRUE(get(c, 1, 60, &got));
	clock_fake(1000000 + 60000, 1);
	CHECK_TRUE(!get(c, 1, 60, &got)); /* not younger than 60 s */
	CHECK_TRUE(get(c, 1, 61, &got));
	clock_fake(1000000 - 1, 1);
	CHECK_TRUE(!get(c, 1, 60, &got)); /* the clock went back */
	cache_close(&c);
	clock_fake(-1, -1);
}

static void old_pages_are_dropped_with_new_ones(void)
{
	struct cache *c = fresh(1 << 24);
	struct answer got;
	clock_fake(1000000, 1);
	put(c, 1, page("old", 3, NULL));
	settle(&c, 1 << 24);
	clock_fake(1000000 + CACHE_KEEP_S * 1000 + 1, 1);
	put(c, 2, page("new", 3, NULL));
	settle(&c, 1 << 24);
	CHECK_TRUE(!get(c, 1, 1000000, &got));
	CHECK_TRUE(get(c, 2, 60, &got));
	cache_close(&c);
	clock_fake(-1, -1);
}

static int64_t file_bytes(void)
{
	struct stat st;
	char path[128];
	snprintf(path, sizeof path, "%s/cache.db", place_made);
	return stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
}

static void the_file_stays_within_its_size(void)
{
	enum { LIMIT = 1 << 20, BODY = 40000, PAGES = 120 };
	struct cache *c = fresh(LIMIT);
	struct answer got;
	char *body = mem_raw(BODY);
	int kept = 0;
	random_bytes(body, BODY); /* does not pack */
	for (int i = 0; i < PAGES; i++) {
		clock_fake(1000000 + i, 1);
		put(c, i, page(body, BODY, "br"));
		if (i % 20 == 0)
			settle(&c, LIMIT);
	}
	settle(&c, LIMIT);
	for (int i = 0; i < PAGES; i++)
		kept += get(c, i, 3600, &got);
	CHECK_TRUE(get(c, PAGES - 1, 3600, &got));
	CHECK_TRUE(!get(c, 0, 3600, &got));
	CHECK_TRUE(kept >= 8 && kept <= LIMIT / BODY);
	cache_close(&c);
	CHECK_TRUE(file_bytes() < 2 * LIMIT);
	mem_free(body);
	clock_fake(-1, -1);
}

static void what_is_too_large_is_not_kept(void)
{
	struct cache *c = fresh(1 << 20);
	struct answer got;
	char *body = mem_new(200000);
	put(c, 1, page(body, 200000, "gzip"));
	settle(&c, 1 << 20);
	CHECK_TRUE(!get(c, 1, 60, &got));
	cache_close(&c);
	mem_free(body);
}

static void spoil(long from)
{
	char path[128];
	snprintf(path, sizeof path, "%s/cache.db", place_made);
	FILE *f = fopen(path, "r+");
	CHECK(f);
	fseek(f, from, SEEK_SET);
	for (int i = 0; i < 200000; i++)
		fputc(i * 7, f);
	fclose(f);
}

static void a_damaged_file_is_replaced(void)
{
	struct cache *c = fresh(1 << 24);
	struct answer got;
	cache_close(&c);
	spoil(0);
	c = opened(1 << 24);
	put(c, 1, page("x", 1, NULL));
	settle(&c, 1 << 24);
	CHECK_TRUE(get(c, 1, 60, &got));
	cache_close(&c);
}

/* The first two pages (schema, its step) stay readable: the damage shows when a page is looked for. */
static void damage_in_use_is_a_miss_and_mended_at_the_next_start(void)
{
	struct cache *c = fresh(1 << 24);
	struct answer got;
	char *body = mem_new(60000);
	random_bytes(body, 60000);
	for (int i = 0; i < 5; i++)
		put(c, i, page(body, 60000, "br"));
	cache_close(&c);
	spoil(8192);
	c = opened(1 << 24);
	CHECK_TRUE(!get(c, 1, 60, &got));
	put(c, 1, page(body, 60000, "br")); /* ignored by now */
	cache_close(&c);
	CHECK_INT(file_bytes(), -1);
	c = opened(1 << 24);
	put(c, 1, page("x", 1, NULL));
	settle(&c, 1 << 24);
	CHECK_TRUE(get(c, 1, 60, &got));
	cache_close(&c);
	mem_free(body);
}

static void off_is_off(void)
{
	struct err e;
	conf.cache_bytes = 0;
	CHECK_TRUE(!cache_open(&conf, &e));
	CHECK_INT(e.code, ERR_NONE);
	conf.cache_bytes = 1 << 20;
	conf.data = "/proc/nobody/here";
	CHECK_TRUE(!cache_open(&conf, &e));
	CHECK_TRUE(e.code != ERR_NONE);
	arena_free(&arena);
}

/* Asked for at once, before and after the writer got to it: 200 answers, each put twice (its queue holds 512). */
static void what_waits_to_be_written_is_found(void)
{
	struct cache *c = fresh(1 << 24);
	struct db *reader = cache_reader(c);
	CHECK(reader);
	for (int n = 0; n < 200; n++) {
		struct answer got;
		struct answer_id id = id_of(n);
		put(c, n, page("older", 5, NULL));
		put(c, n, page("newer", 5, NULL));
		CHECK_TRUE(cache_get(c, reader, &id, 60, arena, &got));
		CHECK_STR(got.body, "newer");
		CHECK_TRUE(!cache_get(c, reader, &id, -1, arena, &got));
	}
	db_close(&reader);
	cache_close(&c);
}

TEST_MAIN(TEST(answers_come_back_as_they_were), TEST(what_waits_to_be_written_is_found),
	TEST(what_came_unpacked_is_packed), TEST(age_is_the_callers_to_say),
	TEST(old_pages_are_dropped_with_new_ones), TEST(the_file_stays_within_its_size),
	TEST(what_is_too_large_is_not_kept), TEST(a_damaged_file_is_replaced),
	TEST(damage_in_use_is_a_miss_and_mended_at_the_next_start), TEST(off_is_off))
