/* SPDX-License-Identifier: Apache-2.0 */
/* Points in time, the earliest first: a binary heap of what lives in others. */
#ifndef NET_DUE_H
#define NET_DUE_H

#include <stddef.h>
#include <stdint.h>

struct due {
	int64_t at_ms; /* mono_ms */
	size_t place; /* in the heap, from 1; 0: not in it */
};
struct due_heap {
	struct due **v;
	size_t n, cap;
};

void due_set(struct due_heap *h, struct due *d, int64_t at_ms); /* adds or moves */
void due_drop(struct due_heap *h, struct due *d);
struct due *due_first(const struct due_heap *h); /* NULL: empty */
void due_release(struct due_heap *h);

#endif
