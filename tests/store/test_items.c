/* SPDX-License-Identifier: Apache-2.0 */
/* Items: claimed in order, ended once by their owner, taken back from runners that are gone, poison
 * found out, results read in pages. */
#include "store/jobs_kit.h"

/* "seq:tries ..." in the order of the claim. */
static const char *claimed(const struct items_claim *c)
{
	char *text = arena_text(arena, STR(""));
	for (size_t i = 0; i < c->count; i++)
		text = arena_printf(arena, "%s%lld:%lld ", text, (long long)c->rows[i].seq,
			(long long)c->rows[i].tries);
	return text;
}

static void back(const char *job, int64_t seq, const char *owner, int64_t due, bool untried)
{
	struct item_back b = { job, owner, seq, due, untried };
	run(item_back_write, &b);
}

static void claims_are_in_order(void)
{
	fresh();
	put_job("job_1", 6);
	struct items_claim c = claim("job_1", "epoch_1", t0, 2);
	CHECK_TEXT(claimed(&c), "0:1 1:1 ");
	CHECK_TEXT(c.rows[1].url, "https://a.example/1");
	CHECK_TRUE(c.job_is_open && c.next_due_ms > 0 && c.next_due_ms <= t0);
	CHECK_INT(job_at("job_1", t0).state, JOB_RUNNING);
	CHECK_INT(job_at("job_1", t0).began_ms, t0);
	back("job_1", 0, "epoch_1", t0 + 50, false);
	back("job_1", 1, "epoch_1", t0 + 20, true);
	c = claim("job_1", "epoch_1", t0 + 10, 3);
	CHECK_TEXT(claimed(&c), "2:1 3:1 4:1 ");
	c = claim("job_1", "epoch_1", t0 + 10, 3);
	CHECK_TEXT(claimed(&c), "5:1 ");
	CHECK_INT(c.next_due_ms, t0 + 20);
	c = claim("job_1", "epoch_1", t0 + 19, 3);
	CHECK_INT(c.count, 0);
	CHECK_INT(c.next_due_ms, t0 + 20);
	c = claim("job_1", "epoch_1", t0 + 50, 3);
	CHECK_TEXT(claimed(&c), "1:1 0:2 ");
	CHECK_INT(c.next_due_ms, 0);
	CHECK_INT(job_at("job_1", t0).began_ms, t0);
	CHECK_TRUE(!claim("job_2", "epoch_1", t0, 3).job_is_open);
}

static void a_clock_set_back_holds_nothing_up(void)
{
	fresh();
	put_job("job_1", 2);
	CHECK_INT(claim("job_1", "epoch_1", t0 - HOUR_MS, 1).count, 1);
	lease("epoch_2", true, NULL, 0);
	CHECK_INT(claim("job_1", "epoch_2", t0 - HOUR_MS, 2).count, 2);
	/* a retry due later than the 60 s that the job has: no such wait was ever meant */
	back("job_1", 0, "epoch_2", t0 + 20, false);
	struct items_claim c = claim("job_1", "epoch_2", t0 - HOUR_MS, 2);
	CHECK_INT(c.count, 0);
	CHECK_INT(c.next_due_ms, 1);
	CHECK_INT(claim("job_1", "epoch_2", t0 - HOUR_MS, 2).count, 1);
}

static void nothing_to_claim_leaves_a_job_queued(void)
{
	fresh();
	put_job("job_1", 2);
	CHECK_INT(claim("job_1", "epoch_1", t0, 0).count, 0);
	CHECK_INT(job_at("job_1", t0).state, JOB_QUEUED);
}

/* Of three items, by the codes they end with. */
static void a_job_ends_with_its_last_item(void)
{
	static const struct {
		const char *codes[3];
		enum job_state state;
		int64_t failed;
	} rows[] = {
		{ { NULL, NULL, NULL }, JOB_COMPLETED, 0 },
		{ { NULL, "TIMEOUT", NULL }, JOB_PARTIAL, 1 },
		{ { "TIMEOUT", "FETCH_FAILED", NULL }, JOB_PARTIAL, 2 },
		{ { "TIMEOUT", "FETCH_FAILED", "TIMEOUT" }, JOB_FAILED, 3 },
	};
	static const int64_t order[] = { 2, 0, 1 };
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		fresh();
		put_hooked("job_1", 3);
		claim("job_1", "epoch_1", t0, 3);
		for (int64_t k = 0; k < 3; k++) {
			struct item_end t = end_item(
				"job_1", order[k], "epoch_1", rows[i].codes[order[k]], t0 + k);
			CHECK_TRUE(!t.fenced);
			CHECK_INT(t.no, k + 1);
			CHECK_INT(t.job_state, k < 2 ? JOB_RUNNING : rows[i].state);
			CHECK_INT(job_at("job_1", t0).ended, k + 1);
			CHECK_INT(number("SELECT COUNT(*) FROM deliveries"), k == 2);
		}
		struct job_row row = job_at("job_1", t0);
		CHECK_INT(row.state, rows[i].state);
		CHECK_INT(row.failed, rows[i].failed);
		CHECK_INT(row.ended_ms, t0 + 2);
		CHECK_INT(row.expires_ms, t0 + 2 + KEEP_MS);
		CHECK_INT(number("SELECT COUNT(*) FROM results"), 3);
		CHECK_INT(number("SELECT COUNT(*) FROM deliveries WHERE id = 'msg_of_job_1'"
				 " AND job_id = 'job_1' AND state = 0 AND tries = 0"),
			1);
		CHECK_INT(job_at("job_1", t0 + 2 + KEEP_MS).state, -1);
	}
}

