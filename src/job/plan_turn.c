/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items and hosts. A start needs a slot, a job whose width and pause allow it, and a host that may
 * be asked. Who stands first finds the host; at the host it may be another's turn, who then gets
 * the slot: it is he who goes to the ends of the lists.
 */
#include "base/check.h"
#include "base/mem.h"
#include "job/plan_in.h"

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void sooner(int64_t *at, int64_t ms)
{
	if (ms < *at)
		*at = ms;
}

/* --- hosts --- */

struct host *plan_host(struct plan *p, struct str name)
{
	struct host *h = map_get(p->hosts, name);
	if (h)
		return h;
	h = mem_new(sizeof *h + name.n + 1);
	memcpy(h->name, name.p, name.n);
	TAILQ_INIT(&h->bundles);
	h->delay_ms = p->limits.host_delay_ms;
	map_put(p->hosts, name, h);
	return h;
}

/* When an item with so many before it in the row may start, for all we know. */
static int64_t turn_ms(const struct host *h, int64_t now_ms, int64_t before)
{
	return later(now_ms, h->next_ms) + h->delay_ms * before;
}

/* What a job puts back stands in a row of its own, as long as the job has something in the host's:
 * nobody waits behind what others have put back. */
static int64_t place_later(struct host *h, struct bundle *b, int64_t at_ms)
{
	int64_t due = b ? later(at_ms, b->back_ms) : at_ms;
	if (b)
		b->back_ms = due + h->delay_ms;
	h->back_ms = later(h->back_ms, due);
	return due;
}

static struct bundle *find_bundle(const struct work *w, const struct host *h)
{
	struct bundle *b;
	TAILQ_FOREACH(b, &w->bundles, work_links)
	if (b->host == h)
		break;
	return b;
}

bool plan_keeps(const struct job *j, struct host *h, int64_t now_ms, int64_t *due_ms)
{
	struct bundle *b = find_bundle(j->work, h);
	int64_t at = turn_ms(h, now_ms, b ? h->queued : 0);
	if (at - now_ms <= (b ? PLAN_KEEP_MS : later(PLAN_KEEP_MS, h->delay_ms)))
		return true;
	*due_ms = place_later(h, b, at);
	return false;
}

struct item *plan_impatient(struct host *h, int64_t now_ms, int64_t *due_ms)
{
	struct bundle *b = TAILQ_LAST(&h->bundles, host_bundles);
	if (!b || turn_ms(h, now_ms, h->queued - 1) - now_ms <= PLAN_KEEP_MS)
		return NULL;
	*due_ms = place_later(h, b, later(now_ms, h->next_ms));
	return TAILQ_LAST(&b->items, bundle_items);
}

void plan_host_pause(struct host *h, int64_t until_ms)
{
	h->next_ms = later(h->next_ms, until_ms);
}

void plan_host_delay(struct host *h, int64_t delay_ms)
{
	h->delay_ms = later(h->delay_ms, delay_ms);
}

static bool is_wanted(void *arg, struct str name, void *value)
{
	struct host *h = value;
	int64_t now = *(const int64_t *)arg;
	(void)name;
	if (!TAILQ_EMPTY(&h->bundles) || h->running || h->next_ms > now || h->back_ms > now)
		return true;
	mem_free(h);
	return false;
}

void plan_tidy(struct plan *p, int64_t now_ms)
{
	map_each(p->hosts, is_wanted, &now_ms);
}

/* --- items in their rows --- */

static struct bundle *bundle_of(struct work *w, struct host *h)
{
	struct bundle *b = find_bundle(w, h);
	if (b)
		return b;
	b = MEM_NEW(struct bundle);
	b->work = w;
	b->host = h;
	TAILQ_INIT(&b->items);
	TAILQ_INSERT_TAIL(&w->bundles, b, work_links);
	TAILQ_INSERT_TAIL(&h->bundles, b, host_links);
	return b;
}

static void take_out(struct item *i)
{
	struct bundle *b = i->bundle;
	TAILQ_REMOVE(&b->items, i, links);
	i->bundle = NULL;
	i->host->queued--;
	if (!TAILQ_EMPTY(&b->items))
		return;
	TAILQ_REMOVE(&b->work->bundles, b, work_links);
	TAILQ_REMOVE(&b->host->bundles, b, host_links);
	mem_free(b);
}

static void count_claimed(struct plan *p, struct work *w, int64_t n)
{
	w->claimed += n;
	w->job->account->claimed += n;
	p->count.claimed += n;
}

struct item *plan_item(struct plan *p, struct job *j, struct host *h, const char *url,
	int64_t seq, int64_t tries)
{
	size_t n = strlen(url);
	struct item *i = mem_new(sizeof *i + n + 1);
	memcpy(i->url, url, n);
	i->work = j->work;
	i->host = h;
	i->seq = seq;
	i->tries = tries;
	i->bundle = bundle_of(j->work, h);
	TAILQ_INSERT_TAIL(&i->bundle->items, i, links);
	h->queued++;
	count_claimed(p, j->work, 1);
	return i;
}

void plan_clear(struct plan *p, struct work *w)
{
	struct bundle *b;
	while ((b = TAILQ_FIRST(&w->bundles))) {
		struct item *i = TAILQ_FIRST(&b->items);
		take_out(i);
		count_claimed(p, w, -1);
		mem_free(i);
	}
}

