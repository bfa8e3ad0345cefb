/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate, as steps around an operation's own: scope and limits, then the arguments, then the
 * operation, and whatever came of it the place in flight is given back and one line is logged.
 * Nothing costly happens before the caller is known to be allowed and within limits.
 */
#include "op/op.h"
#include "op/answer.h"
#include "op/hooks.h"
#include "op/jobs.h"
#include "op/keys.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/url.h"

enum { UNKNOWN_MAX = 20 };

static struct quota *limits; /* set once, before any call */

const struct op *const ops[] = { &op_scrape_url, &op_scrape, &op_key_list, &op_key_create,
	&op_key_revoke, &op_create_job, &op_get_job, &op_get_job_results, &op_list_jobs,
	&op_cancel_job, &op_webhook_list, &op_webhook_rotate, &op_webhook_enable,
	&op_job_deliveries, &op_job_redeliver, NULL };

void op_start(struct quota *q)
{
	limits = q;
}

const struct op *op_find(struct str name)
{
	for (const struct op *const *op = ops; *op; op++)
		if (str_eq(name, str_of((*op)->name)))
			return *op;
	return NULL;
}

const char *op_message(const struct call *c, const struct err *e)
{
	char cause[LOG_QUOTE_SIZE];
	if (e->code != ERR_INTERNAL)
		return e->msg[0] ? e->msg : err_meaning(e->code);
	log_error("op.internal cause=%s", log_quote(str_of(e->msg), cause));
	return arena_printf(c->arena, "unexpected error: name request %s when you report it",
		c->request_id ? c->request_id : "-");
}

struct gate {
	struct op_call oc; /* first: what the caller is given */
	struct op_source source;
	int64_t began_us;
	bool held; /* a place in flight */
	struct arena *arena;
};

static enum flow_next step_admit(struct flow *f)
{
	struct gate *g = flow_self(f);
	struct call *call = f->call;
	if (!principal_may(call->who, g->oc.op->scopes, &f->err))
		return FLOW_FAILED;
	if (limits && !quota_take(limits, call->who, 1, &call->retry_after_s, &f->err))
		return FLOW_FAILED;
	g->held = limits != NULL;
	return FLOW_NEXT;
}

static void tell_unknown(void *arg, const char *path)
{
	struct gate *g = arg;
	struct op_call *oc = &g->oc;
	if (oc->n_unknown == UNKNOWN_MAX)
		return;
	if (!oc->unknown)
		oc->unknown = ARENA_ARRAY(g->arena, const char *, UNKNOWN_MAX + 1);
	oc->unknown[oc->n_unknown++] = path;
}

static enum flow_next step_decode(struct flow *f)
{
	struct gate *g = flow_self(f);
	const struct op_source *s = &g->source;
	const struct field *in = s->in ? s->in : g->oc.op->in;
	const json_t *args = s->read ? s->read(s->from, &f->err) : s->args;
	struct field_unknown unknown = { tell_unknown, g };
	if (!args && s->read)
		return FLOW_FAILED;
	if (!args)
		args = json_own(g->arena, json_object());
	CHECK(in);
	bool ok = fields_decode(in, args, g->oc.args, g->arena, unknown, &f->err);
	return ok ? FLOW_NEXT : FLOW_FAILED;
}

static enum flow_next step_run(struct flow *f)
{
	struct gate *g = flow_self(f);
	return flow_enter(f, g->oc.op->steps, &g->oc);
}

static void log_done(const struct gate *g, const struct flow *f)
{
	char url[URL_LOG_SIZE];
	const struct op_call *oc = &g->oc;
	const struct err *e = &f->err;
	if (e->code == ERR_NONE && oc->op->fault)
		e = oc->op->fault(oc->out);
	log_info("op.done op=%s ms=%lld outcome=%s account=%s key=%s%s%s", oc->op->name,
		(long long)(mono_us() - g->began_us) / 1000,
		e->code == ERR_NONE ? "ok" : err_name(e->code),
		f->call->who ? f->call->who->account_id : "-",
		f->call->who ? f->call->who->credential_id : "-", oc->url ? " url=" : "",
		oc->url ? url_for_log(str_of(oc->url), url) : "");
}

static enum flow_next step_leave(struct flow *f)
{
	struct gate *g = flow_self(f);
	if (g->held)
		quota_give_back(limits, f->call->who);
	log_done(g, f);
	return f->err.code == ERR_NONE ? FLOW_NEXT : FLOW_FAILED;
}

static const struct flow_step gate_steps[] = {
	{ "admit", step_admit },
	{ "decode", step_decode },
	{ "run", step_run },
	{ "leave", step_leave, .always = true },
	{ 0 },
};

enum flow_next op_enter(struct flow *f, const struct op *op, const struct op_source *source,
	struct op_call **oc)
{
	struct arena *a = f->call->arena;
	struct gate *g = ARENA_NEW(a, struct gate);
	g->oc.op = op;
	g->oc.args = arena_alloc(a, op->args_size);
	g->oc.out = arena_alloc(a, op->out_size);
	g->source = *source;
	g->arena = a;
	g->began_us = mono_us();
	*oc = &g->oc;
	return flow_enter(f, gate_steps, g);
}
