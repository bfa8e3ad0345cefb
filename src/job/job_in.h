/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this floor share; for them only. */
#ifndef JOB_JOB_IN_H
#define JOB_JOB_IN_H

#include "job/hook.h"
#include "job/job.h"
#include "job/runner.h"
#include "job/watch.h"

#include <pthread.h>
#include <stdatomic.h>

struct jobs {
	const struct conf *conf;
	struct store *store;
	struct fetcher *fetcher;
	struct watchers *watchers;
	struct suspects *suspects;
	struct guard *guard; /* under gate: for what is refused before it is tried */
	pthread_mutex_t gate,
		runner_gate; /* the second: the runner does not go while it is left a message */
	_Atomic(struct runner *) runner; /* NULL: nothing runs in this process */
	_Atomic(struct hooks *) hooks;
};

/* Messages to the runner, from any thread; without one nothing happens. */
void runner_made(struct jobs *j, const struct job_row *row); /* a new job is committed */
void runner_cancel(struct jobs *j, const char *job_id); /* its flows may end: the job has */

/* After the commit that ended a job, whoever wrote it: counts, tells who waits, sends webhooks. */
void job_has_ended(struct jobs *j, const char *id, int64_t state);

/* The spec as JSON and back. */
const char *job_spec_print(const struct job_spec *s, struct arena *a);
bool job_spec_read(const char *json, struct arena *a, struct job_spec *s, struct err *e);

struct watchers *watchers_new(struct store *store);
void watchers_free(struct watchers **w);

/* What the process computes on right now, in a file that outlives it (data/suspects): a place for
 * each desk. NULL: the file cannot be had (logged); then no crash is counted. */
struct suspects *suspects_open(const char *folder);
void suspects_close(struct suspects **s);
char *suspects_places(struct suspects *s); /* NULL for NULL */
/* What a process that died has left; in the arena. To be called before any item runs. */
size_t suspects_read(struct suspects *s, struct arena *a, struct item_id **out);
void suspects_clear(struct suspects *s);

#endif
