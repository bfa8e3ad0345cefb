/* SPDX-License-Identifier: Apache-2.0 */
#include "net/due.h"
#include "lib/test.h"

#include <string.h>

enum { MANY = 500, STEPS = 200000 };

/* Against a plain search through all of them, with every kind of move. */
static void like_a_search(void)
{
	static struct due all[MANY];
	struct due_heap h = { 0 };
	uint32_t seed = 1;
	memset(all, 0, sizeof all);
	for (int i = 0; i < STEPS; i++) {
		seed = seed * 1664525 + 1013904223;
		struct due *d = &all[(seed >> 16) % MANY];
		if (seed >> 30)
			due_set(&h, d, (int64_t)(seed >> 8 & 0xfff));
		else
			due_drop(&h, d);
		if (i % 97)
			continue;
		const struct due *first = due_first(&h);
		size_t in = 0;
		int64_t least = INT64_MAX;
		for (int k = 0; k < MANY; k++) {
			in += all[k].place != 0;
			if (all[k].place && all[k].at_ms < least)
				least = all[k].at_ms;
		}
		CHECK_INT(h.n, in);
		CHECK_INT(first ? first->at_ms : INT64_MAX, least);
	}
	due_release(&h);
}

static void in_order(void)
{
	static struct due all[MANY];
	struct due_heap h = { 0 };
	int64_t last = -1;
	size_t n = 0;
	CHECK_TRUE(!due_first(&h));
	for (int i = 0; i < MANY; i++)
		due_set(&h, &all[i], (i * 7919) % MANY);
	for (struct due *d; (d = due_first(&h)); n++) {
		CHECK_TRUE(d->at_ms >= last);
		last = d->at_ms;
		due_drop(&h, d);
		due_drop(&h, d); /* not in it any more: nothing happens */
	}
	CHECK_INT(n, MANY);
	due_release(&h);
}

TEST_MAIN(TEST(like_a_search), TEST(in_order))
