/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call goes through the gate (op_enter) as a call of any door does. What went wrong with the
 * arguments or the target is a result with isError, which the model reads and can act on; protocol
 * errors are only for what the model could not mend. Some hosts show the model structuredContent
 * alone, others text alone: what it must see is in both. With isError there is no
 * structuredContent, because clients check it against the output schema even then.
 */
#include "mcp/tool.h"
#include "auth/bearer.h"
#include "base/metric.h"
#include "mcp/protocol/endpoint.h"
#include "mcp/protocol/part.h"
#include "mcp/result.h"
#include "mcp/task.h"
#include "mcp/tool_list.h"
#include "op/jobs.h"

static struct buf lists[2]; /* [structured]; constant between tool_start and tool_stop */

void tool_start(void)
{
	for (int structured = 0; structured < 2; structured++) {
		buf_init(&lists[structured], 0);
		tool_put_list(&lists[structured], structured);
	}
}

void tool_stop(void)
{
	for (int structured = 0; structured < 2; structured++)
		buf_release(&lists[structured]);
}

static struct str list(enum mcp_revision r)
{
	return buf_str(&lists[mcp_structured(r)]);
}

const char *tool_advice(enum err_code code)
{
	static const char *const advice[ERR_COUNT] = {
#define ADVICE_ROW(err, text) [ERR_##err] = text,
#include "mcp/advice_table.h"
#undef ADVICE_ROW
	};
	if (advice[code])
		return advice[code];
	return err_retry(code) ? "Trying again may help." : "Trying again does not help.";
}

void tool_put_refusal(struct http_req *r, const char *error, const char *description)
{
	struct buf *b = &r->res.body;
	buf_clear(b);
	buf_char(b, '{');
	json_key(b, "error");
	json_put_text(b, error);
	json_key(b, "error_description");
	json_put_text(b, description);
	buf_char(b, '}');
}

static enum flow_next call(struct mcp_call *m)
{
	struct rpc_fault f;
	struct op_call *oc;
	const struct op *op = op_find(m->tool);
	metric_add(METRIC_MCP_CALLS, 1);
	if (!op || !(op->flags & OP_TOOL)) {
		rpc_fault(&f, RPC_PARAMS, 0, "Unknown tool: %.*s",
			(int)(m->tool.n < 100 ? m->tool.n : 100), m->tool.p);
		return mcp_fail(m, &f);
	}
	enum flow_next next =
		op_enter(m->flow, op, &(struct op_source) { .args = m->args }, &oc);
	m->state = oc;
	return next;
}

void tool_refuse_scope(struct mcp_call *m, const struct op *op, const struct err *e)
{
	struct http_req *r = mcp_refusable(m);
	http_error(r, e);
	bearer_challenge(r, e, op->scopes);
	tool_put_refusal(r, "insufficient_scope", e->msg);
	mcp_refused(m);
}

static void put_failure(struct mcp_call *m, const struct err *e)
{
	struct buf text;
	buf_init(&text, 0);
	buf_addf(&text, "%s: %s\n", err_name(e->code), op_message(m->flow->call, e));
	if (e->code == ERR_RATE_LIMITED && m->flow->call->retry_after_s > 0)
		buf_addf(&text, "Wait %d seconds. ", m->flow->call->retry_after_s);
	buf_text(&text, tool_advice(e->code));
	result_put(mcp_result(m), m->revision, buf_str(&text), STR(""), true);
	buf_release(&text);
}

static void put_success(struct mcp_call *m, const struct op_call *oc)
{
	struct buf text, links, *b = mcp_result(m);
	buf_init(&text, 0);
	buf_init(&links, 0);
	if (oc->op->text)
		oc->op->text(oc->out, &text);
	else
		fields_encode(oc->op->out, oc->out, &text);
	if (oc->op->links)
		oc->op->links(oc->out, &links);
	result_put(b, m->revision, buf_str(&text), buf_str(&links), false);
	b->full |= text.full || links.full; /* never a part of the text as if it were all */
	buf_release(&text);
	buf_release(&links);
	if (mcp_structured(m->revision)) {
		json_key(b, "structuredContent");
		fields_encode(oc->op->out, oc->out, b);
	}
}

static void end(struct mcp_call *m)
{
	const struct op_call *oc = m->state;
	const struct err *e = &m->flow->err;
	if (e->code == ERR_NONE && oc->op->fault)
		e = oc->op->fault(oc->out);
	if (e->code == ERR_SCOPE && mcp_refusable(m))
		tool_refuse_scope(m, oc->op, e);
	else if (e->code != ERR_NONE)
		put_failure(m, e);
	else if (oc->op == &op_create_job && mcp_may_task(m))
		task_made(m, oc->out);
	else
		put_success(m, oc);
}

const struct mcp_tools product_tools = { .list = list, .call = call, .end = end };
