/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the door: a connection, from accept to close. The door thread's alone. */
#ifndef HTTP_CONN_H
#define HTTP_CONN_H

#include "base/buf.h"
#include "http/server.h"

enum {
	PIPELINE_BYTES = 8 * 1024, /* that wait behind a running request before reading stops */
	LINGER_BYTES = 64 * 1024, /* dropped after an early refusal */
	LINGER_MS = 2000,
};

enum conn_state {
	CONN_HEAD, /* waits for a request or reads its head */
	CONN_ADMIT, /* the route's admit runs; the body waits */
	CONN_BODY,
	CONN_RUN, /* the flow runs */
	CONN_SEND, /* the answer leaves */
	CONN_STREAM,
	CONN_FLUSH, /* closing: the last bytes leave */
	CONN_LINGER, /* closing: the client may read what we said */
	CONN_DEAD, /* waits for the library to close it */
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
	bool keep, reading, feeding, send_100, refused, head_timed, heard;
};

/* conn.c */
int conn_callback(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);
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
void dispatch_head(struct http_conn *c, size_t behind); /* bytes there behind the head */
void dispatch_body(struct http_conn *c, size_t behind); /* the body may come */
void dispatch_run(struct http_conn *c); /* the request is whole */
/* dispatch.c: answers with an error and closes (what was not read cannot be stepped over). */
void conn_refuse(struct http_conn *c, enum err_code code, const char *why);

/* output.c */
void conn_answer(struct http_conn *c); /* c->x->r.res is ready: send it */
void conn_output(struct http_conn *c); /* writes what may be written */
void conn_close(struct http_conn *c); /* flush, half-close, linger */
bool conn_write(struct http_conn *c, unsigned char *p, size_t n); /* LWS_PRE bytes before p */
void conn_finish(struct http_conn *c, int status); /* the answer is out */

#endif
