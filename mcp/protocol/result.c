/* SPDX-License-Identifier: Apache-2.0 */
/* Answers are written straight into the transport's buffer; a fault takes back what is there. */
#include "mcp/protocol/result.h"
#include "base/check.h"
#include "mcp/protocol/meta.h"
#include "mcp/protocol/method.h"
#include "mcp/protocol/turn.h"

struct buf *result_open(struct mcp_call *m, const char *type)
{
	struct buf *b = m->turn->out;
	CHECK(!m->answered);
	m->answered = true;
	rpc_open_result(b, m->msg.id);
	if (mcp_modern(m->revision)) {
		json_key(b, "resultType");
		json_put_text(b, type);
	}
	return b;
}

void result_close(struct mcp_call *m)
{
	struct buf *b = m->turn->out;
	if (mcp_modern(m->revision)) {
		if (m->ttl_ms >= 0 && !m->partial) {
			json_key(b, "ttlMs");
			buf_addf(b, "%lld,\"cacheScope\":\"%s\"", (long long)m->ttl_ms,
				m->shared ? "public" : "private");
		}
		json_key(b, "_meta");
		buf_text(b, "{\"" META_PREFIX "serverInfo\":");
		method_put_server(m->server, b);
		if (m->listens) {
			json_key(b, META_PREFIX "subscriptionId");
			json_put_value(b, m->msg.id);
		}
		buf_char(b, '}');
	}
	buf_text(b, "}}");
}

struct buf *mcp_result(struct mcp_call *m)
{
	return result_open(m, "complete");
}

struct buf *mcp_task_result(struct mcp_call *m)
{
	return result_open(m, "task");
}

enum flow_next mcp_fail(struct mcp_call *m, const struct rpc_fault *f)
{
	struct turn *t = m->turn;
	t->out->len = m->start;
	t->out->full = false;
	m->answered = m->failed = true;
	rpc_put_error(t->out, m->msg.id, false, f);
	if (!t->batch && mcp_modern(m->revision))
		t->status = f->status ? f->status : rpc_status(f->code);
	return FLOW_NEXT;
}

enum flow_next mcp_bad_params(struct mcp_call *m, const char *what)
{
	struct rpc_fault f;
	rpc_fault(&f, RPC_PARAMS, 0, "%s", what);
	return mcp_fail(m, &f);
}

enum flow_next mcp_no_resource(struct mcp_call *m)
{
	struct rpc_fault f;
	struct buf data;
	buf_init(&data, 0);
	buf_text(&data, "{\"uri\":");
	json_put_str(&data, m->uri);
	buf_char(&data, '}');
	rpc_fault(&f, mcp_modern(m->revision) ? RPC_PARAMS : RPC_RESOURCE, 0,
		"Resource not found");
	f.data = buf_str(&data);
	mcp_fail(m, &f);
	buf_release(&data);
	return FLOW_NEXT;
}

enum flow_next mcp_no_task(struct mcp_call *m)
{
	return mcp_bad_params(m, "Task not found: its id is unknown, or it has expired");
}

enum flow_next mcp_lacks(struct mcp_call *m, const char *what, const char *capabilities)
{
	struct rpc_fault f;
	bool modern = mcp_modern(m->revision);
	rpc_fault(&f, modern ? RPC_CAPABILITY : RPC_REQUEST, 0,
		"%s, which the client has not declared", what);
	if (modern)
		f.data = str_of(arena_printf(
			m->flow->call->arena, "{\"requiredCapabilities\":%s}", capabilities));
	return mcp_fail(m, &f);
}
