/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/clock.h"
#include "base/lane.h"
#include "lib/test.h"

#include <pthread.h>
#include <unistd.h>

enum { MANY = 60, WIDTH = 3 };

/* Flows that go over a lane, and what they saw there. */
struct traveller {
	struct flow flow;
	struct call call;
	struct lane_stay stay;
	struct lane *lane;
	int64_t until_ms;
	bool had_turn, asleep;
	int place; /* in the order of those who came through */
};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t news = PTHREAD_COND_INITIALIZER;
static int on_lane, most_on_lane, through, ended;

static void change(int *what, int by)
{
	pthread_mutex_lock(&lock);
	*what += by;
	if (on_lane > most_on_lane)
		most_on_lane = on_lane;
	pthread_cond_broadcast(&news);
	pthread_mutex_unlock(&lock);
}

static void wait_for(const int *what, int value)
{
	pthread_mutex_lock(&lock);
	while (*what != value)
		pthread_cond_wait(&news, &lock);
	pthread_mutex_unlock(&lock);
}

static enum flow_next step_enter(struct flow *f)
{
	struct traveller *t = flow_self(f);
	return t->asleep ? lane_sleep(t->lane, &t->stay, f, t->until_ms)
			 : lane_enter(t->lane, &t->stay, f, t->until_ms);
}

static enum flow_next step_travel(struct flow *f)
{
	struct traveller *t = flow_self(f);
	t->had_turn = t->stay.holds;
	if (t->had_turn) {
		change(&on_lane, 1);
		pthread_mutex_lock(&lock);
		t->place = through++;
		pthread_mutex_unlock(&lock);
	}
	return FLOW_NEXT;
}

static enum flow_next step_leave(struct flow *f)
{
	struct traveller *t = flow_self(f);
	if (t->had_turn)
		change(&on_lane, -1);
	lane_leave(t->lane, &t->stay);
	return FLOW_NEXT;
}

static const struct flow_step steps[] = { { "enter", step_enter, false },
	{ "travel", step_travel, false }, { "leave", step_leave, false },
	{ NULL, NULL, false } };

static void end(struct flow *f)
{
	(void)f;
	change(&ended, 1);
}

static void start(
	struct desks *d, struct traveller *t, struct lane *l, int64_t until_ms, bool asleep)
{
	*t = (struct traveller) { .lane = l, .until_ms = until_ms, .asleep = asleep };
	flow_init(&t->flow, &t->call, steps, t, end);
	CHECK(flow_start(d, &t->flow));
}

static struct desks *open_desks(int count)
{
	on_lane = most_on_lane = through = ended = 0;
	return desks_start(count, MANY, NULL, NULL, NULL);
}

static void never_more_than_its_width(void)
{
	static struct traveller all[MANY];
	struct desks *d = open_desks(4);
	struct lane *l = lane_open(WIDTH);
	for (int i = 0; i < MANY; i++)
		start(d, &all[i], l, mono_ms() + 60000, false);
	wait_for(&ended, MANY);
	CHECK_INT(through, MANY);
	CHECK_TRUE(most_on_lane <= WIDTH);
	lane_close(&l);
	desks_stop(&d);
}

/* A holder outside of the flows keeps the lane busy, so that all of them wait. */
static void in_the_order_they_came(void)
{
	static struct traveller all[MANY];
	struct desks *d = open_desks(1);
	struct lane *l = lane_open(1);
	struct flow nobody = { 0 };
	struct lane_stay holder;
	CHECK_INT(lane_enter(l, &holder, &nobody, mono_ms() + 60000), FLOW_NEXT);
	for (int i = 0; i < MANY; i++)
		start(d, &all[i], l, mono_ms() + 60000, false);
	while (desks_load(d).waiting || desks_load(d).running)
		usleep(1000);
	lane_leave(l, &holder);
	wait_for(&ended, MANY);
	for (int i = 0; i < MANY; i++)
		CHECK_INT(all[i].place, i);
	CHECK_INT(most_on_lane, 1);
	lane_close(&l);
	desks_stop(&d);
}

static void until_their_own_deadline(void)
{
	static struct traveller late, sleeper, patient;
	struct desks *d = open_desks(2);
	struct lane *l = lane_open(1);
	struct flow nobody = { 0 };
	struct lane_stay holder;
	(void)lane_enter(l, &holder, &nobody, mono_ms() + 60000);
	int64_t soon = mono_ms() + 30;
	start(d, &patient, l, mono_ms() + 60000, false);
	start(d, &late, l, soon, false);
	start(d, &sleeper, l, soon, true);
	wait_for(&ended, 2);
	CHECK_TRUE(mono_ms() >= soon);
	CHECK_TRUE(!late.had_turn);
	CHECK_TRUE(!sleeper.had_turn);
	lane_leave(l, &holder);
	wait_for(&ended, 3);
	CHECK_TRUE(patient.had_turn);
	lane_close(&l);
	desks_stop(&d);
}

static void cancelled_ones_come_back(void)
{
	static struct traveller waiter, sleeper;
	struct desks *d = open_desks(2);
	struct lane *l = lane_open(1);
	struct flow nobody = { 0 };
	struct lane_stay holder;
	(void)lane_enter(l, &holder, &nobody, mono_ms() + 60000);
	start(d, &waiter, l, mono_ms() + 600000, false);
	start(d, &sleeper, l, mono_ms() + 600000, true);
	atomic_store(&waiter.call.cancelled, true);
	atomic_store(&sleeper.call.cancelled, true);
	wait_for(&ended, 2);
	CHECK_TRUE(!waiter.had_turn);
	CHECK_TRUE(!sleeper.had_turn);
	lane_leave(l, &holder);
	CHECK_INT(lane_enter(l, &holder, &nobody, 0), FLOW_NEXT);
	lane_close(&l);
	desks_stop(&d);
}

static void stopping_lets_all_go(void)
{
	static struct traveller all[MANY];
	struct desks *d = open_desks(2);
	struct lane *l = lane_open(1);
	struct flow nobody = { 0 };
	struct lane_stay holder;
	(void)lane_enter(l, &holder, &nobody, mono_ms() + 60000);
	for (int i = 0; i < MANY; i++)
		start(d, &all[i], l, mono_ms() + 600000, i % 2);
	while (desks_load(d).waiting || desks_load(d).running)
		usleep(1000);
	lane_stop(l);
	wait_for(&ended, MANY);
	start(d, &all[0], l, mono_ms() + 600000, false);
	start(d, &all[1], l, mono_ms() + 600000, true);
	wait_for(&ended, MANY + 2);
	CHECK_INT(through, 0);
	lane_close(&l);
	desks_stop(&d);
}

TEST_MAIN(TEST(never_more_than_its_width), TEST(in_the_order_they_came),
	TEST(until_their_own_deadline), TEST(cancelled_ones_come_back),
	TEST(stopping_lets_all_go))
