/* SPDX-License-Identifier: Apache-2.0 */
/* Webhooks as their owner manages them: endpoints and their secrets, deliveries, sending again. */
#include "op/hooks.h"
#include "account/audit.h"
#include "base/clock.h"
#include "base/ident.h"
#include "job/hook.h"
#include "op/jobs_in.h"

#include <stddef.h>

static const struct field no_in[] = { { 0 } };

/* What a command has found to refuse. */
static enum flow_next say_fault(struct flow *f, const struct err *fault)
{
	f->err = *fault;
	return fault->code == ERR_NONE ? FLOW_NEXT : FLOW_FAILED;
}

/* --- webhook_list --- */

static const struct field list_out[] = {
	{ "webhooks", F_LIST, F_REQ, offsetof(struct webhook_list_out, endpoints),
		.sub = endpoint_view, .stride = sizeof(struct endpoint_row) },
	{ 0 },
};

static enum flow_next list_run(struct flow *f)
{
	struct op_call *oc = flow_self(f);
	struct webhook_list_out *out = oc->out;
	struct jobs *jobs = op_jobs();
	struct endpoint_row *rows;
	struct err no;
	if (!jobs)
		return jobs_not_here(f);
	struct store *store = jobs_store(jobs);
	bool ok = endpoints_read(store_read(store), f->call->who->account_id, f->call->arena,
		&rows, &out->endpoints.count, &f->err);
	store_read_end(store);
	if (!ok)
		return FLOW_FAILED;
	if (!principal_may(f->call->who, SCOPE(JOBS_WRITE), &no))
		for (size_t i = 0; i < out->endpoints.count; i++)
			rows[i].secret = NULL;
	out->endpoints.items = rows;
	return FLOW_NEXT;
}

static const struct flow_step list_steps[] = { { "list", list_run }, { 0 } };

const struct op op_webhook_list = {
	.name = "webhook_list",
	.title = "List webhook receivers",
	.about = "The URLs that the account's jobs were to be sent to, with their secrets.",
	.in = no_in,
	.out = list_out,
	.out_size = sizeof(struct webhook_list_out),
	.scopes = SCOPE(JOBS_READ),
	.flags = OP_READONLY | OP_IDEMPOTENT,
	.steps = list_steps,
};

/* --- webhook_rotate, webhook_enable --- */

static const struct field webhook_in[] = {
	{ "id", F_STR, F_REQ | F_HIDDEN, offsetof(struct webhook_args, id), 1, 64 },
	{ 0 },
};
static const struct field webhook_out[] = {
	{ "webhook", F_OBJ, F_REQ, offsetof(struct webhook_out, row), .sub = endpoint_view },
	{ 0 },
};

struct rotation {
	struct endpoint_rotate change;
	const char *peer;
};
struct enabling {
	struct endpoint_enable change;
	const char *peer;
};

/* The URL is not told: many a receiver's is its secret. */
static bool audit(struct db *d, enum audit_event event, const struct endpoint_row *row,
	const char *peer, struct err *e)
{
	return audit_put(d, &(struct audit) { event, row->account_id, row->id, peer, NULL }, e);
}

static bool rotate_write(struct db *d, void *rotation, struct err *e)
{
	struct rotation *r = rotation;
	return endpoint_rotate_write(d, &r->change, e) &&
	       (r->change.fault.code != ERR_NONE ||
		       audit(d, AUDIT_WEBHOOK_ROTATED, &r->change.row, r->peer, e));
}

static bool enable_write(struct db *d, void *enabling, struct err *e)
{
	struct enabling *n = enabling;
	return endpoint_enable_write(d, &n->change, e) &&
	       (n->change.fault.code != ERR_NONE ||
		       audit(d, AUDIT_WEBHOOK_ENABLED, &n->change.row, n->peer, e));
}

