/* SPDX-License-Identifier: Apache-2.0 */
/* So many an hour for each address, and nobody can use up what others need. */
#include "auth/rate.h"
#include "base/clock.h"
#include "lib/test.h"

#include <stdio.h>

static bool taken(struct rate *r, const char *peer)
{
	struct err e;
	int seconds;
	return rate_take(r, peer, &seconds, &e);
}

static void an_address_has_its_number(void)
{
	struct rate *r = rate_new(2);
	clock_fake(1000, 1000);
	CHECK_TRUE(taken(r, "192.0.2.1") && taken(r, "192.0.2.1"));
	CHECK_TRUE(!taken(r, "192.0.2.1") && taken(r, "192.0.2.2"));
	CHECK_TRUE(taken(r, "2001:db8::1") && taken(r, "2001:db8::2"));
	CHECK_TRUE(!taken(r, "2001:db8::3") && taken(r, "2001:db8:0:1::3"));
	clock_fake(1000 + 3600 * 1000, 1000 + 3600 * 1000);
	CHECK_TRUE(taken(r, "192.0.2.1"));
	clock_fake(-1, -1);
	rate_free(&r);
}

static void who_has_many_addresses_keeps_nobody_out(void)
{
	struct rate *r = rate_new(1);
	char peer[40];
	for (int i = 0; i < RATE_ADDRESSES; i++) {
		snprintf(peer, sizeof peer, "2001:db8:0:%x::1", i);
		if (!taken(r, peer))
			test_fail(__FILE__, __LINE__, "%s was refused", peer);
	}
	CHECK_TRUE(taken(r, "192.0.2.1"));
	CHECK_TRUE(!taken(r, "192.0.2.1"));
	rate_free(&r);
}

TEST_MAIN(TEST(an_address_has_its_number), TEST(who_has_many_addresses_keeps_nobody_out))
