/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transfer thread. One turn: what the sockets say, what came in, what is due, whose turn it is.
 * Nothing here waits but epoll_wait; a turn with nothing to do does not happen.
 */
#include "base/clock.h"
#include "base/log.h"
#include "net/fetch_in.h"

#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS = 256, SLOW_TURN_MS = 100 };

static int earlier(int64_t at, int64_t now, int ms)
{
	int64_t wait = at > now ? at - now : 0;
	return ms < 0 || wait < ms ? (int)(wait > 60000 ? 60000 : wait) : ms;
}

static int wait_ms(struct fetcher *f)
{
	int64_t now = mono_ms();
	int ms = -1;
	const struct due *first = due_first(&f->due);
	if (first)
		ms = earlier(first->at_ms, now, ms);
	for (int i = 0; i < FETCH_POLICIES; i++)
		if (f->multi[i].timer_ms >= 0)
			ms = earlier(f->multi[i].timer_ms, now, ms);
	return ms;
}

/* false: the thread is to end. */
static bool take_inbox(struct fetcher *f, bool *closed)
{
	struct fetch_shared *s = f->shared;
	pthread_mutex_lock(&s->lock);
	struct transfer *t = s->inbox, *next;
	bool on = !s->leaving;
	s->inbox = NULL;
	s->inbox_end = &s->inbox;
	*closed = s->closed;
	pthread_mutex_unlock(&s->lock);
	for (; t; t = next) {
		next = t->inbox_next;
		transfer_arrive(t);
	}
	return on;
}

static void end_some(struct fetcher *f, bool all)
{
	struct transfer *next;
	for (struct transfer *t = TAILQ_FIRST(&f->all); t; t = next) {
		next = TAILQ_NEXT(t, links);
		if (!all && !flow_cancelled(t->flow))
			continue;
		err_set(&t->err, ERR_CANCELLED,
			all ? "the server is stopping" : "the caller went away");
		transfer_end(t);
	}
}

static bool turn(struct fetcher *f)
{
	struct transfer *t;
	struct due *due;
	bool closed;
	int64_t now = mono_ms();
	bool on = take_inbox(f, &closed);
	if (atomic_exchange(&f->shared->kicked, false) || closed)
		end_some(f, closed);
	lookups_collect(f->lookups);
	while ((due = due_first(&f->due)) && due->at_ms <= now)
		transfer_due(
			(struct transfer *)((char *)due - offsetof(struct transfer, due)), now);
	for (int i = 0; i < FETCH_POLICIES; i++)
		multi_turn(&f->multi[i], now);
	while ((t = queue_next(f)))
		transfer_start(t);
	if (!TAILQ_EMPTY(&f->paused)) {
		atomic_store(&f->shared->starved, true);
		bodies_go_on(f);
	}
	if (mono_ms() - now > SLOW_TURN_MS)
		log_warn("fetch.slow_turn ms=%lld", (long long)(mono_ms() - now));
	return on;
}

void *fetch_loop(void *arg)
{
	struct fetcher *f = arg;
	struct epoll_event ev[EVENTS];
	bool on = true;
	pthread_setname_np(pthread_self(), "transfer");
	while (on) {
		int n = epoll_wait(f->epoll, ev, EVENTS, wait_ms(f));
		for (int i = 0; i < n; i++) {
			uint32_t policy = (uint32_t)(ev[i].data.u64 >> 32);
			uint64_t ignored;
			if (policy)
				multi_event(&f->multi[policy - 1],
					(int)(uint32_t)ev[i].data.u64, ev[i].events);
			else if (read(f->shared->event, &ignored, sizeof ignored) < 0)
				continue; /* already drained */
		}
		on = turn(f);
	}
	return NULL;
}
