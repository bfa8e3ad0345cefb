/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes out. libwebsockets keeps on its heap what the socket does not take, so never more than one
 * piece is handed over before the last one has left: that is the backpressure, and a client that
 * takes nothing meets the deadline that is armed again for each piece.
 *
 * Closing: everything out, half-close, then read and drop for a while. A plain close() with unread
 * bytes makes the kernel send a reset, which destroys the answer in the client's hands.
 */
#include "base/check.h"
#include "http/exchange.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

bool conn_write(struct http_conn *c, unsigned char *p, size_t n)
{
	if (lws_write(c->wsi, p, n, LWS_WRITE_RAW) < 0) {
		conn_kill(c);
		return false;
	}
	conn_arm(c, c->server->conf->write_timeout_ms);
	return true;
}

/* The answer as it is, or that there is no room for it. */
static void hold_answer(struct exchange *x)
{
	struct err e;
	if (exchange_hold(x, x->r.res.body.len))
		return;
	buf_release(&x->r.res.body);
	buf_init(&x->r.res.body, ANSWER_BYTES);
	err_set(&e, ERR_OVERLOADED, "too many answers wait for their readers at the moment");
	http_error(&x->r, &e);
}

void conn_answer(struct http_conn *c)
{
	hold_answer(c->x);
	c->state = CONN_SEND;
	c->keep = c->keep && !c->server->draining && !c->x->r.res.close;
	conn_arm(c, c->server->conf->write_timeout_ms);
	conn_output(c);
}

static const char *date_now(struct http_server *s)
{
	time_t now = time(NULL);
	if (now != s->date_of) {
		s->date_of = now;
		head_date(now, s->date);
	}
	return s->date;
}

/* Head and what fits behind it. */
static void send_first(struct http_conn *c, size_t length)
{
	struct exchange *x = c->x;
	unsigned char *at = c->server->scratch + LWS_PRE;
	struct buf head;
	buf_init(&head, HEAD_OUT_BYTES);
	head_print(x, &head, (int64_t)x->r.res.body.len, c->keep, date_now(c->server));
	CHECK(!head.full);
	size_t n = length < PIECE_BYTES ? length : PIECE_BYTES;
	memcpy(at, head.p, head.len);
	if (n)
		memcpy(at + head.len, x->r.res.body.p, n);
	x->head_sent = true;
	x->sent = n;
	n += head.len;
	buf_release(&head);
	(void)conn_write(c, at, n);
}

static void send_answer(struct http_conn *c)
{
	struct exchange *x = c->x;
	int status = x->r.res.status;
	bool none = x->head_only || status == 204 || status == 304;
	size_t length = none ? 0 : x->r.res.body.len;
	if (!x->head_sent) {
		send_first(c, length);
	} else if (x->sent < length) {
		size_t left = length - x->sent, n = left < PIECE_BYTES ? left : PIECE_BYTES;
		/* The bytes before p are the body's own and have been sent: room for LWS_PRE. */
		unsigned char *p = (unsigned char *)x->r.res.body.p + x->sent;
		x->sent += n;
		if (!conn_write(c, p, n))
			return;
	}
	if (c->state != CONN_SEND)
		return;
	if (x->sent < length || lws_partial_buffered(c->wsi))
		lws_callback_on_writable(c->wsi);
	else
		conn_finish(c, x->r.res.status);
}

void conn_finish(struct http_conn *c, int status)
{
	struct exchange *x = c->x;
	exchange_done(x, status);
	c->x = NULL;
	exchange_free(x);
	if (!c->keep) {
		conn_close(c);
		return;
	}
	conn_wait_request(c);
	if (c->in.len)
		conn_feed(c, (struct str) { NULL, 0 });
}

static void half_close(struct http_conn *c)
{
	SSL *ssl = c->server->tls ? lws_get_ssl(c->wsi) : NULL;
	if (ssl && !SSL_is_init_finished(ssl)) {
		conn_kill(c);
		return;
	}
	if (ssl) {
		(void)SSL_shutdown(ssl); /* says that nothing was cut off */
		ERR_clear_error(); /* or another connection's next read would find it */
	}
	(void)shutdown(lws_get_socket_fd(c->wsi), SHUT_WR);
	c->state = CONN_LINGER;
	conn_arm(c, LINGER_MS);
}

void conn_close(struct http_conn *c)
{
	c->state = CONN_FLUSH;
	buf_release(&c->in);
	conn_arm(c, c->server->conf->write_timeout_ms);
	if (lws_partial_buffered(c->wsi))
		lws_callback_on_writable(c->wsi);
	else
		half_close(c);
}

static void send_continue(struct http_conn *c)
{
	static const char line[] = "HTTP/1.1 100 Continue\r\n\r\n";
	unsigned char *at = c->server->scratch + LWS_PRE;
	c->send_100 = false;
	memcpy(at, line, sizeof line - 1);
	if (lws_write(c->wsi, at, sizeof line - 1, LWS_WRITE_RAW) < 0)
		conn_kill(c);
}

void conn_output(struct http_conn *c)
{
	if (c->state == CONN_DEAD)
		return;
	if (lws_partial_buffered(c->wsi)) {
		lws_callback_on_writable(c->wsi);
		conn_flow(c);
		return;
	}
	if (c->send_100)
		send_continue(c);
	if (c->state == CONN_SEND)
		send_answer(c);
	else if (c->state == CONN_STREAM)
		stream_output(c);
	else if (c->state == CONN_FLUSH)
		half_close(c);
	conn_flow(c);
}
