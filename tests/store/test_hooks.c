/* SPDX-License-Identifier: Apache-2.0 */
/* Webhooks as rows: deliveries claimed when they are due, tried, given back, sent again; endpoints
 * switched off and on, secrets changed. */
#include "store/jobs_kit.h"

/* A job that has ended, with a delivery msg_of_<id>. */
static void ended_job(const char *id)
{
	put_hooked(id, 1);
	stop_job(id, NULL, true); /* at t0 + 500 */
}

static struct deliveries_claim send(const char *owner, int64_t at, int64_t most)
{
	struct deliveries_claim c = {
		.owner = owner, .now_ms = t0 + at, .most = most, .arena = arena
	};
	run(deliveries_claim_write, &c);
	return c;
}

static void tried(const char *id, const char *owner, int64_t at, int64_t status,
	enum delivery_state state, int64_t due)
{
	struct delivery_attempt t = { .id = id,
		.owner = owner,
		.attempt = { .at_ms = t0 + at,
			.took_ms = 7,
			.status = status,
			.error = status == 200 ? NULL : "refused" },
		.state = state,
		.due_ms = t0 + due,
		.gone = status == 410 };
	run(delivery_attempt_write, &t);
}

static struct delivery_row last_of(const char *job)
{
	struct err e;
	struct delivery_row *rows;
	size_t count;
	CHECK(deliveries_read(db, job, arena, &rows, &count, &e));
	return count ? rows[count - 1] : (struct delivery_row) { .state = -1 };
}

static void deliveries_are_sent_when_they_are_due(void)
{
	fresh();
	ended_job("job_1");
	ended_job("job_2");
	struct deliveries_claim c = send("s", 499, 5);
	CHECK_INT(c.count, 0);
	CHECK_INT(c.next_due_ms, t0 + 500);
	c = send("s", 500, 1);
	CHECK_INT(c.count, 1);
	CHECK_TEXT(c.rows[0].id, "msg_of_job_1");
	CHECK_TEXT(c.rows[0].job_id, "job_1");
	CHECK_TEXT(c.rows[0].endpoint.id, "end_of_job_1");
	CHECK_TEXT(c.rows[0].endpoint.url, "https://hook.example/");
	CHECK_TEXT(c.rows[0].endpoint.secret, "whsec_1");
	CHECK_TRUE(!c.rows[0].endpoint.old_secret && !c.rows[0].last_error);
	CHECK_INT(c.rows[0].tries, 1);
	CHECK_INT(c.rows[0].state, DELIVERY_SENDING);
	CHECK_INT(c.next_due_ms, t0 + 500);
	tried("msg_of_job_1", "s", 510, 503, DELIVERY_WAITS, 5000);
	c = send("s", 520, 5);
	CHECK_INT(c.count, 1);
	CHECK_TEXT(c.rows[0].id, "msg_of_job_2");
	CHECK_INT(c.next_due_ms, t0 + 5000);
	tried("msg_of_job_2", "s", 521, 200, DELIVERY_DONE, 0);
	c = send("s", 5000, 5);
	CHECK_INT(c.count, 1);
	CHECK_INT(c.rows[0].tries, 2);
	CHECK_INT(c.rows[0].last_status, 503);
	CHECK_TEXT(c.rows[0].last_error, "refused");
	CHECK_INT(c.next_due_ms, 0);
	tried("msg_of_job_1", "s", 5010, 0, DELIVERY_GIVEN_UP, 0);
	CHECK_INT(send("s", 999999, 5).count, 0);

	struct delivery_row row = last_of("job_1");
	CHECK_INT(row.state, DELIVERY_GIVEN_UP);
	CHECK_INT(row.ended_ms, t0 + 5017);
	CHECK_INT(row.last_status, 0);
	row = last_of("job_2");
	CHECK_INT(row.state, DELIVERY_DONE);
	CHECK_INT(row.last_status, 200);
	CHECK_TRUE(row.last_error == NULL);
}

static void attempts_are_numbered(void)
{
	struct err e;
	struct attempt_row *rows;
	size_t count;
	fresh();
	ended_job("job_1");
	for (int64_t n = 1; n <= 3; n++) {
		send("s", 1000 * n, 1);
		tried("msg_of_job_1", "s", 1000 * n, n == 3 ? 200 : 503,
			n == 3 ? DELIVERY_DONE : DELIVERY_WAITS, 1000 * n + 1);
	}
	CHECK_TRUE(attempts_read(db, "msg_of_job_1", arena, &rows, &count, &e));
	CHECK_INT(count, 3);
	for (int64_t n = 1; n <= 3; n++) {
		CHECK_INT(rows[n - 1].no, n);
		CHECK_INT(rows[n - 1].at_ms, t0 + 1000 * n);
		CHECK_INT(rows[n - 1].took_ms, 7);
		CHECK_INT(rows[n - 1].status, n == 3 ? 200 : 503);
	}
	CHECK_TRUE(rows[2].error == NULL);
	CHECK_TEXT(rows[0].error, "refused");
	CHECK_TRUE(attempts_read(db, "msg_of_nothing", arena, &rows, &count, &e));
	CHECK_INT(count, 0);
}

