/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One list of those who wait, in the order they came, and one thread that looks at it: as long as
 * somebody waits at least every LANE_LOOK_MS, because nobody tells it about a cancelled call.
 * Whoever takes a stay off the list, under the lock, is the one that resumes its flow, after the
 * lock is gone; so a flow is resumed once.
 */
#include "base/lane.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/mem.h"

#include <pthread.h>

struct lane {
	pthread_mutex_t lock;
	pthread_cond_t news;
	pthread_t thread;
	struct lane_stay *first, **end;
	int free;
	bool stopping;
};

static void append(struct lane *l, struct lane_stay *s)
{
	s->next = NULL;
	*l->end = s;
	l->end = &s->next;
	pthread_cond_signal(&l->news);
}

static struct lane_stay *take_off(struct lane *l, struct lane_stay **at)
{
	struct lane_stay *s = *at;
	*at = s->next;
	if (!*at)
		l->end = at;
	return s;
}

/* Takes those off whose waiting is over; *nearest_ms is when the next of the others is due. */
static struct lane_stay *take_due(struct lane *l, int64_t *nearest_ms)
{
	struct lane_stay *due = NULL, **due_end = &due;
	int64_t now = mono_ms();
	*nearest_ms = now + LANE_LOOK_MS;
	for (struct lane_stay **at = &l->first; *at;) {
		if (!l->stopping && (*at)->until_ms > now && !flow_cancelled((*at)->flow)) {
			if ((*at)->until_ms < *nearest_ms)
				*nearest_ms = (*at)->until_ms;
			at = &(*at)->next;
			continue;
		}
		*due_end = take_off(l, at);
		due_end = &(*due_end)->next;
	}
	*due_end = NULL;
	*nearest_ms -= now;
	return due;
}

static void resume_all(struct lane_stay *s)
{
	while (s) {
		struct lane_stay *next = s->next;
		flow_resume(s->flow);
		s = next;
	}
}

static void wait_ms(struct lane *l, int64_t ms)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += (long)(ms * 1000000);
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&l->news, &l->lock, &t);
}

static void *lane_main(void *arg)
{
	struct lane *l = arg;
	pthread_setname_np(pthread_self(), "lane");
	pthread_mutex_lock(&l->lock);
	for (;;) {
		int64_t nearest_ms;
		struct lane_stay *due = take_due(l, &nearest_ms);
		if (due) {
			pthread_mutex_unlock(&l->lock);
			resume_all(due);
			pthread_mutex_lock(&l->lock);
		} else if (l->stopping) {
			break;
		} else if (l->first) {
			wait_ms(l, nearest_ms);
		} else {
			pthread_cond_wait(&l->news, &l->lock);
		}
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

struct lane *lane_open(int width)
{
	struct lane *l = MEM_NEW(struct lane);
	pthread_condattr_t attr;
	l->end = &l->first;
	l->free = width;
	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->news, &attr);
	pthread_condattr_destroy(&attr);
	CHECK(pthread_create(&l->thread, NULL, lane_main, l) == 0);
	return l;
}

void lane_stop(struct lane *l)
{
	pthread_mutex_lock(&l->lock);
	l->stopping = true;
	pthread_cond_signal(&l->news);
	pthread_mutex_unlock(&l->lock);
}

void lane_close(struct lane **lp)
{
	struct lane *l = *lp;
	if (!l)
		return;
	lane_stop(l);
	pthread_join(l->thread, NULL);
	pthread_cond_destroy(&l->news);
	pthread_mutex_destroy(&l->lock);
	mem_free(l);
	*lp = NULL;
}

enum flow_next lane_enter(struct lane *l, struct lane_stay *s, struct flow *f, int64_t until_ms)
{
	*s = (struct lane_stay) { .flow = f, .until_ms = until_ms, .wants = true };
	pthread_mutex_lock(&l->lock);
	bool parked = !l->stopping && l->free == 0;
	if (parked) {
		append(l, s);
	} else if (!l->stopping) {
		l->free--;
		s->wants = false;
		s->holds = true;
	}
	pthread_mutex_unlock(&l->lock);
	return parked ? FLOW_PARKED : FLOW_NEXT;
}

enum flow_next lane_sleep(struct lane *l, struct lane_stay *s, struct flow *f, int64_t until_ms)
{
	CHECK(!s->holds);
	*s = (struct lane_stay) { .flow = f, .until_ms = until_ms };
	pthread_mutex_lock(&l->lock);
	bool parked = !l->stopping;
	if (parked)
		append(l, s);
	pthread_mutex_unlock(&l->lock);
	return parked ? FLOW_PARKED : FLOW_NEXT;
}

void lane_leave(struct lane *l, struct lane_stay *s)
{
	if (!s->holds)
		return;
	s->holds = false;
	pthread_mutex_lock(&l->lock);
	struct lane_stay **at = &l->first;
	while (*at && !(*at)->wants)
		at = &(*at)->next;
	struct lane_stay *heir = *at ? take_off(l, at) : NULL;
	if (heir) {
		heir->wants = false;
		heir->holds = true;
	} else {
		l->free++;
	}
	pthread_mutex_unlock(&l->lock);
	if (heir)
		flow_resume(heir->flow);
}
