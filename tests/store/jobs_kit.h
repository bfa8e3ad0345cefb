/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of jobs share: one database, commands as the writer runs them, a clock that they turn. */
#ifndef TESTS_STORE_JOBS_KIT_H
#define TESTS_STORE_JOBS_KIT_H

#include "base/check.h"
#include "base/clock.h"
#include "lib/place.h"
#include "lib/test.h"
#include "store/hooks.h"
#include "store/jobs.h"
#include "store/row.h"
#include "store/schema.h"
#include "store/writer.h"

static struct db *db;
static struct arena *arena;
static const int64_t t0 = INT64_C(1700000000000);
enum { KEEP_MS = 1000 };

static inline void fresh(void)
{
	struct err e;
	place_fresh();
	db_close(&db);
	arena_free(&arena);
	arena = arena_new(0);
	struct db_place p = { place_made, "scraped.db", .durable = false };
	db = db_open(&p, &e);
	CHECK(db && schema_upgrade(db, SCHEMA_MAIN, &e));
}
static inline void gone(void)
{
	db_close(&db);
	arena_free(&arena);
}

/* Twice, the first time rolled back, as when a neighbour in the writer's group fails. */
static inline void run(write_fn *command, void *arg)
{
	struct err e;
	CHECK(db_begin(db, &e) && command(db, arg, &e));
	db_rollback(db);
	CHECK(db_begin(db, &e) && command(db, arg, &e) && db_commit(db, &e));
}

static inline int64_t number(const char *sql)
{
	struct err e;
	int64_t n = -1;
	CHECK(row_number(db, sql, DB_NO_ARGS, &n, &e));
	return n;
}

/* A job that nothing stands against. */
static inline struct job_put new_job(const char *id, size_t items)
{
	struct job_put p = { .row = { .id = id,
				     .account_id = "acc_local",
				     .kind = "pages",
				     .dialect = "bulk",
				     .name = "a name",
				     .spec = "{}",
				     .created_ms = t0,
				     .deadline_ms = t0 + 60000 },
		.open_max = 100,
		.open_account_max = 100,
		.arena = arena };
	p.urls.v = ARENA_ARRAY(arena, const char *, items);
	for (; p.urls.n < items; p.urls.n++)
		p.urls.v[p.urls.n] = arena_printf(arena, "https://a.example/%zu", p.urls.n);
	return p;
}
static inline void put_job(const char *id, size_t items)
{
	struct job_put p = new_job(id, items);
	run(job_put_write, &p);
	CHECK_INT(p.fault.code, ERR_NONE);
}
static inline void put_hooked(const char *id, size_t items)
{
	struct job_put p = new_job(id, items);
	p.webhook_url = "https://hook.example/";
	p.secret = "whsec_1";
	p.endpoint_id = arena_printf(arena, "end_of_%s", id);
	run(job_put_write, &p);
	CHECK_INT(p.fault.code, ERR_NONE);
}

static inline struct items_claim claim(
	const char *job, const char *owner, int64_t at, int64_t most)
{
	struct items_claim c = {
		.job_id = job, .owner = owner, .now_ms = at, .most = most, .arena = arena
	};
	run(items_claim_write, &c);
	return c;
}

static inline struct item_end end_item(
	const char *job, int64_t seq, const char *owner, const char *code, int64_t at)
{
	struct item_end t = { .job_id = job,
		.owner = owner,
		.seq = seq,
		.code = code,
		.message = code ? "why" : NULL,
		.now_ms = at,
		.keep_ms = KEEP_MS,
		.body = STR("body"),
		.delivery_id = arena_printf(arena, "msg_of_%s", job) };
	run(item_end_write, &t);
	return t;
}

static inline struct job_stop stop_job(const char *job, const char *account, bool cancelled)
{
	struct job_stop s = { .job_id = job,
		.account_id = account,
		.code = cancelled ? "CANCELLED" : "TIMEOUT",
		.message = "why",
		.cancelled = cancelled,
		.now_ms = t0 + 500,
		.keep_ms = KEEP_MS,
		.delivery_id = arena_printf(arena, "msg_of_%s", job),
		.arena = arena };
	run(job_stop_write, &s);
	return s;
}

static inline struct job_row job_at(const char *id, int64_t at)
{
	struct err e;
	struct job_row row = { .state = -1 };
	if (!job_read(db, id, "acc_local", at, arena, &row, &e))
		CHECK_INT(e.code, ERR_NOT_FOUND);
	return row;
}

static inline struct runner_lease lease(
	const char *epoch, bool sole, const struct item_id *suspects, size_t n)
{
	struct runner_lease l = { .epoch = epoch,
		.now_ms = t0,
		.lease_until_ms = t0 + 30000,
		.keep_ms = KEEP_MS,
		.sole = sole,
		.suspects = suspects,
		.n_suspects = n,
		.arena = arena };
	run(runner_lease_write, &l);
	return l;
}

#endif
