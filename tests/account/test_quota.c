/* SPDX-License-Identifier: Apache-2.0 */
#include "account/quota.h"
#include "base/clock.h"
#include "lib/test.h"

static struct err e;
static int wait_s;

static struct principal key(const char *id)
{
	return (struct principal) { .account_id = "acc_local", .credential_id = id };
}

static struct quota *limited(int64_t rate, int64_t in_flight)
{
	struct conf c = { .rate_per_minute = rate, .key_in_flight = in_flight };
	clock_fake(1000, 1000);
	return quota_new(&c);
}

/* How many of `tries` requests, each given back at once, get through. */
static int through(struct quota *q, const char *id, int tries)
{
	int n = 0;
	struct principal p = key(id);
	for (int i = 0; i < tries; i++)
		if (quota_take(q, &p, 1, &wait_s, &e)) {
			quota_give_back(q, &p);
			n++;
		}
	return n;
}

static void bursts_are_a_quarter(void)
{
	static const struct {
		int64_t rate;
		int burst;
	} rows[] = { { 600, 150 }, { 60, 15 }, { 40, 10 }, { 20, 10 }, { 10, 10 }, { 9, 9 },
		{ 1, 1 } };
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct quota *q = limited(rows[i].rate, 0);
		CHECK_INT(through(q, "a", 1000), rows[i].burst);
		CHECK_INT(through(q, "b", 1000), rows[i].burst); /* each key has its own */
		quota_free(&q);
	}
}

static void buckets_fill_with_time(void)
{
	struct quota *q = limited(60, 0); /* one a second */
	CHECK_INT(through(q, "a", 100), 15);
	CHECK_INT(e.code, ERR_RATE_LIMITED);
	CHECK_INT(wait_s, 1);
	clock_fake(1999, 1999);
	CHECK_INT(through(q, "a", 100), 0);
	clock_fake(2000, 2000);
	CHECK_INT(through(q, "a", 100), 1);
	clock_fake(12000, 12000);
	CHECK_INT(through(q, "a", 100), 10);
	clock_fake(86400000, 86400000);
	CHECK_INT(through(q, "a", 100), 15);
	quota_free(&q);
}

static void retry_after_is_when_it_works_again(void)
{
	struct quota *q = limited(2, 0); /* one in 30 s */
	CHECK_INT(through(q, "a", 10), 2);
	CHECK_INT(wait_s, 30);
	clock_fake(1000 + 10000, 1000 + 10000);
	CHECK_INT(through(q, "a", 1), 0);
	CHECK_INT(wait_s, 20);
	clock_fake(1000 + 30000, 1000 + 30000);
	CHECK_INT(through(q, "a", 1), 1);
	quota_free(&q);
}

static void places_in_flight_are_given_back(void)
{
	struct quota *q = limited(0, 2);
	struct principal p = key("a"), other = key("b");
	CHECK_TRUE(quota_take(q, &p, 1, &wait_s, &e));
	CHECK_TRUE(quota_take(q, &p, 1, &wait_s, &e));
	CHECK_TRUE(!quota_take(q, &p, 1, &wait_s, &e));
	CHECK_INT(e.code, ERR_RATE_LIMITED);
	CHECK_TRUE(str_has(str_of(e.msg), STR("2 requests in flight")));
	CHECK_INT(wait_s, 1);
	CHECK_TRUE(quota_take(q, &other, 1, &wait_s, &e));
	quota_give_back(q, &p);
	CHECK_TRUE(quota_take(q, &p, 1, &wait_s, &e));
	quota_free(&q);
}

static void a_refusal_for_places_costs_no_rate(void)
{
	struct quota *q = limited(4, 1);
	struct principal p = key("a");
	CHECK_TRUE(quota_take(q, &p, 1, &wait_s, &e));
	for (int i = 0; i < 10; i++)
		CHECK_TRUE(!quota_take(q, &p, 1, &wait_s, &e));
	quota_give_back(q, &p);
	CHECK_INT(through(q, "a", 10), 3);
	quota_free(&q);
}

static void off_is_off_and_the_local_user_is_free(void)
{
	struct quota *q = limited(0, 0);
	CHECK_INT(through(q, "a", 10000), 10000);
	quota_free(&q);
	q = limited(1, 1);
	struct principal local = {
		.account_id = "acc_local", .credential_id = "local", .via = VIA_LOCAL
	};
	for (int i = 0; i < 100; i++)
		CHECK_TRUE(quota_take(q, &local, 1, &wait_s, &e));
	quota_free(&q);
}

/* More callers than there is room for: idle ones are forgotten, busy ones are not. */
static void the_table_is_bounded(void)
{
	struct quota *q = limited(60, 3);
	struct principal busy = key("busy");
	char id[32];
	CHECK_TRUE(quota_take(q, &busy, 1, &wait_s, &e));
	for (int i = 0; i < 65535; i++) {
		snprintf(id, sizeof id, "key_%d", i);
		CHECK_TRUE(through(q, id, 1) == 1);
	}
	CHECK_INT(through(q, "one more", 1), 0);
	CHECK_INT(e.code, ERR_OVERLOADED);
	clock_fake(61000, 61000); /* their buckets are full again */
	CHECK_INT(through(q, "one more", 1), 1);
	CHECK_TRUE(quota_take(q, &busy, 1, &wait_s, &e));
	CHECK_TRUE(quota_take(q, &busy, 1, &wait_s, &e));
	CHECK_TRUE(
		!quota_take(q, &busy, 1, &wait_s, &e)); /* its first place was not forgotten */
	quota_free(&q);
}

TEST_MAIN(TEST(bursts_are_a_quarter), TEST(buckets_fill_with_time),
	TEST(retry_after_is_when_it_works_again), TEST(places_in_flight_are_given_back),
	TEST(a_refusal_for_places_costs_no_rate), TEST(off_is_off_and_the_local_user_is_free),
	TEST(the_table_is_bounded))
