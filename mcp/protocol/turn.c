/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A batch is a list of steps made for it: begin and end for each of its requests, one after the
 * other. `end` runs always and words a failure, so one bad request does not take the others along.
 * Answers are written straight into the transport's buffer.
 */
#include "mcp/protocol/turn.h"
#include "base/check.h"
#include "base/clock.h"
#include "mcp/protocol/era.h"
#include "mcp/protocol/meta.h"
#include "mcp/protocol/method.h"
#include "mcp/protocol/peer.h"
#include "mcp/protocol/progress.h"
#include "mcp/protocol/result.h"

/* The whole body is refused. Nobody waits on a pipe for a notification's or a response's answer. */
static bool refuse(struct turn *t, const struct rpc_message *m, const struct rpc_fault *f)
{
	bool to_pipe = !t->headers;
	t->status = f->status ? f->status : rpc_status(f->code);
	buf_clear(t->out);
	if (!to_pipe || !m || m->id || (m->kind == RPC_KIND_REQUEST))
		rpc_put_error(t->out, m ? m->id : NULL, era_null_id(t->headers), f);
	return false;
}

static enum flow_next begin_step(struct flow *f)
{
	struct turn *t = flow_self(f);
	return turn_begin(&t->calls[t->at]);
}

static enum flow_next end_step(struct flow *f)
{
	struct turn *t = flow_self(f);
	turn_end(&t->calls[t->at++]);
	if (t->batch && t->at == t->n_calls)
		buf_char(t->out, ']');
	f->err.code = ERR_NONE; /* it has been worded */
	return FLOW_NEXT;
}

static const struct flow_step one_call[] = {
	{ "begin", begin_step, false },
	{ "end", end_step, true },
	{ 0 },
};

static void make_steps(struct turn *t)
{
	struct flow_step *steps = ARENA_ARRAY(t->arena, struct flow_step, 2 * t->n_calls + 1);
	for (size_t i = 0; i < t->n_calls; i++) {
		steps[2 * i] = one_call[0];
		steps[2 * i + 1] = one_call[1];
	}
	t->steps = steps;
}

/* Only what this very request says in the modern era; what was said at the handshake before. */
static const json_t *caps_of(struct turn *t, const struct rpc_message *m, enum mcp_revision r)
{
	if (mcp_modern(r))
		return json_object_get(m->meta, META_PREFIX "clientCapabilities");
	return t->peer ? peer_caps(t->peer, t->arena) : NULL;
}

static void add_call(struct turn *t, const struct rpc_message *m, enum mcp_revision r)
{
	t->calls[t->n_calls++] = (struct mcp_call) {
		.server = t->server,
		.revision = r,
		.msg = *m,
		.flow = t->flow,
		.turn = t,
		.caps = caps_of(t, m, r),
	};
}

static void notified(struct turn *t, const struct rpc_message *m)
{
	if (t->notified)
		t->notified(t, m);
}

static bool let_in(struct turn *t, const struct rpc_message *m, struct rpc_fault *f)
{
	return !t->admit || t->admit(t, m, f);
}

/* The client answers one of our questions; the late ones are dropped. */
static bool answered(struct turn *t, const struct rpc_message *m, const json_t *j)
{
	struct rpc_fault f;
	if (!let_in(t, m, &f))
		return refuse(t, m, &f);
	if (!t->peer) {
		rpc_fault(&f, RPC_REQUEST, 400,
			"nothing was asked: this server sends no requests");
		return refuse(t, m, &f);
	}
	peer_answer(t->peer, j);
	t->status = 202;
	return false;
}

static bool read_one(struct turn *t, const json_t *j)
{
	struct rpc_message m;
	struct rpc_fault f;
	enum mcp_revision r;
	if (!rpc_shape(j, &m, &f))
		return refuse(t, &m, &f);
	if (m.kind == RPC_KIND_RESPONSE)
		return answered(t, &m, j);
	if (!era_decide(&m, t->headers, t->fallback, t->arena, &r, &f) ||
		(!mcp_modern(r) && !let_in(t, &m, &f)))
		return refuse(t, &m, &f);
	if (m.kind == RPC_KIND_NOTIFICATION) {
		notified(t, &m);
		t->status = 202;
		return false;
	}
	t->calls = ARENA_NEW(t->arena, struct mcp_call);
	add_call(t, &m, r);
	t->steps = one_call;
	return true;
}

