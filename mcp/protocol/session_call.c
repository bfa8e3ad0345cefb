/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call of a session runs beside the request that brought it: the client may go away and come back
 * for the answer. It owns what it needs: an arena, its own reading of the body, a copy of the
 * caller.
 */
#include "base/mem.h"
#include "mcp/protocol/session_in.h"

struct session_call {
	struct session *session;
	struct stream *to;
	struct arena *arena;
	struct call call;
	struct flow flow;
	struct turn turn;
	struct headers headers;
	struct buf out;
	bool silent; /* cancelled by the client: no answer (the session's lock) */
	struct session_call *next, **link;
};

static bool wanted(struct session_call *c)
{
	pthread_mutex_lock(&c->session->lock);
	bool yes = !c->silent && !c->session->ended;
	pthread_mutex_unlock(&c->session->lock);
	return yes;
}

static bool notify(struct turn *t, struct str message)
{
	struct session_call *c = t->transport;
	if (!wanted(c))
		return false;
	stream_add(c->session, c->to, message, -1);
	return true;
}

static void release(struct session_call *c)
{
	struct arena *a = c->arena;
	buf_release(&c->out);
	if (c->session)
		session_put(c->session);
	arena_free(&a);
}

static void leave(struct session_call *c)
{
	struct session *s = c->session;
	pthread_mutex_lock(&s->lock);
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	s->n_calls--;
	pthread_mutex_unlock(&s->lock);
}

/* On a desk. */
static void end(struct flow *f)
{
	struct session_call *c = f->owner;
	struct session *s = c->session;
	if (wanted(c))
		stream_add(s, c->to, buf_str(&c->out), -1);
	leave(c);
	stream_through(s, c->to);
	release(c);
}

static bool enter(struct session_call *c)
{
	struct session *s = c->session;
	pthread_mutex_lock(&s->lock);
	bool room = s->n_calls < SESSION_CALLS && !s->ended;
	if (room) {
		s->n_calls++;
		c->next = s->calls;
		c->link = &s->calls;
		if (c->next)
			c->next->link = &c->next;
		s->calls = c;
	}
	pthread_mutex_unlock(&s->lock);
	return room;
}

static struct session_call *make(
	struct session *s, struct stream *to, struct http_req *r, const struct turn *like)
{
	const struct mcp_server *server = like->server;
	struct arena *a = arena_new(0);
	struct session_call *c = ARENA_NEW(a, struct session_call);
	c->arena = a;
	c->to = to;
	c->session = mcp_session_find(s->all, str_of(s->id), str_of(s->caller));
	buf_init(&c->out, 0);
	c->headers = *like->headers;
	c->call = (struct call) {
		.arena = a,
		.who = server->keep && r->call.who ? server->keep(r->call.who, a) : NULL,
		.request_id = arena_copy(a, r->call.request_id),
		.peer = arena_copy(a, r->call.peer),
		.deadline_ms = r->call.deadline_ms,
	};
	c->turn = (struct turn) {
		.server = server,
		.flow = &c->flow,
		.arena = a,
		.headers = &c->headers,
		.fallback = like->fallback,
		.peer = &s->peer,
		.session = s,
		.out = &c->out,
		.notify = notify,
		.transport = c,
	};
	return c;
}

bool session_call_start(
	struct session *s, struct stream *to, struct http_req *r, const struct turn *like)
{
	struct session_call *c = make(s, to, r, like);
	if (!c->session || !turn_read(&c->turn, r->body) || !enter(c)) {
		release(c);
		return false;
	}
	c->headers = (struct headers) { 0 }; /* they were the request's */
	flow_init(&c->flow, &c->call, c->turn.steps, &c->turn, end);
	c->flow.owner = c;
	if (!flow_start(r->flow.desks, &c->flow)) {
		leave(c);
		release(c);
		return false;
	}
	return true;
}

void session_cancel(struct session *s, const json_t *request_id)
{
	pthread_mutex_lock(&s->lock);
	for (struct session_call *c = s->calls; c; c = c->next) {
		if (request_id && !json_equal(c->turn.calls[0].msg.id, request_id))
			continue;
		c->silent = true;
		atomic_store(&c->call.cancelled, true);
	}
	pthread_mutex_unlock(&s->lock);
}

void mcp_stream_pause(struct mcp_call *m, int retry_ms)
{
	struct turn *t = m->turn;
	if (!t->session || t->notify != notify || m->revision < MCP_2025_11_25)
		return;
	struct session_call *c = t->transport;
	stream_add(c->session, c->to, (struct str) { NULL, 0 }, retry_ms);
	pthread_mutex_lock(&c->session->lock);
	c->to->log.pauses++;
	pthread_mutex_unlock(&c->session->lock);
}
