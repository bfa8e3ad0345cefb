/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the door: what its files share. Everything here belongs to the door thread, except the
 * mailbox and the fields of an exchange that say otherwise.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "base/ident.h"
#include "base/map.h"
#include "http/address.h"
#include "http/cors.h"
#include "http/h1.h"
#include "http/hostlist.h"
#include "http/mailbox.h"
#include "http/wheel.h"

#include <libwebsockets.h>
#include <uv.h>

enum {
	PIECE_BYTES = 64 * 1024,	/* of an answer, per write */
	PIPELINE_BYTES = 8 * 1024,	/* that wait behind a running request before reading stops */
	LINGER_BYTES = 64 * 1024,	/* dropped after an early refusal */
	LINGER_MS = 2000,
	HEAD_OUT_BYTES = 32 * 1024,	/* head of an answer */
	ANSWER_BYTES = 256 * 1024 * 1024,
	STREAM_CAP_BYTES = 256 * 1024,
	STREAM_QUIET_MS = 15000,
	REFUSED_MAX = 64,	/* connections past the cap that are still told so */
};

struct http_server {
	struct http_setup setup;
	const struct conf *conf;
	struct arena *arena;	/* lists, for the server's life */
	struct hostlist names;
	struct subnets proxies;
	struct h1_limits limits;
	struct mailbox *mailbox;
	struct wheel wheel;
	bool ticking;
	lws_sorted_usec_list_t tick, backoff, drain_half, drain_end;
	uv_loop_t loop;
	uv_signal_t signals[2];
	uv_check_t turn_begin;
	uv_prepare_t turn_end;
	int64_t turn_us;
	struct lws_context *lws;
	struct lws_vhost *vhost;
	struct lws *listener;	/* NULL once closed */
	bool tls, draining, done, serving;
	int signals_seen;
	char address[ADDRESS_TEXT + 16];
	struct http_conn *conns; /* all */
	struct exchange *running; /* all whose flow runs, those without a client too */
	int n_conns, n_refused, max_conns;
	struct map *per_holder; /* connections of one address: its 16 bytes -> count */
	size_t body_memory;
	unsigned char *scratch; /* LWS_PRE + HEAD_OUT_BYTES + PIECE_BYTES */
};

enum conn_state {
	CONN_HEAD,	/* waits for a request or reads its head */
	CONN_ADMIT,	/* the route's admit runs; the body waits */
	CONN_BODY,
	CONN_RUN,	/* the flow runs */
	CONN_SEND,	/* the answer leaves */
	CONN_STREAM,
	CONN_FLUSH,	/* closing: the last bytes leave */
	CONN_LINGER,	/* closing: the client may read what we said */
	CONN_DEAD,	/* waits for the library to close it */
};

struct http_conn { /* lives in libwebsockets' user space, zeroed */
	struct http_server *server; /* NULL: not ours yet, or not any more */
	struct lws *wsi;
	struct http_conn *next, **at;
	struct wheel_entry deadline;
	struct h1 h1;
	struct buf in; /* bytes not consumed yet; no memory while idle */
	struct exchange *x;
	struct address peer;
	size_t dropped;
	unsigned char state;
	bool keep, reading, feeding, send_100, refused, head_timed;
};

/* A request and its answer. r is what steps see. */
struct exchange {
	struct http_req r;
	struct exchange *next, **at; /* of server->running */
	struct buf body;
	size_t reserved; /* of server->body_memory */
	struct str origin;
	enum cors cors;
	bool v11, head_only, expect, in_flow, head_sent, logged;
	size_t sent; /* body bytes handed to the library */
	char request_id[IDENT_SIZE];
	char peer[ADDRESS_TEXT];
	struct letter *out, **out_tail; /* stream: letters that wait to be written */
	struct letter end; /* the one letter that is always there */
	atomic_bool gone; /* any thread: nobody will read more of this stream */
	atomic_size_t queued; /* any thread: bytes of letters not yet written */
	bool ended; /* stream: the flow is through */
	bool events; /* stream: text/event-stream, set before its head is posted */
};
static inline struct exchange *exchange_of(struct http_req *r)
{
	return (struct exchange *)(void *)r;
}

/* listener.c */
bool listener_open(struct http_server *s, int *fd, struct err *e);
bool listener_adopt(struct http_server *s, int fd, struct err *e);
void listener_close(struct http_server *s);
int listener_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
	size_t len);

/* tls.c */
bool tls_check(const struct conf *c, struct err *e);

/* lwslog.c */
void log_library(void);

/* drain.c */
void drain_begin(struct http_server *s);
void drain_check(struct http_server *s); /* sets done when nothing is left */

/* conn.c */
int conn_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
	size_t len);
void conn_adopt(struct http_server *s, int fd, const struct address *peer, bool refused);
void conn_arm(struct http_conn *c, int64_t ms);
void conn_kill(struct http_conn *c);
void conn_flow(struct http_conn *c); /* reads or stops reading, as the state wants */
void conn_due(struct wheel_entry *e);

/* input.c */
void conn_feed(struct http_conn *c, struct str fresh);
bool conn_idle(const struct http_conn *c);
void conn_wait_request(struct http_conn *c);

/* dispatch.c */
void dispatch_head(struct http_conn *c, size_t behind);	/* bytes there behind the head */
void dispatch_body(struct http_conn *c, size_t behind); /* the body may come */
void dispatch_run(struct http_conn *c);	/* the request is whole */
/* Answers with an error and closes (what was not read cannot be stepped over). */
void conn_refuse(struct http_conn *c, enum err_code code, const char *why);

/* exchange.c */
struct exchange *exchange_new(struct http_conn *c);
void exchange_free(struct exchange *x);
bool exchange_reserve(struct exchange *x, size_t n); /* false: all bodies together are too much */
bool exchange_body_add(struct exchange *x, struct str piece);
void exchange_done(struct exchange *x, int status); /* metrics and the log line, once */
void exchange_abandon(struct exchange *x); /* the client has gone */
/* Hands the request to a desk. false: the queue is full. */
bool exchange_start(struct exchange *x, const struct flow_step *steps, enum letter_kind end);
void exchange_home(struct exchange *x); /* its flow has ended */

/* output.c */
void conn_answer(struct http_conn *c); /* c->x->r.res is ready: send it */
void conn_output(struct http_conn *c); /* writes what may be written */
void conn_close(struct http_conn *c); /* flush, half-close, linger */
bool conn_write(struct http_conn *c, unsigned char *p, size_t n); /* LWS_PRE bytes before p */
void conn_finish(struct http_conn *c, int status); /* the answer is out */

/* head.c: the head of an answer; length < 0: a stream */
void head_print(struct exchange *x, struct buf *out, int64_t length, bool keep);

/* response.c */
bool head_has(const struct buf *head, const char *name); /* a line of that name */

/* stream.c */
void stream_letter(struct exchange *x, struct letter *l);
void stream_output(struct http_conn *c);
void stream_due(struct http_conn *c);
void stream_drop(struct exchange *x);

/* server.c */
void server_wake(struct http_server *s); /* mail and signals; on the door thread */

#endif
