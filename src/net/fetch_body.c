/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies grow by doubling, up to their cap, and count against one budget from the first byte until
 * the flow frees them. Past the budget no transfer starts and those that run are paused; so that
 * they cannot all wait for each other, one at a time is favoured and gets what it needs. The
 * budget is thus passed by one body at most.
 */
#include "base/mem.h"
#include "base/metric.h"
#include "net/fetch_in.h"

enum { FIRST_ROOM = 16384, WHOLE_ROOM = 65536 };

static size_t budget_of(const struct fetcher *f)
{
	return (size_t)f->conf->fetch_memory_bytes;
}

bool bodies_have_room(struct fetcher *f)
{
	if (TAILQ_EMPTY(&f->paused) && !f->favoured &&
		atomic_load(&f->shared->memory) < budget_of(f))
		return true;
	atomic_store(&f->shared->starved, true);
	/* Given back in between: nobody will wake us for it. */
	return TAILQ_EMPTY(&f->paused) && !f->favoured &&
	       atomic_load(&f->shared->memory) < budget_of(f);
}

static size_t next_room(const struct transfer *t, size_t need)
{
	const struct fetch_body *b = &t->body;
	size_t cap = b->cap ? b->cap * 2 : FIRST_ROOM;
	int64_t length = t->head.length;
	if (length >= (int64_t)need &&
		((uint64_t)length <= WHOLE_ROOM || (uint64_t)length < cap))
		cap = (size_t)length; /* what was announced, when that is not much to lose */
	if (cap < need)
		cap = need;
	return cap > b->max ? b->max : cap;
}

enum body_taken body_take(struct transfer *t, const char *p, size_t n)
{
	struct fetch_body *b = &t->body;
	struct fetch_shared *s = t->shared;
	if (n > b->max - b->len)
		return BODY_TOO_LARGE;
	if (b->len + n > b->cap) {
		size_t cap = next_room(t, b->len + n), more = cap - b->cap;
		if (!t->favoured && atomic_load(&s->memory) + more > budget_of(t->fetcher)) {
			atomic_store(&s->starved, true);
			t->paused = true;
			TAILQ_INSERT_TAIL(&t->fetcher->paused, t, paused_links);
			return BODY_WAIT;
		}
		atomic_fetch_add(&s->memory, more);
		b->p = mem_grow(b->p, cap);
		b->cap = cap;
	}
	memcpy(b->p + b->len, p, n);
	b->len += n;
	return BODY_TAKEN;
}

void body_drop(struct transfer *t)
{
	struct fetch_shared *s = t->shared;
	mem_free(t->body.p);
	if (t->body.cap) {
		atomic_fetch_sub(&s->memory, t->body.cap);
		if (atomic_exchange(&s->starved, false))
			fetch_wake(s);
	}
	t->body = (struct fetch_body) { .max = t->body.max };
}

void body_calm(struct transfer *t)
{
	struct fetcher *f = t->fetcher;
	if (t->paused)
		TAILQ_REMOVE(&f->paused, t, paused_links);
	t->paused = false;
	if (t->favoured) {
		f->favoured = NULL;
		t->favoured = false;
	}
}

void bodies_go_on(struct fetcher *f)
{
	struct transfer *t;
	while ((t = TAILQ_FIRST(&f->paused))) {
		bool room = atomic_load(&f->shared->memory) + WHOLE_ROOM + t->body.cap <=
			    budget_of(f);
		if (!room && f->favoured)
			return;
		if (!room) {
			f->favoured = t;
			t->favoured = true;
		}
		TAILQ_REMOVE(&f->paused, t, paused_links);
		t->paused = false;
		t->mark_ms = 0;
		curl_easy_pause(t->easy, CURLPAUSE_CONT); /* may come back to body_take */
	}
}
