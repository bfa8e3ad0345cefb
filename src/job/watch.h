/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for a job to change: flows that park until an item of the job has ended or its state has
 * changed, until their time is up, or until they are cancelled (seen within WATCH_LOOK_MS). Changes
 * by other processes are seen within a second.
 */
#ifndef JOB_WATCH_H
#define JOB_WATCH_H

#include "job/job.h"

enum { WATCH_LOOK_MS = 250 };

/* Changes of a job are numbered; take the number before reading, wait after it. */
int64_t watch_number(struct jobs *j, const char *job_id);
/* From a step, as its last act, and return what it returns. Goes on at once when the number is
 * another one already. until_ms: mono_ms. */
enum flow_next watch_wait(
	struct jobs *j, struct flow *f, const char *job_id, int64_t seen, int64_t until_ms);
/* Wakes who waits for this job; NULL: for any. */
void watch_tell(struct jobs *j, const char *job_id);
/* Before the desks stop: who waits goes on, and nobody waits any more. */
void watch_stop(struct jobs *j);

#endif