static enum flow_next rotate_run(struct flow *f)
{
	struct op_call *oc = flow_self(f);
	const struct webhook_args *args = oc->args;
	struct arena *a = f->call->arena;
	if (!op_jobs())
		return jobs_not_here(f);
	struct rotation *r = ARENA_NEW(a, struct rotation);
	struct endpoint_rotate *c = &r->change;
	r->peer = f->call->peer;
	c->id = args->id;
	c->account_id = f->call->who->account_id;
	c->secret = hook_secret(a);
	c->now_ms = now_ms();
	c->old_until_ms = c->now_ms + HOOK_ROTATION_MS;
	c->arena = a;
	oc->args = c; /* for the next step */
	return store_write(jobs_store(op_jobs()), f, rotate_write, r);
}

static enum flow_next rotate_tell(struct flow *f)
{
	struct op_call *oc = flow_self(f);
	const struct endpoint_rotate *c = oc->args;
	((struct webhook_out *)oc->out)->row = c->row;
	return say_fault(f, &c->fault);
}

static const struct flow_step rotate_steps[] = {
	{ "write", rotate_run },
	{ "tell", rotate_tell },
	{ 0 },
};

const struct op op_webhook_rotate = {
	.name = "webhook_rotate",
	.title = "Give a webhook receiver a new secret",
	.about = "Makes a new secret. For 24 hours the one before signs as well.",
	.in = webhook_in,
	.out = webhook_out,
	.args_size = sizeof(struct webhook_args),
	.out_size = sizeof(struct webhook_out),
	.scopes = SCOPE(JOBS_WRITE),
	.steps = rotate_steps,
};

static enum flow_next enable_run(struct flow *f)
{
	struct op_call *oc = flow_self(f);
	const struct webhook_args *args = oc->args;
	if (!op_jobs())
		return jobs_not_here(f);
	struct enabling *n = ARENA_NEW(f->call->arena, struct enabling);
	struct endpoint_enable *c = &n->change;
	n->peer = f->call->peer;
	c->id = args->id;
	c->account_id = f->call->who->account_id;
	c->now_ms = now_ms();
	c->arena = f->call->arena;
	oc->args = c;
	return store_write(jobs_store(op_jobs()), f, enable_write, n);
}

static enum flow_next enable_tell(struct flow *f)
{
	struct op_call *oc = flow_self(f);
	const struct endpoint_enable *c = oc->args;
	((struct webhook_out *)oc->out)->row = c->row;
	return say_fault(f, &c->fault);
}

static const struct flow_step enable_steps[] = {
	{ "write", enable_run },
	{ "tell", enable_tell },
	{ 0 },
};

const struct op op_webhook_enable = {
	.name = "webhook_enable",
	.title = "Switch a webhook receiver on again",
	.about = "A receiver that answered 410 is sent nothing more until it is switched on. "
		 "What "
		 "was given up meanwhile is sent by job_redeliver.",
	.in = webhook_in,
	.out = webhook_out,
	.args_size = sizeof(struct webhook_args),
	.out_size = sizeof(struct webhook_out),
	.scopes = SCOPE(JOBS_WRITE),
	.flags = OP_IDEMPOTENT,
	.steps = enable_steps,
};

/* --- job_deliveries --- */

static const struct field deliveries_in[] = {
	{ "id", F_STR, F_REQ | F_HIDDEN, offsetof(struct job_deliveries_args, job_id), 1, 64 },
	{ 0 },
};
static const struct field deliveries_out[] = {
	{ "deliveries", F_LIST, F_REQ, offsetof(struct job_deliveries_out, deliveries),
		.sub = delivery_view, .stride = sizeof(struct delivery_out) },
	{ 0 },
};

static bool add_attempts(struct db *d, struct delivery_out *out, struct arena *a, struct err *e)
{
	struct attempt_row *rows;
	bool ok = attempts_read(d, out->row.id, a, &rows, &out->attempts.count, e);
	out->attempts.items = rows;
	return ok;
}

static bool read_deliveries(struct db *d, const char *job_id, const char *account_id,
	struct arena *a, struct job_deliveries_out *out, struct err *e)
{
	struct job_row job;
	struct delivery_row *rows;
	size_t n;
	if (!job_read(d, job_id, account_id, now_ms(), a, &job, e) ||
		!deliveries_read(d, job_id, a, &rows, &n, e))
		return false;
	struct delivery_out *all = ARENA_ARRAY(a, struct delivery_out, n ? n : 1);
	out->deliveries = (struct field_list) { all, n };
	for (size_t i = 0; i < n; i++) {
		all[i].row = rows[i];
		if (!add_attempts(d, &all[i], a, e))
			return false;
	}
	return true;
}