static void only_its_owner_tells_of_an_attempt(void)
{
	fresh();
	ended_job("job_1");
	send("s", 500, 1);
	tried("msg_of_job_1", "other", 510, 200, DELIVERY_DONE, 0);
	CHECK_INT(last_of("job_1").state, DELIVERY_SENDING);
	CHECK_INT(number("SELECT COUNT(*) FROM attempts"), 0);
	struct delivery_back b = { "msg_of_job_1", "other", t0 };
	run(delivery_back_write, &b);
	CHECK_INT(last_of("job_1").state, DELIVERY_SENDING);
	b.owner = "s";
	b.due_ms = t0 + 900;
	run(delivery_back_write, &b);
	struct delivery_row row = last_of("job_1");
	CHECK_INT(row.state, DELIVERY_WAITS);
	CHECK_INT(row.tries, 0);
	CHECK_INT(row.due_ms, t0 + 900);
	tried("msg_of_job_1", "s", 910, 200, DELIVERY_DONE, 0);
	CHECK_INT(last_of("job_1").state, DELIVERY_WAITS);
}

static void what_a_dead_sender_began_is_sent_again(void)
{
	fresh();
	ended_job("job_1");
	lease("epoch_1", true, NULL, 0);
	CHECK_INT(send("epoch_1", 500, 1).count, 1);
	CHECK_INT(send("epoch_2", 600, 1).count, 0); /* epoch_1 has its lease */
	lease("epoch_2", true, NULL, 0);
	struct deliveries_claim c = send("epoch_2", 600, 1);
	CHECK_INT(c.count, 1);
	CHECK_INT(c.rows[0].tries, 1);
	CHECK_INT(send("epoch_2", 700, 1).count, 0); /* its own goes on */
}

static void gone_switches_the_endpoint_off(void)
{
	struct err e;
	struct endpoint_row end;
	fresh();
	ended_job("job_1");
	ended_job("job_2"); /* the same endpoint */
	struct job_put other = new_job("job_3", 1);
	other.row.account_id = "acc_2";
	other.webhook_url = "https://hook.example/";
	other.secret = "whsec_3";
	other.endpoint_id = "end_3";
	run(job_put_write, &other);
	stop_job("job_3", NULL, true);
	send("s", 500, 1);
	tried("msg_of_job_1", "s", 510, 410, DELIVERY_GIVEN_UP, 0);
	CHECK_TRUE(endpoint_read(db, "end_of_job_1", "acc_local", arena, &end, &e));
	CHECK_INT(end.disabled_ms, t0 + 517);
	CHECK_INT(last_of("job_2").state, DELIVERY_GIVEN_UP);
	CHECK_INT(last_of("job_2").ended_ms, t0 + 517);
	CHECK_INT(last_of("job_3").state, DELIVERY_WAITS);
	ended_job("job_4");
	CHECK_INT(last_of("job_4").state, -1);
}

static struct redeliver again(
	const char *job, const char *account, const char *delivery, int64_t at)
{
	struct redeliver t = { .job_id = job,
		.account_id = account,
		.delivery_id = delivery,
		.new_id = "msg_new",
		.now_ms = t0 + at,
		.arena = arena };
	run(redeliver_write, &t);
	return t;
}

static void redelivery_is_refused_with_reason(void)
{
	fresh();
	ended_job("job_1");
	put_job("job_bare", 1);
	stop_job("job_bare", NULL, true);
	put_hooked("job_open", 1);
	static const struct {
		const char *job, *account, *delivery;
		int64_t at;
		enum err_code fault;
	} rows[] = {
		{ "job_9", "acc_local", NULL, 600, ERR_NOT_FOUND },
		{ "job_1", "acc_2", NULL, 600, ERR_NOT_FOUND },
		{ "job_1", "acc_local", "msg_9", 600, ERR_NOT_FOUND },
		{ "job_bare", "acc_local", NULL, 600, ERR_CONFLICT }, /* no webhook */
		{ "job_open", "acc_local", NULL, 600, ERR_CONFLICT }, /* has not ended */
		{ "job_1", "acc_local", NULL, 600, ERR_CONFLICT }, /* waits already */
		{ "job_1", "acc_local", "msg_of_job_1", 600, ERR_CONFLICT },
		{ "job_1", "acc_local", NULL, 500 + KEEP_MS, ERR_NOT_FOUND }, /* expired */
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct redeliver t =
			again(rows[i].job, rows[i].account, rows[i].delivery, rows[i].at);
		CHECK_INT(t.fault.code, rows[i].fault);
		CHECK_TRUE(t.fault.msg[0] && !t.row.id);
	}
	CHECK_INT(number("SELECT COUNT(*) FROM deliveries"), 1);
	send("s", 500, 1);
	CHECK_INT(again("job_1", NULL, NULL, 600).fault.code, ERR_CONFLICT); /* being sent */
}

