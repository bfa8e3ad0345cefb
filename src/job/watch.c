/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One counter numbers all changes; a job's number is that of the last change to any job with the
 * same remainder of its hash. Two jobs that share a place wake each other's watchers now and then,
 * which costs them a look; in return the table has a size.
 *
 * The thread is there from the first who waits on: it ends the waiting of those whose time is up or
 * whose call was cancelled, and looks each second whether another process has written.
 */
#include "job/watch.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/mem.h"
#include "job/job_in.h"

enum { PLACES = 512, OTHERS_MS = 1000 };

struct watcher { /* from its wait to its going on */
	struct watcher *next;
	struct flow *flow;
	size_t place;
	int64_t until_ms;
};
struct watchers {
	struct store *store;
	pthread_mutex_t lock;
	pthread_cond_t news;
	pthread_t thread;
	bool started, stopping;
	struct watcher *first;
	int64_t count, all, number[PLACES];
	int64_t version, version_ms; /* of the store, and when it was asked */
};

static size_t place_of(const char *job_id)
{
	return hash64(str_of(job_id)) % PLACES;
}

static int64_t number_at(const struct watchers *w, size_t place)
{
	return w->number[place] > w->all ? w->number[place] : w->all;
}

struct watchers *watchers_new(struct store *store)
{
	struct watchers *w = MEM_NEW(struct watchers);
	pthread_condattr_t attr;
	w->store = store;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->news, &attr);
	pthread_condattr_destroy(&attr);
	return w;
}

/* Takes off those for whom `over` is true; to be resumed when the lock is gone. */
typedef bool over_fn(const struct watchers *w, const struct watcher *one, int64_t arg);
static struct watcher *take_off(struct watchers *w, over_fn *over, int64_t arg)
{
	struct watcher *taken = NULL;
	for (struct watcher **at = &w->first; *at;) {
		struct watcher *one = *at;
		if (!over(w, one, arg)) {
			at = &one->next;
			continue;
		}
		*at = one->next;
		one->next = taken;
		taken = one;
	}
	return taken;
}

static void resume_all(struct watcher *one)
{
	for (struct watcher *next; one; one = next) {
		struct flow *f = one->flow;
		next = one->next;
		mem_free(one);
		flow_resume(f);
	}
}

static bool is_over(const struct watchers *w, const struct watcher *one, int64_t now)
{
	return w->stopping || one->until_ms <= now || flow_cancelled(one->flow);
}

static bool is_at(const struct watchers *w, const struct watcher *one, int64_t place)
{
	(void)w;
	return place < 0 || one->place == (size_t)place;
}

/* --- the thread --- */

static void wait_ms(struct watchers *w, int64_t ms)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += (long)(ms * 1000000);
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&w->news, &w->lock, &t);
}

/* Has anybody written since the last look? Called without the lock. */
static bool others_wrote(struct watchers *w)
{
	int64_t now = mono_ms();
	if (now < w->version_ms + OTHERS_MS)
		return false;
	int64_t version = store_version(w->store), before = w->version;
	w->version = version;
	w->version_ms = now;
	return version != before || version < 0;
}

static int64_t nearest_ms(const struct watchers *w, int64_t now)
{
	int64_t nearest = WATCH_LOOK_MS;
	for (const struct watcher *one = w->first; one; one = one->next)
		if (one->until_ms - now < nearest)
			nearest = one->until_ms - now;
	return nearest > 1 ? nearest : 1;
}

static void *watch_main(void *arg)
{
	struct watchers *w = arg;
	pthread_setname_np(pthread_self(), "watchers");
	pthread_mutex_lock(&w->lock);
	while (!w->stopping || w->first) {
		int64_t now = mono_ms();
		struct watcher *over = take_off(w, is_over, now);
		bool idle = !w->first && !over;
		if (idle)
			pthread_cond_wait(&w->news, &w->lock);
		else if (!over)
			wait_ms(w, nearest_ms(w, now));
		pthread_mutex_unlock(&w->lock);
		resume_all(over);
		bool wrote = !over && others_wrote(w);
		pthread_mutex_lock(&w->lock);
		if (!wrote)
			continue;
		w->all = ++w->count;
		over = take_off(w, is_at, -1);
		pthread_mutex_unlock(&w->lock);
		resume_all(over);
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void stop(struct watchers *w)
{
	pthread_mutex_lock(&w->lock);
	bool started = w->started && !w->stopping;
	w->stopping = true;
	pthread_cond_signal(&w->news);
	pthread_mutex_unlock(&w->lock);
	if (started)
		pthread_join(w->thread, NULL);
}

void watch_stop(struct jobs *j)
{
	stop(j->watchers);
}

void watchers_free(struct watchers **w)
{
	stop(*w);
	pthread_cond_destroy(&(*w)->news);
	pthread_mutex_destroy(&(*w)->lock);
	mem_free(*w);
	*w = NULL;
}

/* --- the face --- */

int64_t watch_number(struct jobs *j, const char *job_id)
{
	struct watchers *w = j->watchers;
	pthread_mutex_lock(&w->lock);
	int64_t number = number_at(w, place_of(job_id));
	pthread_mutex_unlock(&w->lock);
	return number;
}

enum flow_next watch_wait(
	struct jobs *j, struct flow *f, const char *job_id, int64_t seen, int64_t until_ms)
{
	struct watchers *w = j->watchers;
	struct watcher *one = MEM_NEW(struct watcher);
	*one = (struct watcher) { .flow = f, .place = place_of(job_id), .until_ms = until_ms };
	pthread_mutex_lock(&w->lock);
	bool wait = !w->stopping && number_at(w, one->place) == seen && until_ms > mono_ms() &&
		    !flow_cancelled(f);
	if (wait) {
		if (!w->started)
			CHECK(pthread_create(&w->thread, NULL, watch_main, w) == 0);
		w->started = true;
		one->next = w->first;
		w->first = one;
		pthread_cond_signal(&w->news);
	}
	pthread_mutex_unlock(&w->lock);
	if (wait)
		return FLOW_PARKED;
	mem_free(one);
	return FLOW_NEXT;
}

void watch_tell(struct jobs *j, const char *job_id)
{
	struct watchers *w = j->watchers;
	size_t place = job_id ? place_of(job_id) : 0;
	pthread_mutex_lock(&w->lock);
	*(job_id ? &w->number[place] : &w->all) = ++w->count;
	struct watcher *told = take_off(w, is_at, job_id ? (int64_t)place : -1);
	pthread_mutex_unlock(&w->lock);
	resume_all(told);
}
