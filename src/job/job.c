/* SPDX-License-Identifier: Apache-2.0 */
/* The face of this floor, but for making jobs: reading, cancelling, and what all of it shares. */
#include "job/job.h"
#include "account/principal.h"
#include "base/clock.h"
#include "base/ident.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "job/job_in.h"
#include "net/guard.h"

bool jobs_settings_ok(const struct conf *c, struct err *e)
{
	static const char *const words[] = { "asked", "on", "off" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(c->robots, words[i]) == 0)
			return true;
	return err_set(e, ERR_INVALID_REQUEST,
		"robots: accepted are asked, on and off, not \"%.40s\"", c->robots);
}

struct jobs *jobs_open(const struct jobs_setup *s)
{
	struct jobs *j = MEM_NEW(struct jobs);
	struct err e;
	j->conf = s->conf;
	j->store = s->store;
	j->fetcher = s->fetcher;
	j->watchers = watchers_new(s->store);
	j->suspects = suspects_open(s->conf->data);
	/* the fetcher has read the same settings: they are good */
	j->guard = guard_new(s->conf->allow_targets, s->conf->nat64_prefix, &e);
	pthread_mutex_init(&j->gate, NULL);
	pthread_mutex_init(&j->runner_gate, NULL);
	return j;
}

void jobs_close(struct jobs **jp)
{
	struct jobs *j = *jp;
	if (!j)
		return;
	hooks_free(j);
	watchers_free(&j->watchers);
	suspects_close(&j->suspects);
	guard_free(&j->guard);
	pthread_mutex_destroy(&j->gate);
	pthread_mutex_destroy(&j->runner_gate);
	mem_free(j);
	*jp = NULL;
}

struct store *jobs_store(const struct jobs *j)
{
	return j->store;
}

const struct conf *jobs_conf(const struct jobs *j)
{
	return j->conf;
}

char *jobs_suspects(const struct jobs *j)
{
	return suspects_places(j->suspects);
}

void job_has_ended(struct jobs *j, const char *id, int64_t state)
{
	metric_add(METRIC_JOBS_ENDED, 1);
	log_info("job.ended job=%s state=%s", id, job_state_words[state]);
	watch_tell(j, id);
	hooks_wake(atomic_load(&j->hooks));
}

/* --- cancelling --- */

struct cancelling {
	struct jobs *jobs;
	struct job_stop stop;
	struct job_row *out;
	char delivery_id[IDENT_SIZE];
};

static enum flow_next step_cancel(struct flow *f)
{
	struct cancelling *c = flow_self(f);
	return store_write(c->jobs->store, f, job_stop_write, &c->stop);
}

static enum flow_next step_cancelled(struct flow *f)
{
	struct cancelling *c = flow_self(f);
	*c->out = c->stop.row;
	if (c->stop.fault.code != ERR_NONE) {
		f->err = c->stop.fault;
		return FLOW_FAILED;
	}
	runner_cancel(c->jobs, c->stop.job_id);
	job_has_ended(c->jobs, c->stop.job_id, c->stop.row.state);
	return FLOW_NEXT;
}

static const struct flow_step cancel_steps[] = {
	{ "cancel", step_cancel },
	{ "cancelled", step_cancelled },
	{ 0 },
};

enum flow_next job_cancel(struct jobs *j, struct flow *f, const char *id, struct job_row *out)
{
	struct arena *a = f->call->arena;
	struct cancelling *c = ARENA_NEW(a, struct cancelling);
	ident_new("msg", c->delivery_id);
	c->jobs = j;
	c->out = out;
	c->stop = (struct job_stop) { .job_id = id,
		.account_id = f->call->who->account_id,
		.code = err_name(ERR_CANCELLED),
		.message = "the job was cancelled",
		.cancelled = true,
		.now_ms = now_ms(),
		.keep_ms = j->conf->job_keep_ms,
		.delivery_id = c->delivery_id,
		.arena = a };
	return flow_enter(f, cancel_steps, c);
}

/* --- reading --- */

bool job_get(struct jobs *j, const char *id, const char *account, struct arena *a,
	struct job_row *out, struct err *e)
{
	bool ok = job_read(store_read(j->store), id, account, now_ms(), a, out, e);
	store_read_end(j->store);
	return ok;
}

bool job_list(struct jobs *j, struct jobs_query *q, struct arena *a, struct job_row **rows,
	size_t *count, int64_t *total, struct err *e)
{
	q->now_ms = now_ms();
	bool ok = jobs_read(store_read(j->store), q, a, rows, count, total, e);
	store_read_end(j->store);
	return ok;
}

static bool read_rows(struct jobs *j, const char *id, enum results_order order, int64_t from,
	size_t most, size_t max_bytes, struct arena *a, struct result_row **rows, size_t *count,
	struct err *e)
{
	bool ok = results_read(
		store_read(j->store), id, order, from, most, max_bytes, a, rows, count, e);
	store_read_end(j->store);
	return ok;
}

/* Whether more stands behind the last row. */
static bool find_next(struct jobs *j, const char *id, enum results_order order, int64_t from,
	struct arena *a, int64_t *next, struct err *e)
{
	struct result_row *rows;
	size_t count = 0;
	bool ok = read_rows(j, id, order, from, 1, 1, a, &rows, &count, e);
	*next = ok && count ? from : -1;
	return ok;
}

/* A few packed kilobytes may be hundreds of megabytes. Of more than fit, *count says. */
static bool unpack_rows(const struct result_row *rows, size_t *count, struct arena *a,
	struct outcome *out, struct err *e)
{
	size_t bytes = 0, n = *count;
	for (*count = 0; *count < n && bytes < JOB_RESULTS_BYTES; ++*count) {
		struct outcome *o = &out[*count];
		if (!outcome_unpack(&rows[*count], a, o, e))
			return false;
		bytes += o->markdown.n + o->html.n + o->data.n + o->extract.n;
	}
	return true;
}

bool job_results(struct jobs *j, const char *id, enum results_order order, int64_t from,
	size_t most, size_t max_bytes, struct arena *a, struct outcome **out, size_t *count,
	int64_t *next, struct err *e)
{
	struct result_row *rows = NULL;
	*next = -1;
	if (!read_rows(j, id, order, from, most, max_bytes, a, &rows, count, e))
		return false;
	*out = ARENA_ARRAY(a, struct outcome, *count + 1);
	if (!unpack_rows(rows, count, a, *out, e))
		return false;
	if (*count == 0)
		return true;
	const struct item_row *last = &rows[*count - 1].item;
	int64_t behind = (order == RESULTS_BY_SEQ ? last->seq : last->no) + 1;
	return find_next(j, id, order, behind, a, next, e);
}

const char *job_sentence(const struct job_row *row, struct arena *a)
{
	long long ended = row->ended, total = row->total, failed = row->failed;
	const char *noun = total == 1 ? "URL" : "URLs";
	const char *how = row->state == JOB_CANCELLED ? ", cancelled" : "";
	if (failed)
		return arena_printf(a, "%lld of %lld %s done, %lld failed%s", ended, total,
			noun, failed, how);
	return arena_printf(a, "%lld of %lld %s done%s", ended, total, noun, how);
}
