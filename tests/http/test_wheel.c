/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/test.h"
#include "http/wheel.h"

#include <string.h>

enum { N = 200 };
struct timer {
	struct wheel_entry entry; /* first */
	int64_t fired_ms;
	int fired;
	struct timer *disarms;
	int64_t again_ms;
};
static struct wheel wheel;
static struct timer timers[N];
static int64_t now;

static void due(struct wheel_entry *e)
{
	struct timer *t = (struct timer *)(void *)e;
	t->fired++;
	t->fired_ms = now;
	if (t->disarms)
		wheel_disarm(&wheel, &t->disarms->entry);
	if (t->again_ms)
		wheel_arm(&wheel, e, now + t->again_ms);
}

static void begin(void)
{
	memset(timers, 0, sizeof timers);
	now = 1000003;
	wheel_init(&wheel, now, due);
}

static void turn_to(int64_t ms)
{
	while (now < ms) {
		now += WHEEL_TICK_MS;
		wheel_turn(&wheel, now);
	}
}

static void never_early_hardly_late(void)
{
	static const int64_t after[] = { 0, 1, 49, 50, 51, 100, 999, 10000, 51199, 51200, 51201,
		60000, 600000, 3600000 };
	size_t n = sizeof after / sizeof after[0];
	begin();
	int64_t start = now;
	for (size_t i = 0; i < n; i++)
		wheel_arm(&wheel, &timers[i].entry, now + after[i]);
	turn_to(start + 3600000 + 200);
	for (size_t i = 0; i < n; i++) {
		CHECK_INT(timers[i].fired, 1);
		CHECK_TRUE(timers[i].fired_ms >= start + after[i]);
		CHECK_TRUE(timers[i].fired_ms <= start + after[i] + 2 * WHEEL_TICK_MS);
	}
	CHECK_INT(wheel.count, 0);
}

static void moving_and_dropping(void)
{
	begin();
	wheel_arm(&wheel, &timers[0].entry, now + 100);
	wheel_arm(&wheel, &timers[0].entry, now + 5000); /* moved */
	wheel_arm(&wheel, &timers[1].entry, now + 100);
	wheel_disarm(&wheel, &timers[1].entry);
	wheel_disarm(&wheel, &timers[1].entry);
	CHECK_INT(wheel.count, 1);
	int64_t start = now;
	turn_to(start + 1000);
	CHECK_INT(timers[0].fired, 0);
	turn_to(start + 6000);
	CHECK_INT(timers[0].fired, 1);
	CHECK_INT(timers[1].fired, 0);
}

static void handlers_may_change_the_wheel(void)
{
	begin();
	for (int i = 0; i < 10; i++)
		wheel_arm(&wheel, &timers[i].entry, now + 100);
	for (int i = 0; i < 10; i++)
		timers[i].disarms = &timers[(i + 1) % 10]; /* due at the same time */
	timers[20].again_ms = 200;
	wheel_arm(&wheel, &timers[20].entry, now + 100);
	turn_to(now + 1000);
	int fired = 0;
	for (int i = 0; i < 10; i++)
		fired += timers[i].fired;
	CHECK_INT(fired, 5);
	CHECK_TRUE(timers[20].fired >= 4 && timers[20].fired <= 5);
	CHECK_INT(wheel.count, 1);
}

static void a_long_sleep_loses_nothing(void)
{
	begin();
	for (int i = 0; i < N; i++)
		wheel_arm(&wheel, &timers[i].entry, now + i * 977);
	now += 10000000; /* the machine was stopped */
	wheel_turn(&wheel, now);
	for (int i = 0; i < N; i++)
		CHECK_INT(timers[i].fired, 1);
}

TEST_MAIN(TEST(never_early_hardly_late), TEST(moving_and_dropping),
	TEST(handlers_may_change_the_wheel), TEST(a_long_sleep_loses_nothing))
