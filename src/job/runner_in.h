/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the runner. Everything of struct runner below `plan` belongs to its thread; others
 * leave letters, which it opens in the order they came. But epoch and wall_ms, which do not change
 * once items run, desks may read.
 */
#ifndef JOB_RUNNER_IN_H
#define JOB_RUNNER_IN_H

#include "base/ident.h"
#include "job/job_in.h"
#include "job/plan.h"
#include "net/fetch.h"
#include "net/robots.h"
#include "scrape/kit.h"

enum { RUNNER_TICK_MS = 1000, LEASE_MS = 30000, LEASE_EVERY_MS = 10000 };
enum { CLAIMS_AT_A_TIME = 32, JOBS_AT_A_TIME = 500, SWEEP_EVERY_MS = 60000, SWEEP_ROWS = 500 };
enum { DESK_PAUSE_MS = 20, CALM_MS = 1000, WRITE_PAUSE_MS = 250, WRITE_PAUSE_MOST_MS = 5000 };

struct letter {
	struct letter *next;
	void (*open)(struct runner *r, struct letter *l); /* on the runner's thread */
};

/* A write that nobody waits for and that comes home as a letter: first member of what it carries. */
struct errand {
	struct letter letter;
	struct runner *runner;
	write_fn *run;
	void *arg;
	struct err err; /* code ERR_NONE: it is committed */
};

struct spec { /* of a job while items of it are claimed; constant, read by desks */
	struct arena *arena;
	struct job_spec job;
	bool robots;
};

struct run { /* an item on its way */
	struct letter letter; /* on one way at a time: to sleep, or home */
	TAILQ_ENTRY(run) links, sleeping;
	struct runner *runner;
	struct item *item;
	const struct spec *spec;
	struct call call;
	struct flow flow;
	struct url url;
	struct robots_answer robots;
	struct scrape_result result;
	bool asked_robots, again;
	bool own_answer; /* the answer came from the item's host, not from where that led */
	int64_t time_left_ms; /* of its job, when it was started */
	int64_t pause_ms; /* again: until the next try */
	struct item_end end;
	struct item_back back;
	int64_t write_pause_ms,
		wake_ms; /* the disk is full: how long to wait, mono_ms of its end */
	bool written;
	char delivery_id[IDENT_SIZE];
	char name[SUSPECT_BYTES]; /* "job_x/12" */
};
TAILQ_HEAD(runs, run);

struct runner {
	struct jobs *jobs;
	const struct conf *conf;
	struct store *store;
	struct desks *desks;
	pthread_t thread;
	pthread_mutex_t lock; /* of these four */
	pthread_cond_t news;
	struct letter *first, **last;
	bool stopping;
	atomic_bool works, leaving;

	struct plan *plan;
	struct arena *scratch;
	struct runs runs, sleepers;
	struct errand *waiting_backs; /* could not be written yet: linked by letter.next */
	size_t errands, claims; /* under way */
	int lock_fd; /* -1: the lock is not ours */
	bool lock_told; /* it was said that it cannot be had */
	bool beginning; /* the first lease is being written */
	bool loading; /* the list of open jobs is being read */
	char epoch[IDENT_SIZE];
	int64_t wall_ms; /* now_ms() - mono_ms() at the begin: due times do not follow the clock */
	int64_t lease_until_ms, lease_next_ms;
	bool leasing;
	int64_t tick_ms, sweep_ms, calm_ms, desk_ms; /* mono_ms: not before */
	int quiet_ticks; /* since the last work, counted to a few */
	int64_t version; /* of the store, at the last look for jobs of others */
	int64_t seen_ms; /* created_ms of the newest job read */
	int64_t after_ms; /* where reading goes on */
	char after_id[JOB_ID_SIZE];
};

/* runner.c */
void letter_post(struct runner *r, struct letter *l);
/* false: the writer's queue is full, nothing was taken. e->letter.open is called when it is home. */
bool errand_post(struct runner *r, struct errand *e, write_fn *run, void *arg);
bool runner_is_it(const struct runner *r); /* holds the lock, and has begun */
bool runner_may_work(const struct runner *r); /* and a good lease */
int64_t runner_steady_ms(const struct runner *r); /* wall clock of due times */

/* runner_jobs.c: open jobs */
void jobs_load(struct runner *r); /* a page of them */
struct job *jobs_add(struct runner *r, const struct job_row *row);
void jobs_cancel(struct runner *r, struct job *j); /* it has ended in the store */
/* Ends it in the store with this error for all that is open. */
void jobs_stop(struct runner *r, struct job *j, enum err_code code, const char *message);

/* runner_claim.c */
void claims_make(struct runner *r);
/* Back to those that wait, until then (mono_ms), without a try; its job is looked at then. */
void item_put_back(struct runner *r, const char *job_id, int64_t seq, int64_t due_ms);
void backs_again(struct runner *r); /* those that could not be written */

/* runner_item.c */
bool run_start(struct runner *r, struct item *i); /* false: no desk takes it now */
void run_cancel(struct run *run);
void runs_wake(struct runner *r, bool all); /* sleepers whose time has come, or all */

/* runner_chores.c: the folder's lock, the lease, what has a time */
void chores_turn(struct runner *r, int64_t now_ms);
void chores_end(struct runner *r); /* leaves in good order */

#endif
