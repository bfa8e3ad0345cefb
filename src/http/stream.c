/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams: the head leaves at once, pieces follow as letters, the end of the flow closes the
 * connection (no length, no chunks: every client understands that). A reader that lags behind by
 * the cap is cut off and resumes by its Last-Event-ID; a single piece may be larger than the cap.
 */
#include "base/mem.h"
#include "http/exchange.h"

static const char comment[] = ":\n\n"; /* keeps proxies from closing a quiet stream */

static void post(struct exchange *x, enum letter_kind kind, struct str bytes)
{
	struct letter *l = mem_raw(sizeof *l + bytes.n);
	*l = (struct letter) { .x = x, .kind = kind, .n = bytes.n, .bytes = (char *)(l + 1) };
	if (bytes.n)
		memcpy(l->bytes, bytes.p, bytes.n);
	atomic_fetch_add(&x->queued, bytes.n);
	mailbox_post(x->r.server->mailbox, l);
}

static void give_up(struct exchange *x)
{
	atomic_store(&x->gone, true);
	if (!atomic_load(&x->r.detached))
		atomic_store(&x->r.call.cancelled, true);
}

bool http_stream_open(struct http_req *r, const char *type)
{
	struct exchange *x = exchange_of(r);
	struct buf head;
	char date[HEAD_DATE_SIZE];
	if (atomic_load(&x->gone))
		return false;
	r->res.type = type;
	r->res.streaming = true;
	x->events = str_istarts(str_of(type), STR("text/event-stream"));
	buf_init(&head, HEAD_OUT_BYTES);
	head_date(time(NULL), date);
	head_print(x, &head, -1, false, date);
	post(x, LETTER_HEAD, buf_str(&head));
	buf_release(&head);
	if (x->head_only)
		give_up(x);
	return true;
}

bool http_stream_send(struct http_req *r, struct str piece)
{
	struct exchange *x = exchange_of(r);
	if (atomic_load(&x->gone))
		return false;
	if (atomic_load(&x->queued) >= STREAM_CAP_BYTES) {
		give_up(x);
		post(x, LETTER_DROP, (struct str) { NULL, 0 });
		return false;
	}
	if (piece.n)
		post(x, LETTER_PIECE, piece);
	return true;
}

void stream_drop(struct exchange *x)
{
	while (x->out) {
		struct letter *l = x->out;
		x->out = l->next;
		exchange_let_go(x, l->n);
		mem_free(l);
	}
	x->out_tail = &x->out;
}

void stream_letter(struct exchange *x, struct letter *l)
{
	struct http_conn *c = x->r.conn;
	if (l->kind == LETTER_END) {
		x->ended = true;
		exchange_home(x);
		if (!c) {
			exchange_free(x);
			return;
		}
	} else if (!c || l->kind == LETTER_DROP) {
		mem_free(l);
		if (c)
			conn_kill(c);
		return;
	} else {
		if (!exchange_hold(x, l->n)) {
			mem_free(l);
			conn_kill(c);
			return;
		}
		l->next = NULL;
		*x->out_tail = l;
		x->out_tail = &l->next;
		if (l->kind == LETTER_HEAD) {
			c->state = CONN_STREAM;
			c->keep = false;
			buf_release(&c->in);
		}
	}
	conn_output(c);
}

/* Copies from the letters into one piece; letters that are through are freed. */
static size_t gather(struct exchange *x, unsigned char *to)
{
	size_t n = 0;
	while (x->out && n < PIECE_BYTES) {
		struct letter *l = x->out;
		size_t left = l->n - l->sent, room = PIECE_BYTES - n;
		size_t part = left < room ? left : room;
		memcpy(to + n, l->bytes + l->sent, part);
		l->sent += part;
		n += part;
		if (l->sent == l->n) {
			x->out = l->next;
			exchange_let_go(x, l->n);
			mem_free(l);
		}
	}
	if (!x->out)
		x->out_tail = &x->out;
	return n;
}

void stream_output(struct http_conn *c)
{
	struct exchange *x = c->x;
	unsigned char *at = c->server->scratch + LWS_PRE;
	size_t n = gather(x, at);
	if (n) {
		atomic_fetch_sub(&x->queued, n);
		x->sent += n;
		if (!conn_write(c, at, n))
			return;
	}
	if (x->out || lws_partial_buffered(c->wsi))
		lws_callback_on_writable(c->wsi);
	else if (x->ended)
		conn_finish(c, x->r.res.status);
	else
		conn_arm(c, STREAM_QUIET_MS);
}

void stream_due(struct http_conn *c)
{
	struct exchange *x = c->x;
	unsigned char *at = c->server->scratch + LWS_PRE;
	if (x->out || lws_partial_buffered(c->wsi)) {
		conn_kill(c); /* the reader takes nothing */
		return;
	}
	memcpy(at, comment, sizeof comment - 1);
	if (!x->events || conn_write(c, at, sizeof comment - 1))
		conn_arm(c, STREAM_QUIET_MS);
	conn_output(c);
}
