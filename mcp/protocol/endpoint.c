/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host, Origin and preflights are the HTTP floor's and are through when a request comes here. The
 * order below is part of the contract: who, then method, then form, then what is in the body.
 *
 * An answer is JSON unless there is something to stream: the first progress notification turns it
 * into an event stream, whose last event is the answer.
 */
#include "mcp/protocol/endpoint.h"
#include "http/sse.h"
#include "mcp/protocol/session_in.h"
#include "mcp/protocol/turn.h"

struct endpoint {
	struct turn turn;
	struct headers headers;
	enum accept accept;
	bool refused;
	bool aside; /* the call runs beside its request: its stream is the answer */
};

static struct header take(const struct http_req *r, const char *name)
{
	return (struct header) { http_header(r, name), http_header_count(r, name) };
}

/* Said once, before the head of an event stream leaves. */
static void stream_headers(struct http_req *r)
{
	http_set_header(r, "Cache-Control", "no-store");
	http_set_header(r, "X-Accel-Buffering", "no");
}

static bool send_event(struct http_req *r, struct str message)
{
	struct buf b;
	buf_init(&b, message.n + 64);
	sse_put(&b, "message", NULL, message);
	bool sent = http_stream_send(r, buf_str(&b));
	buf_release(&b);
	return sent;
}

static bool notify(struct turn *t, struct str message)
{
	struct http_req *r = t->http;
	if (!r->res.streaming) {
		stream_headers(r);
		if (!http_stream_open(r, "text/event-stream"))
			return false;
	}
	return send_event(r, message);
}

static bool fail(struct http_req *r, enum err_code code, const char *what)
{
	struct err e;
	err_set(&e, code, "%s", what);
	http_error(r, &e);
	return false;
}

/* Everything that can be said without the body. */
static bool form_ok(struct http_req *r, enum accept accept)
{
	if (!str_eq(r->method, STR("POST"))) {
		const struct mcp_server *server = r->route->row;
		bool sessions = server->sessions;
		http_set_header(
			r, "Allow", sessions ? "GET, POST, DELETE, OPTIONS" : "POST, OPTIONS");
		return fail(r, ERR_METHOD,
			sessions ? "send messages with POST"
				 : "send messages with POST: there is no stream to GET "
				   "and no session to DELETE");
	}
	if (!header_is_json(http_header(r, "Content-Type")))
		return fail(r, ERR_MEDIA_TYPE, "Content-Type must be application/json");
	if (accept == ACCEPT_NONE)
		return fail(r, ERR_NOT_ACCEPTABLE,
			"Accept must admit application/json or text/event-stream");
	return true;
}

static struct header other(const void *from, const char *name)
{
	return take(from, name);
}

static void start(struct http_req *r, struct endpoint *p, struct flow *f)
{
	p->headers.version = take(r, "MCP-Protocol-Version");
	p->headers.method = take(r, "Mcp-Method");
	p->headers.name = take(r, "Mcp-Name");
	p->headers.find = other;
	p->headers.from = r;
	p->turn = (struct turn) {
		.server = r->route->row,
		.flow = f,
		.arena = r->arena,
		.headers = &p->headers,
		.fallback = MCP_2025_03_26, /* a legacy message without the header */
		.http = r,
		.out = &r->res.body,
		.notify = p->accept & ACCEPT_SSE ? notify : NULL,
	};
	if (p->turn.server->sessions)
		session_prepare(&p->turn, r);
	r->door_state = p;
}

/* With sessions two more methods mean something. */
static bool is_other(const struct http_req *r)
{
	const struct mcp_server *server = r->route->row;
	return server->sessions &&
	       (str_eq(r->method, STR("GET")) || str_eq(r->method, STR("DELETE")));
}

static enum flow_next step_read(struct flow *f)
{
	struct http_req *r = flow_self(f);
	if (is_other(r))
		return session_other(f, r);
	enum accept accept = header_accept(http_header(r, "Accept"));
	if (!form_ok(r, accept))
		return FLOW_DONE;
	struct endpoint *p = ARENA_NEW(r->arena, struct endpoint);
	p->accept = accept;
	start(r, p, f);
	if (!turn_read(&p->turn, r->body)) {
		r->res.status = p->turn.status;
		return FLOW_DONE;
	}
	enum flow_next next;
	p->aside = session_takes(&p->turn, r, &next);
	if (p->aside)
		return next;
	/* In the legacy eras a client that goes away has not cancelled its calls. */
	if (!mcp_modern(p->turn.calls[0].revision))
		atomic_store(&r->detached, true);
	return flow_enter(f, p->turn.steps, &p->turn);
}

static enum flow_next step_answer(struct flow *f)
{
	struct http_req *r = flow_self(f);
	struct endpoint *p = r->door_state;
	struct buf answer;
	if (!p || p->refused || p->aside)
		return FLOW_NEXT;
	r->res.status = p->turn.status;
	session_answered(&p->turn, r);
	if (r->res.streaming) {
		send_event(r, buf_str(&r->res.body));
		buf_clear(&r->res.body);
	} else if (p->accept == ACCEPT_SSE && p->turn.status == 200) {
		buf_init(&answer, r->res.body.len + 64);
		sse_put(&answer, "message", NULL, buf_str(&r->res.body));
		buf_release(&r->res.body);
		r->res.body = answer;
		r->res.type = "text/event-stream";
		stream_headers(r);
	}
	return FLOW_NEXT;
}

const struct flow_step mcp_endpoint[] = {
	HTTP_ADMIT,
	{ "read", step_read, false },
	{ "answer", step_answer, false },
	{ 0 },
};

void mcp_print_error(struct http_req *r, const struct err *e)
{
	struct rpc_fault f;
	rpc_fault(&f, err_http(e->code) >= 500 ? RPC_INTERNAL : RPC_REQUEST, 0, "%s", e->msg);
	rpc_put_error(&r->res.body, NULL, false, &f);
}

struct http_req *mcp_refusable(struct mcp_call *m)
{
	struct http_req *r = m->turn->http;
	return r && !m->turn->batch && !r->res.streaming ? r : NULL;
}

enum flow_next mcp_refused(struct mcp_call *m)
{
	struct endpoint *p = m->turn->http->door_state;
	p->refused = true;
	m->answered = m->failed = true;
	return FLOW_NEXT;
}

struct http_req *mcp_request(struct mcp_call *m)
{
	return m->turn->http;
}
