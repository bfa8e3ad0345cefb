/* SPDX-License-Identifier: Apache-2.0 */
/* Turns, widths and paces, on a clock that the test moves. */
#include "job/again.h"
#include "job/plan.h"
#include "lib/test.h"

#include <stdio.h>
#include <string.h>

static struct plan *plan_of(int64_t slots, int64_t per_host, int64_t delay_ms)
{
	struct plan_limits l = { slots, per_host, delay_ms };
	return plan_new(&l, NULL);
}

/* A job with `count` claimed items for the host; seq 0 and up. */
static struct job *job_with(
	struct plan *p, const char *id, const char *account, const char *host, int64_t count)
{
	struct job *j = plan_find(p, id);
	bool known = j != NULL;
	if (!known)
		j = plan_add(p, id, account, PLAN_NEVER);
	plan_work(p, j);
	int64_t most = known ? 0 : plan_claim(p, j);
	for (int64_t i = 0; i < count; i++)
		plan_item(p, j, plan_host(p, str_of(host)), "http://h/", i, 1);
	if (!known)
		plan_claimed(p, j, most, false);
	return j;
}

/* Starts what may start now: ids of their jobs, blanks between. */
static const char *started(struct plan *p, int64_t now_ms, int most, struct item **last)
{
	static char text[1024];
	size_t n = 0;
	struct item *i;
	text[0] = 0;
	for (int k = 0; k < most && (i = plan_start(p, now_ms, 0)); k++) {
		n += (size_t)snprintf(
			text + n, sizeof text - n, "%s%s", n ? " " : "", i->work->job->id);
		if (last)
			*last = i;
	}
	return text;
}

/* Sends home what runs of a job, one item. */
static void home(struct plan *p, const char *id)
{
	plan_home(p, TAILQ_FIRST(&plan_find(p, id)->work->running));
}

static void all_home(struct plan *p, const char *const *ids)
{
	struct job *j;
	for (; *ids; ids++)
		while ((j = plan_find(p, *ids)) && j->work && j->work->n_running)
			home(p, *ids);
}

static void accounts_take_turns_and_their_jobs(void)
{
	struct plan *p = plan_of(6, 100, 0);
	job_with(p, "a1", "A", "x", 9);
	job_with(p, "a2", "A", "y", 9);
	job_with(p, "b1", "B", "z", 9);
	const char *first = started(p, 0, 6, NULL);
	/* each account has half, and the jobs of the first share its half */
	int a = 0, b = 0, a1 = 0;
	for (const char *at = first; *at; at += at[2] ? 3 : 2) {
		a += at[0] == 'a';
		b += at[0] == 'b';
		a1 += strncmp(at, "a1", 2) == 0;
	}
	CHECK_INT(a, 3);
	CHECK_INT(b, 3);
	CHECK_TRUE(a1 == 1 || a1 == 2);
	CHECK_TRUE(plan_start(p, 0, 0) == NULL); /* no slot is left */
	all_home(p, (const char *const[]) { "a1", "a2", "b1", NULL });
	plan_free(&p);
}

/* An account whose sites all hang has every slot: others need not wait till its time is up. */
static void who_has_all_slots_holds_nobody_up(void)
{
	struct plan *p = plan_of(32, 100, 0);
	job_with(p, "a1", "A", "x", 100);
	int most = 0;
	while (plan_start(p, 0, 0))
		most++;
	CHECK_INT(most, 32);
	job_with(p, "b1", "B", "y", 100);
	CHECK_TEXT(started(p, 0, 10, NULL), "b1 b1"); /* few */
	job_with(p, "c1", "C", "x", 1); /* at the busy host, behind A's */
	CHECK_TEXT(started(p, 0, 10, NULL), "c1");
	home(p, "b1");
	CHECK_TEXT(started(p, 0, 10, NULL), "b1");
	home(p, "a1"); /* 34 run: above the slots only who has few goes on */
	CHECK_TEXT(started(p, 0, 10, NULL), "");
	all_home(p, (const char *const[]) { "a1", "b1", "c1", NULL });
	CHECK_INT(plan_find(p, "a1")->account->running, 0);
	plan_free(&p);
}

static void a_newcomer_at_a_busy_host_waits_one_turn(void)
{
	struct plan *p = plan_of(10, 2, 0);
	job_with(p, "a1", "A", "x", 100);
	CHECK_TEXT(started(p, 0, 10, NULL), "a1 a1");
	job_with(p, "b1", "B", "x", 1);
	job_with(p, "b2", "B", "y", 50); /* keeps B busy elsewhere */
	CHECK_TEXT(started(p, 0, 2, NULL), "b2 b2");
	home(p, "a1");
	CHECK_TEXT(started(p, 0, 1, NULL), "a1"); /* it stood there first */
	home(p, "a1");
	CHECK_TEXT(started(p, 0, 1, NULL), "b1");
	all_home(p, (const char *const[]) { "a1", "b1", "b2", NULL });
	plan_free(&p);
}

