/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single flight: of equal questions that are asked at the same time one leads and fetches, the
 * others wait for what it gets. When the leader gives up, the one with the least time left takes
 * over.
 *
 * Nobody waits past its own deadline, and no timer is needed for it: a question joins only a flight
 * that ends before its own deadline, else it goes alone.
 */
#ifndef SCRAPE_FLIGHT_H
#define SCRAPE_FLIGHT_H

#include "base/flow.h"
#include "scrape/answer.h"

struct flights; /* shared by all desks */
struct flights *flights_new(void);
void flights_free(struct flights **f);

enum flight_role { FLIGHT_ALONE, FLIGHT_LEADS, FLIGHT_WAITS };
struct flight_seat { /* of one flow, in its call's arena; zero at first */
	enum flight_role role;
	struct answer answer; /* role WAITS, after the flow was resumed: what the leader got */
	struct flow *flow;
	struct flight *flight;
	struct flight_seat *next;
	int64_t deadline_ms;
};

/* From a step. When the role is FLIGHT_WAITS this is its last act: return FLOW_PARKED. Resumed, the
 * flow finds the answer in its seat, or its role turned into FLIGHT_LEADS. */
enum flight_role flight_join(struct flights *all, const struct answer_id *id,
	struct flight_seat *seat, struct flow *f, int64_t deadline_ms);
/* The leader's duty, once: hands a copy of its answer to all who wait; NULL: it gives up. */
void flight_end(struct flights *all, struct flight_seat *seat, const struct answer *answer);

#endif
