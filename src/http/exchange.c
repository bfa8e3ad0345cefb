/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a request. It is the door's, except between exchange_start and the letter that
 * brings it home: then it is the flow's, and the door touches only its atomic fields. A client
 * that leaves meanwhile loses its connection at once; the exchange comes home later and is freed.
 */
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "http/exchange.h"

enum { HEAD_SET_BYTES = 16 * 1024, CLIENT_GONE = 499 };

struct exchange *exchange_new(struct http_conn *c)
{
	struct arena *a = arena_new(0);
	struct exchange *x = ARENA_NEW(a, struct exchange);
	struct http_req *r = &x->r;
	ident_new("req", x->request_id);
	r->arena = r->call.arena = a;
	r->call.request_id = x->request_id;
	r->conn = c;
	r->server = c->server;
	r->began_us = mono_us();
	r->peer = r->call.peer = x->peer;
	x->out_tail = &x->out;
	buf_init(&x->body, 1);
	buf_init(&r->res.head, HEAD_SET_BYTES);
	buf_init(&r->res.body, ANSWER_BYTES);
	return x;
}

static void release_body(struct exchange *x)
{
	struct http_server *s = x->r.server;
	buf_release(&x->body);
	x->r.body = (struct str) { NULL, 0 };
	s->body_memory -= x->reserved;
	x->reserved = 0;
	metric_set(METRIC_BODY_MEMORY, (int64_t)s->body_memory);
}

bool exchange_hold(struct exchange *x, size_t n)
{
	struct http_server *s = x->r.server;
	if (n < LARGE_ANSWER_BYTES)
		return true;
	if (n > (size_t)s->conf->answer_memory_bytes - s->answer_memory)
		return false;
	s->answer_memory += n;
	x->held += n;
	metric_set(METRIC_ANSWER_MEMORY, (int64_t)s->answer_memory);
	return true;
}

void exchange_let_go(struct exchange *x, size_t n)
{
	struct http_server *s = x->r.server;
	if (n < LARGE_ANSWER_BYTES)
		return;
	s->answer_memory -= n;
	x->held -= n;
	metric_set(METRIC_ANSWER_MEMORY, (int64_t)s->answer_memory);
}

void exchange_free(struct exchange *x)
{
	struct arena *a = x->r.arena;
	CHECK(!x->in_flow);
	release_body(x);
	stream_drop(x);
	exchange_let_go(x, x->held);
	buf_release(&x->r.res.head);
	buf_release(&x->r.res.body);
	arena_free(&a);
}

bool exchange_reserve(struct exchange *x, size_t n)
{
	struct http_server *s = x->r.server;
	if (n > (size_t)s->conf->body_memory_bytes - s->body_memory)
		return false;
	s->body_memory += n;
	x->reserved += n;
	metric_set(METRIC_BODY_MEMORY, (int64_t)s->body_memory);
	return true;
}

bool exchange_body_add(struct exchange *x, struct str piece)
{
	size_t need = x->body.len + piece.n;
	if (need > x->reserved && !exchange_reserve(x, need - x->reserved))
		return false;
	buf_add_str(&x->body, piece);
	return true;
}

/* On a desk: the flow has ended and takes the exchange home. The answer has been written: what it
 * was made of goes now, not when a slow reader has taken it. */
static void end(struct flow *f)
{
	struct exchange *x = lws_container_of(f, struct exchange, r.flow);
	if (f->err.code != ERR_NONE)
		http_error(&x->r, &f->err);
	if (x->end.kind == LETTER_END)
		arena_settle(x->r.arena);
	mailbox_post(x->r.server->mailbox, &x->end);
}

bool exchange_start(struct exchange *x, const struct flow_step *steps, enum letter_kind kind)
{
	struct http_server *s = x->r.server;
	x->end = (struct letter) { .x = x, .kind = kind };
	flow_init(&x->r.flow, &x->r.call, steps, &x->r, end);
	x->in_flow = true;
	x->next = s->running;
	x->at = &s->running;
	if (x->next)
		x->next->at = &x->next;
	s->running = x;
	if (flow_start(s->setup.desks, &x->r.flow))
		return true;
	exchange_home(x);
	return false;
}

void exchange_home(struct exchange *x)
{
	CHECK(x->in_flow);
	x->in_flow = false;
	*x->at = x->next;
	if (x->next)
		x->next->at = x->at;
	if (x->end.kind == LETTER_END)
		release_body(x);
}

static void count(int status)
{
	metric_add(status < 400	  ? METRIC_REQUESTS_2XX
		   : status < 500 ? METRIC_REQUESTS_4XX
				  : METRIC_REQUESTS_5XX,
		1);
	if (status == 401)
		metric_add(METRIC_REFUSED_AUTH, 1);
	if (status == 503)
		metric_add(METRIC_REFUSED_FULL, 1);
}

void exchange_done(struct exchange *x, int status)
{
	const struct http_req *r = &x->r;
	char path[LOG_QUOTE_SIZE];
	struct str method = r->method.n ? r->method : STR("-");
	double ms = (double)(mono_us() - r->began_us) / 1000;
	if (x->logged)
		return;
	x->logged = true;
	count(status);
	metric_ms(METRIC_REQUEST_MS, ms);
	log_tag(x->request_id);
	log_info("http.done method=%.*s path=%s status=%d ms=%.1f bytes=%zu peer=%s",
		STR_ARG(method), log_quote(r->path, path), status, ms, x->sent, r->peer);
	log_tag(NULL);
}

void exchange_abandon(struct exchange *x)
{
	struct http_server *s = x->r.server;
	exchange_done(x, CLIENT_GONE);
	x->r.conn = NULL;
	if (!x->in_flow) {
		exchange_free(x);
		return;
	}
	stream_drop(x);
	bool detached = atomic_load(&x->r.detached);
	atomic_store(&x->gone, true);
	if (!detached)
		atomic_store(&x->r.call.cancelled, true);
	stream_wake(x);
	if (!detached && s->setup.cancelled)
		s->setup.cancelled(s->setup.cancelled_arg);
}
