/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs as rows: made once, within limits, read by their owner, ended by hand, swept when their time
 * is over. */
#include "store/jobs_kit.h"

#include <pthread.h>
#include <stdatomic.h>

static void a_job_is_read_as_it_was_made(void)
{
	fresh();
	struct job_put p = new_job("job_1", 20);
	p.row.deadline_ms = t0 + 60000;
	run(job_put_write, &p);
	CHECK_INT(p.fault.code, ERR_NONE);
	CHECK_TRUE(!p.existing_id && !p.row.webhook);
	struct job_row row = job_at("job_1", t0);
	CHECK_TEXT(row.id, "job_1");
	CHECK_TEXT(row.account_id, "acc_local");
	CHECK_TEXT(row.kind, "pages");
	CHECK_TEXT(row.dialect, "bulk");
	CHECK_TEXT(row.name, "a name");
	CHECK_TEXT(row.spec, "{}");
	CHECK_TRUE(row.webhook == NULL);
	CHECK_INT(row.state, JOB_QUEUED);
	CHECK_INT(row.total, 20);
	CHECK_INT(row.ended + row.failed + row.began_ms + row.ended_ms + row.expires_ms, 0);
	CHECK_INT(row.created_ms, t0);
	CHECK_INT(row.deadline_ms, t0 + 60000);
	CHECK_INT(number("SELECT COUNT(*) FROM items"), 20);
	CHECK_INT(number("SELECT SUM(seq) FROM items"), 190);
	CHECK_INT(number("SELECT COUNT(*) FROM items"
			 " WHERE url = 'https://a.example/' || seq"),
		20);
}

static void others_do_not_see_it(void)
{
	struct err e;
	struct job_row row;
	fresh();
	put_job("job_1", 1);
	CHECK_TRUE(!job_read(db, "job_1", "acc_2", t0, arena, &row, &e));
	CHECK_INT(e.code, ERR_NOT_FOUND);
	char foreign[sizeof e.msg];
	memcpy(foreign, e.msg, sizeof foreign);
	CHECK_TRUE(!job_read(db, "job_2", "acc_2", t0, arena, &row, &e));
	CHECK_INT(e.code, ERR_NOT_FOUND);
	CHECK_TEXT(e.msg, foreign);
	CHECK_TRUE(job_read(db, "job_1", NULL, t0, arena, &row, &e));
	CHECK_INT(stop_job("job_1", "acc_2", true).fault.code, ERR_NOT_FOUND);
	CHECK_INT(job_at("job_1", t0).state, JOB_QUEUED);
}

/* Each row is one request after those before it. */
static void a_key_stands_for_one_job(void)
{
	static const struct {
		const char *what, *account, *key, *hash;
		int64_t at;
		const char *existing;
		enum err_code fault;
	} rows[] = {
		{ "first", "acc_local", "k", "0123456789abcdef0123456789abcdef", 0, NULL,
			ERR_NONE },
		{ "the same", "acc_local", "k", "0123456789abcdef0123456789abcdef", 10, "job_0",
			ERR_NONE },
		{ "another request", "acc_local", "k", "another89abcdef0123456789abcdef0", 20,
			NULL, ERR_IDEMPOTENCY },
		{ "another account", "acc_2", "k", "another89abcdef0123456789abcdef0", 30, NULL,
			ERR_NONE },
		{ "another key", "acc_local", "l", "0123456789abcdef0123456789abcdef", 40, NULL,
			ERR_NONE },
		{ "just before its end", "acc_local", "k", "0123456789abcdef0123456789abcdef",
			999, "job_0", ERR_NONE },
		{ "after its end", "acc_local", "k", "another89abcdef0123456789abcdef0", 1000,
			NULL, ERR_NONE },
		{ "the new one counts", "acc_local", "k", "another89abcdef0123456789abcdef0",
			1001, "job_6", ERR_NONE },
	};
	int64_t jobs = 0;
	fresh();
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct job_put p = new_job(arena_printf(arena, "job_%zu", i), 3);
		p.row.account_id = rows[i].account;
		p.row.created_ms = t0 + rows[i].at;
		p.idempotency_key = rows[i].key;
		p.request_hash = str_of(rows[i].hash);
		p.idempotency_until_ms = p.row.created_ms + 1000;
		run(job_put_write, &p);
		jobs += !rows[i].existing && rows[i].fault == ERR_NONE;
		if (p.fault.code != rows[i].fault ||
			number("SELECT COUNT(*) FROM jobs") != jobs ||
			number("SELECT COUNT(*) FROM items") != 3 * jobs)
			test_fail(__FILE__, __LINE__, "%s", rows[i].what);
		CHECK_TEXT(p.existing_id ? p.existing_id : "none",
			rows[i].existing ? rows[i].existing : "none");
	}
}