static void jobs_of_one_account_take_turns_at_a_host(void)
{
	struct plan *p = plan_of(10, 1, 0);
	job_with(p, "a1", "A", "x", 10);
	job_with(p, "a2", "A", "x", 10);
	job_with(p, "a3", "A", "x", 10);
	char order[8] = "";
	for (int i = 0; i < 6; i++) {
		struct item *it = plan_start(p, 0, 0);
		order[i] = it->work->job->id[1];
		plan_home(p, it);
	}
	for (int i = 0; i < 3; i++) {
		CHECK_INT(order[i + 3], order[i]);
		CHECK_TRUE(order[i] != order[(i + 1) % 3]);
	}
	plan_free(&p);
}

static void who_is_busy_elsewhere_keeps_his_turn_at_the_host(void)
{
	struct plan *p = plan_of(10, 1, 0);
	job_with(p, "a1", "A", "x", 10);
	job_with(p, "b1", "B", "x", 10);
	job_with(p, "b2", "B", "y", 10);
	int b = 0;
	for (int round = 0; round < 6; round++) {
		while (plan_start(p, 0, 0))
			;
		b += plan_find(p, "b1")->work->n_running == 1;
		all_home(p, (const char *const[]) { "a1", "b1", "b2", NULL });
	}
	CHECK_INT(b, 3);
	plan_free(&p);
}

static void a_job_is_as_wide_as_it_says(void)
{
	struct plan *p = plan_of(10, 10, 0);
	struct job *j = job_with(p, "a1", "A", "x", 5);
	j->work->width = 2;
	CHECK_TEXT(started(p, 0, 10, NULL), "a1 a1");
	home(p, "a1");
	CHECK_TEXT(started(p, 0, 10, NULL), "a1");
	all_home(p, (const char *const[]) { "a1", NULL });
	plan_free(&p);
}

static void jitter_pauses_all_but_the_first(void)
{
	struct plan *p = plan_of(10, 10, 0);
	struct job *j = job_with(p, "a1", "A", "x", 3);
	j->work->jitter_min_ms = 100;
	j->work->jitter_max_ms = 199;
	CHECK_TRUE(plan_start(p, 1000, 42) != NULL);
	CHECK_TRUE(plan_start(p, 1000, 42) == NULL);
	CHECK_INT(plan_next_ms(p), 1142);
	CHECK_TRUE(plan_start(p, 1141, 0) == NULL);
	CHECK_TRUE(plan_start(p, 1142, 199) != NULL);
	CHECK_TRUE(plan_start(p, 1142, 0) == NULL);
	CHECK_INT(plan_next_ms(p), 1142 + 199);
	all_home(p, (const char *const[]) { "a1", NULL });
	plan_free(&p);
}

static void hosts_are_paused_and_paced(void)
{
	struct plan *p = plan_of(10, 10, 500);
	job_with(p, "a1", "A", "x", 2);
	job_with(p, "b1", "B", "y", 1);
	CHECK_TEXT(started(p, 0, 10, NULL), "b1 a1");
	CHECK_INT(plan_next_ms(p), 500);
	plan_host_pause(plan_host(p, STR("x")), 3000);
	CHECK_TRUE(plan_start(p, 500, 0) == NULL);
	CHECK_INT(plan_next_ms(p), 3000);
	CHECK_TEXT(started(p, 3000, 10, NULL), "a1");
	all_home(p, (const char *const[]) { "a1", "b1", NULL });
	plan_free(&p);
}

static void whose_turn_is_far_away_is_put_back_with_a_place(void)
{
	struct plan *p = plan_of(10, 10, 4000);
	int64_t due = 0;
	struct host *h = plan_host(p, STR("x"));
	job_with(p, "a1", "A", "x", 2);
	CHECK_TRUE(plan_keeps(plan_find(p, "a1"), h, 0, &due)); /* its turn would be at 8000 */
	job_with(p, "a1", "A", "x", 1);
	CHECK_TRUE(!plan_keeps(plan_find(p, "a1"), h, 0, &due));
	CHECK_INT(due, 12000);
	CHECK_TRUE(!plan_keeps(plan_find(p, "a1"), h, 0, &due));
	CHECK_INT(due, 16000);
	plan_host_pause(h, 60000);
	int put_back = 0;
	struct item *i;
	while ((i = plan_impatient(h, 0, &due))) {
		CHECK_TRUE(due >= 60000);
		plan_home(p, i);
		put_back++;
	}
	CHECK_INT(put_back, 3);
	plan_tidy(p, 0);
	CHECK_TRUE(plan_host(p, STR("x"))->next_ms == 60000); /* its pause is not forgotten */
	plan_tidy(p, 1000000);
	CHECK_TRUE(plan_host(p, STR("x"))->next_ms == 0);
	plan_free(&p);
}

