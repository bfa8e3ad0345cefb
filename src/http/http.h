/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coming in: what the doors see of HTTP. The door thread reads requests (strict HTTP/1.1, RFC 9112),
 * finds the route, starts the route's steps as a flow on a desk, and writes the answer when the
 * flow has ended. Only the door thread touches libwebsockets.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "base/conf.h"
#include "base/flow.h"

struct http_header {
	struct str name, value; /* name as sent; value trimmed */
};
enum { HTTP_PARAMS = 4 };

struct http_res {
	int status; /* 0: 200 */
	const char *type; /* Content-Type; NULL: application/json */
	struct buf head; /* more header lines, each ended by \r\n: use http_set_header */
	struct buf body;
	bool streaming; /* http_stream_open was called */
	bool close; /* close the connection after it */
};

/* One request, from its head to its answer. Owned by the door, lent to the flow while that runs. */
struct http_req {
	struct arena *arena;
	struct str method, target; /* target as sent */
	struct str path; /* percent-decoded once: no NUL, no bad UTF-8 */
	struct str query; /* raw, see http_query */
	struct http_header *headers;
	size_t n_headers;
	struct str body; /* whole */
	const struct http_route *route;
	struct str params[HTTP_PARAMS]; /* what ":name" parts of the route matched */
	const char *peer; /* address as text; X-Forwarded-For if a trusted proxy says so */
	int64_t began_us; /* mono_us when the head was complete */
	bool asked, admitted; /* the route's admit has run; it said yes */
	atomic_bool detached; /* set by a step: goes on when the client goes away */
	void *door_state; /* for a door's own use between its steps (arena) */
	struct call call;
	struct flow flow;
	struct http_res res;
	struct http_conn *conn; /* door thread only */
	struct http_server *server;
	struct http_req *next;
};

enum http_route_flags {
	ROUTE_ON_DOOR = 1, /* no desk: `answer` runs on the door thread; must do no I/O */
	ROUTE_ANY_ORIGIN = 2, /* Access-Control-Allow-Origin: *, no Origin list */
	ROUTE_ANY_HOST = 4, /* health: no Host list */
	ROUTE_PREFIX = 8, /* path is a prefix */
	ROUTE_LARGE_BODY = 32, /* its body may have job_body_bytes */
	ROUTE_PAGE =
		16, /* for people: no CORS lines ever; its forms check where they come from */
};
struct http_route {
	const char *method; /* "GET" also answers HEAD; NULL: any method */
	const char *path; /* "/v1/jobs/:id"; a trailing slash of the request is ignored */
	unsigned flags;
	const struct flow_step *steps; /* self is the struct http_req */
	void (*answer)(struct http_req *); /* ROUTE_ON_DOOR */
	/* Who may come in, decided before the body is read when that did not come with the head:
	 * strangers upload nothing. self is the struct http_req; the last step sets r->admitted, or
	 * res is filled with the refusal. Such a route's steps begin with HTTP_ADMIT. NULL: anybody */
	const struct flow_step *admit;
	const void *row; /* the door's own */
}; /* a list ends with a NULL path */

/* How a floor words an error body: JSON into r->res.body. One per path prefix, longest first. */
typedef void http_error_fn(struct http_req *r, const struct err *e);
struct http_errors {
	const char *prefix;
	http_error_fn *print;
};

/* --- for steps, on a desk --- */
struct str http_header(const struct http_req *r, const char *name); /* first; p NULL: none */
size_t http_header_count(const struct http_req *r, const char *name);
/* The first value of that name, decoded (arena). false: not there. */
bool http_query(const struct http_req *r, const char *name, struct str *value);
/* The value of a cookie. false: not there, or there twice. */
bool http_cookie(const struct http_req *r, const char *name, struct str *value);
/* A redirect with 303 (never 307: credentials would be sent on). */
void http_see_other(struct http_req *r, const char *url);
/* The first two steps of a route with `admit`: runs it once, and goes on only when it said yes. */
#define HTTP_ADMIT                                                                             \
	{ "admit", http_admit },                                                               \
	{                                                                                      \
		"admitted", http_admitted                                                      \
	}
enum flow_next http_admit(struct flow *f);
enum flow_next http_admitted(struct flow *f);
/* Replaces nothing: adds a line. Values with control characters are refused (CHECK: ours alone). */
void http_set_header(struct http_req *r, const char *name, const char *value);
void http_retry_after(struct http_req *r, int seconds);
/* Status, Retry-After where it belongs (r->call.retry_after_s), and the body as the path's http_error_fn words it. */
void http_error(struct http_req *r, const struct err *e);

/* Server-sent events (or any stream): the head (status and lines set so far) leaves at once, pieces
 * follow; the end of the flow ends the stream and the connection. A quiet event stream gets comment
 * lines. Any other stream is in chunks, and its last chunk leaves only when the flow ended well (no
 * error, not cancelled): a client can tell a whole answer from a cut one.
 * Who reads so slowly that 256 KB wait is cut off; one piece may be larger.
 * false: the client has gone (call.cancelled is set). send may be called from any thread that the
 * flow was handed to. */
bool http_stream_open(struct http_req *r, const char *type);
bool http_stream_send(struct http_req *r, struct str piece);
/* From a step that has more to send than a client may leave unread: return what it returns. Parks
 * until at most `most` bytes wait, or the client has gone (flow_cancelled); one that reads nothing
 * for write_timeout_ms has gone. */
enum flow_next http_stream_wait(struct flow *f, struct http_req *r, size_t most);

/* --- for the roof --- */
struct http_setup {
	const struct conf *conf;
	const struct http_route *const *routes; /* lists, NULL-ended; searched in order */
	const struct http_errors *errors; /* NULL prefix ends */
	struct desks *desks;
	void (*cancelled)(void *arg); /* some call's `cancelled` was set (fetcher_kick) */
	void *cancelled_arg;
	void (*draining)(void *arg); /* SIGTERM came: readiness turns false; may be NULL */
	void *draining_arg;
};
struct http_server;
/* Binds and checks everything that can be wrong (port in use, bad certificate, public bind without
 * TLS) before anything else is started: *e says it in words for the operator. */
struct http_server *http_open(const struct http_setup *s, struct err *e);
/* Are tls_cert and tls_key readable, and made for each other? http_open asks, too. */
bool tls_check(const struct conf *c, struct err *e);
/* "127.0.0.1:8080" as really bound. */
const char *http_address(const struct http_server *s);
/* Turns the loop until SIGTERM or SIGINT and the drain after it. A second signal ends at once. */
void http_serve(struct http_server *s);
/* Waits (5 s at most) for calls that still run: before desks_stop or after it. */
void http_close(struct http_server **s);

#endif
