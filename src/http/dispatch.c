/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a head to a running flow. The order of the gates is fixed (mcp.md section 2.1): framing,
 * Host, preflight, Origin, route, then who is calling (the route's admit), and only then the size
 * and the bytes of the body.
 */
#include "base/clock.h"
#include "base/metric.h"
#include "http/request.h"
#include "http/route.h"
#include "http/exchange.h"

/* Ends the request with an error. The connection stays when all of the request has been read. */
static void fail(struct http_conn *c, const struct err *e)
{
	bool unread = c->state == CONN_HEAD || c->state == CONN_ADMIT || c->state == CONN_BODY;
	if (unread && (c->h1.chunked || c->h1.length))
		c->keep = false;
	http_error(&c->x->r, e);
	conn_answer(c);
}

void conn_refuse(struct http_conn *c, enum err_code code, const char *why)
{
	struct err e;
	if (!c->x) {
		c->x = exchange_new(c);
		c->x->r.peer = address_print(&c->peer, c->x->peer);
	}
	if (code == c->h1.code && c->state < CONN_RUN)
		metric_add(METRIC_REFUSED_FRAMING, 1);
	err_set(&e, code, "%s", why);
	c->keep = false;
	http_error(&c->x->r, &e);
	conn_answer(c);
}

static bool check_host(struct exchange *x, struct str host, struct err *e)
{
	const struct http_route *row = x->r.route;
	const struct hostlist *names = &x->r.server->names;
	if (row && row->flags & ROUTE_ANY_HOST)
		return true;
	if (hostlist_has(names, host) || (names->any_host && !host.p))
		return true;
	return err_set(e, ERR_FORBIDDEN,
		"this server does not answer for that Host; the operator can add it to "
		"allowed_hosts");
}

/* Decides what CORS lines the answer carries, errors included. */
static bool check_origin(struct exchange *x, struct err *e)
{
	struct http_req *r = &x->r;
	x->origin = http_header(r, "Origin");
	if (!x->origin.p || (r->route && r->route->flags & ROUTE_PAGE))
		return true; /* (a page under no-referrer posts its own forms with Origin: null) */
	if (r->route && r->route->flags & ROUTE_ANY_ORIGIN)
		x->cors = CORS_ANY;
	else if (http_header_count(r, "Origin") == 1 &&
		 hostlist_origin(&r->server->names, x->origin))
		x->cors = CORS_ECHO;
	else
		return err_set(e, ERR_FORBIDDEN,
			"this Origin may not use the server; the operator can add it to "
			"allowed_origins");
	return true;
}

/* The methods of the path, for Allow; in the arena. */
static const char *methods_of(struct http_req *r)
{
	struct buf b;
	buf_init(&b, 256);
	const char *text = NULL;
	if (route_methods(r->server->setup.routes, r->path, &b))
		text = arena_text(r->arena, buf_str(&b));
	buf_release(&b);
	return text;
}

static void answer_options(struct http_conn *c)
{
	struct http_req *r = &c->x->r;
	const char *methods = methods_of(r);
	r->res.status = 204;
	if (!methods)
		methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"; /* OPTIONS * */
	if (c->x->cors != CORS_NONE && http_header(r, "Access-Control-Request-Method").p)
		cors_preflight_lines(r, str_of(methods), &r->res.head);
	else
		http_set_header(r, "Allow", methods);
	if (c->h1.chunked || c->h1.length)
		c->keep = false;
	conn_answer(c);
}

/* The row that would answer; for a preflight that of the method it asks about. */
static void find_route(struct http_req *r, bool *right_method)
{
	const struct http_route *const *lists = r->server->setup.routes;
	struct str method = r->method, any = { NULL, 0 };
	if (str_eq(method, STR("OPTIONS")))
		method = http_header(r, "Access-Control-Request-Method");
	r->route = route_find(lists, method, r->path, r->params);
	*right_method = r->route != NULL;
	if (!r->route)
		r->route = route_find(lists, any, r->path, r->params);
}

static bool check_method(struct http_req *r, bool right, struct err *e)
{
	if (!r->route)
		return err_set(e, ERR_NOT_FOUND, "there is nothing at this path");
	if (right)
		return true;
	http_set_header(r, "Allow", methods_of(r));
	return err_set(e, ERR_METHOD, "the path does not know this method");
}

/* All gates before the body. false: *e, or with e->code ERR_NONE it is answered already. */
static bool gates(struct http_conn *c, const struct h1_head *head, struct err *e)
{
	struct http_req *r = &c->x->r;
	bool right;
	e->code = ERR_NONE;
	if (c->refused)
		return err_set(e, ERR_OVERLOADED, "too many connections at the moment");
	if (str_eq(r->method, STR("CONNECT")) || str_eq(r->method, STR("TRACE"))) {
		c->keep = false;
		return err_set(e, ERR_NOT_IMPLEMENTED, "CONNECT and TRACE are not offered");
	}
	if (!request_target(r, e))
		return false;
	find_route(r, &right);
	if (!check_host(c->x, head->host, e) || !check_origin(c->x, e))
		return false;
	if (str_eq(r->method, STR("OPTIONS")) && (r->route || str_eq(r->path, STR("*")))) {
		answer_options(c);
		return false;
	}
	return check_method(r, right, e);
}

static const struct flow_step admit_steps[] = {
	{ "admit", http_admit },
	{ NULL },
};

static void start_admit(struct http_conn *c)
{
	struct err e;
	c->state = CONN_ADMIT;
	conn_arm(c, 0);
	if (exchange_start(c->x, admit_steps, LETTER_ADMITTED))
		return;
	err_set(&e, ERR_OVERLOADED, "the server is busy");
	fail(c, &e);
}

void dispatch_head(struct http_conn *c, size_t behind)
{
	struct exchange *x = c->x = exchange_new(c);
	struct http_req *r = &x->r;
	struct h1_head head;
	struct err e;
	struct str text = { arena_text(r->arena, c->h1.head), c->h1.head.n };
	if (!h1_head(&c->h1, text, r->arena, &head)) {
		r->peer = address_print(&c->peer, x->peer);
		conn_refuse(c, c->h1.code, c->h1.why);
		return;
	}
	r->method = head.method;
	r->target = head.target;
	r->headers = head.headers;
	r->n_headers = head.n;
	x->v11 = head.v11;
	x->expect = head.expect;
	x->head_only = str_eq(r->method, STR("HEAD"));
	c->keep = head.keep && !c->refused;
	request_peer(r, &c->peer, x->peer);
	if (!gates(c, &head, &e)) {
		if (e.code != ERR_NONE)
			fail(c, &e);
		return;
	}
	if (r->route->flags & ROUTE_LARGE_BODY)
		c->h1.limits = &c->server->large_limits;
	if (r->route->admit && (c->h1.chunked || behind < c->h1.length))
		start_admit(c);
	else
		dispatch_body(c, behind);
}

void dispatch_body(struct http_conn *c, size_t behind)
{
	struct http_server *s = c->server;
	struct exchange *x = c->x;
	struct err e;
	size_t most = c->h1.limits->body_bytes;
	bool fits = c->h1.length <= most;
	if (!fits || !exchange_reserve(x, c->h1.length)) {
		if (fits)
			err_set(&e, ERR_OVERLOADED, "too many request bodies at the moment");
		else
			err_set(&e, ERR_TOO_LARGE, "the body is larger than %zu bytes", most);
		fail(c, &e);
		return;
	}
	buf_init(&x->body, c->h1.chunked ? most : c->h1.length + 1);
	c->state = CONN_BODY;
	if (!c->h1.chunked && c->h1.length == 0)
		return; /* its end is the next event */
	conn_arm(c, s->conf->body_timeout_ms);
	c->send_100 = x->expect && behind == 0;
	if (c->send_100)
		conn_output(c);
}

void dispatch_run(struct http_conn *c)
{
	struct http_req *r = &c->x->r;
	struct err e;
	r->body = buf_str(&c->x->body);
	c->state = CONN_RUN;
	c->send_100 = false;
	conn_arm(c, 0);
	if (r->route->flags & ROUTE_ON_DOOR) {
		r->route->answer(r);
		conn_answer(c);
	} else if (!exchange_start(c->x, r->route->steps, LETTER_END)) {
		err_set(&e, ERR_OVERLOADED, "the server is busy");
		fail(c, &e);
	}
}
