/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three methods run the operations of the tools, through the same gate: scope, rate, owner. That
 * pages failed is no failure of the task; isError says so when none succeeded.
 */
#include "mcp/task.h"
#include "mcp/result.h"
#include "mcp/tool.h"
#include "mcp/protocol/endpoint.h"

enum mcp_task_status task_status(const struct job_row *row)
{
	static const enum mcp_task_status words[JOB_STATES] = {
		[JOB_QUEUED] = MCP_TASK_WORKING,
		[JOB_RUNNING] = MCP_TASK_WORKING,
		[JOB_COMPLETED] = MCP_TASK_COMPLETED,
		[JOB_PARTIAL] = MCP_TASK_COMPLETED,
		[JOB_FAILED] = MCP_TASK_COMPLETED,
		[JOB_CANCELLED] = MCP_TASK_CANCELLED,
	};
	return words[row->state];
}

static int64_t updated_ms(const struct job_row *row)
{
	return row->ended_ms ? row->ended_ms : row->began_ms ? row->began_ms : row->created_ms;
}

static void put_members(struct buf *b, const struct job_row *row, struct arena *a)
{
	struct mcp_task task = {
		.id = str_of(row->id),
		.status = task_status(row),
		.message = job_sentence(row, a),
		.created_ms = row->created_ms,
		.updated_ms = updated_ms(row),
		.ttl_ms = job_known_until(row) - row->created_ms,
		.poll_ms = job_poll_after_ms(row),
	};
	mcp_put_task(b, &task);
}

/* Exactly what the call would have been answered. */
static void put_result(struct buf *b, const struct job_end_out *end, enum mcp_revision revision)
{
	struct buf text, links;
	buf_init(&text, 0);
	buf_init(&links, 0);
	job_end_text(end, &text);
	job_end_links(end, &links);
	json_key(b, "result");
	buf_text(b, "{\"resultType\":\"complete\"");
	bool none = end->job.row.state == JOB_FAILED;
	result_put(b, revision, buf_str(&text), buf_str(&links), none);
	if (!none) {
		json_key(b, "structuredContent");
		job_end_put(end, b);
	}
	buf_char(b, '}');
	b->full |= text.full || links.full;
	buf_release(&text);
	buf_release(&links);
}

bool task_put(struct buf *b, const struct job_row *row, enum mcp_revision revision,
	struct arena *a, struct err *e)
{
	struct job_end_out end = { 0 };
	put_members(b, row, a);
	if (task_status(row) != MCP_TASK_COMPLETED)
		return true;
	if (!job_end_read(row->id, row->account_id, a, &end, e))
		return false;
	put_result(b, &end, revision);
	return true;
}

void task_made(struct mcp_call *m, const struct job_out *out)
{
	put_members(mcp_task_result(m), &out->row, m->flow->call->arena);
}

void task_fail(struct mcp_call *m, const struct op *op, const struct err *e)
{
	struct rpc_fault f;
	if (e->code == ERR_SCOPE && mcp_refusable(m)) {
		tool_refuse_scope(m, op, e);
		return;
	}
	rpc_fault(&f, e->code == ERR_INVALID_REQUEST ? RPC_PARAMS : RPC_INTERNAL, 0, "%s: %s",
		err_name(e->code), op_message(m->flow->call, e));
	mcp_fail(m, &f);
}

/* --- the methods --- */

static enum flow_next enter(struct mcp_call *m, const struct op *op, const char *member)
{
	struct op_call *oc;
	struct arena *a = m->flow->call->arena;
	json_t *args = json_own(a, json_object());
	json_object_set_new(args, member, json_stringn(m->task.p, m->task.n));
	enum flow_next next = op_enter(m->flow, op, &(struct op_source) { .args = args }, &oc);
	m->state = oc;
	return next;
}

static enum flow_next get(struct mcp_call *m)
{
	return enter(m, &op_get_job, "job_id");
}

static enum flow_next cancel(struct mcp_call *m)
{
	return enter(m, &op_cancel_job, "job_id");
}

bool task_is_none(enum err_code code)
{
	return code == ERR_NOT_FOUND || code == ERR_INVALID_REQUEST ||
	       code == ERR_NOT_IMPLEMENTED;
}

/* Did the operation fail with anything but `but`? Then m is answered. */
static bool failed(struct mcp_call *m, enum err_code but)
{
	const struct op_call *oc = m->state;
	const struct err *e = &m->flow->err;
	if (e->code == ERR_NONE || e->code == but)
		return false;
	if (task_is_none(e->code))
		mcp_no_task(m);
	else
		task_fail(m, oc->op, e);
	return true;
}

static void got(struct mcp_call *m)
{
	const struct op_call *oc = m->state;
	const struct job_out *out;
	struct err e = { 0 };
	if (failed(m, ERR_NONE))
		return;
	out = oc->out;
	if (!task_put(mcp_result(m), &out->row, m->revision, m->flow->call->arena, &e))
		task_fail(m, oc->op, &e);
}

/* A job asks nothing: what is sent is taken and ignored. */
static void updated(struct mcp_call *m)
{
	if (!failed(m, ERR_NONE))
		mcp_result(m);
}

static void cancelled(struct mcp_call *m)
{
	if (!failed(m, ERR_CONFLICT)) /* it has ended before: no error for a task */
		mcp_result(m);
}

const struct mcp_tasks product_tasks = {
	.get = { get, got },
	.update = { get, updated },
	.cancel = { cancel, cancelled },
};
