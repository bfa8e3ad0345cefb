/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes in. They are read where the library put them; only what cannot be used yet is kept, so an
 * idle connection holds no buffer. One request at a time: what comes behind it waits.
 */
#include "base/mem.h"
#include "http/exchange.h"

bool conn_idle(const struct http_conn *c)
{
	return c->state == CONN_HEAD && c->in.len == 0;
}

/* The next request may come: idle time when nothing of it is there, else its head's time. */
void conn_wait_request(struct http_conn *c)
{
	h1_reset(&c->h1);
	c->h1.limits = &c->server->limits;
	c->state = CONN_HEAD;
	c->head_timed = false;
	conn_arm(c, c->server->conf->idle_timeout_ms);
}

static void read_events(struct http_conn *c, struct str *in)
{
	while (c->state == CONN_HEAD || c->state == CONN_BODY) {
		switch (h1_next(&c->h1, in)) {
		case H1_MORE:
			return;
		case H1_HEAD:
			dispatch_head(c, in->n);
			break;
		case H1_PIECE:
			if (!exchange_body_add(c->x, c->h1.piece))
				conn_refuse(c, ERR_OVERLOADED,
					"too many request bodies at the moment");
			break;
		case H1_END:
			dispatch_run(c);
			break;
		case H1_ERROR:
			conn_refuse(c, c->h1.code, c->h1.why);
			break;
		}
	}
}

static bool keeps_bytes(const struct http_conn *c)
{
	return c->state < CONN_STREAM && (c->state != CONN_SEND || c->keep);
}

void conn_feed(struct http_conn *c, struct str fresh)
{
	bool own = c->in.len > 0;
	struct str in = fresh;
	if (c->feeding)
		return; /* the loop above this call goes on */
	if (own) {
		buf_add_str(&c->in, fresh);
		in = buf_str(&c->in);
	}
	if (c->in.full) {
		conn_kill(c);
		return;
	}
	c->feeding = true;
	read_events(c, &in);
	c->feeding = false;
	if (!keeps_bytes(c))
		in.n = 0;
	if (own && in.n)
		memmove(c->in.p, in.p, in.n);
	if (own)
		c->in.len = in.n;
	else
		buf_add_str(&c->in, in);
	if (c->in.len == 0)
		buf_release(&c->in);
	else if (c->state == CONN_HEAD && !c->head_timed && !c->refused) {
		c->head_timed = true; /* from its first byte, not renewed by later ones */
		conn_arm(c, c->server->conf->head_timeout_ms);
	}
}
