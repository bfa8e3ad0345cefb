/* SPDX-License-Identifier: Apache-2.0 */
/* Claims, and what is given back: items that would wait too long for their host. */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "job/runner_in.h"

/* --- giving back --- */

struct item_return {
	struct errand errand;
	struct item_back back;
	char id[JOB_ID_SIZE];
};

/* Kept until it can be written: nobody else would ever give the item back. */
static void keep_return(struct runner *r, struct item_return *ret)
{
	ret->errand.letter.next = r->waiting_backs ? &r->waiting_backs->letter : NULL;
	r->waiting_backs = &ret->errand;
}

static void open_return(struct runner *r, struct letter *l)
{
	struct item_return *ret = (struct item_return *)l;
	struct job *j;
	r->errands--;
	if (ret->errand.err.code != ERR_NONE && !atomic_load(&r->leaving)) {
		keep_return(r, ret);
		return;
	}
	/* only now does a look find it */
	if ((j = plan_find(r->plan, ret->id)))
		plan_look(r->plan, j, ret->back.due_ms - r->wall_ms);
	mem_free(ret);
}

static void post_return(struct runner *r, struct item_return *ret)
{
	if (!errand_post(r, &ret->errand, item_back_write, &ret->back))
		keep_return(r, ret);
}

void backs_again(struct runner *r)
{
	struct errand *waiting = r->waiting_backs;
	r->waiting_backs = NULL;
	while (waiting) {
		struct item_return *ret = (struct item_return *)waiting;
		waiting = (struct errand *)waiting->letter.next;
		if (atomic_load(&r->leaving))
			mem_free(ret);
		else
			post_return(r, ret);
	}
}

void item_put_back(struct runner *r, const char *job_id, int64_t seq, int64_t due_ms)
{
	struct item_return *ret = MEM_NEW(struct item_return);
	memcpy(ret->id, job_id, strlen(job_id));
	ret->errand.letter.open = open_return;
	ret->back = (struct item_back) { .job_id = ret->id,
		.owner = r->epoch,
		.seq = seq,
		.due_ms = r->wall_ms + due_ms,
		.untried = true };
	post_return(r, ret);
}

/* --- specs --- */

static bool spec_read(struct spec *s, const struct job_row *row, struct err *e)
{
	if (!job_spec_read(row->spec, s->arena, &s->job, e))
		return false;
	s->job.scrape.account = row->account_id;
	if (!s->job.selectors)
		return true;
	s->job.scrape.pick = pick_compile(s->arena, s->job.selectors, e);
	return s->job.scrape.pick != NULL;
}

static bool asks_robots(const struct conf *c, const struct job_spec *s)
{
	return strcmp(c->robots, "on") == 0 || (s->robots && strcmp(c->robots, "asked") == 0);
}

/* What its items need. false: nothing can be claimed of it. */
static bool open_work(struct runner *r, struct job *j)
{
	struct arena *a = arena_new(0);
	struct spec *s = ARENA_NEW(a, struct spec);
	struct job_row row;
	struct err e = { 0 };
	s->arena = a;
	bool ok = job_read(store_read(r->store), j->id, NULL, now_ms(), a, &row, &e);
	store_read_end(r->store);
	if (ok && job_is_final((enum job_state)row.state))
		ok = err_set(&e, ERR_NOT_FOUND, "it has ended");
	if (ok && spec_read(s, &row, &e)) {
		struct work *w = plan_work(r->plan, j);
		s->robots = asks_robots(r->conf, &s->job);
		w->spec = s;
		w->width = s->job.width;
		w->jitter_min_ms = s->job.jitter_min_ms;
		w->jitter_max_ms = s->job.jitter_max_ms;
		return true;
	}
	if (e.code == ERR_NOT_FOUND) {
		plan_end(r->plan, j);
	} else if (!ok) {
		r->calm_ms = mono_ms() + CALM_MS;
	} else {
		log_error("job.unreadable job=%s why=\"%s\"", j->id, e.msg);
		plan_later(r->plan, j);
		jobs_stop(r, j, ERR_INTERNAL, "what the job asks for cannot be read");
	}
	arena_free(&a);
	return false;
}

/* --- claims --- */

struct claim {
	struct errand errand;
	struct arena *arena;
	struct job *job;
	struct items_claim items;
	int64_t most;
};

static void admit(struct runner *r, struct job *j, const struct item_row *row)
{
	struct url url;
	struct err e;
	int64_t due;
	bool ok = url_parse(str_of(row->url), true, r->scratch, &url, &e);
	struct host *h = plan_host(r->plan, ok ? url.host : STR(""));
	if (plan_keeps(j, h, mono_ms(), &due)) {
		(void)plan_item(r->plan, j, h, row->url, row->seq, row->tries - row->lost);
	} else {
		item_put_back(r, j->id, row->seq, due);
	}
	arena_reset(r->scratch);
}

static bool look_ahead(struct runner *r, const struct claim *c)
{
	int64_t due = c->items.next_due_ms;
	if (!due)
		return false;
	if (due <= runner_steady_ms(r))
		return true;
	plan_look(r->plan, c->job, due - r->wall_ms);
	return false;
}

static void open_claim(struct runner *r, struct letter *l)
{
	struct claim *c = (struct claim *)l;
	bool more = false;
	r->errands--;
	r->claims--;
	if (c->errand.err.code != ERR_NONE) {
		log_warn("job.not_claimed job=%s why=\"%s\"", c->job->id, c->errand.err.msg);
		r->calm_ms = mono_ms() + CALM_MS;
		more = true;
	} else if (!c->items.job_is_open) {
		if (!c->job->ended)
			jobs_cancel(r, c->job);
	} else if (!atomic_load(&r->leaving) && !c->job->ended) {
		for (size_t i = 0; i < c->items.count; i++)
			admit(r, c->job, &c->items.rows[i]);
		more = look_ahead(r, c);
	}
	plan_claimed(r->plan, c->job, c->most, more);
	struct arena *a = c->arena; /* it lies in it */
	arena_free(&a);
}

static bool claim(struct runner *r, struct job *j)
{
	struct arena *a = arena_new(0);
	struct claim *c = ARENA_NEW(a, struct claim);
	c->arena = a;
	c->job = j;
	c->most = plan_claim(r->plan, j);
	c->errand.letter.open = open_claim;
	c->items = (struct items_claim) { .job_id = j->id,
		.owner = r->epoch,
		.now_ms = runner_steady_ms(r),
		.most = c->most,
		.arena = a };
	if (errand_post(r, &c->errand, items_claim_write, &c->items)) {
		r->claims++;
		return true;
	}
	plan_claimed(r->plan, j, c->most, true);
	arena_free(&a);
	r->calm_ms = mono_ms() + CALM_MS;
	return false;
}

void claims_make(struct runner *r)
{
	struct job *j;
	while (r->claims < CLAIMS_AT_A_TIME && mono_ms() >= r->calm_ms &&
		(j = plan_hungry(r->plan)))
		if (j->work || open_work(r, j))
			claim(r, j);
}
