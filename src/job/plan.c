/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs and claims. A job is hungry when it may have items that are due and its claimed ones have
 * become few: so it always has some ahead, and a long list never fills the room. An account has a
 * share of the room; the first items of one that has none are always taken.
 */
#include "base/check.h"
#include "base/digest.h"
#include "base/mem.h"
#include "job/plan_in.h"

enum { FIRST_BUCKETS = 64 };

struct plan *plan_new(const struct plan_limits *l, void (*spec_free)(void *))
{
	struct plan *p = MEM_NEW(struct plan);
	p->limits = *l;
	p->spec_free = spec_free;
	p->n_buckets = FIRST_BUCKETS;
	p->buckets = mem_new(p->n_buckets * sizeof(struct job *));
	p->accounts = map_new(SIZE_MAX);
	p->hosts = map_new(SIZE_MAX);
	TAILQ_INIT(&p->hungry);
	TAILQ_INIT(&p->working);
	return p;
}

void plan_free(struct plan **pp)
{
	struct plan *p = *pp;
	if (!p)
		return;
	CHECK(p->count.running == 0);
	for (size_t i = 0; i < p->n_buckets; i++)
		while (p->buckets[i]) {
			struct job *j = p->buckets[i];
			j->claiming = false;
			if (j->work) {
				plan_clear(p, j->work);
				j->work->claimed = 0;
			}
			plan_end(p, j);
		}
	map_free(&p->hosts, mem_free);
	map_free(&p->accounts, mem_free);
	due_release(&p->due);
	mem_free(p->buckets);
	mem_free(p);
	*pp = NULL;
}

/* --- jobs by id --- */

static struct job **place(const struct plan *p, const char *id)
{
	struct job **at = &p->buckets[hash64(str_of(id)) & (p->n_buckets - 1)];
	while (*at && strcmp((*at)->id, id) != 0)
		at = &(*at)->next_same;
	return at;
}

static void grow(struct plan *p)
{
	struct job **old = p->buckets;
	size_t n = p->n_buckets;
	p->n_buckets *= 2;
	p->buckets = mem_new(p->n_buckets * sizeof(struct job *));
	for (size_t i = 0; i < n; i++)
		while (old[i]) {
			struct job *j = old[i];
			old[i] = j->next_same;
			j->next_same = NULL;
			*place(p, j->id) = j;
		}
	mem_free(old);
}

struct job *plan_find(struct plan *p, const char *id)
{
	return *place(p, id);
}

static struct account *account_of(struct plan *p, const char *id)
{
	struct str key = str_of(id);
	struct account *a = map_get(p->accounts, key);
	if (a)
		return a;
	a = mem_new(sizeof *a + key.n + 1);
	memcpy(a->id, id, key.n);
	TAILQ_INIT(&a->hungry);
	TAILQ_INIT(&a->working);
	map_put(p->accounts, key, a);
	return a;
}

static void set_due(struct plan *p, struct job *j)
{
	due_set(&p->due, &j->due, j->look_ms < j->deadline_ms ? j->look_ms : j->deadline_ms);
}

struct job *plan_add(struct plan *p, const char *id, const char *account, int64_t deadline_ms)
{
	size_t n = strlen(id);
	if (n >= JOB_ID_SIZE || plan_find(p, id))
		return NULL;
	if (p->n_jobs >= p->n_buckets)
		grow(p);
	struct job *j = MEM_NEW(struct job);
	memcpy(j->id, id, n);
	*place(p, id) = j;
	p->n_jobs++;
	j->account = account_of(p, account);
	j->account->jobs++;
	j->deadline_ms = deadline_ms;
	j->look_ms = PLAN_NEVER;
	j->more = true;
	set_due(p, j);
	plan_feel(p, j);
	return j;
}

void plan_end(struct plan *p, struct job *j)
{
	j->ended = true;
	j->more = false;
	due_drop(&p->due, &j->due);
	plan_feel(p, j);
	if (j->work)
		plan_clear(p, j->work);
	plan_settle(p, j);
}

void plan_look(struct plan *p, struct job *j, int64_t at_ms)
{
	if (j->ended || at_ms >= j->look_ms)
		return;
	j->look_ms = at_ms;
	set_due(p, j);
}

void plan_deadline(struct plan *p, struct job *j, int64_t at_ms)
{
	j->deadline_ms = at_ms;
	if (!j->ended)
		set_due(p, j);
}

struct job *plan_due(struct plan *p, int64_t now_ms, bool *late)
{
	struct due *first = due_first(&p->due);
	if (!first || first->at_ms > now_ms)
		return NULL;
	struct job *j = (struct job *)((char *)first - offsetof(struct job, due));
	*late = j->deadline_ms <= now_ms;
	if (*late)
		j->deadline_ms = PLAN_NEVER; /* it is told once */
	else
		j->look_ms = PLAN_NEVER;
	j->more = j->more || !*late;
	set_due(p, j);
	plan_feel(p, j);
	return j;
}