/* A list of thousands for a slow site, put back for days, does not put back the one page of another. */
static void nobody_stands_behind_what_others_have_put_back(void)
{
	struct plan *p = plan_of(10, 10, 30000);
	int64_t due = 0;
	struct host *h = plan_host(p, STR("x"));
	struct job *a = job_with(p, "a1", "A", "x", 1), *b;
	for (int64_t i = 1; i < 10000; i++)
		CHECK_TRUE(!plan_keeps(a, h, 0, &due) && due == i * 30000);
	CHECK_TEXT(started(p, 0, 10, NULL), "a1");
	job_with(p, "a1", "A", "x", 1); /* as always, one is there */
	b = plan_add(p, "b1", "B", PLAN_NEVER);
	plan_work(p, b);
	CHECK_TRUE(plan_keeps(b, h, 0, &due));
	plan_item(p, b, h, "http://x/", 0, 1);
	CHECK_TRUE(!plan_keeps(b, h, 0, &due));
	CHECK_INT(due, 90000); /* behind the two that are there */
	CHECK_TEXT(started(p, 30000, 10, NULL), "a1");
	CHECK_TEXT(started(p, 60000, 10, NULL), "b1");
	CHECK_TRUE(plan_keeps(b, h, 60000, &due)); /* it comes back to an empty place */
	plan_host_pause(h, 200000);
	CHECK_TRUE(!plan_keeps(b, h, 60000, &due));
	CHECK_INT(due, 200000);
	all_home(p, (const char *const[]) { "a1", "b1", NULL });
	plan_free(&p);
}

static void a_job_is_hungry_until_it_has_enough_ahead(void)
{
	struct plan *p = plan_of(4, 4, 0);
	struct job *j = plan_add(p, "a1", "A", PLAN_NEVER);
	CHECK_TRUE(plan_add(p, "a1", "A", PLAN_NEVER) == NULL);
	CHECK_TRUE(plan_hungry(p) == j);
	plan_work(p, j);
	int64_t most = plan_claim(p, j);
	CHECK_INT(most, PLAN_AHEAD);
	CHECK_TRUE(plan_hungry(p) == NULL); /* one claim at a time */
	for (int64_t i = 0; i < most; i++)
		plan_item(p, j, plan_host(p, STR("x")), "http://x/", i, 1);
	plan_claimed(p, j, most, true);
	CHECK_TRUE(plan_hungry(p) == NULL);
	for (int64_t i = 0; i < most / 2; i++) {
		CHECK_TRUE(plan_start(p, 0, 0) != NULL);
		home(p, "a1");
	}
	CHECK_TRUE(plan_hungry(p) == j);
	most = plan_claim(p, j);
	plan_claimed(p, j, most, false);
	CHECK_TRUE(plan_hungry(p) == NULL); /* nothing more waits */
	plan_look(p, j, 5000);
	bool late;
	CHECK_TRUE(plan_due(p, 4999, &late) == NULL);
	CHECK_TRUE(plan_due(p, 5000, &late) == j && !late);
	CHECK_TRUE(plan_hungry(p) == j);
	plan_end(p, j);
	CHECK_TRUE(plan_find(p, "a1") == NULL);
	plan_free(&p);
}

static void one_account_does_not_fill_the_room(void)
{
	struct plan *p = plan_of(4, 4, 0);
	struct job *j;
	char id[JOB_ID_SIZE];
	for (int i = 0; i < 100; i++) {
		snprintf(id, sizeof id, "a%d", i);
		plan_add(p, id, "A", PLAN_NEVER);
	}
	while ((j = plan_hungry(p))) {
		plan_work(p, j);
		int64_t most = plan_claim(p, j);
		for (int64_t i = 0; i < most; i++)
			plan_item(p, j, plan_host(p, STR("x")), "http://x/", i, 1);
		plan_claimed(p, j, most, true);
	}
	CHECK_TRUE(plan_count(p).claimed <= PLAN_ROOM);
	struct job *b = plan_add(p, "b", "B", PLAN_NEVER);
	CHECK_TRUE(plan_hungry(p) == b);
	plan_free(&p);
}

static void a_deadline_is_told_once(void)
{
	struct plan *p = plan_of(4, 4, 0);
	bool late;
	struct job *j = plan_add(p, "a1", "A", 100);
	CHECK_INT(plan_due_ms(p), 100);
	CHECK_TRUE(plan_due(p, 100, &late) == j && late);
	CHECK_TRUE(plan_due(p, 100000, &late) == NULL);
	plan_deadline(p, j, 200);
	CHECK_TRUE(plan_due(p, 200, &late) == j && late);
	plan_free(&p);
}