/* --- turns --- */

static bool work_may(const struct work *w, int64_t now_ms, int64_t *next)
{
	if (w->width && w->n_running >= w->width)
		return false;
	if (w->next_ms <= now_ms)
		return true;
	sooner(next, w->next_ms);
	return false;
}

static bool host_may(const struct plan *p, const struct host *h, int64_t now_ms, int64_t *next)
{
	if (h->running >= p->limits.per_host)
		return false;
	if (h->next_ms <= now_ms)
		return true;
	sooner(next, h->next_ms);
	return false;
}

/* Slots above all others, for accounts that have few: one whose sites all hang may hold every slot for
 * as long as a time-out, and nobody else shall wait for that. */
enum { SPARE_PART = 4 };
static bool slot_for(const struct plan *p, const struct account *a)
{
	int64_t spare = p->limits.slots / SPARE_PART,
		few = (spare + SPARE_PART - 1) / SPARE_PART;
	return p->count.running < p->limits.slots ||
	       (p->count.running < p->limits.slots + spare && a->running < few);
}

/* A bundle at whose host something can start. */
static struct bundle *find(struct plan *p, int64_t now_ms)
{
	struct account *a;
	struct work *w;
	struct bundle *b;
	TAILQ_FOREACH(a, &p->working, working_links)
	TAILQ_FOREACH(w, &a->working, links)
	{
		if (!slot_for(p, a))
			break;
		if (TAILQ_EMPTY(&w->bundles) || !work_may(w, now_ms, &p->next_ms))
			continue;
		TAILQ_FOREACH(b, &w->bundles, work_links)
		if (host_may(p, b->host, now_ms, &p->next_ms))
			return b;
	}
	return NULL;
}

/* Whose turn it is there; `found` at least may. */
static struct bundle *host_turn(struct plan *p, struct bundle *found, int64_t now_ms)
{
	struct bundle *b;
	TAILQ_FOREACH(b, &found->host->bundles, host_links)
	if (b == found ||
		(slot_for(p, b->work->job->account) && work_may(b->work, now_ms, &p->next_ms)))
		return b;
	return found;
}

static void to_end(struct host *h, struct bundle *b)
{
	TAILQ_REMOVE(&h->bundles, b, host_links);
	TAILQ_INSERT_TAIL(&h->bundles, b, host_links);
}

/* All of the account goes to the end of the row at the host, what was served behind the others. */
static void had_host(struct host *h, struct bundle *served)
{
	const struct account *a = served->work->job->account;
	struct bundle *b = TAILQ_FIRST(&h->bundles),
		      *last = TAILQ_LAST(&h->bundles, host_bundles), *next;
	for (bool end = false; !end; b = next) {
		next = TAILQ_NEXT(b, host_links);
		end = b == last;
		if (b->work->job->account == a)
			to_end(h, b);
	}
	to_end(h, served);
}

static void had_turn(struct plan *p, struct bundle *b)
{
	struct work *w = b->work;
	struct account *a = w->job->account;
	TAILQ_REMOVE(&p->working, a, working_links);
	TAILQ_INSERT_TAIL(&p->working, a, working_links);
	TAILQ_REMOVE(&a->working, w, links);
	TAILQ_INSERT_TAIL(&a->working, w, links);
	TAILQ_REMOVE(&w->bundles, b, work_links);
	TAILQ_INSERT_TAIL(&w->bundles, b, work_links);
	had_host(b->host, b);
}

struct item *plan_start(struct plan *p, int64_t now_ms, uint64_t dice)
{
	p->next_ms = PLAN_NEVER;
	struct bundle *b = find(p, now_ms);
	if (!b)
		return NULL;
	b = host_turn(p, b, now_ms);
	struct item *i = TAILQ_FIRST(&b->items);
	struct work *w = i->work;
	uint64_t span = (uint64_t)(w->jitter_max_ms - w->jitter_min_ms) + 1;
	had_turn(p, b);
	take_out(i);
	TAILQ_INSERT_TAIL(&w->running, i, links);
	w->n_running++;
	w->job->account->running++;
	w->next_ms = w->jitter_max_ms ? now_ms + w->jitter_min_ms + (int64_t)(dice % span) : 0;
	i->host->running++;
	i->host->next_ms = i->host->delay_ms ? now_ms + i->host->delay_ms : i->host->next_ms;
	p->count.running++;
	return i;
}

int64_t plan_next_ms(const struct plan *p)
{
	return p->next_ms;
}

static void stop_running(struct plan *p, struct item *i)
{
	TAILQ_REMOVE(&i->work->running, i, links);
	i->work->n_running--;
	i->work->job->account->running--;
	i->host->running--;
	p->count.running--;
}

void plan_unstart(struct plan *p, struct item *i)
{
	stop_running(p, i);
	i->work->next_ms = 0;
	i->bundle = bundle_of(i->work, i->host);
	TAILQ_INSERT_HEAD(&i->bundle->items, i, links);
	i->host->queued++;
}

void plan_home(struct plan *p, struct item *i)
{
	struct work *w = i->work;
	struct job *j = w->job;
	if (i->bundle)
		take_out(i);
	else
		stop_running(p, i);
	count_claimed(p, w, -1);
	mem_free(i);
	plan_feel(p, j);
	plan_settle(p, j);
}
