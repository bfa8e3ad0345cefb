/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread: opens letters, does what is due, claims, starts, and sleeps until the next thing is
 * due. It never waits for the network or for a commit; only its last act, leaving, does.
 */
#include "job/runner.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/metric.h"
#include "job/runner_in.h"

#include <unistd.h>

enum { STACK_BYTES = 256 * 1024 };

/* --- letters --- */

void letter_post(struct runner *r, struct letter *l)
{
	l->next = NULL;
	pthread_mutex_lock(&r->lock);
	*r->last = l;
	r->last = &l->next;
	pthread_cond_signal(&r->news);
	pthread_mutex_unlock(&r->lock);
}

static bool run_errand(struct db *d, void *arg, struct err *e)
{
	struct errand *errand = arg;
	return errand->run(d, errand->arg, e);
}

static void end_errand(void *arg, const struct err *e)
{
	struct errand *errand = arg;
	errand->err = *e;
	letter_post(errand->runner, &errand->letter);
}

bool errand_post(struct runner *r, struct errand *e, write_fn *run, void *arg)
{
	e->runner = r;
	e->run = run;
	e->arg = arg;
	if (!store_post(r->store, run_errand, end_errand, e))
		return false;
	r->errands++;
	return true;
}

/* Takes the letters, after waiting for them until until_ms. */
static struct letter *receive(struct runner *r, int64_t until_ms, bool *stopping)
{
	struct timespec t = { .tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000 };
	pthread_mutex_lock(&r->lock);
	while (!r->first && r->stopping == *stopping)
		if (pthread_cond_timedwait(&r->news, &r->lock, &t) != 0)
			break;
	struct letter *l = r->first;
	r->first = NULL;
	r->last = &r->first;
	*stopping = r->stopping;
	pthread_mutex_unlock(&r->lock);
	return l;
}

static void open_all(struct runner *r, struct letter *l)
{
	for (struct letter *next; l; l = next) {
		next = l->next;
		l->open(r, l);
	}
}

/* --- the loop --- */

bool runner_is_it(const struct runner *r)
{
	return r->lock_fd >= 0 && !r->beginning;
}

bool runner_may_work(const struct runner *r)
{
	return runner_is_it(r) && mono_ms() < r->lease_until_ms;
}

int64_t runner_steady_ms(const struct runner *r)
{
	return r->wall_ms + mono_ms();
}

/* What is on the desks may not hold up those who ask over HTTP: their queue stays mostly free. */
static bool desks_are_busy(struct runner *r, int64_t now)
{
	if (now >= r->desk_ms && desks_load(r->desks).waiting > (int)(r->conf->desk_queue / 4))
		r->desk_ms = now + DESK_PAUSE_MS;
	return now < r->desk_ms;
}

static void start_items(struct runner *r)
{
	struct item *i;
	int64_t now = mono_ms();
	uint64_t dice;
	while (!desks_are_busy(r, now)) {
		random_bytes(&dice, sizeof dice);
		i = plan_start(r->plan, now, dice);
		if (!i)
			break;
		if (run_start(r, i))
			continue;
		plan_unstart(r->plan, i);
		r->desk_ms = now + DESK_PAUSE_MS;
	}
}

static void sooner(int64_t *until, int64_t at_ms, int64_t now)
{
	if (at_ms > now && at_ms < *until)
		*until = at_ms;
}

static int64_t sleep_until(const struct runner *r)
{
	int64_t now = mono_ms(), until = r->tick_ms;
	const struct run *run;
	if (runner_is_it(r)) {
		if (r->loading)
			return now;
		sooner(&until, plan_next_ms(r->plan), now);
		sooner(&until, plan_due_ms(r->plan), now);
		sooner(&until, r->desk_ms, now);
		sooner(&until, r->calm_ms, now);
		sooner(&until, r->sweep_ms, now);
	}
	TAILQ_FOREACH(run, &r->sleepers, sleeping)
	sooner(&until, run->wake_ms, now);
	return until;
}

static void count(const struct runner *r)
{
	struct plan_count n = plan_count(r->plan);
	metric_set(METRIC_ITEMS_CLAIMED, n.claimed);
	metric_set(METRIC_ITEMS_RUNNING, n.running);
}

static void turn(struct runner *r)
{
	chores_turn(r, mono_ms());
	runs_wake(r, false);
	if (runner_may_work(r)) {
		claims_make(r);
		start_items(r);
	}
	count(r);
}

/* What is parked is sent home; what has its result may still write it. */
static void wind_up(struct runner *r)
{
	struct run *run;
	bool stopping = true;
	atomic_store(&r->leaving, true);
	TAILQ_FOREACH(run, &r->runs, links)
	run_cancel(run);
	fetcher_kick(r->jobs->fetcher);
	runs_wake(r, true);
	while (!TAILQ_EMPTY(&r->runs) || r->errands > 0) {
		open_all(r, receive(r, mono_ms() + RUNNER_TICK_MS, &stopping));
		runs_wake(r, true);
	}
}

static void *runner_main(void *arg)
{
	struct runner *r = arg;
	bool stopping = false;
	pthread_setname_np(pthread_self(), "runner");
	while (!stopping) {
		turn(r);
		open_all(r, receive(r, sleep_until(r), &stopping));
	}
	wind_up(r);
	chores_end(r);
	return NULL;
}

/* --- the face --- */

static void spec_free(void *spec)
{
	struct arena *a = ((struct spec *)spec)->arena;
	arena_free(&a);
}

static void start_thread(struct runner *r)
{
	pthread_attr_t attr;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	CHECK(pthread_create(&r->thread, &attr, runner_main, r) == 0);
	pthread_attr_destroy(&attr);
}

struct runner *runner_start(struct jobs *j, struct desks *desks)
{
	struct runner *r = MEM_NEW(struct runner);
	pthread_condattr_t attr;
	struct plan_limits limits = { j->conf->job_in_flight, j->conf->job_per_host,
		j->conf->job_host_delay_ms };
	r->jobs = j;
	r->conf = j->conf;
	r->store = j->store;
	r->desks = desks;
	r->last = &r->first;
	r->plan = plan_new(&limits, spec_free);
	r->scratch = arena_new(0);
	TAILQ_INIT(&r->runs);
	TAILQ_INIT(&r->sleepers);
	r->lock_fd = -1;
	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->news, &attr);
	pthread_condattr_destroy(&attr);
	start_thread(r);
	pthread_mutex_lock(&j->runner_gate);
	atomic_store(&j->runner, r);
	pthread_mutex_unlock(&j->runner_gate);
	return r;
}

static void free_letters(struct letter *l)
{
	for (struct letter *next; l; l = next) {
		next = l->next;
		mem_free(l);
	}
}

void runner_stop(struct runner **rp)
{
	struct runner *r = *rp;
	if (!r)
		return;
	pthread_mutex_lock(&r->jobs->runner_gate);
	atomic_store(&r->jobs->runner, NULL);
	pthread_mutex_unlock(&r->jobs->runner_gate);
	pthread_mutex_lock(&r->lock);
	r->stopping = true;
	pthread_cond_signal(&r->news);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
	free_letters(r->first); /* news of jobs, which came too late */
	plan_free(&r->plan);
	arena_free(&r->scratch);
	pthread_cond_destroy(&r->news);
	pthread_mutex_destroy(&r->lock);
	mem_free(r);
	*rp = NULL;
}

bool runner_works(struct runner *r)
{
	return r && atomic_load(&r->works);
}
