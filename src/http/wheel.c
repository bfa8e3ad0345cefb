/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hashed wheel: slot = tick modulo slots, entries further away than one turn stay in their slot
 * until their turn comes. One turn is 51 s, so nearly every visit to an entry fires it.
 */
#include "http/wheel.h"

void wheel_init(struct wheel *w, int64_t now_ms, wheel_fn *due)
{
	*w = (struct wheel) { .tick = now_ms / WHEEL_TICK_MS, .due = due };
}

static void link_to(struct wheel_entry **slot, struct wheel_entry *e)
{
	e->at = slot;
	e->next = *slot;
	if (e->next)
		e->next->at = &e->next;
	*slot = e;
}

static void unlink_entry(struct wheel_entry *e)
{
	*e->at = e->next;
	if (e->next)
		e->next->at = e->at;
	e->at = NULL;
	e->next = NULL;
}

void wheel_disarm(struct wheel *w, struct wheel_entry *e)
{
	if (!e->at)
		return;
	unlink_entry(e);
	w->count--;
}

void wheel_arm(struct wheel *w, struct wheel_entry *e, int64_t at_ms)
{
	wheel_disarm(w, e);
	e->tick = (at_ms + WHEEL_TICK_MS - 1) / WHEEL_TICK_MS;
	if (e->tick <= w->tick)
		e->tick = w->tick + 1;
	link_to(&w->slots[e->tick % WHEEL_SLOTS], e);
	w->count++;
}

void wheel_turn(struct wheel *w, int64_t now_ms)
{
	struct wheel_entry *ripe = NULL, *next;
	int64_t to = now_ms / WHEEL_TICK_MS;
	int64_t from = to - w->tick > WHEEL_SLOTS ? to - WHEEL_SLOTS : w->tick;
	for (int64_t tick = from + 1; tick <= to; tick++) {
		for (struct wheel_entry *e = w->slots[tick % WHEEL_SLOTS]; e; e = next) {
			next = e->next;
			if (e->tick <= to) {
				unlink_entry(e);
				link_to(&ripe, e);
			}
		}
	}
	if (to > w->tick)
		w->tick = to;
	while (ripe) {
		struct wheel_entry *e = ripe;
		wheel_disarm(w, e);
		w->due(e);
	}
}
