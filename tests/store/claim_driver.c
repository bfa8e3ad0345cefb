/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a claim of 64 items and their ends cost as the queue grows, and what the items that wait cost
 * in memory: a line of JSON for each length of queue.
 *	claim_driver FOLDER
 */
#include "base/check.h"
#include "base/clock.h"
#include "base/mem.h"
#include "store/jobs.h"
#include "store/schema.h"
#include "store/writer.h"

#include <stdio.h>
#include <unistd.h>

enum { CLAIM = 64, ROUNDS = 15 };

static struct db *opened(const char *folder, int64_t waiting)
{
	struct err e;
	char file[64];
	snprintf(file, sizeof file, "claims-%lld.db", (long long)waiting);
	struct db_place place = { folder, file, .durable = true };
	db_remove(&place);
	struct db *d = db_open(&place, &e);
	CHECK(d && schema_upgrade(d, SCHEMA_MAIN, &e));
	return d;
}

static void run(struct db *d, write_fn *command, void *arg)
{
	struct err e;
	CHECK(db_begin(d, &e) && command(d, arg, &e) && db_commit(d, &e));
}

/* In milliseconds. */
static double put(struct db *d, int64_t waiting)
{
	struct arena *a = arena_new((size_t)1 << 30);
	struct job_put p = { .row = { .id = "job_1",
				     .account_id = "acc_local",
				     .kind = "pages",
				     .dialect = "bulk",
				     .spec = "{}",
				     .created_ms = now_ms(),
				     .deadline_ms = now_ms() + DAY_MS },
		.open_max = 10,
		.open_account_max = 10,
		.arena = a };
	p.urls.n = (size_t)waiting;
	p.urls.v = ARENA_ARRAY(a, const char *, p.urls.n);
	for (int64_t i = 0; i < waiting; i++)
		p.urls.v[i] = arena_printf(a, "https://site-%lld.example/articles/%lld.html",
			(long long)(i % 97), (long long)i);
	int64_t from = mono_us();
	run(d, job_put_write, &p);
	int64_t took = mono_us() - from;
	arena_free(&a);
	return (double)took / 1000;
}

static void claim(struct db *d, struct items_claim *c)
{
	struct err e;
	CHECK(items_claim_write(d, c, &e) && c->count == CLAIM && c->next_due_ms);
}

static void end_all(struct db *d, const struct items_claim *c)
{
	struct err e;
	char body[4096] = { 1 };
	for (size_t i = 0; i < c->count; i++) {
		struct item_end end = { .job_id = c->job_id,
			.owner = c->owner,
			.seq = c->rows[i].seq,
			.now_ms = c->now_ms,
			.body = { body, sizeof body } };
		CHECK(item_end_write(d, &end, &e) && !end.fenced);
	}
}

static int64_t resident(void)
{
	long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");
	CHECK(f && fscanf(f, "%*d %ld", &pages) == 1);
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

static void measure(const char *folder, int64_t waiting)
{
	struct err e;
	int64_t claiming = 0, ending = 0;
	struct db *d = opened(folder, waiting);
	mem_give_back();
	int64_t before = resident();
	double put_ms = put(d, waiting);
	CHECK(db_begin(d, &e));
	for (int i = 0; i < ROUNDS; i++) {
		struct arena *a = arena_new(0);
		struct items_claim c = { .job_id = "job_1",
			.owner = "epoch_1",
			.now_ms = now_ms(),
			.most = CLAIM,
			.arena = a };
		int64_t from = mono_us();
		claim(d, &c);
		int64_t claimed = mono_us();
		end_all(d, &c);
		claiming += claimed - from;
		ending += mono_us() - claimed;
		arena_free(&a);
	}
	CHECK(db_commit(d, &e));
	mem_give_back();
	int64_t grown = resident() - before;
	printf("{\"waiting\":%lld,\"us_per_claim\":%.1f,\"us_per_end\":%.1f,\"put_ms\":%.1f,"
	       "\"bytes_per_item\":%.1f}\n",
		(long long)waiting, (double)claiming / ROUNDS, (double)ending / ROUNDS / CLAIM,
		put_ms, grown > 0 ? (double)grown / (double)waiting : 0);
	fflush(stdout);
	db_close(&d);
}

int main(int argc, char **argv)
{
	static const int64_t lengths[] = { 1000, 10000, 100000 };
	if (argc != 2)
		return fprintf(stderr, "usage: claim_driver FOLDER\n"), 2;
	mem_init();
	for (size_t i = 0; i < COUNT_OF(lengths); i++)
		measure(argv[1], lengths[i]);
	return 0;
}
