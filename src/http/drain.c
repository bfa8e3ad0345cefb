/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end: nobody new is let in, who waits for nothing is let go, running requests get half of
 * drain_ms to end by themselves and the other half to notice that they are cancelled.
 */
#include "base/log.h"
#include "http/exchange.h"

static void cancel(struct exchange *x)
{
	atomic_store(&x->r.call.cancelled, true);
	stream_wake(x);
}

static void kick(struct http_server *s)
{
	if (s->setup.cancelled)
		s->setup.cancelled(s->setup.cancelled_arg);
}

static void on_half(lws_sorted_usec_list_t *sul)
{
	struct http_server *s = lws_container_of(sul, struct http_server, drain_half);
	int count = 0;
	for (struct exchange *x = s->running; x; x = x->next, count++)
		cancel(x);
	log_warn("http.drain cancelled=%d", count);
	kick(s);
}

static void on_end(lws_sorted_usec_list_t *sul)
{
	struct http_server *s = lws_container_of(sul, struct http_server, drain_end);
	log_warn("http.drain late_connections=%d", s->n_conns);
	s->done = true;
}

void drain_begin(struct http_server *s)
{
	if (s->draining)
		return;
	s->draining = true;
	log_info("http.drain connections=%d", s->n_conns);
	if (s->setup.draining)
		s->setup.draining(s->setup.draining_arg);
	listener_close(s);
	for (struct http_conn *c = s->conns; c; c = c->next) {
		if (conn_idle(c))
			conn_close(c);
		else if (c->state == CONN_STREAM && c->x->events &&
			 str_eq(c->x->r.method, STR("GET")))
			cancel(c->x); /* open-ended: there is no answer to wait for */
	}
	kick(s);
	int64_t ms = s->conf->drain_ms;
	lws_sul_schedule(s->lws, 0, &s->drain_half, on_half, ms * LWS_US_PER_MS / 2 + 1);
	lws_sul_schedule(s->lws, 0, &s->drain_end, on_end, ms * LWS_US_PER_MS + 1);
	drain_check(s);
}

void drain_check(struct http_server *s)
{
	if (s->draining && s->n_conns == 0 && !s->running)
		s->done = true;
}
