/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sender's thread. It sleeps until somebody rings, until the next delivery is due, or HOOK_LOOK_MS:
 * then it asks whether any process has committed something, and only if so looks for what is due.
 * One command at a time is with the writer; at most webhook_in_flight trips are under way. Only the
 * process that runs items sends, so what somebody else was sending then was a dead one's: the first
 * claim takes it back, and its receiver may get it a second time, under the same id.
 */
#include "job/hook.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "job/hook_in.h"

#include <stddef.h>

enum { STACK_BYTES = 256 * 1024 };

/* --- the mailbox --- */

void hooks_mail(struct hook_trip *t)
{
	struct hooks *h = t->hooks;
	pthread_mutex_lock(&h->lock);
	t->mail_next = h->mail;
	h->mail = t;
	pthread_cond_signal(&h->news);
	pthread_mutex_unlock(&h->lock);
}

void hooks_wake(struct hooks *h)
{
	if (!h)
		return;
	pthread_mutex_lock(&h->lock);
	h->rung = true;
	pthread_cond_signal(&h->news);
	pthread_mutex_unlock(&h->lock);
}

struct hooks *jobs_hooks(struct jobs *j)
{
	return atomic_load(&j->hooks);
}

static void asked_home(void *claim, const struct err *e)
{
	struct hooks *h = (void *)((char *)claim - offsetof(struct hooks, claim));
	pthread_mutex_lock(&h->lock);
	h->asked = *e;
	h->asked_home = true;
	pthread_cond_signal(&h->news);
	pthread_mutex_unlock(&h->lock);
}

/* --- commands --- */

static void run_claim(struct hooks *h, int64_t room)
{
	arena_reset(h->claim_arena);
	h->look = false;
	h->claim = (struct deliveries_claim) {
		.owner = h->owner, .now_ms = now_ms(), .most = room, .arena = h->claim_arena
	};
	h->asking = store_post(h->jobs->store, deliveries_claim_write, asked_home, &h->claim);
	if (!h->asking) { /* the writer's queue is full */
		h->look = true;
		h->again_ms = mono_ms() + HOOK_AGAIN_MS;
	}
}

/* Earlier than what is known to be next? */
static void due_at(struct hooks *h, int64_t due_ms)
{
	if (due_ms && (!h->next_due_ms || due_ms < h->next_due_ms))
		h->next_due_ms = due_ms;
}

static void start_claimed(struct hooks *h)
{
	const struct deliveries_claim *c = &h->claim;
	h->next_due_ms = 0;
	due_at(h, c->next_due_ms);
	for (size_t i = 0; i < c->count; i++)
		trip_start(trip_new(h, &c->rows[i]));
	h->look = h->look || (int64_t)c->count == c->most; /* perhaps there are more */
}

static void end_command(struct hooks *h)
{
	char cause[LOG_QUOTE_SIZE];
	h->asking = false;
	if (h->asked.code != ERR_NONE) {
		log_warn("hook.not_read cause=%s", log_quote(str_of(h->asked.msg), cause));
		h->again_ms = mono_ms() + HOOK_AGAIN_MS;
		h->look = true;
	} else {
		start_claimed(h);
	}
}

/* --- turns of the thread --- */

static void end_trip(struct hooks *h, struct hook_trip *t, bool stopping)
{
	if (t->state == TRIP_SENDING) {
		trip_judge(t);
	} else if (t->written.code != ERR_NONE && !stopping) {
		t->state = TRIP_UNWRITTEN;
		t->again_ms = mono_ms() + HOOK_AGAIN_MS;
	} else {
		if (t->untried)
			due_at(h, t->back.due_ms);
		else if (t->attempt.state == DELIVERY_WAITS)
			due_at(h, t->attempt.due_ms);
		trip_free(&t);
	}
}

/* What could not be written is tried again; at the end, it is left to the next start. */
static bool write_again(struct hooks *h, bool stopping)
{
	struct hook_trip *t, *next;
	bool some = false;
	for (t = TAILQ_FIRST(&h->trips); t; t = next) {
		next = TAILQ_NEXT(t, links);
		if (t->state != TRIP_UNWRITTEN)
			continue;
		if (stopping)
			trip_free(&t);
		else if (t->again_ms <= mono_ms())
			trip_write(t);
		some = true;
	}
	return some;
}

static bool is_mine(struct hooks *h)
{
	struct runner *r = atomic_load(&h->jobs->runner);
	h->works = h->works || (r && runner_works(r));
	return h->works;
}