static void redelivery_begins_anew(void)
{
	struct err e;
	struct endpoint_row end;
	fresh();
	ended_job("job_1");
	send("s", 500, 1);
	tried("msg_of_job_1", "s", 510, 410, DELIVERY_GIVEN_UP, 0);
	struct redeliver t = again("job_1", "acc_local", NULL, 700);
	CHECK_INT(t.fault.code, ERR_NONE);
	CHECK_TEXT(t.row.id, "msg_of_job_1");
	CHECK_INT(t.row.state, DELIVERY_WAITS);
	CHECK_INT(t.row.tries, 0);
	CHECK_INT(t.row.due_ms, t0 + 700);
	CHECK_INT(t.row.ended_ms, 0);
	CHECK_INT(t.row.endpoint.disabled_ms, 0);
	CHECK_TRUE(endpoint_read(db, "end_of_job_1", NULL, arena, &end, &e));
	CHECK_INT(end.disabled_ms, 0);
	CHECK_INT(send("s", 700, 1).rows[0].tries, 1);
	tried("msg_of_job_1", "s", 710, 200, DELIVERY_DONE, 0);
	CHECK_INT(number("SELECT MAX(no) FROM attempts"), 2);
	t = again("job_1", "acc_local", "msg_of_job_1", 800); /* also what was taken */
	CHECK_INT(t.row.state, DELIVERY_WAITS);
}

static void redelivery_makes_one_where_there_is_none(void)
{
	struct err e;
	fresh();
	put_hooked("job_1", 1);
	CHECK_TRUE(db_exec(db, "UPDATE endpoints SET disabled_ms = 5", DB_NO_ARGS, NULL, &e));
	stop_job("job_1", NULL, true);
	CHECK_INT(last_of("job_1").state, -1);
	struct redeliver t = again("job_1", "acc_local", NULL, 700);
	CHECK_INT(t.fault.code, ERR_NONE);
	CHECK_TEXT(t.row.id, "msg_new");
	CHECK_INT(send("s", 700, 5).count, 1);
}

static void secrets_change_with_time_to_follow(void)
{
	struct err e;
	struct endpoint_row end;
	fresh();
	ended_job("job_1");
	struct endpoint_rotate t = { .id = "end_of_job_1",
		.account_id = "acc_2",
		.secret = "whsec_2",
		.now_ms = t0 + 600,
		.old_until_ms = t0 + 1600,
		.arena = arena };
	run(endpoint_rotate_write, &t);
	CHECK_INT(t.fault.code, ERR_NOT_FOUND);
	t.account_id = "acc_local";
	run(endpoint_rotate_write, &t);
	CHECK_INT(t.fault.code, ERR_NONE);
	CHECK_TEXT(t.row.secret, "whsec_2");
	CHECK_TEXT(t.row.old_secret, "whsec_1");
	CHECK_INT(t.row.old_until_ms, t0 + 1600);
	static const struct {
		int64_t at;
		const char *old;
	} rows[] = { { 1599, "whsec_1" }, { 1600, "none" } };
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		clock_fake(t0 + rows[i].at, 0);
		CHECK_TRUE(endpoint_read(db, "end_of_job_1", NULL, arena, &end, &e));
		CHECK_TEXT(end.old_secret ? end.old_secret : "none", rows[i].old);
	}
	clock_fake(-1, -1);
	CHECK_TRUE(send("s", 1600, 1).rows[0].endpoint.old_secret == NULL);
}

static void endpoints_are_their_owners(void)
{
	struct err e;
	struct endpoint_row end, *rows;
	size_t count;
	fresh();
	put_hooked("job_1", 1);
	CHECK_TRUE(endpoint_read(db, "end_of_job_1", "acc_local", arena, &end, &e));
	CHECK_TEXT(end.account_id, "acc_local");
	CHECK_INT(end.created_ms, t0);
	CHECK_TRUE(!endpoint_read(db, "end_of_job_1", "acc_2", arena, &end, &e));
	CHECK_INT(e.code, ERR_NOT_FOUND);
	CHECK_TRUE(!endpoint_read(db, "end_9", NULL, arena, &end, &e));
	CHECK_INT(e.code, ERR_NOT_FOUND);
	CHECK_TRUE(endpoints_read(db, "acc_local", arena, &rows, &count, &e));
	CHECK_INT(count, 1);
	CHECK_TEXT(rows[0].secret, "whsec_1");
	CHECK_TRUE(endpoints_read(db, "acc_2", arena, &rows, &count, &e));
	CHECK_INT(count, 0);
	gone();
}

TEST_MAIN(TEST(deliveries_are_sent_when_they_are_due), TEST(attempts_are_numbered),
	TEST(only_its_owner_tells_of_an_attempt), TEST(what_a_dead_sender_began_is_sent_again),
	TEST(gone_switches_the_endpoint_off), TEST(redelivery_is_refused_with_reason),
	TEST(redelivery_begins_anew), TEST(redelivery_makes_one_where_there_is_none),
	TEST(secrets_change_with_time_to_follow), TEST(endpoints_are_their_owners))