static enum flow_next deliveries_run(struct flow *f)
{
	struct op_call *oc = flow_self(f);
	const struct job_deliveries_args *args = oc->args;
	if (!op_jobs())
		return jobs_not_here(f);
	struct store *store = jobs_store(op_jobs());
	bool ok = read_deliveries(store_read(store), args->job_id, f->call->who->account_id,
		f->call->arena, oc->out, &f->err);
	store_read_end(store);
	return ok ? FLOW_NEXT : FLOW_FAILED;
}

static const struct flow_step deliveries_steps[] = { { "read", deliveries_run }, { 0 } };

const struct op op_job_deliveries = {
	.name = "job_deliveries",
	.title = "List a job's webhook deliveries",
	.about = "What was sent to the job's webhook, each attempt with its answer.",
	.in = deliveries_in,
	.out = deliveries_out,
	.args_size = sizeof(struct job_deliveries_args),
	.out_size = sizeof(struct job_deliveries_out),
	.scopes = SCOPE(JOBS_READ),
	.flags = OP_READONLY | OP_IDEMPOTENT,
	.steps = deliveries_steps,
};

/* --- job_redeliver --- */

#define ARG(member) offsetof(struct job_redeliver_args, member)
static const struct field redeliver_in[] = {
	{ "id", F_STR, F_REQ | F_HIDDEN, ARG(job_id), 1, 64 },
	{ "deliveryId", F_STR, F_EMPTY_OK, ARG(delivery_id), 0, 64,
		.about = "left out: the job's last one" },
	{ 0 },
};
static const struct field redeliver_out[] = {
	{ "delivery", F_OBJ, F_REQ, offsetof(struct job_redeliver_out, delivery),
		.sub = delivery_view },
	{ 0 },
};

static enum flow_next redeliver_run(struct flow *f)
{
	struct op_call *oc = flow_self(f);
	const struct job_redeliver_args *args = oc->args;
	struct arena *a = f->call->arena;
	char id[IDENT_SIZE];
	if (!op_jobs())
		return jobs_not_here(f);
	struct redeliver *c = ARENA_NEW(a, struct redeliver);
	ident_new("msg", id);
	c->job_id = args->job_id;
	c->account_id = f->call->who->account_id;
	c->delivery_id = args->delivery_id;
	c->new_id = arena_copy(a, id);
	c->now_ms = now_ms();
	c->arena = a;
	oc->args = c;
	return store_write(jobs_store(op_jobs()), f, redeliver_write, c);
}

static enum flow_next redeliver_tell(struct flow *f)
{
	struct op_call *oc = flow_self(f);
	const struct redeliver *c = oc->args;
	struct delivery_out *out = &((struct job_redeliver_out *)oc->out)->delivery;
	struct store *store = jobs_store(op_jobs());
	if (c->fault.code != ERR_NONE)
		return say_fault(f, &c->fault);
	hooks_wake(jobs_hooks(op_jobs()));
	out->row = c->row;
	bool ok = add_attempts(store_read(store), out, f->call->arena, &f->err);
	store_read_end(store);
	return ok ? FLOW_NEXT : FLOW_FAILED;
}

static const struct flow_step redeliver_steps[] = {
	{ "write", redeliver_run },
	{ "tell", redeliver_tell },
	{ 0 },
};

const struct op op_job_redeliver = {
	.name = "job_redeliver",
	.title = "Send a job's webhook again",
	.about =
		"Sends a delivery that has ended once more, under the same webhook-id and with "
		"all its attempts anew, and switches the receiver on.",
	.in = redeliver_in,
	.out = redeliver_out,
	.args_size = sizeof(struct job_redeliver_args),
	.out_size = sizeof(struct job_redeliver_out),
	.scopes = SCOPE(JOBS_WRITE),
	.steps = redeliver_steps,
};