static void a_key_ends_with_its_job(void)
{
	fresh();
	struct job_put p = new_job("job_1", 1);
	p.idempotency_key = "k";
	p.request_hash = STR("0123456789abcdef0123456789abcdef");
	p.idempotency_until_ms = t0 + 1000000;
	run(job_put_write, &p);
	stop_job("job_1", NULL, true); /* can be read until t0 + 500 + KEEP_MS */
	p.row.id = "job_2";
	p.row.created_ms = t0 + 500 + KEEP_MS - 1;
	run(job_put_write, &p);
	CHECK_TEXT(p.existing_id, "job_1");
	p.row.created_ms++;
	run(job_put_write, &p);
	CHECK_TRUE(p.existing_id == NULL);
	CHECK_INT(job_at("job_2", p.row.created_ms).total, 1);
}

static void limits_count_what_is_open(void)
{
	fresh();
	struct job_put p = new_job("job_1", 2);
	p.open_account_max = 2;
	p.open_max = 3;
	run(job_put_write, &p);
	p.row.id = "job_2";
	run(job_put_write, &p);
	p.row.id = "job_3";
	run(job_put_write, &p);
	CHECK_INT(p.fault.code, ERR_TOO_MANY_JOBS);
	p.row.account_id = "acc_2";
	run(job_put_write, &p);
	CHECK_INT(p.fault.code, ERR_NONE);
	p.row.account_id = "acc_3";
	p.row.id = "job_4";
	run(job_put_write, &p);
	CHECK_INT(p.fault.code, ERR_OVERLOADED);
	CHECK_INT(number("SELECT COUNT(*) FROM jobs"), 3);
	CHECK_INT(number("SELECT COUNT(*) FROM items"), 6);
	stop_job("job_1", NULL, true);
	run(job_put_write, &p);
	CHECK_INT(p.fault.code, ERR_NONE);
}

static void endpoints_are_one_for_each_url(void)
{
	fresh();
	struct job_put p = new_job("job_1", 1);
	p.webhook_url = "https://hook.example/";
	p.secret = "whsec_1";
	p.endpoint_id = "end_1";
	run(job_put_write, &p);
	CHECK_TEXT(p.row.webhook, "end_1");
	p.row.id = "job_2";
	p.endpoint_id = "end_2";
	p.secret = "whsec_2";
	run(job_put_write, &p);
	CHECK_TEXT(p.row.webhook, "end_1");
	p.row.id = "job_3";
	p.row.account_id = "acc_2";
	run(job_put_write, &p);
	CHECK_TEXT(p.row.webhook, "end_2");
	CHECK_TEXT(job_at("job_2", t0).webhook, "end_1");
	CHECK_INT(number("SELECT COUNT(*) FROM endpoints WHERE secret = 'whsec_1'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM endpoints"), 2);
}

