/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An item on its way: [robots] -> scrape -> judge (pack, or try again later) -> write. When the store
 * cannot write (a full disk, most of the time) the result waits here until it can: nothing is fetched
 * twice for it, and no item is forgotten. The flow ends with an error only when it was cancelled or
 * the runner leaves; then the item waits again, or is the next start's.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "job/again.h"
#include "job/runner_in.h"

#include <stdio.h>

/* --- asking, fetching --- */

static enum flow_next step_robots(struct flow *f)
{
	struct run *run = flow_self(f);
	struct kit *kit = f->call->kit;
	struct err e;
	bool inside_ok = kit->conf->allow_targets[0] != 0;
	run->robots.allowed = true;
	if (!run->spec->robots || !kit->robots ||
		!url_parse(str_of(run->item->url), inside_ok, f->call->arena, &run->url, &e))
		return FLOW_NEXT;
	run->asked_robots = true;
	return robots_ask(kit->robots, f, &run->url, &run->robots);
}

static enum flow_next step_scrape(struct flow *f)
{
	struct run *run = flow_self(f);
	if (run->robots.allowed)
		return scrape_enter(f, run->item->url, &run->spec->job.scrape, &run->result);
	run->result.url = run->item->url;
	err_set(&run->result.err, ERR_ROBOTS, "%s", err_meaning(ERR_ROBOTS));
	return FLOW_NEXT;
}

/* --- judging --- */

static bool tries_again(struct run *run)
{
	const struct conf *c = run->runner->conf;
	const struct scrape_result *r = &run->result;
	uint64_t dice;
	if (run->item->tries >= c->job_tries || !again_helps(r))
		return false;
	random_bytes(&dice, sizeof dice);
	run->pause_ms = again_pause_ms(c, run->item->tries, r->retry_after_s, dice);
	return run->pause_ms < run->time_left_ms; /* else what there is now is the outcome */
}

static void free_body(void *body)
{
	buf_release(body);
}

/* What the page was made of is not needed any more when it is packed. */
static void pack(struct run *run, struct call *call)
{
	struct kit *kit = call->kit;
	struct buf *body = ARENA_NEW(call->arena, struct buf);
	if (!kit->packer) {
		kit->packer = packer_new();
		kit->packer_free = packer_free;
	}
	buf_init(body, 0);
	outcome_pack(kit->packer, &run->result, body);
	arena_settle(call->arena);
	arena_defer(call->arena, free_body, body);
	run->end.body = buf_str(body);
	if (body->full) {
		err_set(&run->result.err, ERR_TOO_LARGE, "the result is too large to be kept");
		run->end.body = (struct str) { NULL, 0 };
	}
}

/* One host within the other's domain, or the same. */
static bool related(struct str a, struct str b)
{
	struct str in = a.n > b.n ? a : b, of = a.n > b.n ? b : a;
	return str_ends(in, of) && of.n && (in.n == of.n || in.p[in.n - of.n - 1] == '.');
}

/* Who puts a redirect of a host into a list must not speak for that host. */
static void see_who_answered(struct run *run, struct arena *a)
{
	struct url url;
	struct err e;
	run->own_answer = run->result.final_url &&
			  url_parse(str_of(run->result.final_url), true, a, &url, &e) &&
			  related(url.host, str_of(run->item->host->name));
}

static void fill_end(struct run *run)
{
	const struct err *e = &run->result.err;
	struct runner *r = run->runner;
	ident_new("msg", run->delivery_id);
	run->end.job_id = run->item->work->job->id;
	run->end.owner = r->epoch;
	run->end.seq = run->item->seq;
	run->end.code = e->code != ERR_NONE ? err_name(e->code) : NULL;
	run->end.message = e->code != ERR_NONE ? e->msg : NULL;
	run->end.now_ms = now_ms();
	run->end.keep_ms = r->conf->job_keep_ms;
	run->end.delivery_id = run->delivery_id;
}

static void fill_back(struct run *run)
{
	struct runner *r = run->runner;
	run->back = (struct item_back) { .job_id = run->item->work->job->id,
		.owner = r->epoch,
		.seq = run->item->seq,
		.due_ms = runner_steady_ms(r) + run->pause_ms };
}

/* --- writing --- */

static void open_sleep(struct runner *r, struct letter *l)
{
	struct run *run = (struct run *)l;
	run->wake_ms = mono_ms() + run->write_pause_ms;
	TAILQ_INSERT_TAIL(&r->sleepers, run, sleeping);
}

static enum flow_next step_pause(struct flow *f)
{
	struct run *run = flow_self(f);
	if (!run->write_pause_ms)
		return FLOW_NEXT;
	run->letter.open = open_sleep;
	letter_post(run->runner, &run->letter);
	return FLOW_PARKED;
}

static enum flow_next step_write(struct flow *f)
{
	struct run *run = flow_self(f);
	if (run->again)
		return store_write(run->runner->store, f, item_back_write, &run->back);
	return store_write(run->runner->store, f, item_end_write, &run->end);
}

static void count(const struct run *run)
{
	if (run->end.fenced)
		return;
	metric_add(run->again	   ? METRIC_ITEMS_RETRIED
		   : run->end.code ? METRIC_ITEMS_FAILED
				   : METRIC_ITEMS_OK,
		1);
}

static void tell(const struct run *run)
{
	struct jobs *j = run->runner->jobs;
	if (run->again || run->end.fenced)
		return;
	watch_tell(j, run->end.job_id);
	if (job_is_final((enum job_state)run->end.job_state))
		job_has_ended(j, run->end.job_id, run->end.job_state);
}

