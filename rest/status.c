/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Health is answered by the door thread out of one flag: it says that the process turns, also when
 * every desk is busy. Readiness asks the store, so it needs a desk. Metrics tell of everybody's
 * traffic and need a key of their own scope, wherever the server listens.
 */
#include "rest/status.h"
#include "base/metric.h"
#include "rest/openapi.h"
#include "rest/row.h"

#include <stdatomic.h>
#include <stddef.h>

static atomic_bool draining;
static const struct rest_setup *setup;

void status_start(const struct rest_setup *s)
{
	setup = s;
	atomic_store(&draining, false);
}

void status_draining(void)
{
	atomic_store(&draining, true);
}

struct status {
	const char *status, *version;
};
static const struct field status_out[] = {
	{ "status", F_STR, F_REQ, offsetof(struct status, status),
		.about = "ok, ready or draining" },
	{ "version", F_STR, F_REQ, offsetof(struct status, version),
		.about = "of this server" },
	{ 0 },
};

static void put_status(struct http_req *r, int http, const char *word)
{
	struct status s = { word, SCRAPED_VERSION };
	r->res.status = http;
	http_set_header(r, "Cache-Control", "no-store");
	fields_encode(status_out, &s, &r->res.body);
}

static void health(struct http_req *r)
{
	if (atomic_load(&draining))
		put_status(r, 503, "draining");
	else
		put_status(r, 200, "ok");
}

static enum flow_next ready_run(struct flow *f)
{
	struct http_req *r = flow_self(f);
	struct err e = { 0 };
	if (atomic_load(&draining))
		err_set(&e, ERR_OVERLOADED, "the server is draining: it takes no new work");
	else if (setup && setup->ready && !setup->ready(setup->ready_arg, &e))
		e.code = ERR_OVERLOADED;
	if (e.code == ERR_NONE)
		put_status(r, 200, "ready");
	else
		http_error(r, &e);
	return FLOW_NEXT;
}
static const struct flow_step ready_steps[] = { { "ready", ready_run }, { 0 } };

static enum flow_next metrics_run(struct flow *f)
{
	struct http_req *r = flow_self(f);
	struct err e = { 0 };
	if (principal_may(r->call.who, SCOPE(METRICS_READ), &e)) {
		r->res.type = "text/plain; version=0.0.4; charset=utf-8";
		metric_print(&r->res.body);
	} else {
		http_error(r, &e);
	}
	return FLOW_NEXT;
}
static const struct flow_step metrics_steps[] = { HTTP_ADMIT, { "metrics", metrics_run },
	{ 0 } };

static enum flow_next openapi_run(struct flow *f)
{
	struct http_req *r = flow_self(f);
	http_set_header(r, "Cache-Control", "public, max-age=300");
	openapi_print(rest_routes(), setup ? setup->public_url : NULL, &r->res.body);
	return FLOW_NEXT;
}
static const struct flow_step openapi_steps[] = { { "openapi", openapi_run }, { 0 } };

struct index {
	const char *name, *version, *about, *openapi, *scrape, *mcp, *health;
};
static const struct field index_out[] = {
	{ "name", F_STR, F_REQ, offsetof(struct index, name) },
	{ "version", F_STR, F_REQ, offsetof(struct index, version) },
	{ "about", F_STR, F_REQ, offsetof(struct index, about) },
	{ "openapi", F_STR, F_REQ, offsetof(struct index, openapi) },
	{ "scrape", F_STR, F_REQ, offsetof(struct index, scrape) },
	{ "mcp", F_STR, F_REQ, offsetof(struct index, mcp) },
	{ "health", F_STR, F_REQ, offsetof(struct index, health) },
	{ 0 },
};

static void index_answer(struct http_req *r)
{
	struct index i = { "scraped", SCRAPED_VERSION, "web pages as clean Markdown",
		"/openapi.json", "/v1/scrape", "/mcp", "/v1/health" };
	fields_encode(index_out, &i, &r->res.body);
}

static const struct rest_row health_row = {
	.open = true,
	.out = status_out,
	.id = "health",
	.summary = "Is the process alive",
	.about = "Needs no key, does no I/O; 503 once the server is to end.",
	.example_out = "{\"status\":\"ok\",\"version\":\"" SCRAPED_VERSION "\"}",
};
static const struct rest_row ready_row = {
	.open = true,
	.out = status_out,
	.id = "ready",
	.summary = "Can work be sent here",
	.about = "Needs no key, asks the store; 503 while draining or not usable.",
	.example_out = "{\"status\":\"ready\",\"version\":\"" SCRAPED_VERSION "\"}",
	.refusals = "503",
};
static const struct rest_row metrics_row = {
	.id = "metrics",
	.summary = "Metrics as Prometheus text",
	.about = "Needs a key with the scope metrics:read.",
	.type = "text/plain; version=0.0.4",
	.refusals = "400 401 403 500",
};
static const struct rest_row openapi_row = {
	.open = true,
	.id = "openapi",
	.summary = "This document",
};
static const struct rest_row index_row = {
	.open = true,
	.out = index_out,
	.id = "index",
	.summary = "What is where",
};

enum { PROBE = ROUTE_ANY_HOST | ROUTE_ANY_ORIGIN };
const struct http_route status_routes[] = {
	{ "GET", "/v1/health", PROBE | ROUTE_ON_DOOR, .answer = health, .row = &health_row },
	{ "GET", "/v1/ready", PROBE, .steps = ready_steps, .row = &ready_row },
	{ "GET", "/metrics", .steps = metrics_steps, .admit = bearer_admit,
		.row = &metrics_row },
	{ "GET", "/openapi.json", ROUTE_ANY_ORIGIN, .steps = openapi_steps,
		.row = &openapi_row },
	{ "GET", "/", ROUTE_ON_DOOR, .answer = index_answer, .row = &index_row },
	{ 0 },
};