static void stopping_ends_what_is_open(void)
{
	fresh();
	put_hooked("job_1", 9);
	claim("job_1", "epoch_1", t0, 5);
	end_item("job_1", 3, "epoch_1", NULL, t0 + 1);
	end_item("job_1", 1, "epoch_1", "FETCH_FAILED", t0 + 2);
	struct job_stop s = stop_job("job_1", "acc_local", true);
	CHECK_INT(s.fault.code, ERR_NONE);
	CHECK_INT(s.row.state, JOB_CANCELLED);
	CHECK_INT(s.row.ended, 9);
	CHECK_INT(s.row.failed, 8);
	CHECK_INT(s.row.ended_ms, t0 + 500);
	CHECK_INT(s.row.expires_ms, t0 + 500 + KEEP_MS);
	CHECK_INT(number("SELECT COUNT(DISTINCT no) FROM items WHERE no BETWEEN 1 AND 9"), 9);
	CHECK_INT(number("SELECT COUNT(*) FROM items WHERE code = 'CANCELLED'"
			 " AND state = 2 AND owner IS NULL AND no > 2"),
		7);
	CHECK_INT(number("SELECT COUNT(*) FROM deliveries WHERE id = 'msg_of_job_1'"), 1);
	struct item_end late = end_item("job_1", 0, "epoch_1", NULL, t0 + 600);
	CHECK_TRUE(late.fenced);
	CHECK_INT(late.job_state, JOB_CANCELLED);
	CHECK_INT(number("SELECT COUNT(*) FROM results"), 2);
	CHECK_TRUE(!claim("job_1", "epoch_1", t0 + 600, 5).job_is_open);
	s = stop_job("job_1", "acc_local", true);
	CHECK_INT(s.fault.code, ERR_CONFLICT);
	CHECK_INT(s.row.state, JOB_CANCELLED);
	CHECK_INT(number("SELECT COUNT(*) FROM deliveries"), 1);
	CHECK_INT(stop_job("job_9", NULL, true).fault.code, ERR_NOT_FOUND);
}

static void a_deadline_gives_what_has_ended(void)
{
	fresh();
	put_job("job_1", 3);
	claim("job_1", "epoch_1", t0, 1);
	end_item("job_1", 0, "epoch_1", NULL, t0);
	CHECK_INT(stop_job("job_1", NULL, false).row.state, JOB_PARTIAL);
	put_job("job_2", 3);
	CHECK_INT(stop_job("job_2", NULL, false).row.state, JOB_FAILED);
	CHECK_INT(number("SELECT COUNT(*) FROM items WHERE code = 'TIMEOUT'"), 5);
}

static void lists_are_paged_newest_first(void)
{
	struct err e;
	struct job_row *rows;
	size_t count;
	int64_t total;
	fresh();
	for (int64_t i = 0; i < 7; i++) {
		struct job_put p = new_job(arena_printf(arena, "job_%lld", (long long)i), 2);
		p.row.created_ms = t0 + i / 2;
		p.row.account_id = i == 6 ? "acc_2" : "acc_local";
		run(job_put_write, &p);
	}
	claim("job_1", "epoch_1", t0, 2);
	end_item("job_1", 0, "epoch_1", "TIMEOUT", t0);
	stop_job("job_0", NULL, true);
	static const struct {
		unsigned states;
		int64_t limit, offset, at;
		const char *ids;
		int64_t total;
	} cases[] = {
		{ 0, 10, 0, 0, "5 4 3 2 1 0 ", 6 }, { 0, 2, 1, 0, "4 3 ", 6 },
		{ 0, 10, 6, 0, "", 6 }, { 1 << JOB_RUNNING, 10, 0, 0, "1 ", 1 },
		{ 1 << JOB_QUEUED | 1 << JOB_CANCELLED, 3, 0, 0, "5 4 3 ", 5 },
		{ 0, 10, 0, 500 + KEEP_MS, "5 4 3 2 1 ", 5 }, /* job_0 has expired */
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct jobs_query q = { "acc_local", cases[i].states, cases[i].limit,
			cases[i].offset, t0 + cases[i].at };
		char got[64] = "";
		CHECK_TRUE(jobs_read(db, &q, arena, &rows, &count, &total, &e));
		for (size_t k = 0; k < count; k++)
			snprintf(got + strlen(got), sizeof got - strlen(got), "%s ",
				rows[k].id + 4);
		CHECK_TEXT(got, cases[i].ids);
		CHECK_INT(total, cases[i].total);
	}
	struct jobs_query running = { "acc_local", 1 << JOB_RUNNING, 1, 0, t0 };
	CHECK_TRUE(jobs_read(db, &running, arena, &rows, &count, &total, &e));
	CHECK_INT(rows[0].ended, 1);
	CHECK_INT(rows[0].failed, 1);
	CHECK_INT(rows[0].began_ms, t0);
}

