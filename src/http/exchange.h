/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the door: a request and its answer. The door's, except while its flow runs (in_flow):
 * then only the atomic fields are for both sides.
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "base/ident.h"
#include "http/conn.h"
#include "http/cors.h"
#include "http/server.h"

enum {
	ANSWER_BYTES = 256 * 1024 * 1024,
	STREAM_CAP_BYTES = 256 * 1024,
	STREAM_QUIET_MS = 15000,
	LARGE_ANSWER_BYTES = 64 * 1024, /* smaller ones are not counted */
};

/* A request and its answer. r is what steps see. */
struct exchange {
	struct http_req r;
	struct exchange *next, **at; /* of server->running */
	struct buf body;
	size_t reserved; /* of server->body_memory */
	size_t held; /* of server->answer_memory */
	struct str origin;
	enum cors cors;
	bool v11, head_only, expect, in_flow, head_sent, logged;
	size_t sent; /* body bytes handed to the library */
	char request_id[IDENT_SIZE];
	char peer[ADDRESS_TEXT];
	struct letter *out, **out_tail; /* stream: letters that wait to be written */
	struct letter end; /* the one letter that is always there */
	struct letter wait; /* stream: of a flow that parks until less waits */
	struct flow *waiter; /* stream: that flow; goes with the letter */
	size_t wait_most; /* how many bytes may wait when it goes on; goes with the letter */
	bool waits; /* stream: the letter is here */
	atomic_bool gone; /* any thread: nobody will read more of this stream */
	atomic_size_t queued; /* any thread: bytes of letters not yet written */
	bool ended; /* stream: the flow is through */
	bool cut; /* stream: without having said all */
	bool events; /* stream: text/event-stream, set before its head is posted */
	bool chunked; /* stream: in chunks, set before its head is posted */
};
static inline struct exchange *exchange_of(struct http_req *r)
{
	return (struct exchange *)(void *)r;
}

/* exchange.c */
struct exchange *exchange_new(struct http_conn *c);
void exchange_free(struct exchange *x);
bool exchange_reserve(
	struct exchange *x, size_t n); /* false: all bodies together are too much */
/* Answer bytes that wait for their reader. false: all together are too much. */
bool exchange_hold(struct exchange *x, size_t n);
void exchange_let_go(struct exchange *x, size_t n);
bool exchange_body_add(struct exchange *x, struct str piece);
void exchange_done(struct exchange *x, int status); /* metrics and the log line, once */
void exchange_abandon(struct exchange *x); /* the client has gone */
/* Hands the request to a desk. false: the queue is full. */
bool exchange_start(struct exchange *x, const struct flow_step *steps, enum letter_kind end);
void exchange_home(struct exchange *x); /* its flow has ended */

/* head.c: the head of an answer; length < 0: a stream */
void head_print(
	struct exchange *x, struct buf *out, int64_t length, bool keep, const char *date);
void head_date(time_t now, char out[HEAD_DATE_SIZE]);

/* response.c */
bool head_has(const struct buf *head, const char *name); /* a line of that name */

/* stream.c */
void stream_letter(struct exchange *x, struct letter *l);
void stream_output(struct http_conn *c);
void stream_due(struct http_conn *c);
void stream_drop(struct exchange *x);
void stream_wake(struct exchange *x); /* its flow, if it has waited long enough */

#endif
