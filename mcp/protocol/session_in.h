/* SPDX-License-Identifier: Apache-2.0 */
/* Inside sessions. Locks: the table's before a session's before its peer's. */
#ifndef PROTOCOL_SESSION_IN_H
#define PROTOCOL_SESSION_IN_H

#include "base/ident.h"
#include "http/http.h"
#include "mcp/protocol/events.h"
#include "mcp/protocol/header.h"
#include "mcp/protocol/peer.h"
#include "mcp/protocol/session.h"
#include "mcp/protocol/turn.h"

struct stream {
	struct events log;
	int readers; /* and the call that writes it */
	struct stream *next;
};

struct session {
	char id[IDENT_SIZE];
	char *caller;
	struct mcp_sessions *all;
	struct peer peer;
	/* under the table's lock: */
	int refs;
	int64_t used_ms;
	struct session *newer, *older;
	/* under its own: */
	pthread_mutex_t lock;
	bool ended;
	struct stream own; /* number 0: what nobody asked for */
	struct stream *streams; /* of calls, newest first */
	int n_streams, n_calls;
	int64_t numbers; /* of streams so far */
	struct session_call *calls;
	char *uris[SESSION_URIS];
	int n_uris;
};

/* --- session.c: the table. What new and find return is given back with session_put. --- */
struct session *session_new(struct mcp_sessions *all, struct str caller);
/* NULL: unknown, ended, idle for too long, or another's. */
struct session *mcp_session_find(struct mcp_sessions *all, struct str id, struct str caller);
void session_put(void *session);
void session_end(struct session *s); /* its calls are cancelled, its readers go */
bool session_watch(struct session *s, struct str uri); /* false: too many */
void session_unwatch(struct session *s, struct str uri);

/* --- session_stream.c --- */
/* Another stream for a call; NULL: too many at a time. */
struct stream *stream_open(struct session *s);
/* "<stream>-<event>": NULL: not kept any more. A reader more. */
struct stream *stream_back(struct session *s, struct str last_id, int64_t *at);
/* The session's own; NULL: somebody reads it. */
struct stream *stream_own(struct session *s);
void stream_add(struct session *s, struct stream *t, struct str message, int retry_ms);
void stream_through(struct session *s, struct stream *t); /* its writer goes */
void stream_leave(struct session *s, struct stream *t, bool delivered); /* a reader goes */

/* --- session_call.c --- */
/* Runs the request of this body in a flow of its own, which writes to the stream. false: no room. */
bool session_call_start(
	struct session *s, struct stream *to, struct http_req *r, const struct turn *like);
void session_cancel(struct session *s, const json_t *request_id); /* NULL: all */

/* --- session_http.c --- */
/* Finds the session of a request before its body is looked at, and says how legacy messages of it
 * are let in. */
void session_prepare(struct turn *t, struct http_req *r);
/* GET and DELETE. */
enum flow_next session_other(struct flow *f, struct http_req *r);
/* Does this call run beside its request? Then *next is what the step returns. */
bool session_takes(struct turn *t, struct http_req *r, enum flow_next *next);
/* The answer is ready: the new session's id, or its end. */
void session_answered(struct turn *t, struct http_req *r);

#endif