static void open_ones_are_walked_oldest_first(void)
{
	struct err e;
	struct job_row *rows;
	size_t count;
	const char *after = NULL;
	int64_t at = 0;
	char got[64] = "";
	fresh();
	for (int64_t i = 0; i < 7; i++) {
		struct job_put p = new_job(arena_printf(arena, "job_%lld", (long long)i), 1);
		p.row.created_ms = t0 + i / 3;
		run(job_put_write, &p);
	}
	stop_job("job_4", NULL, true);
	do {
		CHECK_TRUE(jobs_open_read(db, at, after, 2, arena, &rows, &count, &e));
		for (size_t k = 0; k < count; k++) {
			snprintf(got + strlen(got), sizeof got - strlen(got), "%s",
				rows[k].id + 4);
			after = rows[k].id;
			at = rows[k].created_ms;
		}
	} while (count);
	CHECK_TEXT(got, "012356");
}

static int64_t sweep(int64_t at, int64_t most)
{
	struct jobs_sweep s = { .now_ms = at, .most = most };
	run(jobs_sweep_write, &s);
	return s.removed;
}

static int64_t rows_of_all(void)
{
	return number("SELECT (SELECT COUNT(*) FROM jobs) + (SELECT COUNT(*) FROM items)"
		      " + (SELECT COUNT(*) FROM results) + (SELECT COUNT(*) FROM deliveries)"
		      " + (SELECT COUNT(*) FROM attempts)");
}

static void what_is_past_its_time_goes_in_batches(void)
{
	fresh();
	put_job("job_open", 4);
	put_job("job_1", 5);
	claim("job_1", "epoch_1", t0, 5);
	for (int64_t i = 0; i < 5; i++)
		end_item("job_1", i, "epoch_1", NULL, t0);
	CHECK_INT(sweep(t0 + KEEP_MS - 1, 100), 0);
	int64_t left = rows_of_all(), calls = 0;
	CHECK_INT(left, 5 + 11);
	for (int64_t n; (n = sweep(t0 + KEEP_MS, 3)) > 0; calls++) {
		CHECK_TRUE(n <= 3);
		CHECK_INT(rows_of_all(), left - n);
		left -= n;
		CHECK_INT(job_at("job_1", t0 + KEEP_MS).state, -1);
	}
	CHECK_INT(calls, 4);
	CHECK_INT(left, 5);
	CHECK_INT(job_at("job_open", t0 + KEEP_MS).total, 4);
}

static void a_job_waits_for_its_deliveries(void)
{
	fresh();
	put_hooked("job_1", 1);
	stop_job("job_1", NULL, true);
	CHECK_INT(sweep(t0 + 500 + KEEP_MS, 100), 0);
	struct deliveries_claim c = {
		.owner = "s", .now_ms = t0 + 500, .most = 1, .arena = arena
	};
	run(deliveries_claim_write, &c);
	CHECK_INT(c.count, 1);
	CHECK_INT(sweep(t0 + 500 + KEEP_MS, 100), 0);
	struct delivery_attempt t = { .id = c.rows[0].id,
		.owner = "s",
		.attempt = { .at_ms = t0 + 600, .status = 200 },
		.state = DELIVERY_DONE };
	run(delivery_attempt_write, &t);
	CHECK_INT(rows_of_all(), 4);
	CHECK_INT(sweep(t0 + 500 + KEEP_MS, 100), 4);
	CHECK_INT(rows_of_all(), 0);
}