static void failures_count_while_it_runs(void)
{
	fresh();
	put_job("job_1", 5);
	claim("job_1", "epoch_1", t0, 4);
	end_item("job_1", 0, "epoch_1", "TIMEOUT", t0);
	end_item("job_1", 2, "epoch_1", NULL, t0);
	struct job_row row = job_at("job_1", t0);
	CHECK_INT(row.ended, 2);
	CHECK_INT(row.failed, 1);
	CHECK_INT(number("SELECT failed FROM jobs"), 0);
}

static void an_end_counts_once(void)
{
	fresh();
	put_job("job_1", 2);
	claim("job_1", "epoch_1", t0, 2);
	CHECK_INT(end_item("job_1", 0, "epoch_1", NULL, t0).no, 1);
	struct item_end again = end_item("job_1", 0, "epoch_1", "TIMEOUT", t0 + 1);
	CHECK_TRUE(again.fenced);
	CHECK_INT(again.no, 0);
	CHECK_INT(again.job_state, JOB_RUNNING);
	CHECK_INT(number("SELECT COUNT(*) FROM items WHERE code IS NOT NULL"), 0);
	CHECK_INT(number("SELECT COUNT(*) FROM results"), 1);
	CHECK_INT(end_item("job_1", 1, "epoch_1", NULL, t0).job_state, JOB_COMPLETED);
	again = end_item("job_1", 1, "epoch_1", "TIMEOUT", t0 + 1);
	CHECK_TRUE(again.fenced);
	CHECK_INT(again.job_state, JOB_COMPLETED);
}

static void others_and_those_before_are_fenced_off(void)
{
	fresh();
	put_job("job_1", 3);
	claim("job_1", "epoch_1", t0, 2);
	CHECK_TRUE(end_item("job_1", 0, "epoch_2", NULL, t0).fenced);
	CHECK_TRUE(end_item("job_1", 2, "epoch_1", NULL, t0).fenced); /* not claimed */
	CHECK_TRUE(end_item("job_1", 9, "epoch_1", NULL, t0).fenced); /* not there */
	CHECK_TRUE(end_item("job_9", 0, "epoch_1", NULL, t0).fenced);
	back("job_1", 0, "epoch_2", t0, false); /* not its own */
	CHECK_INT(number("SELECT COUNT(*) FROM items WHERE state = 1"), 2);
	CHECK_INT(lease("epoch_2", true, NULL, 0).recovered, 2);
	claim("job_1", "epoch_2", t0, 3);
	CHECK_TRUE(end_item("job_1", 0, "epoch_1", NULL, t0).fenced);
	CHECK_INT(number("SELECT COUNT(*) FROM results"), 0);
	CHECK_TRUE(!end_item("job_1", 0, "epoch_2", NULL, t0).fenced);
}

static void a_disabled_endpoint_gets_no_delivery(void)
{
	struct err e;
	fresh();
	put_hooked("job_1", 1);
	CHECK_TRUE(db_exec(db, "UPDATE endpoints SET disabled_ms = 5", DB_NO_ARGS, NULL, &e));
	claim("job_1", "epoch_1", t0, 1);
	CHECK_INT(end_item("job_1", 0, "epoch_1", NULL, t0).job_state, JOB_COMPLETED);
	CHECK_INT(number("SELECT COUNT(*) FROM deliveries"), 0);
}

/* --- runners --- */

