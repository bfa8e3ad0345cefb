/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of used proofs is bounded: full, it takes none, until the oldest have ended. */
#include "auth/jose/inner.h"
#include "jose/forge.h"
#include "lib/test.h"

static bool take(struct dpop_seen *s, int n, const char **why)
{
	char jti[32];
	snprintf(jti, sizeof jti, "%d", n);
	struct proof p = { .jkt = "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U", .jti = jti };
	return proof_take(s, &p, why);
}

static void full_means_no(void)
{
	struct dpop_seen *s = dpop_seen_new();
	const char *why;
	size_t taken = 0;
	clock_fake(now_ms(), 1000);
	for (int i = 0; i < DPOP_REPLAYS_MAX; i++)
		taken += take(s, i, &why);
	CHECK_INT(taken, DPOP_REPLAYS_MAX);
	CHECK_TRUE(!take(s, -1, &why));
	CHECK_TEXT(why, "too many proofs are in use");
	CHECK_TRUE(!take(s, 7, &why));
	CHECK_TEXT(why, "the proof was used before");
	clock_fake(now_ms(), 1000 + DPOP_LIFE_S * 1000 - 1);
	CHECK_TRUE(!take(s, -1, &why));
	clock_fake(now_ms(), 1000 + DPOP_LIFE_S * 1000);
	CHECK_TRUE(take(s, -1, &why));
	CHECK_TRUE(take(s, 7, &why));
	dpop_seen_free(&s);
	dpop_seen_free(&s);
	clock_fake(-1, -1);
}

TEST_MAIN(TEST(full_means_no))