static bool batch_element(
	struct turn *t, const json_t *j, enum mcp_revision r, struct rpc_fault *f)
{
	struct rpc_message m;
	if (!rpc_shape(j, &m, f))
		return false;
	if (meta_claims(m.meta) || str_eq(m.method, STR("initialize")))
		return rpc_fault(f, RPC_REQUEST, 400,
			"%.*s of this kind is never part of a batch", STR_ARG(m.method));
	if (m.kind == RPC_KIND_REQUEST)
		add_call(t, &m, r);
	return true;
}

static bool read_batch(struct turn *t, const json_t *j)
{
	struct rpc_fault f;
	enum mcp_revision r;
	size_t n = json_array_size(j);
	if (!era_batch(t->headers, t->fallback, &r, &f) || !let_in(t, NULL, &f))
		return refuse(t, NULL, &f);
	if (n == 0 || n > TURN_BATCH_MAX) {
		rpc_fault(&f, RPC_REQUEST, 400, "a batch has 1 to %d messages", TURN_BATCH_MAX);
		return refuse(t, NULL, &f);
	}
	t->batch = true;
	t->notify = NULL;
	t->calls = ARENA_ARRAY(t->arena, struct mcp_call, n);
	for (size_t i = 0; i < n; i++)
		if (!batch_element(t, json_array_get(j, i), r, &f))
			return refuse(t, NULL, &f);
	for (size_t i = 0; i < n; i++) {
		struct rpc_message m;
		rpc_shape(json_array_get(j, i), &m, &f);
		if (m.kind == RPC_KIND_NOTIFICATION)
			notified(t, &m);
		else if (m.kind == RPC_KIND_RESPONSE && t->peer)
			peer_answer(t->peer, json_array_get(j, i));
	}
	t->status = t->n_calls ? 200 : 202;
	if (t->n_calls == 0)
		return false;
	buf_char(t->out, '[');
	make_steps(t);
	return true;
}

bool turn_read(struct turn *t, struct str body)
{
	struct err e;
	struct rpc_fault f;
	const json_t *j = json_read(t->arena, body, &e);
	t->agreed = t->fallback;
	t->status = 200;
	if (!j) {
		rpc_fault(&f, RPC_PARSE, 400, "Parse error: %s", e.msg);
		return refuse(t, NULL, &f);
	}
	return json_is_array(j) ? read_batch(t, j) : read_one(t, j);
}

static const struct {
	int64_t ttl_ms;
	bool shared;
} hints[] = {
	[NO_HINT] = { -1, false },
	[PUBLIC_HOUR] = { HOUR_MS, true },
	[PRIVATE_NOW] = { 0, false },
};

enum flow_next turn_begin(struct mcp_call *m)
{
	struct rpc_fault f;
	struct buf *out = m->turn->out;
	if (m->turn->batch)
		json_comma(out);
	m->start = out->len;
	m->method = method_find(m);
	if (!m->method) {
		rpc_fault(&f, RPC_METHOD, 0, "Method not found: %.*s",
			(int)(m->msg.method.n < 100 ? m->msg.method.n : 100), m->msg.method.p);
		return mcp_fail(m, &f);
	}
	if (m->msg.params_bad) {
		rpc_fault(&f, RPC_PARAMS, 0, "params must be an object");
		return mcp_fail(m, &f);
	}
	m->ttl_ms = hints[m->method->hint].ttl_ms;
	m->shared = hints[m->method->hint].shared;
	progress_begin(m);
	return m->method->begin(m);
}

/* On a pipe the end of a stream is also said in words (basic/patterns/cancellation). */
static void put_cancelled(struct mcp_call *m)
{
	struct buf *b = m->turn->out;
	buf_text(b, "\n{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{"
		    "\"requestId\":");
	json_put_value(b, m->msg.id);
	buf_text(b, "}}");
}

void turn_end(struct mcp_call *m)
{
	struct rpc_fault f;
	struct err *e = &m->flow->err;
	progress_end(m);
	if (!m->answered && m->method->end)
		m->method->end(m);
	if (!m->answered) {
		rpc_fault(&f, RPC_INTERNAL, 0, "%s",
			e->code != ERR_NONE ? e->msg : "the server has no answer");
		mcp_fail(m, &f);
	}
	if (!m->failed)
		result_close(m);
	if (m->listens && !m->failed && !m->turn->headers)
		put_cancelled(m);
	if (m->turn->out->full) {
		rpc_fault(&f, RPC_INTERNAL, 0, "the answer is larger than the server can send");
		mcp_fail(m, &f);
	}
}
