/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who waits for a refresh, and one thread that lets those go whose time is over. Whoever takes a
 * waiter off the list, under the lock, is the one that resumes its flow, after the lock is gone: so
 * a flow is resumed once.
 */
#include "auth/issuer/inside.h"
#include "base/check.h"
#include "base/clock.h"

#include <time.h>

static struct waiter *take_due(struct issuer *i, int64_t *nearest_ms)
{
	struct waiter *due = NULL;
	int64_t now = mono_ms();
	*nearest_ms = now + ISSUER_WAIT_MS;
	for (struct waiter **at = &i->waiters; *at;) {
		struct waiter *w = *at;
		if (w->until_ms > now && !i->closing) {
			*nearest_ms = w->until_ms < *nearest_ms ? w->until_ms : *nearest_ms;
			at = &w->next;
			continue;
		}
		*at = w->next;
		w->next = due;
		due = w;
	}
	*nearest_ms -= now;
	return due;
}

static void wait_ms(struct issuer *i, int64_t ms)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += (long)(ms % 1000 * 1000000);
	t.tv_sec += ms / 1000 + t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&i->news, &i->lock, &t);
}

static void *watch_main(void *arg)
{
	struct issuer *i = arg;
	pthread_setname_np(pthread_self(), "issuer");
	pthread_mutex_lock(&i->lock);
	for (;;) {
		int64_t nearest_ms;
		struct waiter *due = take_due(i, &nearest_ms);
		if (due) {
			pthread_mutex_unlock(&i->lock);
			waiting_resume_all(due);
			pthread_mutex_lock(&i->lock);
		} else if (i->closing) {
			break;
		} else if (i->waiters) {
			wait_ms(i, nearest_ms);
		} else {
			pthread_cond_wait(&i->news, &i->lock);
		}
	}
	pthread_mutex_unlock(&i->lock);
	return NULL;
}

void waiting_start(struct issuer *i)
{
	pthread_condattr_t attr;
	pthread_mutex_init(&i->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&i->news, &attr);
	pthread_condattr_destroy(&attr);
	CHECK(pthread_create(&i->watch, NULL, watch_main, i) == 0);
}

void waiting_stop(struct issuer *i)
{
	pthread_mutex_lock(&i->lock);
	i->closing = true;
	pthread_cond_signal(&i->news);
	pthread_mutex_unlock(&i->lock);
	pthread_join(i->watch, NULL);
	pthread_cond_destroy(&i->news);
	pthread_mutex_destroy(&i->lock);
}

void waiting_add_locked(struct issuer *i, struct waiter *w)
{
	w->until_ms = mono_ms() + ISSUER_WAIT_MS;
	w->next = i->waiters;
	i->waiters = w;
	pthread_cond_signal(&i->news);
}

struct waiter *waiting_take_locked(struct issuer *i)
{
	struct waiter *all = i->waiters;
	i->waiters = NULL;
	return all;
}

void waiting_resume_all(struct waiter *w)
{
	while (w) {
		struct waiter *next = w->next; /* w goes with its flow */
		flow_resume(w->flow);
		w = next;
	}
}