static enum flow_next step_written(struct flow *f)
{
	struct run *run = flow_self(f);
	int64_t pause = run->write_pause_ms * 2;
	if (f->err.code != ERR_NONE && !atomic_load(&run->runner->leaving)) {
		f->err.code = ERR_NONE;
		run->write_pause_ms = pause > WRITE_PAUSE_MOST_MS ? WRITE_PAUSE_MOST_MS
				      : pause			  ? pause
								  : WRITE_PAUSE_MS;
		return flow_again(f);
	}
	if (f->err.code != ERR_NONE)
		return FLOW_FAILED;
	run->written = true;
	count(run);
	tell(run);
	return FLOW_NEXT;
}

static const struct flow_step write_steps[] = {
	{ "pause", step_pause },
	{ "write", step_write },
	{ "written", step_written, .always = true },
	{ 0 },
};

static enum flow_next step_judge(struct flow *f)
{
	struct run *run = flow_self(f);
	if (f->err.code == ERR_CANCELLED)
		return FLOW_FAILED;
	if (f->err.code != ERR_NONE) {
		run->result.url = run->item->url;
		run->result.err = f->err;
		f->err.code = ERR_NONE;
	}
	see_who_answered(run, f->call->arena);
	run->again = tries_again(run);
	if (run->again) {
		fill_back(run);
	} else {
		pack(run, f->call);
		fill_end(run);
	}
	return flow_enter(f, write_steps, run);
}

static const struct flow_step item_steps[] = {
	{ "robots", step_robots },
	{ "scrape", step_scrape },
	{ "judge", step_judge, .always = true },
	{ 0 },
};

/* --- home --- */

/* What would wait for too long at a host that has become slow takes no room from other hosts. */
static void clear_row(struct runner *r, struct host *h, int64_t now)
{
	int64_t due;
	struct item *i;
	while ((i = plan_impatient(h, now, &due))) {
		item_put_back(r, i->work->job->id, i->seq, due);
		plan_home(r->plan, i);
	}
}

/* What the host said about its pace. */
static void slow_down(struct runner *r, const struct run *run)
{
	enum { PAUSE_MOST_S = 600 };
	struct host *h = run->item->host;
	int64_t now = mono_ms(), asked = run->result.retry_after_s;
	int64_t delay = run->asked_robots ? run->robots.delay_ms : 0;
	int status = run->result.http_status;
	bool slower = delay > h->delay_ms;
	bool rests = (status == 429 || status == 503) && asked > 0 && run->own_answer;
	if (slower) {
		plan_host_delay(h, delay);
		plan_host_pause(h, now + delay);
	}
	if (rests)
		plan_host_pause(h, now + 1000 * (asked < PAUSE_MOST_S ? asked : PAUSE_MOST_S));
	if (slower || rests)
		clear_row(r, h, now);
}

static void open_home(struct runner *r, struct letter *l)
{
	struct run *run = (struct run *)l;
	struct item *i = run->item;
	struct job *j = i->work->job;
	TAILQ_REMOVE(&r->runs, run, links);
	if (!atomic_load(&r->leaving)) {
		slow_down(r, run);
		if (run->written && run->again)
			plan_look(r->plan, j, mono_ms() + run->pause_ms);
		else if (run->written && job_is_final((enum job_state)run->end.job_state))
			plan_end(r->plan, j);
		else if (!run->written && !j->ended && run->flow.err.code == ERR_CANCELLED)
			item_put_back(r, j->id, i->seq, mono_ms() + CALM_MS);
	}
	plan_home(r->plan, i);
	mem_free(run);
}

static void end_run(struct flow *f)
{
	struct run *run = f->owner;
	if (f->err.code != ERR_NONE && f->err.code != ERR_CANCELLED)
		log_error("job.item_left item=%s code=%s why=\"%s\"", run->name,
			err_name(f->err.code), f->err.msg);
	arena_free(&run->call.arena);
	run->letter.open = open_home;
	letter_post(run->runner, &run->letter);
}

/* --- the start --- */

bool run_start(struct runner *r, struct item *i)
{
	struct run *run = MEM_NEW(struct run);
	struct job *j = i->work->job;
	run->runner = r;
	run->item = i;
	run->spec = i->work->spec;
	run->time_left_ms = j->deadline_ms - mono_ms();
	run->result.retry_after_s = -1;
	snprintf(run->name, sizeof run->name, "%s/%lld", j->id, (long long)i->seq);
	run->call.arena = arena_new(0);
	run->call.request_id = run->call.suspect = run->name;
	flow_init(&run->flow, &run->call, item_steps, run, end_run);
	run->flow.owner = run;
	i->run = run;
	TAILQ_INSERT_TAIL(&r->runs, run, links);
	if (flow_start(r->desks, &run->flow))
		return true;
	TAILQ_REMOVE(&r->runs, run, links);
	arena_free(&run->call.arena);
	mem_free(run);
	return false;
}

void run_cancel(struct run *run)
{
	atomic_store(&run->call.cancelled, true);
}

void runs_wake(struct runner *r, bool all)
{
	struct run *run, *next;
	int64_t now = mono_ms();
	for (run = TAILQ_FIRST(&r->sleepers); run; run = next) {
		next = TAILQ_NEXT(run, sleeping);
		if (!all && run->wake_ms > now)
			continue;
		TAILQ_REMOVE(&r->sleepers, run, sleeping);
		flow_resume(&run->flow);
	}
}