static void keys_and_endpoints_go_too(void)
{
	const int64_t month = 30 * DAY_MS;
	fresh();
	struct job_put p = new_job("job_1", 1);
	p.webhook_url = "https://hook.example/1";
	p.secret = "whsec_1";
	p.endpoint_id = "end_1";
	p.idempotency_key = "k";
	p.request_hash = STR("0123456789abcdef0123456789abcdef");
	p.idempotency_until_ms = t0 + DAY_MS;
	run(job_put_write, &p);
	CHECK_INT(sweep(t0 + DAY_MS - 1, 100), 0);
	CHECK_INT(sweep(t0 + DAY_MS, 100), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM idempotency"), 0);
	CHECK_INT(sweep(t0 + month + 1, 100), 0); /* the job refers to the endpoint */
	struct err e;
	CHECK_TRUE(db_exec(db, "DELETE FROM jobs", DB_NO_ARGS, NULL, &e));
	CHECK_INT(sweep(t0 + month, 100), 0);
	CHECK_INT(sweep(t0 + month + 1, 100), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM endpoints"), 0);
}

/* --- in the writer's group --- */

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static bool wait_at_gate(struct db *d, void *arg, struct err *e)
{
	(void)d;
	(void)e;
	atomic_store((atomic_int *)arg, 1);
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
	return true;
}

static bool fail(struct db *d, void *arg, struct err *e)
{
	(void)d;
	(void)arg;
	return err_set(e, ERR_INTERNAL, "on purpose");
}

/* The whole group is rolled back, then each command runs once more by itself. */
static void a_neighbour_that_fails_does_no_harm(void)
{
	struct err e;
	atomic_int inside = 0;
	fresh();
	struct job_put p = new_job("job_1", 3);
	p.idempotency_key = "k";
	p.request_hash = STR("0123456789abcdef0123456789abcdef");
	p.idempotency_until_ms = t0 + DAY_MS;
	struct items_claim c = {
		.job_id = "job_1", .owner = "epoch_1", .now_ms = t0, .most = 3, .arena = arena
	};
	struct item_end ends[3];
	struct writer *w = writer_start(db, 100);
	db = NULL; /* the writer's from here on */
	pthread_mutex_lock(&gate);
	CHECK_TRUE(writer_post(w, wait_at_gate, NULL, &inside));
	while (!inside)
		sched_yield();
	CHECK_TRUE(writer_post(w, job_put_write, NULL, &p));
	CHECK_TRUE(writer_post(w, items_claim_write, NULL, &c));
	for (int64_t i = 0; i < 3; i++) {
		ends[i] = (struct item_end) { .job_id = "job_1",
			.owner = "epoch_1",
			.seq = i,
			.now_ms = t0,
			.keep_ms = KEEP_MS,
			.body = STR("body") };
		CHECK_TRUE(writer_post(w, item_end_write, NULL, &ends[i]));
	}
	CHECK_TRUE(writer_post(w, fail, NULL, NULL));
	pthread_mutex_unlock(&gate);
	writer_stop(&w);
	struct db_place place = { place_made, "scraped.db", .durable = false };
	db = db_open(&place, &e);
	CHECK(db);
	CHECK_TRUE(p.fault.code == ERR_NONE && !p.existing_id);
	CHECK_INT(c.count, 3);
	for (int64_t i = 0; i < 3; i++)
		CHECK_TRUE(!ends[i].fenced && ends[i].no == i + 1);
	CHECK_INT(ends[2].job_state, JOB_COMPLETED);
	CHECK_INT(job_at("job_1", t0).state, JOB_COMPLETED);
	CHECK_INT(number("SELECT COUNT(*) FROM results"), 3);
}

static void states_have_words(void)
{
	CHECK_TEXT(job_state_words[JOB_PARTIAL], "partial");
	CHECK_TRUE(job_state_words[JOB_STATES] == NULL);
	CHECK_TRUE(!job_is_final(JOB_RUNNING) && job_is_final(JOB_COMPLETED));
	gone();
}

TEST_MAIN(TEST(a_job_is_read_as_it_was_made), TEST(others_do_not_see_it),
	TEST(a_key_stands_for_one_job), TEST(a_key_ends_with_its_job),
	TEST(limits_count_what_is_open), TEST(endpoints_are_one_for_each_url),
	TEST(stopping_ends_what_is_open), TEST(a_deadline_gives_what_has_ended),
	TEST(lists_are_paged_newest_first), TEST(open_ones_are_walked_oldest_first),
	TEST(what_is_past_its_time_goes_in_batches), TEST(a_neighbour_that_fails_does_no_harm),
	TEST(a_job_waits_for_its_deliveries), TEST(keys_and_endpoints_go_too),
	TEST(states_have_words))