int64_t plan_due_ms(const struct plan *p)
{
	struct due *first = due_first(&p->due);
	return first ? first->at_ms : PLAN_NEVER;
}

/* --- appetite --- */

/* How many of a job may be claimed at a time. */
static int64_t ahead(const struct plan *p, const struct work *w)
{
	int64_t slots = p->limits.slots * 2, most = slots > PLAN_AHEAD ? slots : PLAN_AHEAD;
	if (w && w->width && w->width * 2 < most)
		most = w->width * 2;
	return most > PLAN_LEAST ? most : PLAN_LEAST;
}

static int64_t share(const struct plan *p)
{
	int64_t slots = p->limits.slots * 4, room = slots > PLAN_ROOM ? slots : PLAN_ROOM;
	int64_t accounts = (int64_t)map_count(p->accounts);
	int64_t each = room / (accounts ? accounts : 1);
	return each > PLAN_LEAST ? each : PLAN_LEAST;
}

void plan_feel(struct plan *p, struct job *j)
{
	struct account *a = j->account;
	int64_t claimed = j->work ? j->work->claimed : 0;
	bool hungry = j->more && !j->claiming && !j->ended && claimed <= ahead(p, j->work) / 2;
	if (hungry == j->hungry)
		return;
	j->hungry = hungry;
	if (hungry && TAILQ_EMPTY(&a->hungry))
		TAILQ_INSERT_TAIL(&p->hungry, a, hungry_links);
	if (hungry)
		TAILQ_INSERT_TAIL(&a->hungry, j, hungry_links);
	else
		TAILQ_REMOVE(&a->hungry, j, hungry_links);
	if (!hungry && TAILQ_EMPTY(&a->hungry))
		TAILQ_REMOVE(&p->hungry, a, hungry_links);
}

struct job *plan_hungry(struct plan *p)
{
	struct account *a;
	int64_t each = share(p);
	TAILQ_FOREACH(a, &p->hungry, hungry_links)
	if (a->claimed < each)
		return TAILQ_FIRST(&a->hungry);
	return NULL;
}

void plan_later(struct plan *p, struct job *j)
{
	j->more = false;
	plan_feel(p, j);
}

struct work *plan_work(struct plan *p, struct job *j)
{
	if (j->work)
		return j->work;
	struct work *w = MEM_NEW(struct work);
	struct account *a = j->account;
	TAILQ_INIT(&w->bundles);
	TAILQ_INIT(&w->running);
	w->job = j;
	j->work = w;
	if (TAILQ_EMPTY(&a->working))
		TAILQ_INSERT_HEAD(&p->working, a, working_links);
	TAILQ_INSERT_HEAD(&a->working, w, links);
	return w;
}

static void count_claimed(struct plan *p, struct job *j, int64_t n)
{
	j->work->claimed += n;
	j->account->claimed += n;
	p->count.claimed += n;
}

int64_t plan_claim(struct plan *p, struct job *j)
{
	struct account *a = j->account;
	int64_t room = share(p) - a->claimed, most = ahead(p, j->work) - j->work->claimed;
	if (most > room)
		most = room;
	if (most < 1)
		most = 1;
	j->claiming = true;
	plan_feel(p, j);
	count_claimed(p, j, most);
	if (!TAILQ_EMPTY(&a->hungry)) { /* it had its turn */
		TAILQ_REMOVE(&p->hungry, a, hungry_links);
		TAILQ_INSERT_TAIL(&p->hungry, a, hungry_links);
	}
	return most;
}

void plan_claimed(struct plan *p, struct job *j, int64_t most, bool more)
{
	count_claimed(p, j, -most);
	j->claiming = false;
	j->more = more && !j->ended;
	plan_feel(p, j);
	plan_settle(p, j);
}

/* --- the end of things --- */

static void work_free(struct plan *p, struct work *w)
{
	struct account *a = w->job->account;
	TAILQ_REMOVE(&a->working, w, links);
	if (TAILQ_EMPTY(&a->working))
		TAILQ_REMOVE(&p->working, a, working_links);
	w->job->work = NULL;
	if (w->spec && p->spec_free)
		p->spec_free(w->spec);
	mem_free(w);
}

void plan_settle(struct plan *p, struct job *j)
{
	struct account *a = j->account;
	if (j->claiming)
		return;
	if (j->work && j->work->claimed == 0)
		work_free(p, j->work);
	if (!j->ended || j->work)
		return;
	*place(p, j->id) = j->next_same;
	p->n_jobs--;
	mem_free(j);
	if (--a->jobs > 0)
		return;
	map_remove(p->accounts, str_of(a->id));
	mem_free(a);
}

struct plan_count plan_count(const struct plan *p)
{
	return p->count;
}
