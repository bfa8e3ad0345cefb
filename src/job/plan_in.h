/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of the plan, for its two files. */
#ifndef JOB_PLAN_IN_H
#define JOB_PLAN_IN_H

#include "job/plan.h"

struct plan {
	struct plan_limits limits;
	void (*spec_free)(void *);
	struct job **buckets; /* by id */
	size_t n_buckets, n_jobs;
	struct due_heap due;
	struct map *accounts, *hosts;
	TAILQ_HEAD(, account) hungry, working;
	struct plan_count count;
	int64_t next_ms;
};

/* After anything that its appetite depends on. */
void plan_feel(struct plan *p, struct job *j);
/* Frees the work, the job and the account that nothing needs any more. */
void plan_settle(struct plan *p, struct job *j);
/* What of a job was not started goes. */
void plan_clear(struct plan *p, struct work *w);

#endif
