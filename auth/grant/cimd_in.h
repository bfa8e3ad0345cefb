/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of auth/grant/cimd.h: who looks at which document. */
#ifndef GRANT_CIMD_IN_H
#define GRANT_CIMD_IN_H

#include "auth/grant/cimd.h"
#include "auth/grant/inner.h"
#include "base/map.h"
#include "net/guard.h"

#include <pthread.h>

struct cimd {
	const struct conf *conf;
	struct store *store;
	struct fetcher *fetcher;
	pthread_mutex_t lock; /* of what follows */
	struct guard *guard; /* never changed: guard_has_targets needs no lock */
	struct map *flights; /* id -> struct look that leads */
	struct map *failures; /* id -> struct failure */
	struct map *rates; /* network -> struct rate */
};

enum look_role { LOOK_REFUSED, LOOK_LEADS, LOOK_WAITS };
struct look { /* one cimd_find, in its call's arena */
	struct cimd *cimd;
	struct cimd_find *find;
	struct flow *flow;
	enum look_role role;
	struct look *waiting; /* of a leader: those who wait for it */
	struct look *next;
	bool stored; /* find->client is what the store has */
	bool good; /* the document was read and is stored */
	bool gone; /* it could not be had: the way there, not the document, is at fault */
	bool cancelled; /* that says nothing about it */
	int64_t fetched_ms, fresh_ms;
	struct fetch_req req;
	struct fetch_res res;
};

/* cimd_join.c. LOOK_REFUSED: the fault is filled. LOOK_WAITS: the flow is parked already; when it
 * goes on, `good` or the fault tells what its leader got. */
enum look_role look_join(struct look *l);
/* The leader's duty, once. */
void look_end(struct look *l);

#endif
