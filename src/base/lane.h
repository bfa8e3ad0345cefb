/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A lane: at most `width` flows are on it at a time, the others are parked in the order they came,
 * each until its own deadline. Also the place where a flow waits for a while (a peer's Retry-After).
 *
 * A parked flow is resumed when it is its turn, when its time has come, and within LANE_LOOK_MS
 * after its call was cancelled. Whoever is resumed looks at `holds` and at the clock: without a
 * turn before its time means cancelled, or the lane is closing.
 */
#ifndef BASE_LANE_H
#define BASE_LANE_H

#include "base/flow.h"

enum { LANE_LOOK_MS = 50 };

struct lane;
struct lane_stay { /* of one flow, in its call's arena; zero at first */
	struct flow *flow;
	struct lane_stay *next;
	int64_t until_ms; /* mono_ms */
	bool wants, holds; /* a turn on the lane */
};

struct lane *lane_open(int width);
/* Who waits is resumed without a turn, and who comes later gets none and does not wait. */
void lane_stop(struct lane *l);
void lane_close(struct lane **l); /* stops; no flow may come any more */
/* From a step, as its last act, and return what it returns: FLOW_NEXT with a turn, or FLOW_PARKED. */
enum flow_next lane_enter(
	struct lane *l, struct lane_stay *s, struct flow *f, int64_t until_ms);
/* The same without wanting a turn: FLOW_PARKED until then. */
enum flow_next lane_sleep(
	struct lane *l, struct lane_stay *s, struct flow *f, int64_t until_ms);
/* Gives the turn, if it has one, to the next in the row. */
void lane_leave(struct lane *l, struct lane_stay *s);

#endif