static void leases_keep_their_items(void)
{
	fresh();
	put_job("job_1", 4);
	lease("epoch_1", true, NULL, 0);
	claim("job_1", "epoch_1", t0, 2);
	CHECK_INT(lease("epoch_1", false, NULL, 0).recovered, 0);
	CHECK_INT(lease("epoch_2", false, NULL, 0).recovered, 0);
	struct runner_lease later = { .epoch = "epoch_2",
		.now_ms = t0 + 30000,
		.lease_until_ms = t0 + 60000,
		.keep_ms = KEEP_MS,
		.arena = arena };
	run(runner_lease_write, &later); /* epoch_1's has run out */
	CHECK_INT(later.recovered, 2);
	CHECK_INT(number("SELECT COUNT(*) FROM runners"), 1);
	struct items_claim c = claim("job_1", "epoch_2", t0 + 30000, 3);
	CHECK_TEXT(claimed(&c), "0:2 1:2 2:1 ");
	CHECK_INT(c.rows[0].lost, 1);
	CHECK_INT(c.rows[2].lost, 0);
	struct runner_leave leave = { "epoch_2" };
	run(runner_leave_write, &leave);
	CHECK_INT(number("SELECT COUNT(*) FROM runners"), 0);
	c = claim("job_1", "epoch_3", t0 + 30000, 4);
	CHECK_TEXT(claimed(&c), "0:2 1:2 2:1 3:1 ");
	CHECK_INT(c.rows[0].lost, 1); /* given back in good order is not lost */
}

/* A start after a crash, with item 1 named as the one that was worked on. */
static struct runner_lease start_after_crash(int n)
{
	static const struct item_id suspects[] = { { "job_1", 1, true },
		{ "job_gone", 7, true } };
	return lease(arena_printf(arena, "epoch_%d", n), true, suspects, 2);
}

static void poison_ends_at_the_third_crash(void)
{
	fresh();
	put_hooked("job_1", 2);
	for (int n = 1; n <= CRASHES_MAX; n++) {
		struct items_claim c =
			claim("job_1", arena_printf(arena, "epoch_%d", n - 1), t0, 2);
		CHECK_INT(c.count, 2);
		CHECK_INT(c.rows[1].crashes, n - 1);
		struct runner_lease l = start_after_crash(n);
		CHECK_INT(l.recovered, n < CRASHES_MAX ? 2 : 1);
		CHECK_INT(start_after_crash(n).recovered, 0); /* counted once */
	}
	CHECK_INT(number("SELECT COUNT(*) FROM items WHERE seq = 1 AND state = 2 AND no = 1"
			 " AND code = 'INTERNAL_ERROR' AND crashes = 3"),
		1);
	CHECK_INT(number("SELECT crashes FROM items WHERE seq = 0"), 0);
	struct job_row row = job_at("job_1", t0);
	CHECK_INT(row.state, JOB_RUNNING);
	CHECK_INT(row.failed, 1);
	claim("job_1", "epoch_9", t0, 2);
	CHECK_INT(end_item("job_1", 0, "epoch_9", NULL, t0).job_state, JOB_PARTIAL);
}

static void poison_may_end_the_job(void)
{
	struct item_id suspect = { "job_1", 0, true };
	fresh();
	put_hooked("job_1", 1);
	for (int n = 0; n < CRASHES_MAX; n++) {
		CHECK_INT(claim("job_1", arena_printf(arena, "old_%d", n), t0, 1).count, 1);
		lease(arena_printf(arena, "new_%d", n), true, &suspect, 1);
	}
	struct job_row row = job_at("job_1", t0);
	CHECK_INT(row.state, JOB_FAILED);
	CHECK_INT(row.failed, 1);
	CHECK_INT(row.expires_ms, t0 + KEEP_MS);
	CHECK_INT(number("SELECT COUNT(*) FROM deliveries WHERE job_id = 'job_1'"), 1);
}

static void who_is_killed_is_poison_only_after_many(void)
{
	struct item_id suspect = { "job_1", 0, false };
	fresh();
	put_job("job_1", 1);
	for (int n = 1; n <= CRASHES_MAX_KILLED; n++) {
		CHECK_INT(claim("job_1", arena_printf(arena, "old_%d", n), t0, 1).count, 1);
		CHECK_INT(lease(arena_printf(arena, "new_%d", n), true, &suspect, 1).recovered,
			n < CRASHES_MAX_KILLED);
		CHECK_INT(number("SELECT killed FROM items"), n);
		CHECK_INT(number("SELECT crashes FROM items"), 0);
	}
	CHECK_INT(job_at("job_1", t0).state, JOB_FAILED);
	CHECK_INT(number("SELECT COUNT(*) FROM items WHERE message LIKE '%this page%'"), 1);
}

