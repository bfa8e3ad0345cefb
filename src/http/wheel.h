/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coarse deadlines for thousands of connections: arming, moving and dropping one costs the same
 * however many there are. A deadline is never early and at most about one tick late.
 */
#ifndef HTTP_WHEEL_H
#define HTTP_WHEEL_H

#include <stddef.h>
#include <stdint.h>

enum { WHEEL_TICK_MS = 50, WHEEL_SLOTS = 1024 };

struct wheel_entry { /* zeroed: not armed */
	struct wheel_entry *next, **at;
	int64_t tick;
};
typedef void wheel_fn(struct wheel_entry *e);

struct wheel {
	struct wheel_entry *slots[WHEEL_SLOTS];
	int64_t tick; /* the last one turned */
	size_t count; /* armed */
	wheel_fn *due;
};

void wheel_init(struct wheel *w, int64_t now_ms, wheel_fn *due);
/* Arms or moves. */
void wheel_arm(struct wheel *w, struct wheel_entry *e, int64_t at_ms);
void wheel_disarm(struct wheel *w, struct wheel_entry *e);
/* Calls `due` for all that are; it may arm and disarm any entry, its own too. */
void wheel_turn(struct wheel *w, int64_t now_ms);

#endif
