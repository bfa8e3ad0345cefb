/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the door: the server. Everything here belongs to the door thread, except the mailbox.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "base/map.h"
#include "http/address.h"
#include "http/h1.h"
#include "http/hostlist.h"
#include "http/mailbox.h"
#include "http/wheel.h"

#include <libwebsockets.h>
#include <time.h>
#include <uv.h>

enum {
	PIECE_BYTES = 64 * 1024, /* of an answer, per write */
	HEAD_OUT_BYTES = 32 * 1024, /* head of an answer */
	HEAD_DATE_SIZE = 64,
	REFUSED_MAX = 64, /* connections past the cap that are still told so */
};

struct http_server {
	struct http_setup setup;
	const struct conf *conf;
	struct arena *arena; /* lists, for the server's life */
	struct hostlist names;
	struct subnets proxies;
	struct h1_limits limits;
	struct h1_limits large_limits; /* of a route with ROUTE_LARGE_BODY, behind the head */
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
	struct lws *listener; /* NULL once closed */
	bool tls, draining, done;
	int signals_seen;
	char address[ADDRESS_TEXT + 16];
	struct http_conn *conns; /* all */
	struct exchange *running; /* all whose flow runs, those without a client too */
	int n_conns, n_refused, max_conns;
	struct map *per_holder; /* connections of one address: its 16 bytes -> count */
	size_t body_memory, answer_memory;
	time_t date_of; /* the second that `date` shows */
	char date[HEAD_DATE_SIZE];
	unsigned char *scratch; /* LWS_PRE + HEAD_OUT_BYTES + PIECE_BYTES */
};

/* listener.c */
bool listener_open(struct http_server *s, int *fd, struct err *e);
bool listener_adopt(struct http_server *s, int fd, struct err *e);
void listener_close(struct http_server *s);
int listener_callback(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);

/* lwslog.c */
void log_library(void);

/* drain.c */
void drain_begin(struct http_server *s);
void drain_check(struct http_server *s); /* sets done when nothing is left */

/* server.c */
void server_wake(struct http_server *s); /* mail and signals; on the door thread */

#endif