static void look_around(struct hooks *h)
{
	int64_t version = store_version(h->jobs->store);
	if (version < 0 || version != h->version)
		h->look = true;
	h->version = version;
	if (h->next_due_ms && h->next_due_ms <= now_ms())
		h->look = true;
}

/* Asks for work, if there may be some and there is room. How long nothing is to be done, in ms. */
static int64_t take_work(struct hooks *h)
{
	int64_t room = h->jobs->conf->webhook_in_flight - h->count;
	if (!is_mine(h))
		return HOOK_AGAIN_MS;
	look_around(h);
	if (h->asking || h->again_ms > mono_ms())
		return HOOK_AGAIN_MS;
	if (h->look && room > 0) {
		run_claim(h, room);
		return HOOK_AGAIN_MS;
	}
	int64_t until_due = h->next_due_ms - now_ms();
	return h->next_due_ms && room > 0 && until_due < HOOK_LOOK_MS ? until_due
								      : HOOK_LOOK_MS;
}

static void cancel_all(struct hooks *h)
{
	struct hook_trip *t;
	TAILQ_FOREACH(t, &h->trips, links)
	atomic_store(&t->call.cancelled, true);
	fetcher_kick(h->jobs->fetcher);
}

/* With the lock held. */
static void await_news(struct hooks *h, int64_t ms)
{
	struct timespec t;
	if (h->mail || h->rung || h->asked_home || ms <= 0)
		return;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&h->news, &h->lock, &t);
}

static void take_mail(struct hooks *h, struct hook_trip *mail, bool command, bool stopping)
{
	while (mail) {
		struct hook_trip *next = mail->mail_next;
		end_trip(h, mail, stopping);
		mail = next;
	}
	if (command)
		end_command(h);
}

static void *hooks_main(void *arg)
{
	struct hooks *h = arg;
	int64_t pause = 0;
	pthread_setname_np(pthread_self(), "webhooks");
	for (bool cancelled = false;;) {
		pthread_mutex_lock(&h->lock);
		await_news(h, pause);
		struct hook_trip *mail = h->mail;
		bool command = h->asked_home, stopping = h->stopping;
		h->look = h->look || h->rung;
		h->rung = h->asked_home = false;
		h->mail = NULL;
		pthread_mutex_unlock(&h->lock);
		take_mail(h, mail, command, stopping);
		bool unwritten = write_again(h, stopping);
		if (stopping && (!cancelled || command))
			cancel_all(h);
		cancelled = stopping;
		if (stopping && !h->count && !h->asking)
			return NULL;
		pause = stopping ? HOOK_AGAIN_MS : take_work(h);
		if (unwritten && pause > HOOK_AGAIN_MS)
			pause = HOOK_AGAIN_MS;
	}
}

/* --- beginning and end --- */

struct hooks *hooks_start(struct jobs *j, struct desks *desks, hook_print_fn *print)
{
	struct hooks *h = MEM_NEW(struct hooks);
	pthread_condattr_t attr;
	pthread_attr_t small;
	CHECK(!atomic_load(&j->hooks));
	h->jobs = j;
	h->desks = desks;
	h->print = print;
	h->hosts = map_new(HOOK_HOSTS_MOST);
	h->claim_arena = arena_new(0);
	ident_new("run", h->owner);
	TAILQ_INIT(&h->trips);
	pthread_mutex_init(&h->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&h->news, &attr);
	pthread_condattr_destroy(&attr);
	atomic_store(&j->hooks, h);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK_BYTES);
	CHECK(pthread_create(&h->thread, &small, hooks_main, h) == 0);
	pthread_attr_destroy(&small);
	return h;
}

void hooks_stop(struct hooks **hp)
{
	struct hooks *h = *hp;
	if (!h)
		return;
	pthread_mutex_lock(&h->lock);
	h->stopping = true;
	h->rung = true;
	pthread_cond_signal(&h->news);
	pthread_mutex_unlock(&h->lock);
	pthread_join(h->thread, NULL);
	*hp = NULL;
}

void hooks_free(struct jobs *j)
{
	struct hooks *h = atomic_exchange(&j->hooks, NULL);
	if (!h)
		return;
	map_free(&h->hosts, mem_free);
	arena_free(&h->claim_arena);
	pthread_mutex_destroy(&h->lock);
	pthread_cond_destroy(&h->news);
	mem_free(h);
}