static void tries_that_are_lost_end_too(void)
{
	fresh();
	put_job("job_1", 1);
	for (int n = 1; n <= TRIES_LOST_MAX; n++) {
		struct items_claim c = claim("job_1", arena_printf(arena, "old_%d", n), t0, 1);
		CHECK_INT(c.count, 1);
		CHECK_INT(c.rows[0].tries, n);
		CHECK_INT(c.rows[0].lost, n - 1);
		CHECK_INT(lease(arena_printf(arena, "new_%d", n), true, NULL, 0).recovered,
			n < TRIES_LOST_MAX);
	}
	CHECK_INT(job_at("job_1", t0).state, JOB_FAILED);
	CHECK_INT(number("SELECT COUNT(*) FROM items WHERE code = 'INTERNAL_ERROR'"), 1);
}

/* --- results --- */

static const char *paged(enum results_order order, size_t most, size_t max_bytes)
{
	struct err e;
	struct result_row *rows;
	size_t count;
	char *text = arena_text(arena, STR(""));
	int64_t from = 0;
	do {
		CHECK_TRUE(results_read(
			db, "job_1", order, from, most, max_bytes, arena, &rows, &count, &e));
		for (size_t i = 0; i < count; i++) {
			const struct result_row *r = &rows[i];
			text = arena_printf(arena, "%s%lld%s%.*s ", text,
				(long long)r->item.seq, r->item.code ? "!" : "",
				STR_ARG(r->body));
			from = (order == RESULTS_BY_NO ? r->item.no : r->item.seq) + 1;
		}
		text = arena_printf(arena, "%s|", text);
	} while (count);
	return text;
}

static void results_come_in_pages(void)
{
	static const int64_t order[] = { 4, 0, 3 };
	fresh();
	put_job("job_1", 7);
	put_job("job_2", 7);
	claim("job_1", "epoch_1", t0, 6);
	claim("job_2", "epoch_1", t0, 6);
	for (size_t i = 0; i < COUNT_OF(order); i++) {
		struct item_end t = { .job_id = "job_1",
			.owner = "epoch_1",
			.seq = order[i],
			.now_ms = t0,
			.code = i == 1 ? "TIMEOUT" : NULL,
			.message = "why",
			.body = str_of("abcdef" + i * 2) };
		run(item_end_write, &t);
		end_item("job_2", order[i], "epoch_1", NULL, t0);
	}
	struct item_end bare = { .job_id = "job_1",
		.owner = "epoch_1",
		.seq = 2,
		.code = "TIMEOUT",
		.message = "why",
		.now_ms = t0 };
	run(item_end_write, &bare);
	CHECK_TEXT(paged(RESULTS_BY_SEQ, 10, 1000), "0!cdef 2! 3ef 4abcdef ||");
	CHECK_TEXT(paged(RESULTS_BY_NO, 10, 1000), "4abcdef 0!cdef 3ef 2! ||");
	CHECK_TEXT(paged(RESULTS_BY_SEQ, 3, 1000), "0!cdef 2! 3ef |4abcdef ||");
	CHECK_TEXT(paged(RESULTS_BY_SEQ, 10, 6), "0!cdef 2! 3ef |4abcdef ||");
	CHECK_TEXT(paged(RESULTS_BY_NO, 10, 10), "4abcdef 0!cdef |3ef 2! ||");
	CHECK_TEXT(paged(RESULTS_BY_NO, 10, 0), "4abcdef |0!cdef |3ef |2! ||");
	gone();
}

static void the_errors_of_a_job_are_listed(void)
{
	struct err e;
	struct item_row *rows;
	size_t count;
	fresh();
	put_job("job_1", 4);
	claim("job_1", "epoch_1", t0, 4);
	end_item("job_1", 3, "epoch_1", "TIMEOUT", t0);
	end_item("job_1", 0, "epoch_1", NULL, t0);
	end_item("job_1", 1, "epoch_1", "FETCH_FAILED", t0);
	CHECK_TRUE(job_errors_read(db, "job_1", 5, arena, &rows, &count, &e));
	CHECK_INT(count, 2);
	CHECK_INT(rows[0].seq, 1);
	CHECK_TEXT(rows[1].code, "TIMEOUT");
	CHECK_TRUE(job_errors_read(db, "job_1", 1, arena, &rows, &count, &e));
	CHECK_INT(count, 1);
}

TEST_MAIN(TEST(claims_are_in_order), TEST(a_clock_set_back_holds_nothing_up),
	TEST(nothing_to_claim_leaves_a_job_queued), TEST(a_job_ends_with_its_last_item),
	TEST(failures_count_while_it_runs), TEST(an_end_counts_once),
	TEST(others_and_those_before_are_fenced_off),
	TEST(a_disabled_endpoint_gets_no_delivery), TEST(leases_keep_their_items),
	TEST(poison_ends_at_the_third_crash), TEST(poison_may_end_the_job),
	TEST(who_is_killed_is_poison_only_after_many), TEST(tries_that_are_lost_end_too),
	TEST(the_errors_of_a_job_are_listed), TEST(results_come_in_pages))
