/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams: the head leaves at once, pieces follow as letters, the end of the flow closes the
 * connection. A reader that lags behind by the cap is cut off; a single piece may be larger than
 * the cap. Who has more to send waits until what it sent has been written: the wait is a letter,
 * too, so that the door alone knows who waits and for what.
 *
 * Events frame themselves, and whoever was cut off resumes by Last-Event-ID. Any other stream goes
 * in chunks, and the last chunk only leaves when the flow ended well: without it every client knows
 * that something is missing. HTTP/1.0 has no chunks; there a reset says the same.
 */
#include "base/log.h"
#include "base/mem.h"
#include "http/exchange.h"

static const char comment[] = ":\n\n"; /* keeps proxies from closing a quiet stream */

/* A letter with room for n bytes. */
static struct letter *letter_new(struct exchange *x, enum letter_kind kind, size_t n)
{
	struct letter *l = mem_raw(sizeof *l + n);
	*l = (struct letter) { .x = x, .kind = kind, .n = n, .bytes = (char *)(l + 1) };
	atomic_fetch_add(&x->queued, n);
	return l;
}

static void post(struct exchange *x, enum letter_kind kind, struct str bytes)
{
	struct letter *l = letter_new(x, kind, bytes.n);
	if (bytes.n)
		memcpy(l->bytes, bytes.p, bytes.n);
	mailbox_post(x->r.server->mailbox, l);
}

/* RFC 9112 section 7.1 */
static void post_chunk(struct exchange *x, struct str piece)
{
	char size[24];
	size_t n = (size_t)snprintf(size, sizeof size, "%zx\r\n", piece.n);
	struct letter *l = letter_new(x, LETTER_PIECE, n + piece.n + 2);
	memcpy(l->bytes, size, n);
	memcpy(l->bytes + n, piece.p, piece.n);
	memcpy(l->bytes + n + piece.n, "\r\n", 2);
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
	x->chunked = x->v11 && !x->events;
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
	if (piece.n && x->chunked)
		post_chunk(x, piece);
	else if (piece.n)
		post(x, LETTER_PIECE, piece);
	return true;
}

enum flow_next http_stream_wait(struct flow *f, struct http_req *r, size_t most)
{
	struct exchange *x = exchange_of(r);
	if (atomic_load(&x->gone) || atomic_load(&x->queued) <= most)
		return FLOW_NEXT;
	x->wait = (struct letter) { .x = x, .kind = LETTER_WAIT };
	x->waiter = f;
	x->wait_most = most;
	mailbox_post(r->server->mailbox, &x->wait); /* both are the door's from here on */
	return FLOW_PARKED;
}

void stream_wake(struct exchange *x)
{
	if (!x->waits)
		return;
	x->waits = !atomic_load(&x->gone) && !atomic_load(&x->r.call.cancelled) &&
		   atomic_load(&x->queued) > x->wait_most;
	if (!x->waits)
		flow_resume(x->waiter);
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

static void append(struct exchange *x, struct letter *l)
{
	l->next = NULL;
	*x->out_tail = l;
	x->out_tail = &l->next;
}

/* Has the flow said all that it had to say? */
static bool is_whole(const struct exchange *x)
{
	return x->head_only ||
	       (x->r.flow.err.code == ERR_NONE && !atomic_load(&x->r.call.cancelled));
}

static void end(struct exchange *x)
{
	static const char last_chunk[] = "0\r\n\r\n";
	struct http_conn *c = x->r.conn;
	x->ended = true;
	exchange_home(x);
	if (!c) {
		exchange_free(x);
		return;
	}
	x->cut = !x->events && !is_whole(x);
	if (x->cut) {
		log_warn("http.stream_cut request=%s code=%s", x->request_id,
			err_name(x->r.flow.err.code));
	} else if (x->chunked && !x->head_only) {
		struct letter *l = letter_new(x, LETTER_PIECE, sizeof last_chunk - 1);
		memcpy(l->bytes, last_chunk, l->n);
		append(x, l);
	}
	conn_output(c);
}

static void take(struct exchange *x, struct letter *l)
{
	struct http_conn *c = x->r.conn;
	if (!c || l->kind == LETTER_DROP || !exchange_hold(x, l->n)) {
		mem_free(l);
		if (c)
			conn_kill(c);
		return;
	}
	append(x, l);
	if (l->kind == LETTER_HEAD) {
		c->state = CONN_STREAM;
		c->keep = false;
		buf_release(&c->in);
	}
	conn_output(c);
}

void stream_letter(struct exchange *x, struct letter *l)
{
	if (l->kind == LETTER_END) {
		end(x);
	} else if (l->kind == LETTER_WAIT) {
		x->waits = true;
		stream_wake(x);
	} else {
		take(x, l);
	}
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

/* Ends a stream in HTTP/1.0 that is not whole: with a reset, not as if this were all. */
static void reset(struct http_conn *c)
{
	struct linger none = { .l_onoff = 1 };
	(void)setsockopt(lws_get_socket_fd(c->wsi), SOL_SOCKET, SO_LINGER, &none, sizeof none);
	conn_kill(c);
}

void stream_output(struct http_conn *c)
{
	struct exchange *x = c->x;
	unsigned char *at = c->server->scratch + LWS_PRE;
	size_t n = gather(x, at);
	if (n) {
		atomic_fetch_sub(&x->queued, n);
		stream_wake(x);
		x->sent += n;
		if (!conn_write(c, at, n))
			return;
	}
	if (x->out || lws_partial_buffered(c->wsi))
		lws_callback_on_writable(c->wsi);
	else if (x->ended && x->cut && !x->chunked)
		reset(c);
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
