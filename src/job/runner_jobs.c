/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open jobs. Those of this process are told by letter; those of others are found by looking, from
 * some seconds before the newest one known: a job is made when it is committed (job_make.c), but
 * clocks are set.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "job/runner_in.h"

enum { LOOK_BACK_MS = 10000 };

struct job *jobs_add(struct runner *r, const struct job_row *row)
{
	/* a clock that was set back gives no job more time than it had */
	int64_t left = row->deadline_ms - now_ms(), all = row->deadline_ms - row->created_ms;
	left = left < all ? left : all;
	return plan_add(r->plan, row->id, row->account_id, mono_ms() + (left > 0 ? left : 0));
}

/* --- looking --- */

static void look_from(struct runner *r)
{
	int64_t now = now_ms(), newest = r->seen_ms < now ? r->seen_ms : now;
	r->after_ms = newest - LOOK_BACK_MS;
	r->after_id[0] = 0;
	r->loading = false;
}

static void take_row(struct runner *r, const struct job_row *row)
{
	(void)jobs_add(r, row);
	if (row->created_ms > r->seen_ms)
		r->seen_ms = row->created_ms;
	r->after_ms = row->created_ms;
	size_t n = strlen(row->id) < JOB_ID_SIZE ? strlen(row->id) : JOB_ID_SIZE - 1;
	memcpy(r->after_id, row->id, n);
	r->after_id[n] = 0;
}

void jobs_load(struct runner *r)
{
	struct job_row *rows;
	size_t count = 0;
	struct err e;
	bool ok = jobs_open_read(store_read(r->store), r->after_ms, r->after_id, JOBS_AT_A_TIME,
		r->scratch, &rows, &count, &e);
	store_read_end(r->store);
	if (!ok) { /* goes on from there with the next tick */
		log_warn("job.not_loaded why=\"%s\"", e.msg);
		r->loading = false;
		r->version = -1;
	}
	for (size_t i = 0; ok && i < count; i++)
		take_row(r, &rows[i]);
	if (ok && count < JOBS_AT_A_TIME)
		look_from(r);
	arena_reset(r->scratch);
}

/* --- letters about jobs --- */

struct job_news {
	struct letter letter;
	int64_t deadline_ms;
	char id[JOB_ID_SIZE];
	char account[];
};

static struct job_news *news_new(const char *id, const char *account)
{
	size_t n = strlen(account), id_n = strlen(id);
	struct job_news *news = mem_new(sizeof *news + n + 1);
	memcpy(news->account, account, n);
	memcpy(news->id, id, id_n < JOB_ID_SIZE ? id_n : JOB_ID_SIZE - 1);
	return news;
}

static void tell(struct jobs *j, struct job_news *news)
{
	pthread_mutex_lock(&j->runner_gate);
	struct runner *r = atomic_load(&j->runner);
	if (r)
		letter_post(r, &news->letter);
	pthread_mutex_unlock(&j->runner_gate);
	if (!r)
		mem_free(news);
}

static void open_made(struct runner *r, struct letter *l)
{
	struct job_news *news = (struct job_news *)l;
	struct job_row row = {
		.id = news->id, .account_id = news->account, .deadline_ms = news->deadline_ms
	};
	if (r->lock_fd >= 0 && !r->beginning) /* else it will be read */
		(void)jobs_add(r, &row);
	mem_free(news);
}

void runner_made(struct jobs *j, const struct job_row *row)
{
	struct job_news *news = news_new(row->id, row->account_id);
	news->letter.open = open_made;
	news->deadline_ms = row->deadline_ms;
	tell(j, news);
}

void jobs_cancel(struct runner *r, struct job *j)
{
	struct item *i;
	if (j->work) {
		TAILQ_FOREACH(i, &j->work->running, links)
		run_cancel(i->run);
		fetcher_kick(r->jobs->fetcher);
	}
	plan_end(r->plan, j);
}

static void open_cancel(struct runner *r, struct letter *l)
{
	struct job_news *news = (struct job_news *)l;
	struct job *j = plan_find(r->plan, news->id);
	if (j)
		jobs_cancel(r, j);
	mem_free(news);
}

void runner_cancel(struct jobs *j, const char *job_id)
{
	struct job_news *news = news_new(job_id, "");
	news->letter.open = open_cancel;
	tell(j, news);
}

/* --- an end by us --- */

/* The disk may be full: another try in a while. */
static void end_later(struct runner *r, struct job *j)
{
	int64_t at = mono_ms() + CALM_MS;
	if (j->deadline_ms == PLAN_NEVER)
		plan_deadline(r->plan, j, at);
	else
		plan_look(r->plan, j, at);
}

struct job_ending {
	struct errand errand;
	struct arena *arena;
	struct job_stop stop;
	char delivery_id[IDENT_SIZE];
};

static void open_ending(struct runner *r, struct letter *l)
{
	struct job_ending *end = (struct job_ending *)l;
	struct job *j = plan_find(r->plan, end->stop.job_id);
	r->errands--;
	if (end->errand.err.code != ERR_NONE) {
		if (j)
			end_later(r, j);
	} else {
		if (j)
			jobs_cancel(r, j);
		if (end->stop.fault.code == ERR_NONE)
			job_has_ended(r->jobs, end->stop.job_id, end->stop.row.state);
	}
	struct arena *a = end->arena; /* it lies in it */
	arena_free(&a);
}

void jobs_stop(struct runner *r, struct job *j, enum err_code code, const char *message)
{
	struct arena *a = arena_new(0);
	struct job_ending *end = ARENA_NEW(a, struct job_ending);
	end->arena = a;
	end->errand.letter.open = open_ending;
	ident_new("msg", end->delivery_id);
	end->stop = (struct job_stop) { .job_id = arena_copy(a, j->id),
		.code = err_name(code),
		.message = arena_copy(a, message),
		.now_ms = now_ms(),
		.keep_ms = r->conf->job_keep_ms,
		.delivery_id = end->delivery_id,
		.arena = a };
	if (errand_post(r, &end->errand, job_stop_write, &end->stop))
		return;
	end_later(r, j);
	arena_free(&a);
}
