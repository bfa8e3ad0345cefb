/* SPDX-License-Identifier: Apache-2.0 */
/* Flows: order of steps, lists within lists, failure and catching, parking across threads. */
#include "lib/test.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/flow.h"
#include "base/metric.h"

#include <pthread.h>
#include <unistd.h>

static void note(struct flow *f, char c)
{
	buf_char(flow_self(f), c);
}
static enum flow_next step_a(struct flow *f)
{
	note(f, 'a');
	return FLOW_NEXT;
}
static enum flow_next step_b(struct flow *f)
{
	note(f, 'b');
	return FLOW_NEXT;
}
static enum flow_next step_done(struct flow *f)
{
	note(f, 'd');
	return FLOW_DONE;
}
static enum flow_next step_fail(struct flow *f)
{
	note(f, 'f');
	return flow_fail(f, ERR_FETCH, "no %s", "luck");
}
static enum flow_next step_clean(struct flow *f)
{
	note(f, f->err.code ? 'C' : 'c');
	return FLOW_NEXT;
}
static enum flow_next step_catch(struct flow *f)
{
	note(f, 'k');
	f->err.code = ERR_NONE;
	return FLOW_NEXT;
}
static const struct flow_step inner_ok[] = { { "b", step_b }, { "done", step_done },
	{ "a", step_a }, { NULL } };
static const struct flow_step inner_bad[] = { { "fail", step_fail }, { "a", step_a },
	{ "clean", step_clean, true }, { NULL } };
static enum flow_next enter_ok(struct flow *f)
{
	return flow_enter(f, inner_ok, flow_self(f));
}
static enum flow_next enter_bad(struct flow *f)
{
	return flow_enter(f, inner_bad, flow_self(f));
}

static void check_run(const struct flow_step *steps, const char *want, enum err_code code)
{
	struct desks *d = desks_start(2, 4, NULL, NULL, NULL);
	struct arena *a = arena_new(0);
	struct call call = { .arena = a };
	struct buf out;
	struct flow f;
	buf_init(&out, 0);
	flow_init(&f, &call, steps, &out, NULL);
	CHECK_TRUE(flow_run(d, &f) == (code == ERR_NONE));
	CHECK_STR(buf_str(&out), want);
	CHECK_INT(f.err.code, code);
	CHECK_INT(metric_get(METRIC_DESK_WAITING), 0);
	buf_release(&out);
	arena_free(&a);
	desks_stop(&d);
}

static void steps_run_in_order(void)
{
	static const struct flow_step steps[] = { { "a", step_a }, { "in", enter_ok },
		{ "a", step_a }, { "clean", step_clean, true }, { NULL } };
	check_run(steps, "abdac", ERR_NONE);
}

static void failure_runs_what_always_runs(void)
{
	static const struct flow_step steps[] = { { "a", step_a }, { "in", enter_bad },
		{ "b", step_b }, { "clean", step_clean, true }, { NULL } };
	check_run(steps, "afCC", ERR_FETCH);
}

static void failure_can_be_caught(void)
{
	static const struct flow_step steps[] = { { "in", enter_bad }, { "b", step_b },
		{ "catch", step_catch, true }, { "b", step_b }, { NULL } };
	check_run(steps, "fCkb", ERR_NONE);
}

