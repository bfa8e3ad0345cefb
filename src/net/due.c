/* SPDX-License-Identifier: Apache-2.0 */
#include "net/due.h"
#include "base/mem.h"

static void put(struct due_heap *h, size_t place, struct due *d)
{
	h->v[place - 1] = d;
	d->place = place;
}

static void up(struct due_heap *h, struct due *d)
{
	size_t at = d->place;
	for (; at > 1 && h->v[at / 2 - 1]->at_ms > d->at_ms; at /= 2)
		put(h, at, h->v[at / 2 - 1]);
	put(h, at, d);
}

static void down(struct due_heap *h, struct due *d)
{
	size_t at = d->place;
	for (;;) {
		size_t child = at * 2;
		if (child > h->n)
			break;
		if (child < h->n && h->v[child]->at_ms < h->v[child - 1]->at_ms)
			child++;
		if (h->v[child - 1]->at_ms >= d->at_ms)
			break;
		put(h, at, h->v[child - 1]);
		at = child;
	}
	put(h, at, d);
}

void due_set(struct due_heap *h, struct due *d, int64_t at_ms)
{
	d->at_ms = at_ms;
	if (!d->place) {
		if (h->n == h->cap) {
			h->cap = h->cap ? h->cap * 2 : 64;
			h->v = mem_grow(h->v, h->cap * sizeof h->v[0]);
		}
		put(h, ++h->n, d);
	}
	up(h, d);
	down(h, d);
}

void due_drop(struct due_heap *h, struct due *d)
{
	size_t place = d->place;
	if (!place)
		return;
	struct due *last = h->v[--h->n];
	d->place = 0;
	if (last == d)
		return;
	put(h, place, last);
	up(h, last);
	down(h, last);
}

struct due *due_first(const struct due_heap *h)
{
	return h->n ? h->v[0] : NULL;
}

void due_release(struct due_heap *h)
{
	mem_free(h->v);
	*h = (struct due_heap) { 0 };
}
