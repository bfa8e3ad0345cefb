/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makes this process the one that runs items (the folder's lock, the lease), and what has a
 * time of its own: deadlines, the look for jobs of other processes, the sweep.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "job/runner_in.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

/* --- the lock --- */

static int open_lock(const char *folder)
{
	struct buf path;
	buf_init(&path, 0);
	buf_addf(&path, "%s/jobs.lock", folder);
	buf_char(&path, 0);
	int fd = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int why = errno;
	buf_release(&path);
	errno = why;
	return fd;
}

/* Another process that has it is nothing to complain of; a file that cannot be had is: jobs are taken,
 * and none of them runs. */
static void tell_of_lock(struct runner *r)
{
	if (errno != EWOULDBLOCK && !r->lock_told)
		log_error("job.no_lock file=jobs.lock why=\"%m\"");
	r->lock_told = errno != EWOULDBLOCK;
}

static bool take_lock(struct runner *r)
{
	int fd = open_lock(r->conf->data);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
		r->lock_fd = fd;
		return true;
	}
	tell_of_lock(r);
	if (fd >= 0)
		close(fd);
	return false;
}

/* --- the lease --- */

struct lease {
	struct errand errand;
	struct arena *arena;
	struct runner_lease lease;
	int64_t posted_ms;
};

static void begun(struct runner *r, const struct lease *l)
{
	suspects_clear(r->jobs->suspects);
	r->beginning = false;
	r->loading = true;
	r->after_ms = r->seen_ms = 0;
	r->after_id[0] = 0;
	r->version = store_version(r->store);
	r->sweep_ms = mono_ms() + SWEEP_EVERY_MS;
	atomic_store(&r->works, true);
	log_info("job.runner recovered=%lld suspects=%zu", (long long)l->lease.recovered,
		l->lease.n_suspects);
}

static void open_lease(struct runner *r, struct letter *letter)
{
	struct lease *l = (struct lease *)letter;
	r->errands--;
	r->leasing = false;
	if (l->errand.err.code == ERR_NONE) {
		r->lease_until_ms = l->posted_ms + LEASE_MS;
		r->lease_next_ms = l->posted_ms + LEASE_EVERY_MS;
		if (r->beginning)
			begun(r, l);
	} else {
		log_warn("job.no_lease why=\"%s\"", l->errand.err.msg);
		r->lease_next_ms = mono_ms() + CALM_MS;
	}
	struct arena *a = l->arena; /* it lies in it */
	arena_free(&a);
}

static void post_lease(struct runner *r, bool first)
{
	struct arena *a = arena_new(0);
	struct lease *l = ARENA_NEW(a, struct lease);
	struct item_id *suspects = NULL;
	l->arena = a;
	l->posted_ms = mono_ms();
	l->errand.letter.open = open_lease;
	l->lease = (struct runner_lease) { .epoch = r->epoch,
		.now_ms = runner_steady_ms(r),
		.lease_until_ms = runner_steady_ms(r) + LEASE_MS,
		.keep_ms = r->conf->job_keep_ms,
		.sole = first,
		.arena = a };
	if (first)
		l->lease.n_suspects = suspects_read(r->jobs->suspects, a, &suspects);
	l->lease.suspects = suspects;
	r->lease_next_ms = l->posted_ms + CALM_MS;
	r->leasing = errand_post(r, &l->errand, runner_lease_write, &l->lease);
	if (!r->leasing)
		arena_free(&a);
}

static void begin(struct runner *r)
{
	r->wall_ms = now_ms() - mono_ms();
	ident_new("run", r->epoch);
	r->beginning = true;
	post_lease(r, true);
}

/* Whoever does nothing writes nothing: the lease lapses, and nobody minds, because the lock keeps
 * others away. */
static void keep_lease(struct runner *r, int64_t now)
{
	bool busy = plan_count(r->plan).claimed > 0 || plan_hungry(r->plan);
	if (r->leasing || now < r->lease_next_ms)
		return;
	if (r->beginning || busy)
		post_lease(r, r->beginning);
}

/* --- deadlines --- */

static void end_late(struct runner *r, int64_t now)
{
	struct job *j;
	bool late;
	while ((j = plan_due(r->plan, now, &late)))
		if (late)
			jobs_stop(r, j, ERR_TIMEOUT, "the job's time is over");
}

/* --- the sweep --- */

struct sweep {
	struct errand errand;
	struct jobs_sweep rows;
};

static void open_sweep(struct runner *r, struct letter *letter)
{
	struct sweep *s = (struct sweep *)letter;
	r->errands--;
	if (s->errand.err.code == ERR_NONE && s->rows.removed > 0)
		r->sweep_ms = mono_ms(); /* there may be more */
	mem_free(s);
}

static void sweep(struct runner *r, int64_t now)
{
	if (now < r->sweep_ms)
		return;
	struct sweep *s = MEM_NEW(struct sweep);
	s->errand.letter.open = open_sweep;
	s->rows = (struct jobs_sweep) { .now_ms = now_ms(), .most = SWEEP_ROWS };
	r->sweep_ms = now + SWEEP_EVERY_MS;
	if (!errand_post(r, &s->errand, jobs_sweep_write, &s->rows))
		mem_free(s);
}

/* --- all of it --- */

static void look_for_jobs(struct runner *r)
{
	int64_t version = store_version(r->store);
	r->loading = r->loading || version < 0 || version != r->version;
	r->version = version;
}

/* The second quiet tick, after the start too: what the work took and does not need any more. */
static void rest(struct runner *r)
{
	enum { QUIET_TICKS = 2 };
	if (plan_count(r->plan).claimed > 0)
		r->quiet_ticks = 0;
	else if (r->quiet_ticks < QUIET_TICKS && ++r->quiet_ticks == QUIET_TICKS)
		mem_give_back();
}

static void tick(struct runner *r, int64_t now)
{
	r->tick_ms = now + RUNNER_TICK_MS;
	rest(r);
	if (r->lock_fd < 0 && take_lock(r))
		begin(r);
	if (!runner_is_it(r))
		return;
	look_for_jobs(r);
	backs_again(r);
	plan_tidy(r->plan, now);
}

void chores_turn(struct runner *r, int64_t now)
{
	if (now >= r->tick_ms)
		tick(r, now);
	if (r->lock_fd < 0)
		return;
	if (runner_is_it(r) && r->loading)
		jobs_load(r);
	keep_lease(r, now);
	if (!runner_is_it(r))
		return;
	end_late(r, now);
	sweep(r, now);
}

void chores_end(struct runner *r)
{
	struct runner_leave leave = { r->epoch };
	struct err e;
	backs_again(r);
	if (r->lock_fd < 0)
		return;
	if (!store_run(r->store, runner_leave_write, &leave, &e))
		log_warn("job.not_left why=\"%s\"", e.msg);
	suspects_clear(r->jobs->suspects);
	atomic_store(&r->works, false);
	close(r->lock_fd);
	r->lock_fd = -1;
}
