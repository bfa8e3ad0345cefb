/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions as HTTP sees them: the header that names one, readers of streams, GET and DELETE. */
#include "base/clock.h"
#include "mcp/protocol/method.h"
#include "mcp/protocol/session_in.h"

enum { READ_MS = 20, RETRY_MS = 1000 };

static struct str caller_of(const struct mcp_server *server, const struct http_req *r)
{
	return server->caller ? server->caller(&r->call) : STR("");
}

static struct session *find(const struct mcp_server *server, struct http_req *r)
{
	struct str id = http_header(r, "Mcp-Session-Id");
	struct session *s =
		id.p ? mcp_session_find(server->sessions, id, caller_of(server, r)) : NULL;
	if (s)
		arena_defer(r->arena, session_put, s);
	return s;
}

static bool missing(const struct http_req *r, struct rpc_fault *f)
{
	if (http_header(r, "Mcp-Session-Id").p)
		return rpc_fault(f, RPC_SESSION, 404, "Session not found: initialize anew");
	return rpc_fault(f, RPC_TRANSPORT, 400, "Mcp-Session-Id is missing: initialize first");
}

static enum flow_next refuse(struct http_req *r, const struct rpc_fault *f)
{
	r->res.status = f->status;
	rpc_put_error(&r->res.body, NULL, false, f);
	return FLOW_DONE;
}

/* --- messages --- */

static bool admit(struct turn *t, const struct rpc_message *m, struct rpc_fault *f)
{
	struct http_req *r = t->http;
	if (m && m->kind == RPC_KIND_REQUEST && str_eq(m->method, STR("initialize"))) {
		t->session = session_new(t->server->sessions, caller_of(t->server, r));
		arena_defer(r->arena, session_put, t->session);
		t->fresh = true;
	}
	t->peer = t->session ? &t->session->peer : NULL;
	return t->session || missing(r, f);
}

static void notified(struct turn *t, const struct rpc_message *m)
{
	const json_t *id = json_object_get(m->params, "requestId");
	if (t->session && id && str_eq(m->method, STR("notifications/cancelled")))
		session_cancel(t->session, id);
}

void session_prepare(struct turn *t, struct http_req *r)
{
	t->session = find(t->server, r);
	if (t->session)
		t->fallback = peer_revision(&t->session->peer);
	t->admit = admit;
	t->notified = notified;
}

void session_answered(struct turn *t, struct http_req *r)
{
	if (!t->fresh)
		return;
	if (t->calls[0].failed)
		session_end(t->session);
	else
		http_set_header(r, "Mcp-Session-Id", t->session->id);
}

/* --- readers --- */

struct reader {
	struct http_req *r;
	struct session *session;
	struct stream *from;
	struct lane *lane;
	struct lane_stay stay;
	int64_t at;
	int pauses;
	bool over;
};

static enum flow_next step_read(struct flow *f)
{
	struct reader *e = flow_self(f);
	struct buf b;
	buf_init(&b, 0);
	pthread_mutex_lock(&e->session->lock);
	struct events *log = &e->from->log;
	e->at = events_after(log, e->at, &b);
	bool through = log->through || log->pauses > e->pauses || e->session->ended;
	bool delivered = log->through;
	pthread_mutex_unlock(&e->session->lock);
	bool sent = b.len == 0 || http_stream_send(e->r, buf_str(&b));
	buf_release(&b);
	e->over = through || !sent || flow_cancelled(f);
	if (!e->over)
		return lane_sleep(e->lane, &e->stay, f, mono_ms() + READ_MS);
	stream_leave(e->session, e->from, delivered && sent && !flow_cancelled(f));
	return FLOW_NEXT;
}

static enum flow_next step_more(struct flow *f)
{
	const struct reader *e = flow_self(f);
	return e->over ? FLOW_NEXT : flow_again(f);
}

static const struct flow_step reader_steps[] = {
	{ "read", step_read },
	{ "more", step_more },
	{ 0 },
};

static enum flow_next follow(
	struct http_req *r, struct session *s, struct stream *from, int64_t at)
{
	const struct mcp_server *server = r->route->row;
	struct reader *e = ARENA_NEW(r->arena, struct reader);
	*e = (struct reader) {
		.r = r, .session = s, .from = from, .lane = server->lane, .at = at
	};
	pthread_mutex_lock(&s->lock);
	e->pauses = from->log.pauses;
	pthread_mutex_unlock(&s->lock);
	http_set_header(r, "Cache-Control", "no-store");
	http_set_header(r, "X-Accel-Buffering", "no");
	if (!http_stream_open(r, "text/event-stream")) {
		stream_leave(s, from, false);
		return FLOW_DONE;
	}
	return flow_enter(&r->flow, reader_steps, e);
}

static enum flow_next get(struct http_req *r, struct session *s)
{
	struct rpc_fault f;
	int64_t at = 0;
	struct str last = http_header(r, "Last-Event-ID");
	if (!(header_accept(http_header(r, "Accept")) & ACCEPT_SSE)) {
		rpc_fault(&f, RPC_TRANSPORT, 406, "Accept must admit text/event-stream");
		return refuse(r, &f);
	}
	struct stream *from = last.p ? stream_back(s, last, &at) : stream_own(s);
	if (!from && last.p)
		rpc_fault(&f, RPC_TRANSPORT, 400,
			"Last-Event-ID is not one of this session, or is not kept any more");
	else if (!from)
		rpc_fault(&f, RPC_TRANSPORT, 409, "this session's stream is being read");
	return from ? follow(r, s, from, at) : refuse(r, &f);
}

enum flow_next session_other(struct flow *f, struct http_req *r)
{
	struct rpc_fault fault;
	struct session *s = find(r->route->row, r);
	(void)f;
	if (!s) {
		missing(r, &fault);
		return refuse(r, &fault);
	}
	if (str_eq(r->method, STR("GET")))
		return get(r, s);
	session_end(s);
	r->res.status = 204;
	return FLOW_DONE;
}

bool session_takes(struct turn *t, struct http_req *r, enum flow_next *next)
{
	struct rpc_fault f;
	if (!t->session || t->batch || t->fresh || !t->notify ||
		mcp_modern(t->calls[0].revision))
		return false;
	const struct mcp_method *method = method_find(&t->calls[0]);
	if (!method || !method->asks)
		return false;
	struct stream *to = stream_open(t->session);
	if (to && t->calls[0].revision >= MCP_2025_11_25)
		stream_add(t->session, to, (struct str) { NULL, 0 }, RETRY_MS);
	if (to && session_call_start(t->session, to, r, t)) {
		*next = follow(r, t->session, to, 0);
		return true;
	}
	if (to) {
		stream_through(t->session, to);
		stream_leave(t->session, to, true);
	}
	rpc_fault(&f, RPC_INTERNAL, 503, "too many calls of this session at a time");
	rpc_put_error(&r->res.body, t->calls[0].msg.id, false, &f);
	r->res.status = 503;
	*next = FLOW_DONE;
	return true;
}