/* A helper thread resumes parked flows, often before the step function has returned. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct flow *waiting[256];
	int count;
	bool stop;
} lot = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, { 0 }, 0, false };

static void *resume_all(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&lot.lock);
	while (!lot.stop || lot.count) {
		if (!lot.count) {
			pthread_cond_wait(&lot.more, &lot.lock);
			continue;
		}
		struct flow *f = lot.waiting[--lot.count];
		pthread_mutex_unlock(&lot.lock);
		flow_resume(f);
		pthread_mutex_lock(&lot.lock);
	}
	pthread_mutex_unlock(&lot.lock);
	return NULL;
}

static enum flow_next step_park(struct flow *f)
{
	note(f, 'p');
	pthread_mutex_lock(&lot.lock);
	lot.waiting[lot.count++] = f;
	pthread_cond_signal(&lot.more);
	pthread_mutex_unlock(&lot.lock);
	return FLOW_PARKED;
}

static atomic_int ended;
static void count_end(struct flow *f)
{
	(void)f;
	atomic_fetch_add(&ended, 1);
}

static void parked_flows_come_back(void)
{
	static const struct flow_step steps[] = { { "park", step_park }, { "a", step_a },
		{ "park", step_park }, { "b", step_b }, { NULL } };
	enum { MANY = 200 };
	static struct flow flows[MANY];
	static struct call calls[MANY];
	static struct buf outs[MANY];
	struct desks *d = desks_start(3, MANY, NULL, NULL, NULL);
	pthread_t helper;
	pthread_create(&helper, NULL, resume_all, NULL);
	for (int i = 0; i < MANY; i++) {
		buf_init(&outs[i], 0);
		flow_init(&flows[i], &calls[i], steps, &outs[i], count_end);
		flows[i].big = i % 3 == 0;
		CHECK_TRUE(flow_start(d, &flows[i]));
	}
	while (atomic_load(&ended) < MANY)
		usleep(100);
	pthread_mutex_lock(&lot.lock);
	lot.stop = true;
	pthread_cond_signal(&lot.more);
	pthread_mutex_unlock(&lot.lock);
	pthread_join(helper, NULL);
	desks_stop(&d);
	for (int i = 0; i < MANY; i++) {
		CHECK_STR(buf_str(&outs[i]), "papb");
		buf_release(&outs[i]);
	}
}

static enum flow_next step_hold(struct flow *f)
{
	(void)f;
	pthread_mutex_lock(&lot.lock);
	pthread_mutex_unlock(&lot.lock);
	return FLOW_NEXT;
}

static void a_full_queue_refuses(void)
{
	static const struct flow_step steps[] = { { "hold", step_hold }, { NULL } };
	static struct flow flows[8];
	static struct call calls[8];
	struct desks *d = desks_start(1, 2, NULL, NULL, NULL);
	int taken = 0;
	atomic_store(&ended, 0);
	pthread_mutex_lock(&lot.lock);
	for (int i = 0; i < 8; i++) {
		flow_init(&flows[i], &calls[i], steps, NULL, count_end);
		taken += flow_start(d, &flows[i]);
	}
	pthread_mutex_unlock(&lot.lock);
	CHECK_TRUE(taken >= 2 && taken <= 3); /* two waiting, perhaps one on the desk */
	desks_stop(&d);
	CHECK_INT(atomic_load(&ended), taken);
}

static struct buf order;
static enum flow_next step_write(struct flow *f)
{
	buf_char(&order, f->big ? 'B' : 's');
	return FLOW_NEXT;
}

static void big_and_small_work_take_turns(void)
{
	static const struct flow_step hold[] = { { "hold", step_hold }, { NULL } };
	static const struct flow_step write[] = { { "write", step_write }, { NULL } };
	static struct flow flows[9];
	static struct call calls[9];
	struct desks *d = desks_start(1, 9, NULL, NULL, NULL);
	buf_init(&order, 0);
	pthread_mutex_lock(&lot.lock);
	for (int i = 0; i < 9; i++) {
		flow_init(&flows[i], &calls[i], i ? write : hold, NULL, count_end);
		flows[i].big = i >= 1 && i <= 4;
		CHECK_TRUE(flow_start(d, &flows[i]));
		while (i == 0 && desks_load(d).running == 0)
			usleep(100);
	}
	pthread_mutex_unlock(&lot.lock);
	desks_stop(&d);
	CHECK_STR(buf_str(&order), "BsBsBsBs");
	buf_release(&order);
}

TEST_MAIN(TEST(steps_run_in_order), TEST(failure_runs_what_always_runs),
	TEST(failure_can_be_caught), TEST(parked_flows_come_back), TEST(a_full_queue_refuses),
	TEST(big_and_small_work_take_turns))
