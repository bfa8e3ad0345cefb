/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this floor share; for them only. */
#ifndef JOB_JOB_IN_H
#define JOB_JOB_IN_H

#include "job/hook.h"
#include "job/job.h"
#include "job/runner.h"
#include "job/watch.h"

struct jobs {
	const struct conf *conf;
	struct store *store;
	struct fetcher *fetcher;
	struct watchers *watchers;
	_Atomic(struct runner *) runner; /* NULL: nothing runs in this process */
	_Atomic(struct hooks *) hooks;
};

/* Messages to the runner, from any thread; without one nothing happens. */
void runner_wake(struct jobs *j); /* there may be work: a job was made */
void runner_cancel(struct jobs *j, const char *job_id); /* its flows may end: the job has */

/* The spec as JSON and back. */
const char *job_spec_print(const struct job_spec *s, struct arena *a);
bool job_spec_read(const char *json, struct arena *a, struct job_spec *s, struct err *e);

struct watchers *watchers_new(void);
void watchers_free(struct watchers **w);

#endif
