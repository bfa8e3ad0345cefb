/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of webhooks against those of the reference library, and the schedule of attempts. */
#include "base/check.h"
#include "base/clock.h"
#include "base/digest.h"
#include "job/hook.h"
#include "lib/test.h"

#define SHORT_SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
/* 64 bytes of 0xfb: the longest there may be */
#define LONG_SECRET                                                                            \
	"whsec_+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7"                                   \
	"+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+w=="
#define SIGNED "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

/* The first row is the specification's own example. */
static void signatures_are_the_published_ones(void)
{
	static const struct {
		const char *id, *body, *secret, *old, *want;
		int64_t at_s;
	} rows[] = {
		{ "msg_p5jXN8AQM9LWM0D4loKWxJek", "{\"test\": 2432232314}", SHORT_SECRET, NULL,
			SIGNED, 1614265330 },
		{ "msg_1", "", SHORT_SECRET, NULL,
			"v1,zrqT2Zvgy3BeZmRXsdNrxcVvZJe3rL7l0rE2WAMJfaE=", 1000000000 },
		{ "msg_p5jXN8AQM9LWM0D4loKWxJek", "{\"test\": 2432232314}", SHORT_SECRET,
			SHORT_SECRET, SIGNED " " SIGNED, 1614265330 },
		{ "msg_p5jXN8AQM9LWM0D4loKWxJek", "{\"test\": 2432232314}", "no secret",
			SHORT_SECRET, SIGNED, 1614265330 },
		{ "msg_p5jXN8AQM9LWM0D4loKWxJek", "{\"test\": 2432232314}", "whsec_a", NULL, "",
			1614265330 },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf got;
		buf_init(&got, 0);
		hook_sign(rows[i].id, rows[i].at_s, str_of(rows[i].body), rows[i].secret,
			rows[i].old, &got);
		CHECK_STR(buf_str(&got), rows[i].want);
		buf_release(&got);
	}
}

static void long_bodies_and_secrets(void)
{
	struct buf body, got;
	buf_init(&body, 0);
	buf_init(&got, 0);
	buf_text(&body, "{\"a\":\"");
	for (int i = 0; i < 1000; i++)
		buf_text(&body, "\xc3\xa9");
	buf_text(&body, "\"}");
	hook_sign("msg_long", 1700000000, buf_str(&body), LONG_SECRET, SHORT_SECRET, &got);
	CHECK_TRUE(str_starts(
		buf_str(&got), STR("v1,9qD9ihUh1I8p/buKH0i+DVJCASyuvJhUw7wsivMND5U= v1,")));
	CHECK_INT(got.len, 2 * 47 + 1);
	buf_release(&got);
	buf_release(&body);
}

static void secrets_are_new_each_time(void)
{
	struct arena *a = arena_new(0);
	const char *one = hook_secret(a), *other = hook_secret(a);
	unsigned char bytes[HOOK_SECRET_BYTES + 2];
	size_t n = 0;
	CHECK_TRUE(strncmp(one, "whsec_", 6) == 0 && strcmp(one, other) != 0);
	CHECK_TRUE(b64_decode(str_of(one + 6), bytes, &n));
	CHECK_INT(n, HOOK_SECRET_BYTES);
	arena_free(&a);
}

static void the_schedule(void)
{
	static const int64_t least[] = { 0, 5000, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS,
		5 * HOUR_MS, 10 * HOUR_MS, 14 * HOUR_MS, 20 * HOUR_MS, 24 * HOUR_MS };
	bool varies = false;
	_Static_assert(COUNT_OF(least) == HOOK_ATTEMPTS, "one pause before each attempt");
	for (int64_t tries = 0; tries < HOOK_ATTEMPTS; tries++)
		for (int i = 0; i < 200; i++) {
			int64_t ms = hook_pause_ms(tries);
			CHECK_TRUE(
				ms >= least[tries] && ms <= least[tries] + least[tries] / 10);
			varies = varies || ms > least[tries];
		}
	CHECK_TRUE(varies);
	CHECK_INT(hook_pause_ms(HOOK_ATTEMPTS), -1);
	CHECK_INT(hook_pause_ms(HOOK_ATTEMPTS + 5), -1);
	CHECK_INT(hook_pause_ms(-1), -1);
}

TEST_MAIN(TEST(signatures_are_the_published_ones), TEST(long_bodies_and_secrets),
	TEST(secrets_are_new_each_time), TEST(the_schedule))