static void an_ended_job_goes_with_its_last_item(void)
{
	struct plan *p = plan_of(1, 4, 0);
	struct job *j = job_with(p, "a1", "A", "x", 3);
	struct item *i = plan_start(p, 0, 0);
	plan_end(p, j);
	CHECK_TRUE(plan_find(p, "a1") == j);
	CHECK_INT(plan_count(p).claimed, 1);
	plan_home(p, i);
	CHECK_TRUE(plan_find(p, "a1") == NULL);
	CHECK_INT(plan_count(p).claimed, 0);
	plan_free(&p);
}

static void what_could_not_start_is_first_again(void)
{
	struct plan *p = plan_of(4, 4, 0);
	job_with(p, "a1", "A", "x", 2);
	struct item *i = plan_start(p, 0, 0);
	CHECK_INT(i->seq, 0);
	plan_unstart(p, i);
	CHECK_INT(plan_count(p).running, 0);
	i = plan_start(p, 0, 0);
	CHECK_INT(i->seq, 0);
	plan_home(p, i);
	plan_free(&p);
}

static void open_jobs_are_small(void)
{
	CHECK_TRUE(sizeof(struct job) + 8 /* bucket */ + 8 /* heap */ + 16 /* malloc */ < 200);
}

/* --- what helps to try again --- */

static void failures_that_may_pass(void)
{
	static const struct {
		enum err_code code;
		int status;
		bool helps;
	} cases[] = {
		{ ERR_NONE, 200, false },
		{ ERR_FETCH, 0, true },
		{ ERR_FETCH, 404, false },
		{ ERR_FETCH, 403, false },
		{ ERR_FETCH, 408, true },
		{ ERR_FETCH, 425, true },
		{ ERR_FETCH, 429, true },
		{ ERR_FETCH, 500, true },
		{ ERR_FETCH, 503, true },
		{ ERR_FETCH, 301, false },
		{ ERR_FETCH, 200, false },
		{ ERR_TIMEOUT, 0, true },
		{ ERR_PRIVATE, 0, false },
		{ ERR_NOT_HTML, 200, false },
		{ ERR_ROBOTS, 0, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scrape_result r = { .err.code = cases[i].code,
			.http_status = cases[i].status };
		CHECK_INT(again_helps(&r), cases[i].helps);
	}
	struct scrape_result unknown = { .err.code = ERR_FETCH, .no_name = true };
	CHECK_TRUE(!again_helps(&unknown));
}

static void pauses_grow_fourfold(void)
{
	struct conf c = { .job_retry_ms = 1000 };
	CHECK_INT(again_pause_ms(&c, 1, -1, 200), 1000);
	CHECK_INT(again_pause_ms(&c, 2, -1, 200), 4000);
	CHECK_INT(again_pause_ms(&c, 3, -1, 200), 16000);
	CHECK_INT(again_pause_ms(&c, 1, -1, 0), 800);
	CHECK_INT(again_pause_ms(&c, 1, -1, 400), 1200);
	CHECK_INT(again_pause_ms(&c, 1, INT64_MAX / 1000 + 1, 200), INT64_MAX);
	CHECK_INT(again_pause_ms(&c, 1, INT64_MAX, 200), INT64_MAX);
	CHECK_INT(again_pause_ms(&c, 1, 30, 200), 30000);
	CHECK_TRUE(again_pause_ms(&c, 1000, -1, 400) <= INT64_C(36) * 3600 * 1000);
}

TEST_MAIN(TEST(accounts_take_turns_and_their_jobs), TEST(who_has_all_slots_holds_nobody_up),
	TEST(a_newcomer_at_a_busy_host_waits_one_turn),
	TEST(jobs_of_one_account_take_turns_at_a_host),
	TEST(who_is_busy_elsewhere_keeps_his_turn_at_the_host),
	TEST(a_job_is_as_wide_as_it_says), TEST(jitter_pauses_all_but_the_first),
	TEST(hosts_are_paused_and_paced), TEST(whose_turn_is_far_away_is_put_back_with_a_place),
	TEST(nobody_stands_behind_what_others_have_put_back),
	TEST(a_job_is_hungry_until_it_has_enough_ahead),
	TEST(one_account_does_not_fill_the_room), TEST(a_deadline_is_told_once),
	TEST(an_ended_job_goes_with_its_last_item), TEST(what_could_not_start_is_first_again),
	TEST(open_jobs_are_small), TEST(failures_that_may_pass), TEST(pauses_grow_fourfold))
