/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The jobs of this machine's store, as the local account. Making and cancelling go through the
 * operations as everywhere; whether somebody works on the jobs tells the folder's lock.
 */
#include "base/flow.h"
#include "cli/jobs.h"
#include "op/jobs.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

enum { LOOK_MS = 100, PART = 50, PART_BYTES = 4 << 20 };

struct op_run {
	const struct op *op;
	struct op_source source;
	struct op_call *oc;
};

static enum flow_next step_op(struct flow *f)
{
	struct op_run *r = flow_self(f);
	return op_enter(f, r->op, &r->source, &r->oc);
}

/* Runs an operation to its end; its `out`, NULL with *e. */
static const struct job_out *run_op(struct jobs_door *d, const struct op *op,
	const struct field *in, const json_t *args, struct err *e)
{
	static const struct flow_step steps[] = { { "op", step_op }, { NULL } };
	struct op_run r = { .op = op, .source = { .in = in, .args = args } };
	struct call call = {
		.arena = d->cli->arena, .who = app_local(), .request_id = "command"
	};
	struct flow f;
	flow_init(&f, &call, steps, &r, NULL);
	if (flow_run(d->app.desks, &f))
		return r.oc->out;
	*e = f.err;
	return NULL;
}

static bool create(struct jobs_door *d, json_t *members, struct job_row *out,
	const char **secret, struct err *e)
{
	const struct job_out *made = run_op(d, &op_create_job, create_job_cli_in, members, e);
	if (!made)
		return false;
	*out = made->row;
	*secret = made->webhook_secret;
	return true;
}

static bool get(struct jobs_door *d, const char *id, struct arena *a, struct job_row *out,
	struct err *e)
{
	return job_get(d->app.jobs, id, app_local()->account_id, a, out, e);
}

static bool list(struct jobs_door *d, int state, int64_t limit, int64_t offset,
	struct job_row **rows, size_t *count, int64_t *total, struct err *e)
{
	struct jobs_query q = { .account_id = app_local()->account_id,
		.states = state < 0 ? 0 : 1u << state,
		.limit = limit,
		.offset = offset,
		.now_ms = now_ms() };
	return job_list(d->app.jobs, &q, d->cli->arena, rows, count, total, e);
}

static void result_of(const struct outcome *o, struct arena *a, struct door_result *out)
{
	struct buf json;
	buf_init(&json, (size_t)1 << 30);
	fields_encode(outcome_view, o, &json);
	*out = (struct door_result) { .seq = o->seq,
		.url = o->url,
		.code = o->code,
		.message = o->message,
		.markdown = o->markdown,
		.html = o->html,
		.data = o->data.p ? o->data : o->extract,
		.json = { arena_keep(a, buf_str(&json)), json.len } };
	buf_release(&json);
}

static bool results(struct jobs_door *d, const char *id, int64_t *from, struct arena *a,
	struct door_result **rows, size_t *count, struct err *e)
{
	struct job_row row;
	struct outcome *list;
	if (!get(d, id, a, &row, e) || !job_results(d->app.jobs, id, RESULTS_BY_SEQ, *from,
					       PART, PART_BYTES, a, &list, count, from, e))
		return false;
	*rows = ARENA_ARRAY(a, struct door_result, *count + 1);
	for (size_t i = 0; i < *count; i++)
		result_of(&list[i], a, &(*rows)[i]);
	return true;
}

static bool cancel(struct jobs_door *d, const char *id, struct job_row *out, struct err *e)
{
	json_t *args = json_own(d->cli->arena, json_pack("{ss}", "job_id", id));
	const struct job_out *done = run_op(d, &op_cancel_job, NULL, args, e);
	if (done)
		*out = done->row;
	return done != NULL;
}

static void work(struct jobs_door *d)
{
	app_work(&d->app);
}

/* By another process: one that holds the lock and stays when this one goes. */
static bool worked(struct jobs_door *d)
{
	const char *path = arena_printf(d->cli->arena, "%s/jobs.lock", d->cli->conf.data);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool free = fd < 0 || flock(fd, LOCK_SH | LOCK_NB) == 0;
	if (fd >= 0)
		close(fd);
	return !free && !(d->app.runner && runner_works(d->app.runner));
}

static void close_local(struct jobs_door *d)
{
	app_close(&d->app);
}

static const struct door_ops local_ops = { .create = create,
	.get = get,
	.list = list,
	.results = results,
	.cancel = cancel,
	.work = work,
	.worked = worked,
	.close = close_local };

bool jobs_door_local(struct jobs_door *d, struct err *e)
{
	d->ops = &local_ops;
	d->look_ms = LOOK_MS;
	return app_open(&d->app, &d->cli->conf, APP_STORE, e);
}
